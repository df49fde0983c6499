#include "logic/api_dispute.h"

#include <string.h>

#include "base/text.h"

static char *
text_at(JsonNode *node, const char *name)
{
    return apd_json_read_text(apd_json_hunt(node, name));
}

/* --- its clock ------------------------------------------------------------------------ */

static void
add_text(char ***list, const char *text)
{
    if (text != NULL && *text != '\0' && !g_str_equal(text, "0")
        && !g_strv_contains((const char *const *) *list, text))
        apd_text_list_add(list, text);
}

/* What the platform leaves the seller as a rule, from when a dispute last changed. */
#define USUAL_WINDOW (5 * APD_DAY)

static void
estimate_clock(const ApdApiRound *self, ApdVerdict *verdict, JsonNode *item,
               const ApdApiDispute *dispute)
{
    g_autofree char *modified = text_at(item, "gmt_modified");
    ApdTime from = apd_api_time(self, modified);
    const char *trigger = dispute->trigger;
    g_autofree char *why =
        dispute->why != NULL ? g_strdup("the platform does not give its record")
        : trigger != NULL && *trigger != '\0'
            ? g_strdup_printf("its clock could not be read: timeout_trigger_time '%.40s'", trigger)
            : g_strdup("the platform's record names no clock");

    add_text(&verdict->derivation, why);
    add_text(&verdict->derivation,
             "an estimate: the usual 5 days from when the dispute last changed");
    verdict->deadline = (from != APD_NEVER ? from : self->now) + USUAL_WINDOW;
    verdict->basis = APD_BASIS_ESTIMATED;
}

static void
set_clock(const ApdApiRound *self, ApdVerdict *verdict, JsonNode *item,
          const ApdApiDispute *dispute)
{
    const char *trigger = dispute->trigger;
    ApdTime deadline = apd_api_time(self, trigger);

    if (deadline == APD_NEVER) {
        estimate_clock(self, verdict, item, dispute);
        return;
    }
    g_autofree char *iso = apd_time_iso(deadline);
    g_autofree char *said = g_strdup_printf(
        "the platform's own record: timeout_trigger_time %s, US Pacific time", trigger);
    g_autofree char *means = g_strdup_printf("that is %s", iso);
    verdict->deadline = deadline;
    verdict->basis = APD_BASIS_STATED;
    add_text(&verdict->derivation, said);
    add_text(&verdict->derivation, means);
}

/* --- whom it waits for ------------------------------------------------------------------ */

static const char *
whom_of(const ApdApiRound *self, const char *state)
{
    return state ? apd_platform_get(self->platform, "state", state, "for") : NULL;
}

static bool
is_end(const char *whom)
{
    return whom != NULL && !g_str_equal(whom, "seller") && !g_str_equal(whom, "others");
}

void
apd_api_dispute_place(const ApdApiRound *self, ApdApiDispute *dispute, const char *status)
{
    const char *of_status = whom_of(self, status);

    dispute->whom = whom_of(self, dispute->state);
    dispute->ended = is_end(dispute->whom) || is_end(of_status);
    /* Its state is of what it was before its end. */
    if (dispute->ended && !is_end(dispute->whom))
        dispute->whom = of_status;
}

/* --- the verdict ------------------------------------------------------------------------ */

static ApdVerdict *
judge(const ApdApiRound *self, const ApdApiDispute *dispute, JsonNode *item)
{
    bool mine = dispute->whom == NULL || g_str_equal(dispute->whom, "seller");
    bool won = g_strcmp0(dispute->whom, "won") == 0, lost = g_strcmp0(dispute->whom, "lost") == 0;
    ApdKind kind = mine ? APD_KIND_REQUEST : APD_KIND_DECISION;
    ApdBearing bearing = !mine            ? APD_BEARING_MOVE
                         : dispute->known ? APD_BEARING_NEWS
                                          : APD_BEARING_STATE;

    if (!mine && !won && !lost && g_strcmp0(dispute->whom, "others") != 0)
        bearing = APD_BEARING_END;
    ApdVerdict *verdict = apd_api_verdict_new(self, kind, "order.dispute", bearing);
    if (won)
        verdict->outcome = APD_OUTCOME_REVERSED;
    else if (lost)
        verdict->outcome = APD_OUTCOME_UPHELD;
    else if (!mine && bearing == APD_BEARING_MOVE)
        verdict->outcome = APD_OUTCOME_RECEIVED;
    if (mine)
        set_clock(self, verdict, item, dispute);
    verdict->case_ref = g_strdup(dispute->id);
    return verdict;
}

/* "Item not as described; at stake: 12.50 USD; state: wait_for_your_response, ..." */
static char *
summarise(const ApdApiDispute *dispute, JsonNode *detail, JsonNode *item)
{
    g_autofree char *reason = text_at(detail, "issue_reason");
    g_autofree char *english = text_at(item, "reason_english");
    g_autofree char *money = text_at(detail, "refund_money_max");
    g_autofree char *currency = text_at(detail, "refund_money_max_currency");
    const char *why = english && *english ? english : reason ? reason : "";

    if (dispute->why != NULL)
        return g_strdup_printf("%s%sthe platform lists it, but does not give its record (%s): look "
                               "yourself",
                               why, *why ? "; " : "", dispute->why);
    return g_strdup_printf(
        "%s%sat stake: %s%s%s; state: %s%s%s%s", why, *why ? "; " : "", money ? money : "not said",
        money && currency ? " " : "", money && currency ? currency : "",
        dispute->state ? dispute->state : "not said",
        dispute->whom == NULL ? " (a state that appeald does not know: look yourself)" : "",
        dispute->timeout_type ? ", " : "", dispute->timeout_type ? dispute->timeout_type : "");
}

static void
describe(ApdVerdict *verdict, const ApdApiDispute *dispute, JsonNode *detail, JsonNode *item)
{
    g_autofree char *text = summarise(dispute, detail, item);
    g_autofree char *line = apd_text_line(text);

    verdict->excerpt = apd_text_cut(line, 500);
    verdict->subject = g_strdup_printf("Dispute %s: %s", dispute->id,
                                       dispute->state ? dispute->state : "state not said");
    apd_verdict_add_evidence(verdict, "kind", verdict->excerpt);
}

static void
set_orders(ApdVerdict *verdict, JsonNode *detail, JsonNode *item)
{
    static const char *const names[] = { "parent_order_id", "order_id" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *a = text_at(detail, names[i]);
        g_autofree char *b = text_at(item, names[i]);
        add_text(&verdict->orders, a ? a : b);
    }
    g_autofree char *product = text_at(detail, "product_id");
    add_text(&verdict->products, product);
}

ApdVerdict *
apd_api_dispute_verdict(const ApdApiRound *self, const ApdApiDispute *dispute, JsonNode *detail,
                        JsonNode *item)
{
    ApdVerdict *verdict = judge(self, dispute, item);
    g_autofree char *created = text_at(item, "gmt_create");
    ApdTime when = apd_api_time(self, created);

    if (verdict->kind == APD_KIND_REQUEST && when != APD_NEVER)
        verdict->date = when;
    describe(verdict, dispute, detail, item);
    set_orders(verdict, detail, item);
    return verdict;
}
