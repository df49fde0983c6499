/* Messages of the platform in the chats with buyers: those of the system, which a reader
 * judges as it does mail.  What buyers write is none of our business.
 *
 * The list of chats and each chat go backwards in time.  A chat is read to where it was
 * read before, then what is new in it is handed over oldest first, each with the mark
 * "chat/BUYER" of how far the chat was read: no break can skip any.  When all chats were
 * read, the mark "chat" (milliseconds) rises: all before it is known, in every chat, and
 * the marks of chats that say less go. */
#include <string.h>

#include "base/text.h"
#include "logic/api_chat.h"
#include "logic/api_chat_item.h"
#include "logic/api_pages.h"
#include "logic/api_topic.h"

#define MARK   "chat"
#define PREFIX "chat/"

/* How far back the first look goes. */
#define LOOK_BACK (30 * APD_DAY)

/* What is new in one chat and more than this waits for the next round. */
#define MAX_HELD 5000

/* The newest messages may come into sight out of order; milliseconds. */
#define OVERLAP (10 * APD_MINUTE / 1000)

enum { BUYERS, CHATS, OVER };

/* A chat of the list. */
typedef struct {
    char *buyer; /* owned */
    int64_t at;  /* of its last message; -1: not said */
} Chat;

typedef struct {
    int64_t floor;      /* milliseconds: what was sent before it is known */
    int64_t newest;     /* what was sent last in all chats */
    bool whole;         /* the list of chats was read to the floor */
    ApdApiPages *pages; /* owned: of what is read now */
    GArray *chats;      /* owned, element-type Chat */
    GQueue *held;       /* owned, element-type ApdApiRecord: what is new in the present chat */
    int64_t top_at;     /* of the present chat: its newest message; -1: none */
    GQueue *top;        /* owned, element-type char: the ids of that time */
    bool cut;           /* of the present chat not all could be held */
} Own;

/* --- what a round keeps ----------------------------------------------------------------- */

static void
free_record(void *data)
{
    apd_api_record_free(data);
}

static void
clear_chat(void *data)
{
    g_free(((Chat *) data)->buyer);
}

static void
free_own(void *data)
{
    Own *own = data;

    apd_api_pages_free(own->pages);
    g_array_unref(own->chats);
    g_queue_free_full(own->held, free_record);
    g_queue_free_full(own->top, g_free);
    g_free(own);
}

static Own *
own_of(ApdApiRound *self)
{
    gint64 floor;

    if (self->own != NULL)
        return self->own;

    Own *own = g_new0(Own, 1);
    own->floor =
        g_ascii_string_to_signed(apd_api_round_mark(self, MARK), 10, 0, G_MAXINT64, &floor, NULL)
            ? floor
            : (self->now - LOOK_BACK) / 1000;
    own->newest = own->floor;
    own->chats = g_array_new(FALSE, FALSE, sizeof(Chat));
    g_array_set_clear_func(own->chats, clear_chat);
    own->held = g_queue_new();
    own->top = g_queue_new();
    own->top_at = -1;
    own->pages = apd_api_pages_new(self->now / 1000 + 1);
    self->own = own;
    self->free_own = free_own;
    return own;
}

static char *
mark_name(const char *buyer)
{
    return g_strconcat(PREFIX, buyer, NULL);
}

static ApdApiChatMark *
mark_of(ApdApiRound *self, const char *buyer)
{
    g_autofree char *name = mark_name(buyer);

    return apd_api_chat_mark_new(apd_api_round_mark(self, name), own_of(self)->floor);
}

static void
move_mark(ApdApiRound *self, const char *buyer, const ApdApiChatMark *mark)
{
    g_autofree char *name = mark_name(buyer);
    g_autofree char *text = apd_api_chat_mark_text(mark);

    if (!g_str_equal(apd_api_round_mark(self, name), text))
        apd_api_round_move(self, name, text);
}

/* --- asking ---------------------------------------------------------------------------- */

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    const Own *own = own_of(self);
    bool buyers = self->stage == BUYERS;
    const ApdApiTask *task = apd_api_round_task(self, true);

    if (self->stage == OVER || (!buyers && task == NULL))
        return NULL;

    JsonObject *question = json_object_new();
    *ret_method = buyers ? "buyers" : "messages";
    json_object_set_int_member(question, "page_size",
                               apd_api_page_size(self->platform, *ret_method));
    apd_api_pages_ask(own->pages, question, buyers ? "last_buyer_id" : "last_message_id");
    if (!buyers)
        json_object_set_string_member(question, "buyer_id", task->id);
    return question;
}

static bool
is_past_floor(ApdApiRound *self, JsonNode *answer)
{
    int64_t next;

    return apd_json_read_int(apd_json_hunt(answer, "next_start_time"), &next)
           && next < own_of(self)->floor;
}

/* --- the list of chats ------------------------------------------------------------------- */

