#include "app/raise.h"

static bool
list_takes(char **list, const char *name)
{
    if (list == NULL || list[0] == NULL)
        return true;

    for (size_t i = 0; list[i] != NULL; i++)
        if (g_pattern_match_simple(list[i], name))
            return true;
    return false;
}

static bool
takes_case(const ApdChannelConfig *channel, const ApdCase *kase)
{
    return list_takes(channel->stores, kase->store)
           && list_takes(channel->categories, kase->category);
}

/* Whether the lists of @channel want @alert; one wanted case of a summary is
 * enough, and alerts about appeald itself concern everybody. */
static bool
lists_take(const ApdChannelConfig *channel, const ApdAlert *alert)
{
    if (alert->kase != NULL)
        return takes_case(channel, alert->kase);
    if (alert->cases->len == 0)
        return true;

    for (guint i = 0; i < alert->cases->len; i++)
        if (takes_case(channel, alert->cases->pdata[i]))
            return true;
    return false;
}

static bool
may_carry(const ApdChannelConfig *channel, const ApdAlert *alert)
{
    if (alert->type == APD_ALERT_TEST)
        return g_strcmp0(channel->name, alert->subject) == 0;
    if (alert->type == APD_ALERT_REFUSED && g_strcmp0(channel->name, alert->subject) == 0)
        return false;

    return alert->severity >= channel->severity;
}

static GPtrArray *
choose(const ApdConfig *config, const ApdAlert *alert, bool by_lists)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < config->channels->len; i++) {
        const ApdChannelConfig *channel = config->channels->pdata[i];
        if (may_carry(channel, alert) && (!by_lists || lists_take(channel, alert)))
            g_ptr_array_add(names, g_strdup(channel->name));
    }
    return names;
}

char **
apd_raise_route(const ApdConfig *config, const ApdAlert *alert)
{
    bool by_lists = alert->type != APD_ALERT_TEST;
    GPtrArray *names = choose(config, alert, by_lists);

    if (names->len == 0 && by_lists) {
        g_ptr_array_unref(names);
        names = choose(config, alert, false);
    }
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}

static bool
add_and_supersede(ApdLedger *ledger, ApdAlert *alert, char **channels, bool *ret_new,
                  GError **error)
{
    if (!apd_ledger_add_alert(ledger, alert, (const char *const *) channels, ret_new, error))
        return false;

    return !*ret_new || alert->type != APD_ALERT_CASE
           || apd_ledger_drop_superseded(ledger, alert->id, error);
}

bool
apd_raise_alert(ApdLedger *ledger, const ApdConfig *config, ApdAlert *alert, bool *ret_new,
                GError **error)
{
    g_auto(GStrv) channels = apd_raise_route(config, alert);
    bool is_new;

    if (!add_and_supersede(ledger, alert, channels, &is_new, error))
        return false;

    if (ret_new != NULL)
        *ret_new = is_new;
    return true;
}

bool
apd_raise_case(ApdLedger *ledger, const ApdConfig *config, ApdCase *kase, ApdReason reason,
               ApdSeverity severity, const char *key, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup(key);
    alert->type = APD_ALERT_CASE;
    alert->reason = reason;
    alert->severity = severity;
    alert->kase = kase;
    alert->created = now;

    bool good = apd_raise_alert(ledger, config, alert, NULL, error);
    alert->kase = NULL; /* lent only */
    return good;
}

bool
apd_raise_summary(ApdLedger *ledger, const ApdConfig *config, GPtrArray *cases, const char *key,
                  const char *subject, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup(key);
    alert->type = APD_ALERT_SUMMARY;
    alert->reason = APD_REASON_NEW;
    alert->subject = g_strdup(subject);
    alert->created = now;
    g_ptr_array_unref(alert->cases);
    alert->cases = g_ptr_array_ref(cases);
    for (guint i = 0; i < cases->len; i++)
        alert->severity = MAX(alert->severity, ((const ApdCase *) cases->pdata[i])->severity);

    return apd_raise_alert(ledger, config, alert, NULL, error);
}
