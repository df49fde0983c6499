/* What of a message the learnt weights speak of (logic/weights.h): of each signal how strongly and
 * how it is there, and some facts of the message as a whole.
 *
 * A trait has a number, stable as long as the rules are, and a name that is written in
 * conf/rules/weights.conf: "act/measure", "act/measure +subject", "message stranger".
 */
#pragma once

#include <glib.h>

#include "logic/classify_weigh.h"

typedef struct {
    guint number;
    int value; /* percent, 1 to 400 */
} ApdTrait;

/* How many numbers there are, with the signals of @matcher. */
guint apd_traits_count(const ApdMatcher *matcher);

/* Returns: (transfer full). */
char *apd_trait_name(const ApdMatcher *matcher, guint number);

/* Returns: false: there is no trait of this name. */
bool apd_trait_find(const ApdMatcher *matcher, const char *name, guint *ret_number);

/* The number of the signal that the trait @number is of; -1: it is of the message. */
int apd_trait_signal(guint number);

/* Returns: (transfer full) (element-type ApdTrait): of a weighing that is filled, those that are
 * there, in the order of their numbers. */
GArray *apd_traits_find(const ApdWeighing *weighing);
