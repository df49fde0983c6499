/* Disputes: a list of those that run, and the details of each that changed.  One that is
 * listed no more is asked for as well: only its own details say that it is over.
 *
 * The mark "dispute/ID" holds when it was modified, its states, its clock and its buyer,
 * by whom its details are asked for. */
#include <string.h>

#include "base/text.h"
#include "logic/api_dispute.h"

#define PREFIX "dispute/"

enum { LIST, DETAILS };

/* --- marks ----------------------------------------------------------------------------- */

/* What a mark holds, in this order, between bars. */
enum { MODIFIED, STATUS, STATE, TRIGGER, BUYER, N_FIELDS };

/* The mark of one whose details were not had begins with it. */
#define BLIND '!'

static char *
mark_name(const char *id)
{
    return g_strconcat(PREFIX, id, NULL);
}

/* What the mark begins with: the part that the list tells. */
static char *
listed_state(JsonNode *item)
{
    g_autofree char *modified = apd_json_member_text(item, "gmt_modified");
    g_autofree char *status = apd_json_member_text(item, "issue_status");

    return g_strdup_printf("%s|%s|", modified ? modified : "", status ? status : "");
}

/* Whether @mark says what @value does; the buyer, who never changes, aside. */
static bool
same_mark(const char *mark, const char *value)
{
    g_auto(GStrv) a = g_strsplit(mark, "|", N_FIELDS), b = g_strsplit(value, "|", N_FIELDS);

    for (int i = 0; i < BUYER; i++)
        if (a[i] == NULL || b[i] == NULL || !g_str_equal(a[i], b[i]))
            return false;
    return true;
}

/* --- asking ---------------------------------------------------------------------------------- */

static JsonObject *
ask_detail(const ApdApiTask *task, const char **ret_method)
{
    g_autofree char *buyer = apd_json_member_text(task->node, "buyer_login_id");
    JsonObject *question = json_object_new();

    *ret_method = "dispute";
    json_object_set_string_member(question, "issue_id", task->id);
    if (buyer != NULL)
        json_object_set_string_member(question, "buyer_login_id", buyer);
    return question;
}

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    ApdApiList *list = apd_api_round_list(self, "disputes", "disputes");
    const ApdApiTask *task = apd_api_round_task(self, self->stage == DETAILS);

    if (task != NULL)
        return ask_detail(task, ret_method);
    if (self->stage == DETAILS)
        return NULL;

    JsonObject *question = json_object_new();
    *ret_method = "disputes";
    json_object_set_int_member(question, "current_page", apd_api_list_page(list));
    json_object_set_int_member(question, "page_size",
                               apd_api_page_size(self->platform, "disputes"));
    json_object_set_string_member(question, "issue_status", "processing");
    return question;
}

/* --- the list ------------------------------------------------------------------------ */

/* Whether details are to be asked for. */
static bool
is_wanted(const ApdApiRound *self, JsonNode *item, const char *id)
{
    g_autofree char *name = mark_name(id);
    g_autofree char *state = listed_state(item);

    return self->thorough || !g_str_has_prefix(apd_api_round_mark(self, name), state);
}

static void
take_item(ApdApiRound *self, JsonNode *item)
{
    g_autofree char *id = apd_json_member_text(item, "issue_id");
    bool known = id != NULL && *id != '\0';

    self->n_seen++;
    self->n_understood += known;
    apd_api_list_add(self->list, known ? id : NULL);
    if (!known || g_hash_table_contains(self->seen, id))
        return;
    g_hash_table_insert(self->seen, g_strdup(id), NULL);
    if (is_wanted(self, item, id))
        apd_api_round_plan(self, id, json_node_copy(item));
}

