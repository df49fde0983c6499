#include "app/token_alert.h"

#include "app/raise.h"
#include "io/api_token.h"

/* So long ahead a login that will end is told of; days, for its key. */
static const int ahead[] = { 14, 7, 3, 1 };

/* Who logs in for good to a mailbox needs no warning of two weeks; a consent of the
 * platform ends every two months, and a seller may travel. */
static size_t
first_warning(const ApdSourceConfig *source)
{
    return apd_api_token_is_for(source) ? 0 : 1;
}

ApdTime
apd_token_alert_first(const ApdSourceConfig *source)
{
    return ahead[first_warning(source)] * APD_DAY;
}

/* A login that lives no longer than a warning is early is not warned of at once. */
#define ENOUGH(days) ((days) *APD_DAY + APD_DAY / 2)

static bool
raise_once(ApdLedger *ledger, const ApdConfig *config, const ApdSourceConfig *source,
           const char *key, const char *text, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup(key);
    alert->type = APD_ALERT_LOGIN;
    alert->severity = APD_SEVERITY_HIGH;
    alert->subject = g_strdup(source->section);
    alert->text = g_strdup(text);
    alert->created = now;
    return apd_raise_alert(ledger, config, alert, NULL, error);
}

static bool
tell_refused(ApdLedger *ledger, const ApdConfig *config, const ApdSourceConfig *source,
             const ApdToken *token, ApdTime now, GError **error)
{
    g_autofree char *key =
        g_strdup_printf("login/%s/ended/%" G_GINT64_FORMAT, source->section, token->login);
    g_autofree char *text =
        g_strdup_printf("The login was ended by the provider: %s. Run: appealctl login %s",
                        token->refused, source->name);

    return raise_once(ledger, config, source, key, text, now, error);
}

static char *
describe_end(const ApdConfig *config, const ApdSourceConfig *source, ApdTime end)
{
    g_autoptr(GTimeZone) zone = apd_config_zone(config);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(end / APD_SECOND);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
    g_autofree char *date = local ? g_date_time_format(local, "%Y-%m-%d %H:%M %Z") : NULL;

    return g_strdup_printf("The login runs out on %s, and nothing but a person can renew it. "
                           "Run: appealctl login %s",
                           date ? date : "a day not known", source->name);
}

/* The latest warning that is due stands for those before it. */
static bool
tell_end(ApdLedger *ledger, const ApdConfig *config, const ApdSourceConfig *source,
         const ApdToken *token, ApdTime now, ApdTime *next, GError **error)
{
    ApdTime end = token->refresh_expires;
    int due = 0;

    for (size_t i = first_warning(source); i < G_N_ELEMENTS(ahead); i++) {
        ApdTime at = end - ahead[i] * APD_DAY;
        if (end - token->login < ENOUGH(ahead[i]) && i + 1 < G_N_ELEMENTS(ahead))
            continue;
        if (now >= at)
            due = ahead[i];
        else
            *next = MIN(*next, at);
    }
    if (due == 0)
        return true;

    g_autofree char *key =
        g_strdup_printf("login/%s/%" G_GINT64_FORMAT "/%d", source->section, end, due);
    g_autofree char *text = describe_end(config, source, end);
    return raise_once(ledger, config, source, key, text, now, error);
}

bool
apd_token_alert_run(ApdLedger *ledger, const ApdConfig *config, const ApdSourceConfig *source,
                    const ApdToken *token, ApdTime now, ApdTime *next, GError **error)
{
    if (token->refused != NULL)
        return tell_refused(ledger, config, source, token, now, error);
    return token->refresh_expires == APD_NEVER
           || tell_end(ledger, config, source, token, now, next, error);
}
