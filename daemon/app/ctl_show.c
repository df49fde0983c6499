/* appealctl show: all that is known of a case. */
#include "app/ctl_why.h"

#include <string.h>

#include "app/reminders.h"
#include "base/text.h"
#include "port/channel_tools.h"

typedef struct {
    const ApdCtlDesk *desk; /* borrowed */
    ApdCase *kase;          /* owned */
    GPtrArray *messages;    /* owned */
    GPtrArray *history;     /* owned */
    GPtrArray *deliveries;  /* owned */
    bool why;
} Shown;

static void
clear_shown(Shown *self)
{
    apd_case_free(self->kase);
    g_clear_pointer(&self->messages, g_ptr_array_unref);
    g_clear_pointer(&self->history, g_ptr_array_unref);
    g_clear_pointer(&self->deliveries, g_ptr_array_unref);
}

static bool
is_forged(const Shown *self)
{
    return self->kase->authenticity == APD_AUTHENTICITY_FORGED;
}

/* --- for a person ---------------------------------------------------------------- */

static void
print_title(const Shown *self)
{
    g_autofree char *matter = apd_ctl_category(self->desk, self->kase->category);
    g_autofree char *title = g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s, %s", self->kase->id,
                                             apd_kind_name(self->kase->kind), matter,
                                             apd_ctl_state(self->desk, self->kase));

    apd_screen_text(0, title, APD_PAINT_BOLD);
    if (is_forged(self))
        apd_screen_text(2,
                        "FORGED? This mail claims to come from the platform, and it does not look "
                        "so. Its links are not shown. Do not sign in anywhere from it: look in the "
                        "seller centre by hand.",
                        APD_PAINT_URGENT);
}

/* How sure the deadline is, in a word or two. */
static const char *
basis_words(ApdBasis basis)
{
    static const char *const words[APD_N_BASES] = {
        "",
        "stated in the notice",
        "counted from the notice",
        "an estimate, the notice states none: look it up in the seller centre",
    };

    return words[basis];
}

static void
print_deadline(const Shown *self)
{
    const ApdCase *kase = self->kase;
    g_autofree char *left = apd_ctl_left(self->desk, kase);

    if (kase->deadline == APD_NEVER) {
        apd_screen_fact("deadline", "none stated");
        return;
    }
    g_autofree char *date = apd_ctl_date(self->desk, kase->deadline);
    apd_screen_fact("deadline", date);
    apd_screen_fact("", left);
    apd_screen_fact("", basis_words(kase->basis));
}

static void
print_derivation(const Shown *self)
{
    if (self->kase->derivation[0] == NULL)
        return;

    apd_screen_heading("Why this deadline");
    for (char **step = self->kase->derivation; *step != NULL; step++)
        apd_screen_text(2, *step, APD_PAINT_PLAIN);
}

static void
print_facts(const Shown *self)
{
    const ApdCase *kase = self->kase;
    bool genuine = kase->authenticity == APD_AUTHENTICITY_GENUINE;
    g_autofree char *points = apd_points_text(kase->points);
    g_autofree char *orders = g_strjoinv(", ", kase->orders);
    g_autofree char *products = g_strjoinv(", ", kase->products);
    g_autofree char *snoozed = kase->snoozed_until > self->desk->now
                                   ? apd_ctl_date(self->desk, kase->snoozed_until)
                                   : NULL;

    print_deadline(self);
    apd_screen_fact("quiet until", snoozed);
    apd_screen_fact("severity", apd_severity_name(kase->severity));
    apd_screen_fact("outcome", apd_outcome_name(kase->outcome));
    apd_screen_fact("points", points);
    apd_screen_fact("case number", kase->case_ref);
    apd_screen_fact("orders", orders);
    apd_screen_fact("products", products);
    apd_screen_fact("store", kase->store);
    apd_screen_fact("sender", apd_authenticity_name(kase->authenticity));
    apd_screen_fact("from", kase->sender);
    apd_screen_fact("subject", kase->subject);
    apd_screen_fact("says", is_forged(self) ? NULL : kase->excerpt);
    apd_screen_fact("appeal page", genuine ? kase->appeal_url : NULL);
    apd_screen_fact("note", kase->note);
}