/* What is known of a dispute that is listed no more, as if it were. */
static JsonNode *
item_of_mark(const char *mark)
{
    static const char *const names[N_FIELDS] = { "gmt_modified", "issue_status", NULL, NULL,
                                                 "buyer_login_id" };
    g_auto(GStrv) fields = g_strsplit(*mark == BLIND ? mark + 1 : mark, "|", N_FIELDS);
    JsonObject *object = json_object_new();
    JsonNode *node = json_node_alloc();

    for (int i = 0; i < N_FIELDS && fields[i] != NULL; i++)
        if (names[i] != NULL && *fields[i] != '\0')
            json_object_set_string_member(object, names[i], fields[i]);
    json_node_init_object(node, object);
    json_object_unref(object);
    return node;
}

static void
end_list(ApdApiRound *self)
{
    g_autoptr(GPtrArray) missing = apd_api_round_unseen(self, PREFIX);

    self->stage = DETAILS;
    for (guint i = 0; apd_api_list_whole(self->list) && i < missing->len; i++) {
        const char *mark = missing->pdata[i];
        apd_api_round_plan(self, mark + strlen(PREFIX),
                           item_of_mark(apd_api_round_mark(self, mark)));
    }
}

static bool
take_list(ApdApiRound *self, JsonNode *answer, GError **error)
{
    ApdApiSaid said = apd_api_said_read(answer, "total_item");
    g_autoptr(GPtrArray) items = apd_api_page_items(answer, "data_list", &said, "disputes", error);

    if (items == NULL)
        return false;
    return apd_api_round_take_page(self, items, &said, error);
}

/* --- details ------------------------------------------------------------------------- */

/* Takes @verdict. */
static void
file(ApdApiRound *self, const ApdApiDispute *dispute, ApdVerdict *verdict, const char *value)
{
    g_autofree char *mark = mark_name(dispute->id);

    bool over = dispute->ended && !dispute->listed;

    apd_api_round_add(self, verdict, mark, over ? NULL : value);
    if (over) { /* the same end may come twice in its life */
        ApdApiRecord *record = g_queue_peek_tail(self->records);
        g_free(record->id);
        record->id = g_strconcat(mark, "/", value, NULL);
    }
}

static char *
mark_value(JsonNode *item, const char *state, const char *trigger)
{
    g_autofree char *begin = listed_state(item);
    g_autofree char *buyer = apd_json_member_text(item, "buyer_login_id");

    return g_strdup_printf("%s%s|%s|%s", begin, state ? state : "", trigger ? trigger : "",
                           buyer ? buyer : "");
}

/* Of a record that is @item in the list, and @detail for itself. */
static bool
take_record(ApdApiRound *self, const char *id, JsonNode *item, JsonNode *detail, GError **error)
{
    g_autofree char *state = apd_json_read_text(apd_json_hunt(detail, "reverse_detail_status"));
    g_autofree char *status = apd_json_read_text(apd_json_hunt(detail, "issue_status"));
    g_autofree char *type = apd_json_read_text(apd_json_hunt(detail, "timeout_type"));
    g_autofree char *trigger = apd_json_read_text(apd_json_hunt(detail, "timeout_trigger_time"));
    g_autofree char *mark = mark_name(id);
    g_autofree char *value = mark_value(item, state, trigger);
    const char *old = apd_api_round_mark(self, mark);

    if (state == NULL && status == NULL)
        return apd_api_misread(error, "understood 0 of 1 details of a dispute");
    ApdApiDispute dispute = { .id = id, .state = state, .timeout_type = type, .trigger = trigger };
    apd_api_dispute_place(self, &dispute, status);
    dispute.known = *old != '\0';
    dispute.listed = g_hash_table_contains(self->seen, id);
    if ((dispute.ended && !dispute.listed) || !same_mark(old, value))
        file(self, &dispute, apd_api_dispute_verdict(self, &dispute, detail, item), value);
    return true;
}

static bool
take_detail(ApdApiRound *self, JsonNode *answer, GError **error)
{
    const ApdApiTask *task = apd_api_round_task(self, self->stage == DETAILS);

    if (!take_record(self, task->id, task->node, answer, error))
        return false;
    apd_api_task_free(apd_api_round_done(self, self->stage == DETAILS));
    return true;
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    return apd_api_round_task(self, self->stage == DETAILS) != NULL
               ? take_detail(self, answer, error)
               : take_list(self, answer, error);
}

