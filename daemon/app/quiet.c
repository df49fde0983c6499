#include "app/quiet.h"

/* Steps that wait for nobody's sleep. */
#define LOUD_STEPS 2

/* A case with less than this left is somebody's tonight. */
#define NIGHT (12 * APD_HOUR)

/* What a person needs after waking up. */
#define MORNING (2 * APD_HOUR)

static bool
cannot_wait(const ApdLadder *ladder, const ApdCase *kase, ApdTime now, ApdTime end)
{
    if (!apd_state_runs(kase->state) || kase->deadline == APD_NEVER || kase->deadline <= now)
        return false;

    size_t loud = ladder->n > LOUD_STEPS ? ladder->n - LOUD_STEPS : 0;
    ApdTime lead = ladder->n > 0 ? ladder->lead[loud] : 0;
    return kase->deadline - now <= MAX(lead, NIGHT) || kase->deadline <= end + MORNING;
}

ApdTime
apd_quiet_until(const ApdChannelConfig *channel, const ApdLadder *ladder, const ApdAlert *alert,
                ApdTime now, GTimeZone *zone)
{
    if (alert->type == APD_ALERT_TEST || !apd_hours_hold(&channel->quiet, now, zone))
        return 0;

    ApdTime end = apd_hours_end(&channel->quiet, now, zone);
    if (end == APD_NEVER)
        return 0; /* always quiet would be silence */
    if (alert->kase != NULL && cannot_wait(ladder, alert->kase, now, end))
        return 0;
    for (guint i = 0; i < alert->cases->len; i++)
        if (cannot_wait(ladder, alert->cases->pdata[i], now, end))
            return 0;
    return end;
}
