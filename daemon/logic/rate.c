#include "logic/rate.h"

ApdTime
apd_rate_ready(const ApdRate *self, ApdTime full, ApdTime now)
{
    if (self->burst <= 0)
        return now;

    /* A clock that was set back must not hold anything up for longer. */
    ApdTime most = now + self->burst * self->refill;
    if (full > most)
        full = most;
    return full - (self->burst - 1) * self->refill;
}

ApdTime
apd_rate_take(const ApdRate *self, ApdTime full, ApdTime now)
{
    return (full > now ? full : now) + self->refill;
}
