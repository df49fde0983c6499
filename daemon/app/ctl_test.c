#include "app/ctl.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/courier.h"
#include "app/pace.h"
#include "app/raise.h"

/* A rate is waited for; who asked for a longer pause is left alone. */
#define PATIENCE APD_MINUTE

/* One test of one channel. */
typedef struct {
    const ApdConfig *config;
    const ApdChannelConfig *channel;
    const char *label; /* before each line: "team: ", or nothing */
    GMainLoop *loop;
    ApdLedger *ledger; /* NULL: there is none yet */
    ApdCourier *courier;
    ApdPace pace;
    int status;
} Testing;

static ApdAlert *
test_alert(const char *channel)
{
    ApdAlert *alert = apd_alert_new();
    ApdTime now = apd_now();

    alert->key = g_strdup_printf("test/%s/%" G_GINT64_FORMAT, channel, now);
    alert->type = APD_ALERT_TEST;
    alert->severity = APD_SEVERITY_LOW;
    alert->subject = g_strdup(channel);
    alert->created = now;
    return alert;
}

/* --- was it seen? --------------------------------------------------------------- */

/* "taken" proves that somebody took it over; only a person can tell that it is
 * there to be seen.  Asks on a terminal; elsewhere nobody could answer. */
static int
ask_person(const char *channel)
{
    char answer[64] = "";

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        g_print("  look there: that it was taken does not prove that it can be seen\n");
        return APD_EXIT_GOOD;
    }
    g_print("  Can you see it there? [y/N] ");
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) != NULL && strchr("yY", answer[0]) != NULL
        && answer[0] != '\0')
        return APD_EXIT_GOOD;
    return apd_ctl_complain(
        APD_EXIT_NO,
        "%s takes alerts and shows none: look at its settings on the other side "
        "(muted, filtered, another room or folder?), then test again",
        channel);
}

/* --- the desktop ------------------------------------------------------------------ */

/* How long a running appeald-desktop may take to show it. */
#define SHOW_SECONDS 5

typedef struct {
    GMainLoop *loop;   /* borrowed */
    ApdLedger *ledger; /* borrowed */
    int64_t alert_id;
    bool shown;
} Showing;

static void
look_whether_shown(void *user_data)
{
    Showing *self = user_data;
    g_autoptr(GPtrArray) all = apd_ledger_deliveries_of_alert(self->ledger, self->alert_id, NULL);

    for (guint i = 0; all != NULL && i < all->len; i++)
        self->shown |= ((const ApdDelivery *) all->pdata[i])->state == APD_DELIVERY_DONE;
    if (self->shown)
        g_main_loop_quit(self->loop);
}

static gboolean
give_up(gpointer user_data)
{
    g_main_loop_quit(user_data);
    return G_SOURCE_CONTINUE;
}

static bool
wait_until_shown(ApdLedger *ledger, int64_t alert_id)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Showing showing = { loop, ledger, alert_id, false };

    if (!apd_ledger_watch(ledger, look_whether_shown, &showing, NULL))
        return false;
    guint patience = g_timeout_add_seconds(SHOW_SECONDS, give_up, loop);
    look_whether_shown(&showing);
    if (!showing.shown)
        g_main_loop_run(loop);
    g_source_remove(patience);
    return showing.shown;
}

/* The desktop takes it from the ledger, like any alert. */
static int
owe(const ApdConfig *config, const char *channel)
{
    int status = APD_EXIT_GOOD;
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdLedger) ledger = apd_ctl_ledger(config, &status);
    g_autoptr(ApdAlert) alert = test_alert(channel);

    if (ledger == NULL)
        return status;
    if (!apd_raise_alert(ledger, config, alert, NULL, &error))
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);

    if (wait_until_shown(ledger, alert->id)) {
        g_print("taken: a session's notification server took the popup\n");
        return ask_person(channel);
    }
    g_print("owed: appeald-desktop shows it as soon as it runs in a session "
            "(systemctl --user status appeald-desktop)\n");
    return APD_EXIT_NO;
}

/* ---------------------------------------------------------------------------------- */

/* What others of us who tell this destination are to know. */
static void
remember(Testing *self, bool moved)
{
    g_autoptr(GError) error = NULL;

    if (self->ledger == NULL)
        return;

    bool good = apd_ledger_begin(self->ledger, &error)
                && apd_ledger_end(self->ledger,
                                  apd_pace_remember(&self->pace, self->ledger, self->channel->name,
                                                    self->courier, moved, &error),
                                  &error);
    if (!good)
        apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
}

static void
print_verdict(const Testing *self, const ApdJudgement *judgement)
{
    switch (judgement->taking) {
    case APD_TAKEN:
        g_print("%staken: the channel took the test alert%s%s\n", self->label,
                judgement->text ? ", but " : "", judgement->text ? judgement->text : "");
        if (judgement->answer != NULL)
            g_print("  it answered %s\n", judgement->answer);
        break;
    case APD_TRY_AGAIN:
        g_print("%snot taken: %s (a real alert would be tried again)\n", self->label,
                judgement->text);
        break;
    case APD_REFUSED:
        g_print("%srefused: %s\n", self->label, judgement->text);
        break;
    }
}

