/* The matcher: finds every phrase of the rules in a text, in one pass.
 *
 * A phrase is written as people write; it and the text go through the same
 * folding (logic/normalise.h).  In it:
 *   word word     words with a blank between them, also across line wraps
 *   word*  *word  any word that begins or ends so
 *   (a|b c|d)     one of these
 *   [word]        may be missing
 *   ...           up to 6 words, or 12 ideographs, within the segment
 *   #             a number: digits with . or , inside
 * A phrase begins and ends at word boundaries; between ideographs, and next to
 * them, every place is one.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "model/text.h"

/* A signal is what a phrase means: "category/trade.false-shipment",
 * "act/finding", "clock/deadline-cue".  Inside they are numbers. */
typedef struct {
    int signal;
    int segment;  /* index into the text's segments */
    int start;    /* bytes in the segment's folded form, ... */
    int end;      /* ... one past the last */
    int weight;   /* of the phrase that hit, see apd_matcher_add() */
    int language; /* of the phrase, inside; 0: any */
} ApdHit;

typedef struct ApdMatcher ApdMatcher;

ApdMatcher *apd_matcher_new(void);
void apd_matcher_free(ApdMatcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdMatcher, apd_matcher_free)

/* Returns: the number of the signal @name, made when there is none yet. */
int apd_matcher_intern(ApdMatcher *self, const char *name);

/* Returns: the number of the signal @name, or -1. */
int apd_matcher_find(const ApdMatcher *self, const char *name);

/* The name of a signal; borrowed. */
const char *apd_matcher_name(const ApdMatcher *self, int signal);
int apd_matcher_n_signals(const ApdMatcher *self);

/* What is added from now on is of @language, and counts in a text of that language alone, as
 * told by the small words of the signals "language/..." and letters of its own (of Latin letters:
 * other scripts tell themselves apart).  NULL: it counts in any text, as is so at first. */
#define APD_MATCHER_MARK "language/"
void apd_matcher_set_language(ApdMatcher *self, const char *language);

/* Adds @phrase to @signal.  @weight goes into each hit; rules use percents,
 * 100 for a usual phrase.  Fails with APD_ERROR_CONFIG on a phrase that is not
 * well formed or would match nearly anything. */
bool apd_matcher_add(ApdMatcher *self, int signal, const char *phrase, int weight, GError **error);

/* Takes @phrase, as it was added, away from @signal again.  Returns: whether it
 * was there.  Before compiling only. */
bool apd_matcher_remove(ApdMatcher *self, int signal, const char *phrase);

/* Call once, after the last phrase and before the first scan. */
void apd_matcher_compile(ApdMatcher *self);

/* Returns: (transfer full) (element-type ApdHit): every hit, ordered by segment,
 * start, and longest first; of overlapping hits of one signal only the longest
 * (then the first).  Bounded in number. */
GArray *apd_matcher_scan(const ApdMatcher *self, const ApdText *text);

/* The hits of one segment within @hits: index of the first and their number. */
guint apd_hits_of_segment(const GArray *hits, int segment, guint *ret_n);
