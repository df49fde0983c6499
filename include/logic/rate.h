/* How fast a destination may be told: a token bucket.  Pure.
 *
 * The whole state is one instant, at which the bucket would be full again.
 */
#pragma once

#include "base/clock.h"

/* So many at once, then one more every @refill. */
typedef struct {
    int burst; /* 0: no limit */
    ApdTime refill;
} ApdRate;

/* Returns when the next may go; not after @now: at once.  @full: of the last take,
 * 0 at first. */
ApdTime apd_rate_ready(const ApdRate *self, ApdTime full, ApdTime now);

/* One goes at @now.  Returns: when the bucket is full again. */
ApdTime apd_rate_take(const ApdRate *self, ApdTime full, ApdTime now);