/* --- what cannot be had ------------------------------------------------------------------ */

/* It runs, and that is all that is known of what is new in it. */
static void
file_blind(ApdApiRound *self, const ApdApiTask *task, const char *why)
{
    g_autofree char *mark = mark_name(task->id);
    g_autofree char *begin = mark_value(task->node, NULL, NULL);
    g_autofree char *value = g_strdup_printf("%c%s", BLIND, begin);
    const char *old = apd_api_round_mark(self, mark);
    const ApdApiDispute dispute = {
        .id = task->id, .whom = "seller", .known = *old != '\0', .listed = true, .why = why
    };

    g_autofree char *listed = listed_state(task->node);
    if (!same_mark(old, value) && !g_str_has_prefix(old, listed))
        file(self, &dispute, apd_api_dispute_verdict(self, &dispute, NULL, task->node), value);
}

/* It runs no more, and how it ended is not to be had. */
static void
file_lost(ApdApiRound *self, const ApdApiTask *task, const char *why)
{
    g_autofree char *mark = mark_name(task->id);
    ApdVerdict *verdict =
        apd_api_verdict_new(self, APD_KIND_REQUEST, "order.dispute", APD_BEARING_NEWS);

    verdict->case_ref = g_strdup(task->id);
    verdict->subject = g_strdup_printf("Dispute %s: not listed any more", task->id);
    verdict->excerpt =
        g_strdup_printf("The platform does not list this dispute among those that run any more, "
                        "nor give its details (%s): look yourself.",
                        why);
    apd_api_round_add(self, verdict, mark, NULL);
}

/* Once may be chance; what stays is told of. */
static bool
skip(ApdApiRound *self, const char *why)
{
    bool all_listed = self->stage == DETAILS;
    guint times;

    if (apd_api_round_task(self, all_listed) == NULL)
        return apd_api_round_skip_page(self, why);

    g_autoptr(ApdApiTask) task = apd_api_round_put_aside(self, all_listed, &times);
    if (times < APD_API_TROUBLE_STAYS)
        return true;
    if (g_hash_table_contains(self->seen, task->id)) {
        file_blind(self, task, why);
    } else {
        file_lost(self, task, why);
        apd_api_trouble_forget(self->trouble, task->id);
    }
    return true;
}

/* --- saved answers ----------------------------------------------------------------------- */

static void
take_saved_detail(ApdApiRound *self, JsonNode *answer, GError **error)
{
    g_autofree char *id = apd_json_read_text(apd_json_hunt(answer, "id"));
    g_autoptr(JsonNode) item = json_node_alloc();
    JsonObject *object = json_object_new();

    json_node_init_object(item, object);
    json_object_unref(object);
    take_record(self, id ? id : "", item, answer, error);
}

/* Details stand for themselves; of a list, what each tells without them. */
static bool
take_saved(ApdApiRound *self, JsonNode *answer, GError **error)
{
    GError *why = NULL;

    apd_api_round_list(self, "disputes", "disputes");
    if (apd_json_hunt(answer, "reverse_detail_status") != NULL)
        take_saved_detail(self, answer, &why);
    else
        take_list(self, answer, &why);
    while (why == NULL && apd_api_round_task(self, true) != NULL) {
        g_autoptr(ApdApiTask) mine = apd_api_round_done(self, true);
        const ApdApiDispute dispute = { .id = mine->id, .listed = true };
        g_autofree char *value = mark_value(mine->node, NULL, NULL);
        file(self, &dispute, apd_api_dispute_verdict(self, &dispute, mine->node, mine->node),
             value);
    }
    if (why != NULL)
        g_propagate_error(error, why);
    return why == NULL;
}

static const char *const members[] = { "reverse_detail_status", "data_list", NULL };

const ApdApiTopic apd_api_topic_disputes = {
    .name = "disputes",
    .ask = ask,
    .take = take,
    .skip = skip,
    .take_item = take_item,
    .end_list = end_list,
    .members = members,
    .take_saved = take_saved,
};