/* A message of the same millisecond as the last that was read may have come later. */
static bool
is_wanted(ApdApiRound *self, const Chat *chat, bool *ret_again)
{
    const Own *own = own_of(self);
    g_autoptr(ApdApiChatMark) mark = mark_of(self, chat->buyer);

    *ret_again = !mark->owed && chat->at == mark->at && g_hash_table_size(mark->ids) > 0;
    if (*ret_again)
        return chat->at >= own->newest - OVERLAP;
    return mark->owed || chat->at < 0 || chat->at >= mark->at;
}

static void
plan(ApdApiRound *self, const char *buyer)
{
    if (g_hash_table_contains(self->seen, buyer))
        return;
    g_hash_table_insert(self->seen, g_strdup(buyer), NULL);
    apd_api_round_plan(self, buyer, json_node_init_null(json_node_alloc()));
}

/* What is new comes before what may be. */
static void
plan_all(ApdApiRound *self)
{
    const Own *own = own_of(self);
    GHashTableIter iter;
    gpointer name, value;

    for (int pass = 0; pass < 2; pass++)
        for (guint i = 0; i < own->chats->len; i++) {
            const Chat *chat = &g_array_index(own->chats, Chat, i);
            bool again;
            if (is_wanted(self, chat, &again) && again == (pass == 1))
                plan(self, chat->buyer);
        }
    g_hash_table_iter_init(&iter, self->marks);
    while (g_hash_table_iter_next(&iter, &name, &value))
        if (g_str_has_prefix(name, PREFIX) && *(const char *) value == '!')
            plan(self, (const char *) name + strlen(PREFIX));
}

/* All chats were read: what is older than all of them needs no marks. */
static void
raise_floor(ApdApiRound *self)
{
    Own *own = own_of(self);
    int64_t floor = MAX(own->floor, own->newest - OVERLAP);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, floor);
    GHashTableIter iter;
    gpointer name, value;

    self->stage = OVER;
    if (!own->whole || own->newest <= own->floor)
        return;
    g_hash_table_iter_init(&iter, self->marks);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        g_autoptr(ApdApiChatMark) mark = apd_api_chat_mark_new(value, 0);
        if (g_str_has_prefix(name, PREFIX) && !mark->owed && mark->at < floor
            && !g_hash_table_contains(self->seen, (const char *) name + strlen(PREFIX)))
            apd_api_round_move(self, name, NULL);
    }
    if (!g_str_equal(apd_api_round_mark(self, MARK), text))
        apd_api_round_move(self, MARK, text);
}

static void
next_chat(ApdApiRound *self)
{
    Own *own = own_of(self);

    apd_api_pages_free(own->pages);
    own->pages = apd_api_pages_new(self->now / 1000 + 1);
    own->top_at = -1;
    own->cut = false;
    self->stage = CHATS;
    if (apd_api_round_task(self, true) == NULL)
        raise_floor(self);
}

static void
take_buyer(ApdApiRound *self, JsonNode *item)
{
    Own *own = own_of(self);
    Chat chat = { apd_json_member_text(item, "buyer_id"), -1 };

    self->n_seen++;
    self->n_understood += chat.buyer != NULL;
    if (chat.buyer == NULL || !apd_api_pages_add(own->pages, chat.buyer)) {
        g_free(chat.buyer);
        return;
    }
    apd_json_read_int(apd_json_member(item, "last_message_time"), &chat.at);
    own->newest = MAX(own->newest, chat.at);
    g_array_append_val(own->chats, chat);
}

static void
end_buyers(ApdApiRound *self, bool whole, const char *why)
{
    own_of(self)->whole = whole;
    if (!whole)
        apd_api_round_note(self, why);
    plan_all(self);
    next_chat(self);
}

#define ENDLESS "it says that there is more, and does not give it"

static bool
take_buyers(ApdApiRound *self, JsonNode *answer, GError **error)
{
    JsonNode *list = apd_json_hunt(answer, "buyer_list");
    g_autoptr(GPtrArray) items = apd_json_elements(list);

    if (list == NULL && apd_json_hunt(answer, "has_more") == NULL)
        return apd_api_misread(error, "no list of chats in the answer");
    for (guint i = 0; i < items->len; i++)
        take_buyer(self, items->pdata[i]);
    if (items->len > 0 && self->n_understood == 0)
        return apd_api_round_check(self, error);
    ApdApiTurn turn = apd_api_pages_turn(own_of(self)->pages, answer, is_past_floor(self, answer),
                                         "last_buyer_id");
    if (turn != APD_API_TURN_NEXT)
        end_buyers(self, turn == APD_API_TURN_LAST, "the list of chats: " ENDLESS);
    return true;
}

/* --- messages ------------------------------------------------------------------------ */

static int
by_time(const void *a, const void *b, void *user_data)
{
    const ApdApiRecord *x = a, *y = b;

    (void) user_data;
    return (x->time > y->time) - (x->time < y->time);
}

/* Takes @record. */
static void
hold(Own *own, ApdApiRecord *record)
{
    g_queue_insert_sorted(own->held, record, by_time, NULL);
    if (g_queue_get_length(own->held) > MAX_HELD) {
        apd_api_record_free(g_queue_pop_tail(own->held));
        own->cut = true;
    }
}

