/* Disputes: a list of those that run, the details of each that changed, and the end of
 * those that run no more.
 *
 * The mark "dispute/ID" holds when it was modified, its states and its clock. */
#include <string.h>

#include "base/text.h"
#include "logic/api_topic.h"

#define PREFIX "dispute/"

/* Where the round stands: the lists it reads, one after another.  The last two are read
 * only for disputes that the first had and has no more. */
static const char *const lists[] = { "processing", "finish", "canceled_issue" };
#define N_LISTS ((int) G_N_ELEMENTS(lists))

/* The newest ends are looked for, not those of years. */
#define MAX_END_PAGES 10

/* Of what was seen in this round: it stood in the first list. */
#define RUNS "runs"

/* The mark of a dispute that stood in no list begins with it. */
#define MISSED '?'

static char *
text_at(JsonNode *node, const char *name)
{
    return apd_json_read_text(apd_json_hunt(node, name));
}

/* --- asking ---------------------------------------------------------------------------------- */

static JsonObject *
ask_detail(ApdApiRound *self, const char **ret_method)
{
    JsonNode *item = g_queue_peek_head(self->todo);
    g_autofree char *buyer = text_at(item, "buyer_login_id");
    g_autofree char *id = text_at(item, "issue_id");
    JsonObject *question = json_object_new();

    *ret_method = "dispute";
    json_object_set_string_member(question, "issue_id", id);
    if (buyer != NULL)
        json_object_set_string_member(question, "buyer_login_id", buyer);
    return question;
}

/* Disputes that were running and are in no list of this round so far. */
static bool
any_missing(const ApdApiRound *self)
{
    g_autoptr(GPtrArray) missing = apd_api_round_unseen(self, PREFIX);

    return missing->len > 0;
}

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    if (!g_queue_is_empty(self->todo))
        return ask_detail(self, ret_method);
    if (self->stage >= N_LISTS || (self->stage > 0 && !any_missing(self)))
        return NULL;

    JsonObject *question = json_object_new();
    *ret_method = "disputes";
    json_object_set_int_member(question, "current_page", self->page);
    json_object_set_int_member(question, "page_size",
                               apd_api_page_size(self->platform, "disputes"));
    json_object_set_string_member(question, "issue_status", lists[self->stage]);
    return question;
}

/* --- lists --------------------------------------------------------------------------- */

/* What the mark begins with: the part that the list tells. */
static char *
listed_state(JsonNode *item)
{
    g_autofree char *modified = text_at(item, "gmt_modified");
    g_autofree char *status = text_at(item, "issue_status");

    return g_strdup_printf("%s|%s|", modified ? modified : "", status ? status : "");
}

/* Whether details are to be asked for. */
static bool
is_wanted(const ApdApiRound *self, JsonNode *item, const char *id)
{
    g_autofree char *name = g_strconcat(PREFIX, id, NULL);
    const char *mark = apd_api_round_mark(self, name);
    g_autofree char *state = listed_state(item);

    return self->stage > 0 ? *mark != '\0' : self->thorough || !g_str_has_prefix(mark, state);
}

static void
take_item(ApdApiRound *self, JsonNode *item, guint *n_new)
{
    g_autofree char *id = apd_json_member_text(item, "issue_id");

    self->n_seen++;
    if (id == NULL || *id == '\0')
        return;
    self->n_understood++;
    if (g_hash_table_contains(self->seen, id))
        return;
    (*n_new)++;
    bool wanted = is_wanted(self, item, id);
    if (wanted)
        g_queue_push_tail(self->todo, json_node_copy(item));
    if (wanted || self->stage == 0)
        g_hash_table_insert(self->seen, g_strdup(id), g_strdup(self->stage == 0 ? RUNS : ""));
}

/* In no list of any kind: once may be chance, for lists move while they are read; twice
 * is told. */
static void
tell_missing(ApdApiRound *self, const char *mark, const char *value)
{
    const char *id = mark + strlen(PREFIX);

    if (*value != MISSED) {
        g_autofree char *missed = g_strdup_printf("%c%s", MISSED, value);
        apd_api_round_add(self, apd_verdict_new(), mark, missed);
        return;
    }
    ApdVerdict *verdict =
        apd_api_verdict_new(self, APD_KIND_REQUEST, "order.dispute", APD_BEARING_NEWS);
    verdict->case_ref = g_strdup(id);
    verdict->subject = g_strdup_printf("Dispute %s: not listed any more", id);
    verdict->excerpt = g_strdup("The platform lists this dispute neither among those that run nor "
                                "among those that ended: look yourself.");
    apd_api_round_add(self, verdict, mark, NULL);
}

