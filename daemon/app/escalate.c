#include "app/escalate.h"

#include "app/reminders.h"
#include "base/text.h"

/* A bound on the untaken alerts of a channel that one look considers. */
#define MAX_LATE 200

/* --- nobody answered ------------------------------------------------------------ */

ApdTime
apd_escalate_at(const ApdCase *kase, const ApdEscalation *one)
{
    if (kase->state != APD_STATE_OPEN || !apd_ladder_climbs(kase) || kase->kind == APD_KIND_POLICY)
        return APD_NEVER;

    /* Whoever snoozed it knows of it. */
    return MAX(kase->opened + one->after, kase->snoozed_until);
}

static bool
escalate(ApdLedger *ledger, const ApdConfig *config, ApdCase *kase, const ApdEscalation *one,
         ApdTime now, GError **error)
{
    const ApdLadder ladder = apd_reminders_ladder(config);
    const char *const channels[] = { one->channel, NULL };
    g_autofree char *after = apd_duration_format(one->after);
    g_autoptr(ApdAlert) alert = apd_alert_new();
    bool is_new;

    alert->key =
        g_strdup_printf("case/%" G_GINT64_FORMAT "/escalated/%s/%s", kase->id, after, one->channel);
    alert->type = APD_ALERT_CASE;
    alert->reason = APD_REASON_ESCALATED;
    alert->severity = MAX(APD_SEVERITY_HIGH, apd_ladder_severity(&ladder, kase, now));
    alert->created = now;
    alert->kase = kase;
    bool good = apd_ledger_add_alert(ledger, alert, channels, &is_new, error);
    alert->kase = NULL; /* lent only */
    return good;
}

static bool
escalate_case(ApdLedger *ledger, const ApdConfig *config, ApdCase *kase, ApdTime now, ApdTime *next,
              GError **error)
{
    for (guint i = 0; i < config->escalate->len; i++) {
        const ApdEscalation *one = config->escalate->pdata[i];
        ApdTime at = apd_escalate_at(kase, one);

        if (at > now)
            *next = MIN(*next, at);
        else if (!escalate(ledger, config, kase, one, now, error))
            return false;
    }
    return true;
}

static bool
escalate_cases(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
               GError **error)
{
    if (config->escalate == NULL)
        return true;

    g_autoptr(GPtrArray) cases = apd_ledger_cases(ledger, APD_CASES_RUNNING, error);
    for (guint i = 0; cases != NULL && i < cases->len; i++)
        if (!escalate_case(ledger, config, cases->pdata[i], now, next, error))
            return false;
    return cases != NULL;
}

/* --- no channel took it ----------------------------------------------------------- */

static const ApdDelivery *
find_delivery(const GPtrArray *deliveries, const char *channel)
{
    for (guint i = 0; i < deliveries->len; i++) {
        const ApdDelivery *delivery = deliveries->pdata[i];
        if (g_str_equal(delivery->channel, channel))
            return delivery;
    }
    return NULL;
}

/* The next channel of @list for an alert owed as in @deliveries; NULL: one of them
 * took it or is at it, or all were told. */
static const char *
next_of(char **list, const GPtrArray *deliveries)
{
    for (; *list != NULL; list++) {
        const ApdDelivery *delivery = find_delivery(deliveries, *list);
        if (delivery == NULL)
            return *list;
        if (delivery->state != APD_DELIVERY_OWED || delivery->attempts == 0)
            return NULL;
    }
    return NULL;
}

static bool
is_refused(const ApdDelivery *delivery)
{
    return delivery->last_error != NULL && g_str_has_prefix(delivery->last_error, "refused: ");
}

/* Until quiet hours end. */
static bool
is_waiting(const ApdDelivery *delivery, ApdTime now)
{
    return delivery->attempts == 0 && delivery->next_try > now;
}

static bool
fall_back(ApdLedger *ledger, const ApdChannelConfig *channel, const ApdDelivery *delivery,
          ApdTime now, ApdTime *next, GError **error)
{
    g_autoptr(ApdAlert) alert = NULL;

    if (is_waiting(delivery, now))
        return true;
    if (!apd_ledger_get_alert(ledger, delivery->alert_id, &alert, error))
        return false;
    if (alert == NULL || alert->type == APD_ALERT_TEST)
        return true;

    ApdTime at = alert->created + channel->fallback_after;
    if (at > now && !is_refused(delivery)) {
        *next = MIN(*next, at);
        return true;
    }

    g_autoptr(GPtrArray) deliveries = apd_ledger_deliveries_of_alert(ledger, alert->id, error);
    const char *other = deliveries ? next_of(channel->fallback, deliveries) : NULL;
    return deliveries != NULL && (other == NULL || apd_ledger_owe(ledger, alert, other, error));
}

static bool
fall_back_all(ApdLedger *ledger, const ApdChannelConfig *channel, ApdTime now, ApdTime *next,
              GError **error)
{
    if (channel->fallback == NULL)
        return true;

    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, channel->name, APD_NEVER, MAX_LATE, error);
    for (guint i = 0; owed != NULL && i < owed->len; i++)
        if (!fall_back(ledger, channel, owed->pdata[i], now, next, error))
            return false;
    return owed != NULL;
}

bool
apd_escalate_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
                 GError **error)
{
    if (!escalate_cases(ledger, config, now, next, error))
        return false;
    for (guint i = 0; i < config->channels->len; i++)
        if (!fall_back_all(ledger, config->channels->pdata[i], now, next, error))
            return false;
    return true;
}
