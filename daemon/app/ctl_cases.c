#include "app/ctl.h"

#include <string.h>

#include "app/table.h"
#include "base/text.h"
#include "io/phrases.h"
#include "logic/countdown.h"
#include "port/channel_tools.h"

static char *
points_text(int points)
{
    if (points == APD_NO_POINTS)
        return g_strdup("");
    return points % 100 == 0 ? g_strdup_printf("%d", points / 100)
                             : g_strdup_printf("%.1f", points / 100.0);
}

static bool
is_urgent(const ApdCase *kase, ApdTime now)
{
    return apd_state_runs(kase->state) && kase->deadline != APD_NEVER
           && kase->deadline - now < APD_DAY;
}

/* --- cases ------------------------------------------------------------------------ */

static void
add_case(ApdTable *table, const ApdCase *kase, ApdTime now)
{
    g_autofree char *id = g_strdup_printf("#%" G_GINT64_FORMAT, kase->id);
    g_autofree char *left = apd_ctl_left(kase, now);
    g_autofree char *estimated = kase->basis == APD_BASIS_ESTIMATED
                                     ? g_strconcat(left, " (estimated)", NULL)
                                     : g_strdup(left);
    g_autofree char *points = points_text(kase->points);
    g_autofree char *store = apd_text_line(kase->store);
    const char *mark = kase->authenticity == APD_AUTHENTICITY_GENUINE  ? ""
                       : kase->authenticity == APD_AUTHENTICITY_FORGED ? "FORGED?"
                                                                       : "unverified";
    const char *cells[] = { id,
                            estimated,
                            apd_kind_name(kase->kind),
                            kase->category,
                            points,
                            apd_state_name(kase->state),
                            store,
                            mark };

    apd_table_add(table, cells, is_urgent(kase, now));
}

static void
print_table(const GPtrArray *cases, bool all, ApdTime now)
{
    static const char *const headings[] = { "CASE",  "DEADLINE", "KIND",   "CATEGORY", "POINTS",
                                            "STATE", "STORE",    "SENDER", NULL };
    g_autoptr(ApdTable) table = apd_table_new(headings, 3);

    if (cases->len == 0) {
        g_print(all ? "No case was ever opened.\n"
                    : "No case is running. (appealctl cases --all shows the ended ones)\n");
        return;
    }
    for (guint i = 0; i < cases->len; i++)
        add_case(table, cases->pdata[i], now);
    apd_table_print(table);
}

static void
print_json(JsonBuilder *builder)
{
    g_autofree char *text = apd_channel_json_text(builder);
    g_print("%s\n", text);
}

static void
print_cases_json(const GPtrArray *cases, ApdTime now)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_array(builder);
    for (guint i = 0; i < cases->len; i++)
        apd_channel_json_case(builder, cases->pdata[i], now);
    json_builder_end_array(builder);
    print_json(builder);
}

int
apd_ctl_cases(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_autoptr(GError) error = NULL;

    if (operands[0] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "cases: '%s' is not expected here", operands[0]);

    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &status);
    g_autoptr(ApdLedger) ledger = config ? apd_ctl_ledger(config, &status) : NULL;
    if (ledger == NULL)
        return status;

    g_autoptr(GPtrArray) cases =
        apd_ledger_cases(ledger, ctl->all ? APD_CASES_ALL : APD_CASES_RUNNING, &error);
    if (cases == NULL)
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);

    if (ctl->json)
        print_cases_json(cases, apd_now());
    else
        print_table(cases, ctl->all, apd_now());
    return APD_EXIT_GOOD;
}

/* --- show ------------------------------------------------------------------------- */

typedef struct {
    ApdCase *kase;         /* owned */
    GPtrArray *history;    /* owned */
    GPtrArray *deliveries; /* owned */
    GTimeZone *zone;       /* owned */
    ApdPhrases *phrases;   /* owned */
} Shown;

static void
clear_shown(Shown *self)
{
    apd_case_free(self->kase);
    g_clear_pointer(&self->history, g_ptr_array_unref);
    g_clear_pointer(&self->deliveries, g_ptr_array_unref);
    g_clear_pointer(&self->zone, g_time_zone_unref);
    apd_phrases_free(self->phrases);
}

static void
line(const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;

    g_autofree char *safe = apd_text_line(text);
    g_print("  %-14s%s\n", label, safe);
}

