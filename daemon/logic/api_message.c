/* Messages of the platform in the chats with buyers: those of the system, which a reader
 * judges as it does mail.  What buyers write is none of our business.
 *
 * Both lists go backwards in time.  The mark "chat" is when the newest message that was
 * handed over was sent (milliseconds): what is newer is read, and handed over oldest
 * first, so that no crash can skip any. */
#include <string.h>

#include "base/text.h"
#include "logic/api_topic.h"

#define MARK "chat"

/* How far back the first look goes. */
#define LOOK_BACK (30 * APD_DAY)

/* Of all chats in one round: what is newer waits for the next. */
#define MAX_MESSAGES 5000

#define SYSTEM "2"

enum { BUYERS, CHATS, OVER };

/* Milliseconds since the epoch; what was sent at or before it is known. */
static int64_t
known_until(const ApdApiRound *self)
{
    gint64 at;

    return g_ascii_string_to_signed(apd_api_round_mark(self, MARK), 10, 0, G_MAXINT64, &at, NULL)
               ? at
               : (self->now - LOOK_BACK) / 1000;
}

/* @self->seen: "from" (where the next page begins), "last" (its id), and ids of messages. */
static void
set(ApdApiRound *self, const char *name, const char *value)
{
    g_hash_table_insert(self->seen, g_strdup(name), g_strdup(value));
}

static const char *
get(const ApdApiRound *self, const char *name)
{
    return g_hash_table_lookup(self->seen, name);
}

static void
begin_list(ApdApiRound *self)
{
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, self->now / 1000 + 1);

    set(self, "from", now);
    g_hash_table_remove(self->seen, "last");
    self->page = 1;
}

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    bool buyers = self->stage == BUYERS;
    JsonNode *chat = g_queue_peek_head(self->todo);

    if (self->stage == OVER || (!buyers && chat == NULL))
        return NULL;
    if (get(self, "from") == NULL)
        begin_list(self);

    JsonObject *question = json_object_new();
    *ret_method = buyers ? "buyers" : "messages";
    json_object_set_int_member(question, "page_size",
                               apd_api_page_size(self->platform, *ret_method));
    json_object_set_int_member(question, "start_time",
                               g_ascii_strtoll(get(self, "from"), NULL, 10));
    if (get(self, "last") != NULL)
        json_object_set_string_member(question, buyers ? "last_buyer_id" : "last_message_id",
                                      get(self, "last"));
    if (!buyers)
        json_object_set_string_member(question, "buyer_id", json_node_get_string(chat));
    return question;
}

/* Whether there is another page, of what is not known yet; where it begins. */
static bool
turn(ApdApiRound *self, JsonNode *answer, bool any_new, const char *last_name)
{
    bool more = false;
    g_autofree char *from = apd_json_read_text(apd_json_hunt(answer, "next_start_time"));
    g_autofree char *last = apd_json_read_text(apd_json_hunt(answer, last_name));

    apd_json_read_bool(apd_json_hunt(answer, "has_more"), &more);
    if (!more || !any_new || from == NULL || self->page >= 200)
        return false;
    self->page++;
    set(self, "from", from);
    if (last != NULL)
        set(self, "last", last);
    return true;
}

static bool
take_buyers(ApdApiRound *self, JsonNode *answer, GError **error)
{
    JsonNode *list = apd_json_hunt(answer, "buyer_list");
    g_autoptr(GPtrArray) items = apd_json_elements(list);
    bool any_new = false;

    if (list == NULL && apd_json_hunt(answer, "has_more") == NULL)
        return apd_api_misread(error, "no list of chats in the answer");
    for (guint i = 0; i < items->len; i++) {
        g_autofree char *buyer = apd_json_member_text(items->pdata[i], "buyer_id");
        int64_t at = G_MAXINT64;
        self->n_seen++;
        if (buyer == NULL)
            continue;
        self->n_understood++;
        g_autofree char *mark = g_strconcat("buyer/", buyer, NULL);
        apd_json_read_int(apd_json_member(items->pdata[i], "last_message_time"), &at);
        if (at <= known_until(self) || get(self, mark) != NULL)
            continue;
        any_new = true;
        set(self, mark, "");
        JsonNode *node = json_node_init_string(json_node_alloc(), buyer);
        g_queue_push_tail(self->todo, node);
    }
    if (items->len > 0 && self->n_understood == 0)
        return apd_api_round_check(self, error);
    if (!turn(self, answer, any_new, "last_buyer_id")) {
        self->stage = CHATS;
        begin_list(self);
    }
    return true;
}

