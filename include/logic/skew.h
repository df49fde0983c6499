/* What the Date of answers says of our own clock.  Pure.
 *
 * A server that is ahead of us tells the truth: no cache knows the future.  One that is
 * behind may be a cache that repeats itself, which stands still: it is believed when its
 * time has gone on as our steady clock did.
 */
#pragma once

#include "base/clock.h"

/* A clock that is off by more than this makes reminders wrong; the platform itself
 * refuses at two hours. */
#define APD_SKEW_SLACK (5 * APD_MINUTE)

typedef enum {
    APD_SKEW_UNKNOWN, /* not yet, or not any more */
    APD_SKEW_NONE,
    APD_SKEW_WRONG,
} ApdSkewFinding;

/* Empty at first. */
typedef struct {
    ApdTime theirs, uptime; /* of the first of those answers that agree */
    int n;                  /* answers that do */
} ApdSkew;

/* @theirs: what an answer says (0: nothing) that came at @ours, at @uptime of a clock that
 * nobody sets.  @ret_off: how far theirs is ahead of ours; of WRONG alone. */
ApdSkewFinding apd_skew_take(ApdSkew *self, ApdTime theirs, ApdTime ours, ApdTime uptime,
                             ApdTime *ret_off);

/* Returns: (transfer full): "3h behind", or "12m ahead of", whom @off is of. */
char *apd_skew_text(ApdTime off);
