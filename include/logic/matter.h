/* Whether a message speaks of a matter that is a case already.  Pure.
 *
 * By reference first, else by category with orders or products in common.  Two
 * notices are taken for one only when nothing speaks against it: a case too many
 * costs a glance, a case too few costs an appeal.  A decision belongs to some
 * case, so for it less is enough.
 */
#pragma once

#include <stdbool.h>

#include "model/kase.h"

typedef enum {
    APD_MATTER_OTHER,
    APD_MATTER_LIKELY, /* fits, though nothing names it: decisions only */
    APD_MATTER_LINKED, /* orders or products in common, or the same notice again */
    APD_MATTER_NAMED,  /* the same case reference */
} ApdMatter;

/* @store: of the message, "" when unknown.  @when: of the message.  Forged and
 * other messages never share a case. */
ApdMatter apd_matter_compare(const ApdCase *kase, const char *store, const ApdVerdict *verdict,
                             ApdTime when);

/* The platform's own list of products has one record for each kind of problem: its
 * reference begins so, and is no number of a case. */
#define APD_MATTER_GROUP "products:"

/* @ref may be NULL. */
bool apd_matter_is_group(const char *ref);

/* Whether two references are one, but for case, blanks and punctuation. */
bool apd_matter_same_ref(const char *a, const char *b);

/* Whether @a and @b do not speak against one matter: they are one, or one of them is no
 * number of a case. */
bool apd_matter_refs_allow(const char *a, const char *b);

/* Longest time between the notice of a case and a message that speaks of it
 * without naming it. */
#define APD_MATTER_WINDOW (180 * APD_DAY)