/* --- messages ------------------------------------------------------------------------ */

/* What a person reads of it: its text, out of JSON in JSON where it is that. */
static char *
content_of(JsonNode *item)
{
    g_autofree char *content = apd_json_member_text(item, "content");
    g_autoptr(JsonNode) inner = content ? apd_json_parse(content, strlen(content), NULL) : NULL;
    static const char *const names[] = { "txt", "text", "content", "title" };
    char *text = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names) && text == NULL; i++)
        text = apd_json_read_text(apd_json_hunt(inner, names[i]));
    return text ? text : g_steal_pointer(&content);
}

static int
by_time(const void *a, const void *b, void *user_data)
{
    const ApdApiRecord *x = a, *y = b;

    (void) user_data;
    return (x->time > y->time) - (x->time < y->time);
}

/* Whether it was not known. */
static bool
take_message(ApdApiRound *self, JsonNode *item)
{
    g_autofree char *id = apd_json_member_text(item, "message_id");
    g_autofree char *type = apd_json_member_text(item, "type");
    int64_t at;

    self->n_seen++;
    if (id == NULL || !apd_json_read_int(apd_json_member(item, "send_time"), &at))
        return false;
    self->n_understood++;
    g_autofree char *mark = g_strconcat("message/", id, NULL);
    if (at <= known_until(self) || get(self, mark) != NULL)
        return false;
    set(self, mark, "");
    if (g_strcmp0(type, SYSTEM) != 0)
        return true;

    ApdApiRecord *record = g_new0(ApdApiRecord, 1);
    record->id = g_strdup(mark);
    record->text = content_of(item);
    record->time = at * 1000;
    record->mark = g_strdup(MARK);
    record->value = g_strdup_printf("%" G_GINT64_FORMAT, at);
    g_queue_insert_sorted(self->held, record, by_time, NULL);
    if (g_queue_get_length(self->held) > MAX_MESSAGES)
        apd_api_record_free(g_queue_pop_tail(self->held));
    return true;
}

static void
release(ApdApiRound *self)
{
    ApdApiRecord *record;

    while ((record = g_queue_pop_head(self->held)) != NULL)
        g_queue_push_tail(self->records, record);
    self->stage = OVER;
}

static bool
take_messages(ApdApiRound *self, JsonNode *answer, GError **error)
{
    JsonNode *list = apd_json_hunt(answer, "message_list");
    g_autoptr(GPtrArray) items = apd_json_elements(list);
    bool any_new = false;

    if (list == NULL && apd_json_hunt(answer, "has_more") == NULL)
        return apd_api_misread(error, "no list of messages in the answer");
    for (guint i = 0; i < items->len; i++)
        any_new |= take_message(self, items->pdata[i]);
    if (!turn(self, answer, any_new, "last_message_id")) {
        json_node_unref(g_queue_pop_head(self->todo));
        begin_list(self);
    }
    return true;
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    bool good = self->stage == BUYERS ? take_buyers(self, answer, error)
                                      : take_messages(self, answer, error);

    if (good && self->stage == CHATS && g_queue_is_empty(self->todo))
        release(self);
    return good;
}

static const char *const members[] = { "message_list", "buyer_list", NULL };

const ApdApiTopic apd_api_topic_messages = { "messages", ask, take, members, NULL };
