/* Orders of which the platform says that something is wrong, each with its clock.
 *
 * Of their record nothing is published but that it has a deadline: the usual names of
 * what it may hold are tried one after another.  The mark "order/ID" holds its clock and
 * status. */
#include <string.h>

#include "base/text.h"
#include "logic/api_topic.h"

#define PREFIX "order/"

/* clang-format off */
static const char *const lists[]    = { "result", "result_list", "data_list", "order_list",
                                        "abnormal_order_list", "target_list", NULL };
static const char *const ids[]      = { "id", "abnormal_id", "trade_order_id", "order_id",
                                        "parent_order_id", "order_no", NULL };
static const char *const orders[]   = { "trade_order_id", "order_id", "parent_order_id",
                                        "order_no", NULL };
static const char *const reasons[]  = { "abnormal_reason", "abnormal_desc", "reason",
                                        "abnormal_code", NULL };
static const char *const statuses[] = { "order_status_code", "order_status", "status", NULL };
static const char *const instants[] = { "over_time", "timeout_trigger_time", "timeout_time",
                                        "deadline", NULL };
/* Milliseconds that are left. */
static const char *const spans[]    = { "over_time_left", "timeout_left_time", NULL };
/* clang-format on */

/* A clock that is told as what is left of it trembles. */
#define SAME_CLOCK APD_HOUR

/* Returns: (transfer full): the first of @names that @item has; NULL: none. */
static char *
first_of(JsonNode *item, const char *const *names, const char **ret_name)
{
    char *text = NULL;

    for (; *names != NULL && text == NULL; names++) {
        text = apd_json_member_text(item, *names);
        if (text != NULL && ret_name != NULL)
            *ret_name = *names;
    }
    return text;
}

/* --- asking ---------------------------------------------------------------------------- */

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    const ApdApiList *list = apd_api_round_list(self, "orders", "abnormal orders");

    if (self->stage > 0)
        return NULL;

    JsonObject *question = json_object_new();
    *ret_method = "orders";
    json_object_set_int_member(question, "current_page", apd_api_list_page(list));
    json_object_set_int_member(question, "page_size", apd_api_page_size(self->platform, "orders"));
    return question;
}

/* --- clocks ---------------------------------------------------------------------------- */

typedef struct {
    char *text; /* owned: as the record has it; NULL: it has none */
    const char *name;
    ApdTime at; /* APD_NEVER: it cannot be read */
    bool left;  /* it is what is left of it */
} Clock;

static Clock
read_clock(const ApdApiRound *self, JsonNode *item)
{
    Clock clock = { .at = APD_NEVER };
    gint64 left;

    clock.text = first_of(item, instants, &clock.name);
    if (clock.text != NULL) {
        clock.at = apd_api_time(self, clock.text);
        return clock;
    }
    clock.text = first_of(item, spans, &clock.name);
    clock.left = true;
    if (clock.text != NULL
        && g_ascii_string_to_signed(clock.text, 10, 0, 1000 * (APD_DAY / 1000), &left, NULL))
        clock.at = self->now + left * 1000;
    return clock;
}

/* What the mark says of it.  Returns: (transfer full). */
static char *
spell_clock(const Clock *clock, const char *old)
{
    gint64 before;
    g_autofree char *first = g_strndup(old, strcspn(old, "|"));

    if (!clock->left || clock->at == APD_NEVER)
        return g_strdup(clock->text ? clock->text : "");
    if (g_ascii_string_to_signed(first, 10, 0, G_MAXINT64, &before, NULL)
        && ABS(before * 1000 - clock->at) < SAME_CLOCK)
        return g_steal_pointer(&first);
    return g_strdup_printf("%" G_GINT64_FORMAT, clock->at / 1000);
}

/* A clock that is there and says nothing is told as it is. */
static void
set_clock(ApdVerdict *verdict, const Clock *clock)
{
    bool unread = clock->text != NULL && clock->at == APD_NEVER;
    g_autofree char *how =
        clock->text == NULL ? g_strdup("the platform's record names no clock")
        : unread
            ? g_strdup_printf("its clock could not be read: %s '%.40s'", clock->name, clock->text)
            : g_strdup_printf("the platform's own record: %s %.40s%s", clock->name, clock->text,
                              clock->left ? " milliseconds" : ", US Pacific time");
    g_autofree char *said = g_steal_pointer(&verdict->excerpt);
    g_autofree char *more = unread ? g_strdup_printf("%s; %s", said, how) : g_strdup(said);
    g_autofree char *line = apd_text_line(more);

    verdict->excerpt = apd_text_cut(line, 500);
    apd_text_list_add(&verdict->derivation, how);
    verdict->deadline = clock->at;
    if (clock->at != APD_NEVER)
        verdict->basis = APD_BASIS_STATED;
}

