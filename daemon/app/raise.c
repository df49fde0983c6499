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

/* NULL when the lists of @channel take @kase, else which does not. */
static const char *
list_against(const ApdChannelConfig *channel, const ApdCase *kase)
{
    if (!list_takes(channel->stores, kase->store))
        return "it is not on its list of stores";
    if (!list_takes(channel->categories, kase->category))
        return "it is not on its list of categories";
    if (!list_takes(channel->kinds, apd_kind_name(kase->kind)))
        return "it is not on its list of kinds";
    return NULL;
}

/* One wanted case of a summary is enough, and alerts about appeald itself concern
 * everybody. */
static const char *
lists_against(const ApdChannelConfig *channel, const ApdAlert *alert)
{
    const char *why = alert->kase ? list_against(channel, alert->kase) : NULL;

    for (guint i = 0; i < alert->cases->len; i++) {
        why = list_against(channel, alert->cases->pdata[i]);
        if (why == NULL)
            break;
    }
    return why;
}

static const char *
may_not_carry(const ApdChannelConfig *channel, const ApdAlert *alert)
{
    if (alert->type == APD_ALERT_TEST)
        return g_strcmp0(channel->name, alert->subject) == 0 ? NULL : "the test is of another";
    if (alert->type == APD_ALERT_REFUSED && g_strcmp0(channel->name, alert->subject) == 0)
        return "it is the one that refuses";
    if (alert->severity < channel->severity)
        return "its severity is set higher";
    return NULL;
}

/* What divides the work among channels; nobody is left out for it alone. */
static const char *
divided_against(const ApdConfig *config, const ApdChannelConfig *channel, const ApdAlert *alert)
{
    if (alert->type == APD_ALERT_TEST)
        return NULL;
    if (channel->reserve)
        return "it is in reserve: told only of what is escalated or falls back to it";
    if (channel->hours.n > 0) {
        g_autoptr(GTimeZone) zone = apd_config_zone(config);
        if (!apd_hours_hold(&channel->hours, alert->created, zone))
            return "it was outside of its hours";
    }
    return lists_against(channel, alert);
}

const char *
apd_raise_against(const ApdConfig *config, const ApdChannelConfig *channel, const ApdAlert *alert)
{
    const char *why = may_not_carry(channel, alert);

    return why ? why : divided_against(config, channel, alert);
}

static GPtrArray *
choose(const ApdConfig *config, const ApdAlert *alert, bool divided)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < config->channels->len; i++) {
        const ApdChannelConfig *channel = config->channels->pdata[i];
        const char *why =
            divided ? apd_raise_against(config, channel, alert) : may_not_carry(channel, alert);
        if (why == NULL)
            g_ptr_array_add(names, g_strdup(channel->name));
    }
    return names;
}

char **
apd_raise_route(const ApdConfig *config, const ApdAlert *alert)
{
    GPtrArray *names = choose(config, alert, true);

    if (names->len == 0) {
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
