#include "app/daily.h"

#include "app/health.h"
#include "app/raise.h"

/* How often to look whether trouble is over. */
#define LOOK_AGAIN (5 * APD_MINUTE)

/* The note's instant on the day of @now, @days later; in a gap of summer time
 * the instant after it. */
static ApdTime
instant_of(const ApdConfig *config, GDateTime *local, GTimeZone *zone, int days)
{
    g_autoptr(GDateTime) day = g_date_time_add_days(local, days);
    int minutes = (int) (config->daily_at / APD_MINUTE);
    g_autoptr(GDateTime) at =
        g_date_time_new(zone, g_date_time_get_year(day), g_date_time_get_month(day),
                        g_date_time_get_day_of_month(day), minutes / 60, minutes % 60, 0);

    return at ? g_date_time_to_unix(at) * APD_SECOND : APD_NEVER;
}

static bool
raise_note(ApdLedger *ledger, const ApdConfig *config, const char *key, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup(key);
    alert->type = APD_ALERT_WELL;
    alert->severity = APD_SEVERITY_LOW;
    alert->created = now;
    return apd_raise_alert(ledger, config, alert, NULL, error);
}

bool
apd_daily_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
              GError **error)
{
    if (config->daily_at < 0)
        return true;

    g_autoptr(GTimeZone) zone = apd_config_zone(config);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now / APD_SECOND);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    g_autofree char *day = g_date_time_format(local, "well/%Y-%m-%d");
    g_autofree char *why = NULL;
    ApdTime today = instant_of(config, local, zone, 0);
    bool told;

    if (now < today) {
        *next = MIN(*next, today);
        return true;
    }
    *next = MIN(*next, instant_of(config, local, zone, 1));
    if (!apd_ledger_has_alert(ledger, day, &told, error))
        return false;
    if (told)
        return true;
    if (!apd_health_ask(ledger, config, now, &why, error))
        return false;
    if (why == NULL)
        return raise_note(ledger, config, day, now, error);

    *next = MIN(*next, now + LOOK_AGAIN);
    return true;
}
