#include "app/ctl.h"

#include <errno.h>

#include "base/error.h"
#include "logic/countdown.h"

int
apd_ctl_complain(int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_printerr("appealctl: %s\n", text);
    return status;
}

ApdConfig *
apd_ctl_config(const ApdCtl *ctl, int *ret_status)
{
    g_autofree char *path = apd_config_path(ctl->config_path);
    g_autoptr(GError) error = NULL;
    ApdConfig *config = apd_config_load(path, &error);

    if (config == NULL) {
        g_printerr("%s\n", error->message);
        *ret_status = APD_EXIT_FAIL;
    }
    return config;
}

ApdLedger *
apd_ctl_ledger(const ApdConfig *config, int *ret_status)
{
    g_autofree char *path = apd_config_ledger_path(config);
    g_autoptr(GError) error = NULL;
    ApdLedger *ledger = apd_ledger_open_existing(path, &error);

    if (ledger == NULL)
        *ret_status = apd_ctl_complain(
            APD_EXIT_FAIL, "%s%s", error->message,
            g_file_test(path, G_FILE_TEST_EXISTS) ? "" : " (has appeald been started?)");
    return ledger;
}

bool
apd_ctl_id(const char *text, int64_t *ret_id)
{
    gint64 id;

    if (text == NULL)
        return false;
    if (!g_ascii_string_to_signed(text[0] == '#' ? text + 1 : text, 10, 1, G_MAXINT64, &id, NULL))
        return false;

    *ret_id = id;
    return true;
}

GTimeZone *
apd_ctl_zone(const ApdConfig *config)
{
    GTimeZone *zone = config->timezone ? g_time_zone_new_identifier(config->timezone) : NULL;

    return zone ? zone : g_time_zone_new_local();
}

/* The command line speaks English. */
static ApdPhrases *
short_units(void)
{
    ApdPhrases *phrases = apd_phrases_new("en");

    apd_phrases_set(phrases, "time", "day.short", "{n} d");
    apd_phrases_set(phrases, "time", "hour.short", "{n} h");
    apd_phrases_set(phrases, "time", "minute.short", "{n} min");
    apd_phrases_set(phrases, "time", "second.short", "{n} s");
    return phrases;
}

char *
apd_ctl_left(const ApdCase *kase, ApdTime now)
{
    if (kase->deadline == APD_NEVER)
        return g_strdup("no deadline");
    if (!apd_state_runs(kase->state) || kase->deadline <= now)
        return g_strdup("over");

    g_autoptr(ApdPhrases) phrases = short_units();
    g_autofree char *left = apd_countdown_short(phrases, kase->deadline - now);
    return g_strdup_printf("%s left", left);
}
