#include "logic/skew.h"

#include <glib.h>

#include "base/text.h"

/* Seconds are cut off, and answers take their time. */
#define NOISE (3 * APD_SECOND)

/* What stands still is seen to do so after this. */
#define STILL (4 * NOISE)

/* Whether it goes on from those before. */
static bool
agrees(const ApdSkew *self, ApdTime theirs, ApdTime uptime)
{
    ApdTime drift = (theirs - self->theirs) - (uptime - self->uptime);

    return self->n > 0 && ABS(drift) <= NOISE;
}

ApdSkewFinding
apd_skew_take(ApdSkew *self, ApdTime theirs, ApdTime ours, ApdTime uptime, ApdTime *ret_off)
{
    ApdTime off = theirs - ours;

    if (theirs <= 0)
        return APD_SKEW_UNKNOWN;
    if (ABS(off) < APD_SKEW_SLACK) {
        self->n = 0;
        return APD_SKEW_NONE;
    }
    if (!agrees(self, theirs, uptime))
        *self = (ApdSkew){ theirs, uptime, 0 };
    self->n++;
    if (self->n < 2 || (off < 0 && uptime - self->uptime < STILL))
        return APD_SKEW_UNKNOWN;
    *ret_off = off;
    return APD_SKEW_WRONG;
}

char *
apd_skew_text(ApdTime off)
{
    ApdTime minutes = (ABS(off) + APD_MINUTE / 2) / APD_MINUTE;
    g_autofree char *span = apd_duration_format(minutes * APD_MINUTE);

    return g_strdup_printf("%s %s", span, off > 0 ? "behind" : "ahead of");
}