static void
print_messages(const Shown *self)
{
    if (self->messages->len > 0)
        apd_screen_heading("Messages");
    for (guint i = 0; i < self->messages->len; i++) {
        const ApdRecord *record = self->messages->pdata[i];
        g_autofree char *date = apd_ctl_date_short(self->desk, record->received);
        g_autofree char *places = g_strjoinv(", ", record->places);
        g_autofree char *text = g_strdup_printf("%s, %s, in %s: %s", apd_kind_name(record->kind),
                                                apd_authenticity_name(record->authenticity),
                                                *places ? places : "no folder any more",
                                                record->subject ? record->subject : "");
        apd_screen_fact(date, text);
    }
}

static void
print_history(const Shown *self)
{
    apd_screen_heading("History");
    for (guint i = 0; i < self->history->len; i++) {
        const ApdHistory *entry = self->history->pdata[i];
        g_autofree char *date = apd_ctl_date_short(self->desk, entry->at);
        g_autofree char *text = g_strdup_printf("%s: %s", entry->by, entry->what);
        apd_screen_fact(date, text);
    }
}

/* What a delivery came to: "taken 01-05 12:00", "owed, 3 tries, next in 2 min: HTTP 500". */
static char *
delivery_words(const Shown *self, const ApdDelivery *delivery)
{
    ApdTime now = self->desk->now;
    g_autofree char *done =
        delivery->done_at > 0 ? apd_ctl_date_short(self->desk, delivery->done_at) : NULL;
    g_autofree char *next =
        delivery->next_try > now ? apd_ctl_span(self->desk, delivery->next_try - now) : NULL;

    switch (delivery->state) {
    case APD_DELIVERY_DONE:
        return g_strdup_printf("taken %s", done ? done : "");
    case APD_DELIVERY_REFUSED:
        return g_strdup("REFUSED");
    case APD_DELIVERY_DROPPED:
        return g_strdup("not needed any more");
    default:
        return next ? g_strdup_printf("owed, %d tries, the next in %s", delivery->attempts, next)
                    : g_strdup_printf("owed, %d tries, the next at once", delivery->attempts);
    }
}

static void
print_delivery(const Shown *self, const ApdDelivery *delivery)
{
    g_autoptr(ApdAlert) alert = NULL;
    g_autofree char *words = delivery_words(self, delivery);
    bool known =
        apd_ledger_get_alert(self->desk->ledger, delivery->alert_id, &alert, NULL) && alert != NULL;
    g_autofree char *made = apd_ctl_date_short(self->desk, known ? alert->created : APD_NEVER);
    const char *what = !known                             ? ""
                       : alert->type == APD_ALERT_SUMMARY ? "in a summary"
                                                          : apd_reason_name(alert->reason);
    const char *step = known ? strstr(alert->key, "/step/") : NULL;
    bool quiet = delivery->last_error == NULL || delivery->state == APD_DELIVERY_DONE
                 || delivery->state == APD_DELIVERY_DROPPED;
    g_autofree char *text = g_strdup_printf(
        "%s%s%s to %s: %s%s%s", what, step ? " " : "", step ? step + strlen("/step/") : "",
        delivery->channel, words, quiet ? "" : ": ", quiet ? "" : delivery->last_error);
    apd_screen_fact(made, text);
}

static void
print_next(const Shown *self)
{
    const ApdLadder ladder = apd_reminders_ladder(self->desk->config);
    ApdTold told = { 0 };

    if (!apd_state_runs(self->kase->state)
        || !apd_ledger_told(self->desk->ledger, self->kase->id, &told, NULL))
        return;

    ApdTime next = apd_ladder_next(&ladder, self->kase, &told, self->desk->now);
    g_autofree char *date = next == APD_NEVER ? NULL : apd_ctl_date(self->desk, next);
    g_autofree char *text = next == APD_NEVER         ? g_strdup("no further alert by itself")
                            : next <= self->desk->now ? g_strdup("an alert, now")
                                                      : g_strdup_printf("an alert %s", date);
    apd_screen_fact("next", text);
}

static void
print_alerts(const Shown *self)
{
    apd_screen_heading("Alerts");
    for (guint i = 0; i < self->deliveries->len; i++)
        print_delivery(self, self->deliveries->pdata[i]);
    print_next(self);
}

