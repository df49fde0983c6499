#include "app/ctl.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/courier.h"
#include "app/raise.h"

typedef struct {
    GMainLoop *loop; /* borrowed */
    int status;
} Testing;

static void
on_verdict(const ApdJudgement *judgement, void *user_data)
{
    Testing *self = user_data;

    switch (judgement->taking) {
    case APD_TAKEN:
        g_print("taken: the channel took the test alert%s%s\n", judgement->text ? ", but " : "",
                judgement->text ? judgement->text : "");
        self->status = APD_EXIT_GOOD;
        break;
    case APD_TRY_AGAIN:
        g_print("not taken: %s (a real alert would be tried again)\n", judgement->text);
        self->status = APD_EXIT_NO;
        break;
    case APD_REFUSED:
        g_print("refused: %s\n", judgement->text);
        self->status = APD_EXIT_NO;
        break;
    }
    g_main_loop_quit(self->loop);
}

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

/* Where it would go: to the place the service has moved it to. */
static void
recall(const ApdConfig *config, ApdCourier *courier, const char *channel)
{
    g_autofree char *path = apd_config_ledger_path(config);
    g_autoptr(ApdLedger) ledger = apd_ledger_open_existing(path, NULL);
    g_auto(ApdDestination) known = { 0 };

    if (ledger != NULL && apd_ledger_get_destination(ledger, channel, &known, NULL))
        apd_courier_recall(courier, &known);
}

static int
send_now(const ApdConfig *config, const ApdChannelConfig *channel)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdHttp) http = apd_http_new();
    g_autoptr(ApdCourier) courier = apd_courier_new(channel, config, http, &error);
    g_autoptr(ApdAlert) alert = test_alert(channel->name);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Testing testing = { loop, APD_EXIT_NO };

    if (courier == NULL)
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    if (apd_courier_is_elsewhere(courier))
        return owe(config, channel->name);

    recall(config, courier, channel->name);
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *idempotency = g_strconcat("msg_test-", uuid, NULL);
    apd_courier_send(courier, alert, idempotency, NULL, NULL, apd_now(), on_verdict, &testing);
    g_main_loop_run(loop);
    return testing.status == APD_EXIT_GOOD && apd_courier_is_unseen(courier)
               ? ask_person(channel->name)
               : testing.status;
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
        g_print("%s: ", channel->name);
        int one = send_now(config, channel);
        status = MAX(status, one);
    }
    for (char **name = operands; !ctl->all && *name != NULL; name++) {
        const ApdChannelConfig *channel = apd_config_channel(config, *name);
        if (channel == NULL)
            return complain_of_channel(config, *name);
        if (operands[1] != NULL)
            g_print("%s: ", *name);
        int one = send_now(config, channel);
        status = MAX(status, one);
    }
    return status;
}
