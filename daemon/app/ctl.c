#include "app/ctl.h"

#include "base/error.h"
#include "base/text.h"
#include "io/phrases.h"
#include "logic/countdown.h"
#include "port/channel_tools.h"

/* Nearer than this a running case is shown as urgent. */
#define URGENT APD_DAY
#define SOON   (3 * APD_DAY)

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

int
apd_ctl_fail(const GError *error)
{
    bool no = g_error_matches(error, APD_ERROR, APD_ERROR_REFUSED);

    return apd_ctl_complain(no ? APD_EXIT_NO : APD_EXIT_FAIL, "%s", error->message);
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
        *ret_status = apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    return ledger;
}

bool
apd_ctl_desk_open(ApdCtlDesk *self, const ApdCtl *ctl, int *ret_status)
{
    g_autoptr(GError) error = NULL;

    self->now = apd_now();
    self->config = apd_ctl_config(ctl, ret_status);
    self->ledger = self->config ? apd_ctl_ledger(self->config, ret_status) : NULL;
    if (self->ledger == NULL)
        return false;

    self->zone = apd_config_zone(self->config);
    self->phrases = apd_phrases_load(self->config->rules_dir, NULL, "en", &error);
    if (self->phrases == NULL)
        *ret_status = apd_ctl_fail(error);
    return self->phrases != NULL;
}

void
apd_ctl_desk_clear(ApdCtlDesk *self)
{
    g_clear_pointer(&self->ledger, apd_ledger_close);
    g_clear_pointer(&self->config, apd_config_free);
    g_clear_pointer(&self->phrases, apd_phrases_free);
    g_clear_pointer(&self->zone, g_time_zone_unref);
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

void
apd_ctl_print_json(JsonBuilder *builder)
{
    g_autofree char *text = apd_channel_json_text(builder);
    g_print("%s\n", text);
}

/* --- words ----------------------------------------------------------------------- */

char *
apd_ctl_span(const ApdCtlDesk *self, ApdTime span)
{
    return apd_countdown_short(self->phrases, span);
}

char *
apd_ctl_left(const ApdCtlDesk *self, const ApdCase *kase)
{
    if (!apd_state_runs(kase->state))
        return g_strdup("");
    if (kase->deadline == APD_NEVER)
        return g_strdup("none");

    bool passed = kase->deadline <= self->now;
    g_autofree char *span =
        apd_ctl_span(self, passed ? self->now - kase->deadline : kase->deadline - self->now);
    if (passed)
        return g_strdup_printf("passed %s ago", span);
    return g_strdup_printf("%s%s left", kase->basis == APD_BASIS_ESTIMATED ? "about " : "", span);
}

char *
apd_ctl_ago(const ApdCtlDesk *self, ApdTime when)
{
    if (when == 0)
        return g_strdup("never");
    if (self->now - when < APD_SECOND)
        return g_strdup("just now");

    g_autofree char *span = apd_ctl_span(self, self->now - when);
    return g_strdup_printf("%s ago", span);
}

char *
apd_ctl_date(const ApdCtlDesk *self, ApdTime when)
{
    return apd_countdown_date(self->phrases, when, self->zone);
}

static GDateTime *
local_time(const ApdCtlDesk *self, ApdTime when)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when / APD_SECOND);

    return utc ? g_date_time_to_timezone(utc, self->zone) : NULL;
}

char *
apd_ctl_date_short(const ApdCtlDesk *self, ApdTime when)
{
    g_autoptr(GDateTime) local = local_time(self, when);
    g_autoptr(GDateTime) today = local_time(self, self->now);

    if (when == APD_NEVER || local == NULL)
        return g_strdup("");
    bool same = g_date_time_get_year(local) == g_date_time_get_year(today);
    return g_date_time_format(local, same ? "%m-%d %H:%M" : "%Y-%m-%d %H:%M");
}

char *
apd_ctl_category(const ApdCtlDesk *self, const char *category)
{
    const char *name = apd_phrases_get(self->phrases, "categories", category);

    return apd_text_line(name ? name : category);
}

const char *
apd_ctl_state(const ApdCtlDesk *self, const ApdCase *kase)
{
    if (kase->state == APD_STATE_OPEN && kase->snoozed_until > self->now)
        return "snoozed";
    return apd_state_name(kase->state);
}

ApdPaint
apd_ctl_paint(const ApdCtlDesk *self, const ApdCase *kase)
{
    if (!apd_state_runs(kase->state) || kase->state == APD_STATE_APPEALED)
        return APD_PAINT_DIM;
    if (kase->deadline == APD_NEVER)
        return APD_PAINT_PLAIN;
    if (kase->deadline - self->now < URGENT)
        return APD_PAINT_URGENT;
    return kase->deadline - self->now < SOON ? APD_PAINT_BOLD : APD_PAINT_PLAIN;
}
