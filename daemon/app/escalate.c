#include "app/escalate.h"

#include "app/reminders.h"
#include "base/text.h"

/* So many fall to a channel in one look, the most urgent first; the rest in the next. */
#define MOST_FALLS 500

/* --- nobody answered ------------------------------------------------------------ */

ApdTime
apd_escalate_at(const ApdCase *kase, const ApdEscalation *one)
{
    if (kase->state != APD_STATE_OPEN || !apd_ladder_climbs(kase) || kase->kind == APD_KIND_POLICY)
        return APD_NEVER;

    /* Whoever snoozed it knows of it. */
    return MAX(kase->asked + one->after, kase->snoozed_until);
}

/* Once for each time that a person was asked. */
static char *
make_key(const ApdCase *kase, const ApdEscalation *one)
{
    g_autofree char *after = apd_duration_format(one->after);
    g_autofree char *again = kase->asked == kase->opened
                                 ? g_strdup("")
                                 : g_strdup_printf("/%" G_GINT64_FORMAT, kase->asked / APD_SECOND);

    return g_strdup_printf("case/%" G_GINT64_FORMAT "/escalated/%s/%s%s", kase->id, after,
                           one->channel, again);
}

static bool
escalate(ApdLedger *ledger, const ApdConfig *config, ApdCase *kase, const ApdEscalation *one,
         ApdTime now, GError **error)
{
    const ApdLadder ladder = apd_reminders_ladder(config);
    const char *const channels[] = { one->channel, NULL };
    g_autoptr(ApdAlert) alert = apd_alert_new();
    bool is_new;

    alert->key = make_key(kase, one);
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

typedef struct {
    ApdLedger *ledger;
    const ApdChannelConfig *channel;
    guint place; /* in the list of fallbacks, of who is told next */
    ApdTime now;
    ApdTime next;
} Fall;

/* When whoever has the turn is late; at once: he failed. */
static ApdTime
late_at(const Fall *fall, const ApdTurn *turn)
{
    ApdTime patience = fall->channel->fallback_after;
    ApdTime since = turn->created + patience * fall->place;

    if (turn->refused || (fall->place > 0 && turn->attempts > 0))
        return 0;
    /* Until quiet hours end, it waits by itself. */
    if (turn->attempts == 0)
        since = MAX(since, turn->next_try);
    return since + patience;
}

static bool
fall_to(const Fall *fall, const ApdTurn *turn, const char *next, GError **error)
{
    g_autoptr(ApdAlert) alert = NULL;

    return apd_ledger_get_alert(fall->ledger, turn->alert_id, &alert, error)
           && (alert == NULL || apd_ledger_owe(fall->ledger, alert, next, error));
}

/* Tells the next of all alerts of @turns that are due; too many wait for the next look. */
static bool
pass_on(Fall *fall, const GArray *turns, const char *next, GError **error)
{
    int passed = 0;

    for (guint i = 0; i < turns->len; i++) {
        const ApdTurn *turn = &g_array_index(turns, ApdTurn, i);
        ApdTime at = late_at(fall, turn);

        if (at > fall->now || passed == MOST_FALLS)
            fall->next = MIN(fall->next, at);
        else if (!fall_to(fall, turn, next, error))
            return false;
        else
            passed++;
    }
    return true;
}

static bool
fall_back_along(Fall *fall, GError **error)
{
    const ApdChannelConfig *channel = fall->channel;
    const char *turn = channel->name;

    for (fall->place = 0; channel->fallback[fall->place] != NULL; fall->place++) {
        const char *next = channel->fallback[fall->place];
        g_autoptr(GArray) turns =
            apd_ledger_turns(fall->ledger, channel->name, channel->fallback, turn, next, error);

        if (turns == NULL || !pass_on(fall, turns, next, error))
            return false;
        turn = next;
    }
    return true;
}

static bool
fall_back(ApdLedger *ledger, const ApdChannelConfig *channel, ApdTime now, ApdTime *next,
          GError **error)
{
    Fall fall = { ledger, channel, 0, now, *next };

    if (channel->fallback == NULL)
        return true;
    if (!apd_ledger_begin(ledger, error)
        || !apd_ledger_end(ledger, fall_back_along(&fall, error), error))
        return false;

    *next = fall.next;
    return true;
}

bool
apd_escalate_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
                 GError **error)
{
    if (!escalate_cases(ledger, config, now, next, error))
        return false;
    for (guint i = 0; i < config->channels->len; i++)
        if (!fall_back(ledger, config->channels->pdata[i], now, next, error))
            return false;
    return true;
}