static void
tell_all_missing(ApdApiRound *self)
{
    g_autoptr(GPtrArray) missing = apd_api_round_unseen(self, PREFIX);

    for (guint i = 0; i < missing->len; i++)
        tell_missing(self, missing->pdata[i], apd_api_round_mark(self, missing->pdata[i]));
}

static void
next_list(ApdApiRound *self)
{
    self->stage++;
    self->page = 1;
    if (self->stage == N_LISTS)
        tell_all_missing(self);
}

static bool
take_list(ApdApiRound *self, JsonNode *answer, GError **error)
{
    int64_t total;
    guint n_new = 0;
    g_autoptr(GPtrArray) items =
        apd_api_page_items(self, answer, "data_list", "total_item", "disputes", &total, error);

    if (items == NULL)
        return false;
    for (guint i = 0; i < items->len; i++)
        take_item(self, items->pdata[i], &n_new);
    if (items->len > 0 && self->n_understood == 0)
        return apd_api_round_check(self, error);
    if (!apd_api_page_next(self, items->len, n_new, total,
                           apd_api_page_size(self->platform, "disputes")))
        next_list(self);
    else if (self->stage > 0 && self->page > MAX_END_PAGES)
        next_list(self);
    return true;
}

/* --- details ------------------------------------------------------------------------- */

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
estimate_clock(const ApdApiRound *self, ApdVerdict *verdict, JsonNode *item, const char *trigger)
{
    g_autofree char *modified = text_at(item, "gmt_modified");
    ApdTime from = apd_api_time(self, modified);
    g_autofree char *why =
        trigger != NULL && *trigger != '\0'
            ? g_strdup_printf("its clock could not be read: timeout_trigger_time '%.40s'", trigger)
            : g_strdup("the platform's record names no clock");

    add_text(&verdict->derivation, why);
    add_text(&verdict->derivation,
             "an estimate: the usual 5 days from when the dispute last changed");
    verdict->deadline = (from != APD_NEVER ? from : self->now) + USUAL_WINDOW;
    verdict->basis = APD_BASIS_ESTIMATED;
}