/* --- records --------------------------------------------------------------------------- */

static ApdVerdict *
judge(const ApdApiRound *self, JsonNode *item, const char *id, const Clock *clock, bool known)
{
    ApdVerdict *verdict = apd_api_verdict_new(self, APD_KIND_REQUEST, "unknown",
                                              known ? APD_BEARING_NEWS : APD_BEARING_STATE);
    g_autofree char *order = first_of(item, orders, NULL);
    g_autofree char *reason = first_of(item, reasons, NULL);
    g_autofree char *line = apd_text_line(reason ? reason : "the platform does not say why");

    verdict->case_ref = g_strdup(id);
    verdict->subject = g_strdup_printf("Abnormal order %s: %s", order ? order : id, line);
    verdict->excerpt = apd_text_cut(verdict->subject, 500);
    if (order != NULL)
        apd_text_list_add(&verdict->orders, order);
    apd_verdict_add_evidence(verdict, "kind", verdict->excerpt);
    set_clock(verdict, clock);
    return verdict;
}

static void
take_item(ApdApiRound *self, JsonNode *item)
{
    g_autofree char *id = first_of(item, ids, NULL);
    g_autofree char *status = first_of(item, statuses, NULL);

    self->n_seen++;
    self->n_understood += id != NULL;
    apd_api_list_add(self->list, id);
    if (id == NULL || g_hash_table_contains(self->seen, id))
        return;
    g_hash_table_insert(self->seen, g_strdup(id), NULL);
    Clock clock = read_clock(self, item);
    g_autofree char *mark = g_strconcat(PREFIX, id, NULL);
    const char *old = apd_api_round_mark(self, mark);
    g_autofree char *until = spell_clock(&clock, old);
    g_autofree char *value = g_strdup_printf("%s|%s", until, status ? status : "");
    if (!g_str_equal(old, value))
        apd_api_round_add(self, judge(self, item, id, &clock, *old != '\0'), mark, value);
    g_free(clock.text);
}

/* What is listed no more waits no more. */
static void
file_ends(ApdApiRound *self)
{
    g_autoptr(GPtrArray) ended = apd_api_round_unseen(self, PREFIX);

    for (guint i = 0; i < ended->len; i++) {
        const char *mark = ended->pdata[i];
        ApdVerdict *verdict =
            apd_api_verdict_new(self, APD_KIND_DECISION, "unknown", APD_BEARING_END);
        verdict->case_ref = g_strdup(mark + strlen(PREFIX));
        verdict->subject = g_strdup("Abnormal order: settled");
        apd_api_round_add(self, verdict, mark, NULL);
    }
}

static void
end_list(ApdApiRound *self)
{
    g_autoptr(GPtrArray) ended = apd_api_round_unseen(self, PREFIX);
    bool whole = apd_api_list_whole(self->list);

    if (whole && ended->len > 0 && apd_api_list_again(self->list))
        return;
    self->stage = 1;
    if (whole)
        file_ends(self);
}

/* --- the list -------------------------------------------------------------------------- */

/* Returns: (transfer full): the elements of the first of lists[] that holds orders, or is
 * at least there. */
static GPtrArray *
find_items(JsonNode *answer, const ApdApiSaid *said, GError **error)
{
    const char *there = lists[0];

    for (const char *const *name = lists; *name != NULL; name++) {
        g_autoptr(GPtrArray) items = apd_json_elements(apd_json_hunt(answer, *name));
        g_autofree char *id = items->len > 0 ? first_of(items->pdata[0], ids, NULL) : NULL;
        if (id != NULL)
            return g_steal_pointer(&items);
        if (items->len > 1)
            there = *name;
    }
    if (there != lists[0])
        return apd_json_elements(apd_json_hunt(answer, there));
    return apd_api_page_items(answer, lists[0], said, "orders", error);
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    ApdApiSaid said = apd_api_said_read(answer, "total_count");
    g_autoptr(GPtrArray) items = find_items(answer, &said, error);

    if (items == NULL)
        return false;
    apd_api_round_list(self, "orders", "abnormal orders");
    return apd_api_round_take_page(self, items, &said, error);
}

static const char *const members[] = { "abnormal_code", "abnormal_reason", "over_time_left", NULL };

const ApdApiTopic apd_api_topic_orders = {
    .name = "orders",
    .ask = ask,
    .take = take,
    .skip = apd_api_round_skip_page,
    .take_item = take_item,
    .end_list = end_list,
    .members = members,
};