static void
print_page(const Shown *self)
{
    print_title(self);
    print_facts(self);
    if (self->why)
        print_derivation(self);
    print_messages(self);
    print_history(self);
    print_alerts(self);
    if (self->why)
        apd_ctl_why(self->desk, self->kase);
    if (self->why || self->kase->derivation[0] == NULL)
        return;

    g_autofree char *hint =
        g_strdup_printf("(appealctl show --why %" G_GINT64_FORMAT
                        " tells how the deadline was worked out, and who is told)",
                        self->kase->id);
    g_print("\n");
    apd_screen_text(0, hint, APD_PAINT_DIM);
}

/* --- for a program --------------------------------------------------------------- */

static void
begin_list(JsonBuilder *builder, const char *key)
{
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
}

static void
add_history(JsonBuilder *builder, const GPtrArray *history)
{
    begin_list(builder, "history");
    for (guint i = 0; i < history->len; i++) {
        const ApdHistory *entry = history->pdata[i];
        json_builder_begin_object(builder);
        apd_json_time(builder, "at", entry->at);
        apd_json_text(builder, "by", entry->by);
        apd_json_text(builder, "what", entry->what);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_deliveries(JsonBuilder *builder, const GPtrArray *deliveries)
{
    begin_list(builder, "deliveries");
    for (guint i = 0; i < deliveries->len; i++) {
        const ApdDelivery *delivery = deliveries->pdata[i];
        json_builder_begin_object(builder);
        apd_json_text(builder, "channel", delivery->channel);
        apd_json_text(builder, "state", apd_delivery_state_name(delivery->state));
        apd_json_int(builder, "attempts", delivery->attempts);
        apd_json_time(builder, "done_at", delivery->done_at);
        apd_json_text(builder, "last_error", delivery->last_error);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_messages(JsonBuilder *builder, const GPtrArray *messages)
{
    begin_list(builder, "messages");
    for (guint i = 0; i < messages->len; i++) {
        const ApdRecord *record = messages->pdata[i];
        json_builder_begin_object(builder);
        apd_json_text(builder, "kind", apd_kind_name(record->kind));
        apd_json_text(builder, "authenticity", apd_authenticity_name(record->authenticity));
        apd_json_time(builder, "received", record->received);
        apd_json_text(builder, "sender", record->sender);
        apd_json_text(builder, "subject", record->subject);
        begin_list(builder, "places");
        for (char **place = record->places; *place != NULL; place++)
            json_builder_add_string_value(builder, *place);
        json_builder_end_array(builder);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
print_json(const Shown *self)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "case");
    apd_channel_json_case(builder, self->kase, self->desk->now);
    apd_json_time(builder, "snoozed_until", self->kase->snoozed_until);
    apd_json_text(builder, "note", self->kase->note);
    begin_list(builder, "derivation");
    for (char **step = self->kase->derivation; *step != NULL; step++)
        json_builder_add_string_value(builder, *step);
    json_builder_end_array(builder);
    add_messages(builder, self->messages);
    add_history(builder, self->history);
    add_deliveries(builder, self->deliveries);
    json_builder_end_object(builder);
    apd_ctl_print_json(builder);
}

/* --------------------------------------------------------------------------------- */

static int
load(Shown *self, int64_t id)
{
    ApdLedger *ledger = self->desk->ledger;
    g_autoptr(GError) error = NULL;

    if (!apd_ledger_get_case(ledger, id, &self->kase, &error))
        return apd_ctl_fail(error);
    if (self->kase == NULL)
        return apd_ctl_complain(
            APD_EXIT_NO,
            "there is no case #%" G_GINT64_FORMAT "; `appealctl cases --all` lists them", id);

    self->messages = apd_ledger_messages_of_case(ledger, id, &error);
    self->history = self->messages ? apd_ledger_history(ledger, id, &error) : NULL;
    self->deliveries = self->history ? apd_ledger_deliveries_of_case(ledger, id, &error) : NULL;
    return self->deliveries ? APD_EXIT_GOOD : apd_ctl_fail(error);
}

int
apd_ctl_show(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    int64_t id;
    g_auto(ApdCtlDesk) desk = { NULL };
    Shown shown = { .desk = &desk, .why = ctl->why };

    if (!apd_ctl_id(operands[0], &id) || operands[1] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "show: which case? (its number, as `appealctl cases` shows it)");
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    status = load(&shown, id);
    if (status == APD_EXIT_GOOD && ctl->json)
        print_json(&shown);
    else if (status == APD_EXIT_GOOD)
        print_page(&shown);
    clear_shown(&shown);
    return status;
}