static void
set_clock(const ApdApiRound *self, ApdVerdict *verdict, JsonNode *item, const char *trigger)
{
    ApdTime deadline = apd_api_time(self, trigger);

    if (deadline == APD_NEVER) {
        estimate_clock(self, verdict, item, trigger);
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

typedef struct {
    const char *id; /* borrowed, as are all */
    const char *state, *timeout_type, *trigger;
    const char *whom; /* "seller", "others", "won", "lost", "over"; NULL: not known */
    bool listed;      /* among those that run */
    bool known;       /* seen before */
} Dispute;

static ApdVerdict *
judge(const ApdApiRound *self, const Dispute *dispute, JsonNode *item)
{
    bool mine = dispute->whom == NULL ? dispute->listed : g_str_equal(dispute->whom, "seller");
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
        set_clock(self, verdict, item, dispute->trigger);
    verdict->case_ref = g_strdup(dispute->id);
    return verdict;
}

static void
describe(ApdVerdict *verdict, const Dispute *dispute, JsonNode *detail, JsonNode *item)
{
    g_autofree char *reason = text_at(detail, "issue_reason");
    g_autofree char *english = text_at(item, "reason_english");
    g_autofree char *money = text_at(detail, "refund_money_max");
    g_autofree char *currency = text_at(detail, "refund_money_max_currency");
    const char *why = english && *english ? english : reason ? reason : "";
    g_autofree char *text = g_strdup_printf(
        "%s%sat stake: %s%s%s; state: %s%s%s%s", why, *why ? "; " : "", money ? money : "not said",
        money && currency ? " " : "", money && currency ? currency : "",
        dispute->state ? dispute->state : "not said",
        dispute->whom == NULL ? " (a state that appeald does not know: look yourself)" : "",
        dispute->timeout_type ? ", " : "", dispute->timeout_type ? dispute->timeout_type : "");
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

static const char *
whom_of(const ApdApiRound *self, const char *state)
{
    return state ? apd_platform_get(self->platform, "state", state, "for") : NULL;
}

static void
file(ApdApiRound *self, const Dispute *dispute, JsonNode *detail, JsonNode *item)
{
    g_autofree char *mark = g_strconcat(PREFIX, dispute->id, NULL);
    g_autofree char *begin = listed_state(item);
    g_autofree char *value = g_strdup_printf("%s%s|%s", begin, dispute->state ? dispute->state : "",
                                             dispute->trigger ? dispute->trigger : "");
    g_autofree char *created = text_at(item, "gmt_create");

    if (g_str_equal(apd_api_round_mark(self, mark), value))
        return;
    ApdVerdict *verdict = judge(self, dispute, item);
    ApdTime when = apd_api_time(self, created);
    if (verdict->kind == APD_KIND_REQUEST && when != APD_NEVER)
        verdict->date = when;
    describe(verdict, dispute, detail, item);
    set_orders(verdict, detail, item);
    apd_api_round_add(self, verdict, mark, dispute->listed ? value : NULL);
    if (!dispute->listed) { /* the same end may come twice in its life */
        ApdApiRecord *record = g_queue_peek_tail(self->records);
        g_free(record->id);
        record->id = g_strconcat(mark, "/", value, NULL);
    }
}

static bool
is_end(const char *whom)
{
    return whom != NULL && !g_str_equal(whom, "seller") && !g_str_equal(whom, "others");
}

static bool
take_detail(ApdApiRound *self, JsonNode *answer, GError **error)
{
    g_autoptr(JsonNode) item = g_queue_pop_head(self->todo);
    g_autofree char *id = apd_json_member_text(item, "issue_id");
    g_autofree char *status = apd_json_member_text(item, "issue_status");
    g_autofree char *state = text_at(answer, "reverse_detail_status");
    g_autofree char *own_status = text_at(answer, "issue_status");
    g_autofree char *type = text_at(answer, "timeout_type");
    g_autofree char *trigger = text_at(answer, "timeout_trigger_time");
    bool listed = g_strcmp0(g_hash_table_lookup(self->seen, id), RUNS) == 0;

    if (state == NULL && own_status == NULL)
        return apd_api_misread(error, "understood 0 of 1 details of a dispute");
    Dispute dispute = { id, state, type, trigger, whom_of(self, state), listed, false };
    g_autofree char *mark = g_strconcat(PREFIX, id, NULL);
    dispute.known = *apd_api_round_mark(self, mark) != '\0';
    if (!listed && !is_end(dispute.whom)) /* of what it was before its end */
        dispute.whom = is_end(whom_of(self, status)) ? whom_of(self, status) : "over";
    file(self, &dispute, answer, item);
    return true;
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    return g_queue_is_empty(self->todo) ? take_list(self, answer, error)
                                        : take_detail(self, answer, error);
}

/* Details stand for themselves; of a list, what each tells without them. */
static bool
take_saved(ApdApiRound *self, JsonNode *answer, GError **error)
{
    JsonNode *state = apd_json_hunt(answer, "reverse_detail_status");

    if (state == NULL && !take_list(self, answer, error))
        return false;
    if (state != NULL) {
        g_autoptr(JsonNode) item = json_node_alloc();
        JsonObject *object = json_object_new();
        g_autofree char *id = text_at(answer, "id");
        json_object_set_string_member(object, "issue_id", id ? id : "");
        json_node_take_object(json_node_init(item, JSON_NODE_OBJECT), object);
        g_hash_table_insert(self->seen, g_strdup(id ? id : ""), g_strdup(RUNS));
        g_queue_push_tail(self->todo, json_node_ref(item));
        return take_detail(self, answer, error);
    }
    for (JsonNode *item; (item = g_queue_peek_head(self->todo)) != NULL;) {
        g_autoptr(JsonNode) held = json_node_ref(item);
        g_autofree char *id = apd_json_member_text(item, "issue_id");
        Dispute dispute = { .id = id, .listed = true };
        file(self, &dispute, held, held);
        json_node_unref(g_queue_pop_head(self->todo));
    }
    return true;
}

static const char *const members[] = { "reverse_detail_status", "data_list", NULL };

const ApdApiTopic apd_api_topic_disputes = { "disputes", ask, take, members, take_saved };
