#include "logic/digest.h"

/* What is due within these is told alone. */
#define SOON (6 * APD_HOUR)

/* When everybody's timers go off at a service: so long around full and half hours. */
#define HALF_HOUR (30 * APD_MINUTE)
#define RUSH_LEAD (5 * APD_SECOND)
#define RUSH      (25 * APD_SECOND)

bool
apd_digest_takes(const ApdAlert *alert, ApdTime now)
{
    const ApdCase *kase = alert->kase;

    return alert->type == APD_ALERT_CASE && kase != NULL
           && (alert->reason == APD_REASON_NEW || alert->reason == APD_REASON_STEP
               || alert->reason == APD_REASON_CHANGED)
           && apd_state_runs(kase->state) && kase->authenticity != APD_AUTHENTICITY_FORGED
           && kase->outcome == APD_OUTCOME_NONE
           && (kase->deadline == APD_NEVER || kase->deadline - now > SOON);
}

ApdAlert *
apd_digest_make(GPtrArray *alerts, ApdTime now)
{
    ApdAlert *digest = apd_alert_new();
    const ApdAlert *first = alerts->pdata[0];

    digest->key = g_strdup_printf("digest/%s", first->key);
    digest->type = APD_ALERT_SUMMARY;
    digest->reason = APD_REASON_NEW;
    digest->created = now;
    for (guint i = 0; i < alerts->len; i++) {
        ApdAlert *alert = alerts->pdata[i];
        digest->severity = MAX(digest->severity, alert->severity);
        /* Two alerts may speak of one case. */
        if (!apd_cases_hold(digest->cases, alert->kase->id))
            g_ptr_array_add(digest->cases, g_steal_pointer(&alert->kase));
    }
    apd_cases_sort(digest->cases);
    return digest;
}

ApdTime
apd_digest_spare(ApdTime now, uint32_t random)
{
    ApdTime into = (now + RUSH_LEAD) % HALF_HOUR;

    if (into >= RUSH)
        return now;
    return now + (RUSH - into) + (ApdTime) (random % 30) * APD_SECOND;
}
