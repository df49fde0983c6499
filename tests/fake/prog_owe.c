/* Fills a ledger with a case and owes its alert to a channel.
 *
 *     prog_owe LEDGER CHANNEL [--seconds LEFT,...] [--subject TEXT] [--url URL]
 *              [--state STATE] [--severity SEVERITY] [--case ID] [--reason REASON]
 *
 * --seconds: a case for each.  --case: another alert of a case that is there.
 * Prints the numbers of cases, one a line.
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/ledger.h"

typedef struct {
    gint64 seconds, id;
    char *subject, *url, *state, *severity, *reason; /* owned */
} Wish;

static ApdCase *
make_case(const Wish *wish, ApdTime now)
{
    ApdCase *kase = apd_case_new();

    g_free(kase->store);
    g_free(kase->category);
    g_free(kase->subject);
    kase->store = g_strdup("");
    kase->kind = APD_KIND_COMPLAINT;
    kase->category = g_strdup("ip.trademark");
    kase->subject = g_strdup(wish->subject ? wish->subject : "A complaint about your listing");
    kase->severity = APD_SEVERITY_HIGH;
    kase->points = 200;
    kase->case_ref = g_strdup("IPR-20260105-7781");
    kase->deadline = wish->seconds > 0 ? now + wish->seconds * APD_SECOND : APD_NEVER;
    kase->basis = wish->seconds > 0 ? APD_BASIS_STATED : APD_BASIS_NONE;
    kase->appeal_url = g_strdup(wish->url);
    kase->opened = kase->asked = kase->updated = kase->noticed = now;
    return kase;
}

static void
fail(const GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "prog_owe: %s\n", error->message);
    exit(1);
}

static ApdCase *
find_case(ApdLedger *ledger, const Wish *wish, ApdTime now)
{
    g_autoptr(GError) error = NULL;
    ApdCase *kase = NULL;

    if (wish->id != 0) {
        apd_ledger_get_case(ledger, wish->id, &kase, &error);
        fail(error);
        return kase;
    }
    kase = make_case(wish, now);
    if (wish->severity != NULL)
        apd_severity_parse(wish->severity, &kase->severity);
    if (wish->state != NULL)
        apd_state_parse(wish->state, &kase->state);
    apd_ledger_put_case(ledger, kase, "mail", "opened", now, &error);
    fail(error);
    return kase;
}

static void
owe(ApdLedger *ledger, const Wish *wish, const char *channel)
{
    const char *const channels[] = { channel, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdAlert) alert = apd_alert_new();
    bool is_new;

    alert->key = g_uuid_string_random();
    alert->type = APD_ALERT_CASE;
    alert->created = apd_now();
    alert->kase = find_case(ledger, wish, alert->created);
    alert->severity = alert->kase->severity;
    if (wish->reason != NULL)
        apd_reason_parse(wish->reason, &alert->reason);
    apd_ledger_add_alert(ledger, alert, channels, &is_new, &error);
    fail(error);
    printf("%" G_GINT64_FORMAT "\n", alert->kase->id);
}

static void
owe_each(ApdLedger *ledger, Wish *wish, const char *left, const char *channel)
{
    g_auto(GStrv) each = g_strsplit(left, ",", -1);

    for (int i = 0; each[i] != NULL; i++) {
        wish->seconds = g_ascii_strtoll(each[i], NULL, 10);
        owe(ledger, wish, channel);
    }
}

int
main(int argc, char **argv)
{
    Wish wish = { 0 };
    g_autofree char *left = g_strdup("190800");
    const GOptionEntry entries[] = {
        { "seconds", 0, 0, G_OPTION_ARG_STRING, &left, "Time left, 0: no deadline", "N,..." },
        { "subject", 0, 0, G_OPTION_ARG_FILENAME, &wish.subject, "Of the mail", "TEXT" },
        { "url", 0, 0, G_OPTION_ARG_STRING, &wish.url, "Of the appeal page", "URL" },
        { "state", 0, 0, G_OPTION_ARG_STRING, &wish.state, "Of the case", "STATE" },
        { "severity", 0, 0, G_OPTION_ARG_STRING, &wish.severity, "Of the case", "SEVERITY" },
        { "reason", 0, 0, G_OPTION_ARG_STRING, &wish.reason, "Of the alert", "REASON" },
        { "case", 0, 0, G_OPTION_ARG_INT64, &wish.id, "Another alert of this case", "ID" },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("LEDGER CHANNEL");
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 3)
        return 2;

    g_autoptr(ApdLedger) ledger = apd_ledger_open(argv[1], &error);
    fail(error);
    owe_each(ledger, &wish, left, argv[2]);
    g_free(wish.subject);
    g_free(wish.url);
    g_free(wish.state);
    g_free(wish.severity);
    g_free(wish.reason);
    return 0;
}
