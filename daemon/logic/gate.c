#include "logic/gate.h"

#include "logic/backoff.h"

/* One failure may be the alert's own fault. */
#define DOWN_AFTER 2

/* How soon news may knock after the last knock. */
#define NEWS_WAIT (10 * APD_SECOND)

/* Every so many knocks another alert goes first. */
#define ANOTHER 6

/* No pause is longer: what is beyond comes of a clock that was set back. */
#define MAX_SHUT (6 * APD_HOUR)

static bool
holds(ApdTime until, ApdTime now)
{
    return until > now && until <= now + MAX_SHUT;
}

static ApdTime
later(ApdTime a, ApdTime b)
{
    return a > b ? a : b;
}

bool
apd_gate_is_down(const ApdGate *self)
{
    return self->failures >= DOWN_AFTER;
}

bool
apd_gate_is_shut(const ApdGate *self, ApdTime now)
{
    return holds(self->closed, now) || (apd_gate_is_down(self) && holds(self->down, now));
}

ApdTime
apd_gate_ready(const ApdGate *self, bool is_news, ApdTime now)
{
    ApdTime ready = apd_rate_ready(&self->rate, self->full, now);
    ApdTime down = self->down;

    if (holds(self->closed, now))
        ready = later(ready, self->closed);
    if (!apd_gate_is_down(self) || !holds(down, now))
        return ready;
    if (is_news && self->knocked <= now && self->knocked + NEWS_WAIT < down)
        down = self->knocked + NEWS_WAIT;
    return later(ready, down);
}

bool
apd_gate_tries_another(const ApdGate *self)
{
    return self->failures > 0 && self->failures % ANOTHER == 0;
}

void
apd_gate_close(ApdGate *self, ApdTime until)
{
    self->closed = until;
}

void
apd_gate_send(ApdGate *self, ApdTime now)
{
    self->full = apd_rate_take(&self->rate, self->full, now);
    self->knocked = now;
}

void
apd_gate_take(ApdGate *self)
{
    self->failures = 0;
}

ApdTime
apd_gate_fail(ApdGate *self, ApdTime wait, int attempts, uint32_t random, ApdTime left, ApdTime now)
{
    self->failures++;
    if (wait > 0) /* it means everybody, not this one alone */
        self->closed = now + wait;
    if (!apd_gate_is_down(self))
        return now + later(apd_backoff_wait(attempts, random, left), wait);

    self->down = now + later(apd_backoff_wait(self->failures, random, left), wait);
    return self->down;
}

void
apd_gate_open(ApdGate *self)
{
    self->closed = 0;
    self->down = 0;
    self->failures = 0;
}