/* @placed: it says itself when it was sent. */
static ApdApiRecord *
record_of(JsonNode *item, const char *id, int64_t at, bool placed)
{
    ApdApiRecord *record = g_new0(ApdApiRecord, 1);

    record->id = g_strconcat("message/", id, NULL);
    record->text = apd_api_chat_item_text(item);
    record->time = at * 1000;
    record->value = placed ? g_strdup(id) : NULL; /* until it is released */
    return record;
}

/* The newest of the chat: up to there it is read when it is done. */
static void
note_top(Own *own, int64_t at, const char *id)
{
    if (at > own->top_at)
        g_queue_clear_full(own->top, g_free);
    if (at >= own->top_at)
        g_queue_push_tail(own->top, g_strdup(id));
    own->top_at = MAX(own->top_at, at);
    own->newest = MAX(own->newest, at);
}

/* Returns whether it was read in a round before, and all older ones with it. */
static bool
take_message(ApdApiRound *self, const ApdApiChatMark *mark, JsonNode *item)
{
    Own *own = own_of(self);
    g_autofree char *id = apd_api_chat_item_id(item);
    int64_t at = self->now / 1000;
    bool placed = apd_json_read_int(apd_json_member(item, "send_time"), &at)
                  && apd_json_member(item, "message_id") != NULL;

    self->n_seen++;
    self->n_understood += placed;
    if (!apd_api_pages_add(own->pages, id) || apd_api_chat_mark_knows(mark, at, id))
        return at < mark->at;
    if (placed)
        note_top(own, at, id);
    if (!apd_api_chat_item_is_of_person(item))
        hold(own, record_of(item, id, at, placed));
    return false;
}

/* Hands over what is held.  @mark: how far the chat is read then; NULL: no further than
 * before. */
static void
release(ApdApiRound *self, const char *buyer, ApdApiChatMark *mark)
{
    ApdApiRecord *record;

    while ((record = g_queue_pop_head(own_of(self)->held)) != NULL) {
        g_autofree char *id = g_steal_pointer(&record->value);
        if (mark != NULL && id != NULL) {
            apd_api_chat_mark_move(mark, record->time / 1000, id);
            record->mark = mark_name(buyer);
            record->value = apd_api_chat_mark_text(mark);
        }
        g_queue_push_tail(self->records, record);
    }
}

static void
end_chat(ApdApiRound *self, ApdApiChatMark *mark)
{
    Own *own = own_of(self);
    g_autoptr(ApdApiTask) task = apd_api_round_done(self, true);

    mark->owed = own->cut;
    release(self, task->id, mark);
    for (const GList *id = own->top->head; id != NULL && !own->cut; id = id->next)
        apd_api_chat_mark_move(mark, own->top_at, id->data);
    move_mark(self, task->id, mark);
    next_chat(self);
}

/* What came of it is handed over all the same; the rest is owed. */
static bool
put_aside(ApdApiRound *self)
{
    guint times;
    g_autoptr(ApdApiTask) task = apd_api_round_put_aside(self, true, &times);
    g_autoptr(ApdApiChatMark) mark = mark_of(self, task->id);

    release(self, task->id, NULL);
    mark->owed = true;
    move_mark(self, task->id, mark);
    next_chat(self);
    return true;
}

static bool
take_messages(ApdApiRound *self, JsonNode *answer, GError **error)
{
    JsonNode *list = apd_json_hunt(answer, "message_list");
    g_autoptr(GPtrArray) items = apd_json_elements(list);
    g_autoptr(ApdApiChatMark) mark = mark_of(self, apd_api_round_task(self, true)->id);
    bool known = false;

    if (list == NULL && apd_json_hunt(answer, "has_more") == NULL)
        return apd_api_misread(error, "no list of messages in the answer");
    for (guint i = 0; i < items->len; i++)
        known |= take_message(self, mark, items->pdata[i]);
    switch (apd_api_pages_turn(own_of(self)->pages, answer, known, "last_message_id")) {
    case APD_API_TURN_LAST:
        end_chat(self, mark);
        break;
    case APD_API_TURN_BROKEN:
        apd_api_round_note(self, "a chat: " ENDLESS);
        put_aside(self);
        break;
    default:
        break;
    }
    return true;
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    return self->stage == BUYERS ? take_buyers(self, answer, error)
                                 : take_messages(self, answer, error);
}

/* Of the list of chats, those that came are read. */
static bool
skip(ApdApiRound *self, const char *why)
{
    if (self->stage == CHATS)
        return put_aside(self);
    if (own_of(self)->chats->len == 0)
        return false;
    end_buyers(self, false, why);
    return true;
}

/* One chat, or the list of them. */
static bool
take_saved(ApdApiRound *self, JsonNode *answer, GError **error)
{
    if (apd_json_hunt(answer, "message_list") == NULL)
        return take_buyers(self, answer, error);
    plan(self, "");
    self->stage = CHATS;
    return take_messages(self, answer, error);
}

static const char *const members[] = { "message_list", "buyer_list", NULL };

const ApdApiTopic apd_api_topic_messages = {
    .name = "messages",
    .ask = ask,
    .take = take,
    .skip = skip,
    .members = members,
    .take_saved = take_saved,
};
