#include "app/ctl_why.h"

#include "app/escalate.h"
#include "app/quiet.h"
#include "app/raise.h"
#include "app/reminders.h"
#include "base/text.h"

/* --- who is told ---------------------------------------------------------------- */

static char *
waits_words(const ApdCtlDesk *desk, const ApdChannelConfig *channel, const ApdAlert *alert)
{
    const ApdLadder ladder = apd_reminders_ladder(desk->config);
    g_autoptr(GTimeZone) zone = apd_config_zone(desk->config);
    ApdTime until = apd_quiet_until(channel, &ladder, alert, desk->now, zone);

    if (until == 0)
        return g_strdup("");
    g_autofree char *date = apd_ctl_date(desk, until);
    return g_strdup_printf("; an alert now would wait for the end of its quiet hours, %s", date);
}

static char *
fallback_words(const ApdChannelConfig *channel)
{
    if (channel->fallback == NULL)
        return g_strdup("");

    g_autofree char *names = g_strjoinv(", then ", channel->fallback);
    g_autofree char *after = apd_duration_format(channel->fallback_after);
    return g_strdup_printf("; refused or not taken in %s: %s", after, names);
}

static void
print_channel(const ApdCtlDesk *desk, const ApdChannelConfig *channel, const ApdAlert *alert)
{
    const char *why = apd_raise_against(desk->config, channel, alert);
    g_autofree char *waits = waits_words(desk, channel, alert);
    g_autofree char *falls = fallback_words(channel);
    g_autofree char *text = why ? g_strdup_printf("not told: %s%s", why, falls)
                                : g_strdup_printf("told%s%s", waits, falls);

    apd_screen_fact(channel->name, text);
}

static void
print_channels(const ApdCtlDesk *desk, ApdCase *kase)
{
    const ApdLadder ladder = apd_reminders_ladder(desk->config);
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->type = APD_ALERT_CASE;
    alert->severity = apd_ladder_severity(&ladder, kase, desk->now);
    alert->created = desk->now;
    alert->kase = kase;
    for (guint i = 0; i < desk->config->channels->len; i++)
        print_channel(desk, desk->config->channels->pdata[i], alert);
    alert->kase = NULL; /* lent only */
}

/* Alerts to come that are looked at; in the last hours they may be many. */
#define MAX_COMING 1000

/* --- what comes next -------------------------------------------------------------- */

typedef struct {
    ApdTime at;
    char *what; /* owned */
} Coming;

static void
clear_coming(void *data)
{
    g_free(((Coming *) data)->what);
}

/* Takes @what. */
static void
add_coming(GArray *all, ApdTime at, char *what)
{
    const Coming one = { at, what };

    g_array_append_val(all, one);
}

/* What is told at @step; NULL: what was listed already, as one line for all of its kind. */
static char *
step_words(const ApdLadder *ladder, const ApdCase *kase, const ApdStep *step, ApdTime at,
           bool *repeats)
{
    bool again = step->rung == APD_RUNG_REPEAT
                 || (step->rung == APD_RUNG_REMINDER && at != kase->snoozed_until);
    bool listed = again && *repeats;
    g_autofree char *lead = apd_duration_format(step->lead);
    g_autofree char *every =
        apd_duration_format(step->rung == APD_RUNG_REPEAT ? ladder->repeat : APD_DAY);

    *repeats |= again;
    if (listed)
        return NULL;
    switch (step->rung) {
    case APD_RUNG_STEP:
        return g_strdup_printf("%s before", lead);
    case APD_RUNG_REPEAT:
    case APD_RUNG_REMINDER:
        return again ? g_strdup_printf("every %s", every) : g_strdup("snooze ends");
    case APD_RUNG_EXPIRED:
        return g_strdup("deadline");
    case APD_RUNG_NEW:
    case APD_RUNG_NONE:
        break;
    }
    return g_strdup("at once");
}

/* Lives the days to come as the daemon would, so that just what it will tell is listed. */
static void
add_steps(GArray *all, const ApdCtlDesk *desk, const ApdCase *kase)
{
    const ApdLadder ladder = apd_reminders_ladder(desk->config);
    ApdTold told = { .left = APD_NEVER };
    ApdTime now = desk->now;
    bool repeats = false;

    apd_ledger_told(desk->ledger, kase->id, &told, NULL);
    for (int i = 0; i < MAX_COMING; i++) {
        ApdTime at = apd_ladder_next(&ladder, kase, &told, now);
        if (at == APD_NEVER)
            return;
        ApdStep step = apd_ladder_due(&ladder, kase, &told, at);
        if (step.rung == APD_RUNG_NONE && at <= now)
            return;
        now = at;
        if (step.rung == APD_RUNG_NONE)
            continue;
        char *what = step_words(&ladder, kase, &step, at, &repeats);
        if (what != NULL)
            add_coming(all, at, what);
        /* Without a deadline each day is like the next. */
        if (step.rung == APD_RUNG_EXPIRED || (kase->deadline == APD_NEVER && repeats))
            return;
        told.latest = at;
        told.left = kase->deadline == APD_NEVER ? told.left : MIN(told.left, kase->deadline - at);
    }
}

static void
add_escalations(GArray *all, const ApdCtlDesk *desk, const ApdCase *kase)
{
    const GPtrArray *escalate = desk->config->escalate;

    for (guint i = 0; escalate != NULL && i < escalate->len; i++) {
        const ApdEscalation *one = escalate->pdata[i];
        add_coming(all, apd_escalate_at(kase, one), g_strdup_printf("to %s", one->channel));
    }
}

static int
compare_coming(const void *a, const void *b)
{
    ApdTime first = ((const Coming *) a)->at, second = ((const Coming *) b)->at;

    return (first > second) - (first < second);
}

static void
print_coming(const ApdCtlDesk *desk, const ApdCase *kase)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Coming));

    g_array_set_clear_func(all, clear_coming);
    add_steps(all, desk, kase);
    add_escalations(all, desk, kase);
    g_array_sort(all, compare_coming);
    for (guint i = 0; i < all->len; i++) {
        const Coming *one = &g_array_index(all, Coming, i);
        if (one->at == APD_NEVER || one->at < desk->now)
            continue;
        g_autofree char *date = apd_ctl_date(desk, one->at);
        g_autofree char *from =
            g_str_has_prefix(one->what, "every") ? g_strdup_printf("from %s", date) : NULL;
        apd_screen_fact(one->what, from ? from : date);
    }
}

void
apd_ctl_why(const ApdCtlDesk *desk, ApdCase *kase)
{
    apd_screen_heading("Who is told");
    print_channels(desk, kase);
    if (!apd_state_runs(kase->state))
        return;
    apd_screen_heading("What comes, if nobody does anything");
    print_coming(desk, kase);
}