static void
on_verdict(const ApdJudgement *judgement, void *user_data)
{
    Testing *self = user_data;

    if (judgement->taking == APD_TRY_AGAIN && judgement->wait > 0)
        apd_gate_close(&self->pace.gate, apd_now() + judgement->wait);
    remember(self, judgement->moved != NULL);
    print_verdict(self, judgement);
    self->status = judgement->taking == APD_TAKEN ? APD_EXIT_GOOD : APD_EXIT_NO;
    g_main_loop_quit(self->loop);
}

static gboolean
send_it(gpointer user_data)
{
    Testing *self = user_data;
    g_autoptr(ApdAlert) alert = test_alert(self->channel->name);
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *idempotency = g_strconcat("msg_test-", uuid, NULL);

    apd_gate_send(&self->pace.gate, apd_now());
    remember(self, false);
    apd_courier_send(self->courier, alert, idempotency, NULL, NULL, apd_now(), on_verdict, self);
    return G_SOURCE_REMOVE;
}

static char *
clock_words(const ApdConfig *config, ApdTime when)
{
    g_autoptr(GTimeZone) zone = apd_config_zone(config);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when / APD_SECOND + 1);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;

    return local ? g_date_time_format(local, "%H:%M:%S %Z") : g_strdup("later");
}

/* Sends at once, or when the service takes it; not at all when that is long. */
static void
send_in_time(Testing *self)
{
    ApdTime now = apd_now();
    ApdGate gate = self->pace.gate;

    apd_gate_send(&gate, now); /* one of appeald's may be under way, not written down yet */

    ApdTime ready = apd_gate_ready(&gate, false, now);
    const char *why = apd_gate_is_shut(&self->pace.gate, now) ? "the service asked for a pause"
                                                              : "the service takes no more before";

    if (ready > now) {
        g_autofree char *when = clock_words(self->config, ready);
        g_print("%s%swaits until %s: %s\n", self->label, ready > now + PATIENCE ? "not sent: " : "",
                when, why);
    }
    if (ready > now + PATIENCE)
        return;

    g_timeout_add((guint) (MAX(ready - now, 0) / 1000) + (ready > now), send_it, self);
    g_main_loop_run(self->loop);
}

static int
send_now(const ApdConfig *config, const ApdChannelConfig *channel, const char *label)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdHttp) http = apd_http_new();
    g_autoptr(ApdCourier) courier = apd_courier_new(channel, config, http, &error);
    g_autofree char *path = apd_config_ledger_path(config);
    g_autoptr(ApdLedger) ledger = apd_ledger_open_existing(path, NULL);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Testing testing = { config, channel, label, loop, ledger, courier, { { { 0 } } }, APD_EXIT_NO };

    if (courier == NULL)
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    if (apd_courier_is_elsewhere(courier)) {
        g_print("%s", label);
        return owe(config, channel->name);
    }

    testing.pace.gate.rate = *apd_courier_rate(courier);
    if (ledger != NULL && !apd_pace_recall(&testing.pace, ledger, channel->name, courier, &error))
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    send_in_time(&testing);
    return testing.status == APD_EXIT_GOOD && apd_courier_is_unseen(courier)
               ? ask_person(channel->name)
               : testing.status;
}

/* @named: it is one of several. */
static int
send_named(const ApdConfig *config, const ApdChannelConfig *channel, bool named)
{
    g_autofree char *label = named ? g_strconcat(channel->name, ": ", NULL) : g_strdup("");

    return send_now(config, channel, label);
}

static int
complain_of_channel(const ApdConfig *config, const char *name)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < config->channels->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                               ((const ApdChannelConfig *) config->channels->pdata[i])->name);
    if (name == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "test: which channel? (%s, or --all)", names->str);
    return apd_ctl_complain(APD_EXIT_NO, "there is no [channel %s] (there are: %s)", name,
                            names->str);
}

int
apd_ctl_test(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &status);

    if (config == NULL)
        return status;
    if (operands[0] == NULL && !ctl->all)
        return complain_of_channel(config, NULL);

    for (guint i = 0; ctl->all && i < config->channels->len; i++) {
        const ApdChannelConfig *channel = config->channels->pdata[i];
        int one = send_named(config, channel, true);
        status = MAX(status, one);
    }
    for (char **name = operands; !ctl->all && *name != NULL; name++) {
        const ApdChannelConfig *channel = apd_config_channel(config, *name);
        if (channel == NULL)
            return complain_of_channel(config, *name);
        int one = send_named(config, channel, operands[1] != NULL);
        status = MAX(status, one);
    }
    return status;
}