static void
show_deadline(const Shown *self, ApdTime now)
{
    const ApdCase *kase = self->kase;
    g_autofree char *left = apd_ctl_left(kase, now);

    if (kase->deadline == APD_NEVER) {
        line("deadline", "none stated");
        return;
    }
    g_autofree char *date = apd_countdown_date(self->phrases, kase->deadline, self->zone);
    g_autofree char *text = g_strdup_printf(
        "%s, %s (%s%s)", date, left, apd_basis_name(kase->basis),
        kase->basis == APD_BASIS_ESTIMATED ? ": the notice states none; look it up" : "");
    line("deadline", text);
    for (char **step = kase->derivation; *step != NULL; step++)
        line(step == kase->derivation ? "because" : "", *step);
}

static void
show_facts(const Shown *self, ApdTime now)
{
    const ApdCase *kase = self->kase;
    g_autofree char *points = points_text(kase->points);
    g_autofree char *orders = g_strjoinv(", ", kase->orders);
    g_autofree char *products = g_strjoinv(", ", kase->products);
    bool forged = kase->authenticity == APD_AUTHENTICITY_FORGED;

    g_print("Case #%" G_GINT64_FORMAT ": %s, %s (%s)\n", kase->id, apd_kind_name(kase->kind),
            kase->category, apd_state_name(kase->state));
    if (forged)
        g_print("  This mail claims to be the platform and does not look so: do not use its "
                "links.\n");
    show_deadline(self, now);
    line("points", points);
    line("case number", kase->case_ref);
    line("orders", orders);
    line("products", products);
    line("store", kase->store);
    line("outcome", apd_outcome_name(kase->outcome));
    line("sender", apd_authenticity_name(kase->authenticity));
    line("from", kase->sender);
    line("subject", kase->subject);
    line("says", forged ? NULL : kase->excerpt);
    line("appeal page", kase->authenticity == APD_AUTHENTICITY_GENUINE ? kase->appeal_url : NULL);
    line("seen in", kase->source);
    line("note", kase->note);
}

static void
show_history(const Shown *self)
{
    g_print("  history:\n");
    for (guint i = 0; i < self->history->len; i++) {
        const ApdHistory *entry = self->history->pdata[i];
        g_autofree char *date = apd_countdown_date(self->phrases, entry->at, self->zone);
        g_autofree char *what = apd_text_line(entry->what);
        g_print("    %s  %s: %s\n", date, entry->by, what);
    }
}

static void
show_deliveries(const Shown *self)
{
    if (self->deliveries->len > 0)
        g_print("  alerts:\n");
    for (guint i = 0; i < self->deliveries->len; i++) {
        const ApdDelivery *delivery = self->deliveries->pdata[i];
        g_autofree char *date =
            delivery->done_at > 0 ? apd_countdown_date(self->phrases, delivery->done_at, self->zone)
                                  : g_strdup_printf("%d tries", delivery->attempts);
        g_autofree char *why = delivery->last_error ? apd_text_line(delivery->last_error) : NULL;
        g_print("    %s: %s, %s%s%s\n", delivery->channel, apd_delivery_state_name(delivery->state),
                date, why ? ": " : "", why ? why : "");
    }
}

static int
load_shown(const ApdConfig *config, ApdLedger *ledger, int64_t id, Shown *shown)
{
    g_autoptr(GError) error = NULL;

    if (!apd_ledger_get_case(ledger, id, &shown->kase, &error))
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    if (shown->kase == NULL)
        return apd_ctl_complain(
            APD_EXIT_NO,
            "there is no case #%" G_GINT64_FORMAT " (appealctl cases --all lists them)", id);

    shown->history = apd_ledger_history(ledger, id, &error);
    shown->deliveries = shown->history ? apd_ledger_deliveries_of_case(ledger, id, &error) : NULL;
    shown->phrases =
        shown->deliveries ? apd_phrases_load(config->rules_dir, NULL, "en", &error) : NULL;
    if (shown->phrases == NULL)
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);

    shown->zone = apd_ctl_zone(config);
    return APD_EXIT_GOOD;
}

static void
print_shown_json(const Shown *shown, ApdTime now)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    apd_channel_json_case(builder, shown->kase, now);
    print_json(builder);
}

int
apd_ctl_show(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    int64_t id;
    Shown shown = { NULL };

    if (!apd_ctl_id(operands[0], &id) || operands[1] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "show: which case? (its number, as `appealctl cases` shows it)");

    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &status);
    g_autoptr(ApdLedger) ledger = config ? apd_ctl_ledger(config, &status) : NULL;
    if (ledger == NULL)
        return status;

    status = load_shown(config, ledger, id, &shown);
    if (status == APD_EXIT_GOOD && ctl->json) {
        print_shown_json(&shown, apd_now());
    } else if (status == APD_EXIT_GOOD) {
        show_facts(&shown, apd_now());
        show_history(&shown);
        show_deliveries(&shown);
    }
    clear_shown(&shown);
    return status;
}
