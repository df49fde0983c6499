/* Rounds over many pages, of a store that changes while they are read: nothing is passed
 * by, nothing is closed that runs, nothing starves, and what was broken off goes on. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "io/platform.h"
#include "logic/api_round.h"

#define NOW  (INT64_C(1795600000) * APD_SECOND)
#define MS   (NOW / 1000)
#define MANY 2500

/* One message of the platform in a chat. */
typedef struct {
    int buyer;
    int64_t at; /* milliseconds */
    int id;
} Message;

typedef struct {
    ApdPlatform *platform;
    GHashTable *marks;
    ApdApiTrouble *trouble;
    ApdApiRound *round;
    GHashTable *got; /* owned, a set: ids of records that were filed */
    guint n_asked, n_ends;
    guint most; /* questions, then the daemon is killed */

    GArray *list;     /* owned, element-type int: disputes or products, newest first */
    int total;        /* what the list says; -1: how many there are */
    int empty_page;   /* this one comes empty */
    int failing_page; /* and this one not at all */
    int bad, bad2;    /* disputes of which the details fail */
    guint change_at;  /* at this question the list changes */
    bool remove;      /* its first goes; else one comes before it */
    GArray *messages; /* owned, element-type Message, newest first */
    int bad_buyer;    /* whose chat fails */
} Store;

static void
set_up(Store *s, gconstpointer data)
{
    (void) data;
    s->platform = apd_platform_load("conf", NULL, "aliexpress", NULL);
    s->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    s->trouble = apd_api_trouble_new();
    s->got = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->list = g_array_new(FALSE, FALSE, sizeof(int));
    s->messages = g_array_new(FALSE, FALSE, sizeof(Message));
    s->total = s->empty_page = s->failing_page = s->bad = s->bad2 = s->bad_buyer = -1;
    s->most = G_MAXUINT;
}

static void
tear_down(Store *s, gconstpointer data)
{
    (void) data;
    apd_api_round_free(s->round);
    apd_platform_free(s->platform);
    g_hash_table_unref(s->marks);
    apd_api_trouble_free(s->trouble);
    g_hash_table_unref(s->got);
    g_array_unref(s->list);
    g_array_unref(s->messages);
}

static void
fill(Store *s, int n)
{
    for (int i = n; i > 0; i--)
        g_array_append_val(s->list, i);
}

static void
say(Store *s, int buyer, int64_t at, int id)
{
    const Message message = { buyer, at, id };
    guint i = 0;

    while (i < s->messages->len && g_array_index(s->messages, Message, i).at >= at)
        i++;
    g_array_insert_val(s->messages, i, message);
}

/* --- the platform -------------------------------------------------------------------------- */

static int64_t
number_of(JsonObject *question, const char *name, int64_t fallback)
{
    JsonNode *node = json_object_get_member(question, name);
    int64_t value = fallback;

    apd_json_read_int(node, &value);
    return value;
}

static void
change_list(Store *s)
{
    int fresh = 900000;

    if (s->n_asked != s->change_at)
        return;
    if (s->remove)
        g_array_remove_index(s->list, 0);
    else
        g_array_prepend_val(s->list, fresh);
}

static void
append_numbered(GString *json, const Store *s, JsonObject *question, bool disputes)
{
    int64_t page = number_of(question, "current_page", 1),
            size = number_of(question, "page_size", 0);
    const char *comma = "";

    g_string_append_printf(json, "{\"%s\":[", disputes ? "data_list" : "problematic_product_list");
    for (int64_t i = (page - 1) * size; i < MIN(page * size, s->list->len); i++) {
        if (page == s->empty_page)
            break;
        g_string_append_printf(json,
                               disputes ? "%s{\"issue_id\":%d,\"issue_status\":\"processing\"}"
                                        : "%s{\"product_id\":%d,\"product_problem\":{"
                                          "\"problem_type\":\"TORT_TYPE\"}}",
                               comma, g_array_index(s->list, int, i));
        comma = ",";
    }
    g_string_append_printf(json, "],\"%s\":%d}", disputes ? "total_item" : "total_count",
                           s->total >= 0 ? s->total : (int) s->list->len);
}

static void
append_buyers(GString *json, const Store *s, JsonObject *question)
{
    g_autoptr(GHashTable) listed = g_hash_table_new(NULL, NULL);
    int64_t from = number_of(question, "start_time", 0), size = 20, last = 0, buyer = 0;
    const char *after = json_object_has_member(question, "last_buyer_id")
                            ? json_object_get_string_member(question, "last_buyer_id")
                            : NULL;
    bool skipping = after != NULL, more = false;
    int n = 0;

    g_string_append(json, "{\"data\":{\"buyer_list\":[");
    for (guint i = 0; i < s->messages->len; i++) {
        const Message *message = &g_array_index(s->messages, Message, i);
        if (!g_hash_table_add(listed, GINT_TO_POINTER(message->buyer)) || message->at > from)
            continue;
        if (skipping) {
            skipping = message->buyer != atoi(after);
            continue;
        }
        if (n == size) {
            more = true;
            break;
        }
        g_string_append_printf(json,
                               "%s{\"buyer_id\":\"%d\",\"last_message_time\":%" G_GINT64_FORMAT "}",
                               n++ > 0 ? "," : "", message->buyer, message->at);
        last = message->at;
        buyer = message->buyer;
    }
    g_string_append_printf(json,
                           "],\"has_more\":%s,\"next_start_time\":%" G_GINT64_FORMAT
                           ",\"last_buyer_id\":\"%" G_GINT64_FORMAT "\"}}",
                           more ? "true" : "false", last, buyer);
}

static void
append_messages(GString *json, const Store *s, JsonObject *question)
{
    int buyer = (int) number_of(question, "buyer_id", 0), n = 0;
    int64_t after = number_of(question, "last_message_id", -1), last = 0, id = 0;
    bool skipping = after >= 0, more = false;

    g_string_append(json, "{\"data\":{\"message_list\":[");
    for (guint i = 0; i < s->messages->len; i++) {
        const Message *message = &g_array_index(s->messages, Message, i);
        if (message->buyer != buyer)
            continue;
        if (skipping) {
            skipping = message->id != after;
            continue;
        }
        if (n == 20) {
            more = true;
            break;
        }
        g_string_append_printf(json,
                               "%s{\"message_id\":\"%d\",\"send_time\":%" G_GINT64_FORMAT
                               ",\"type\":2,\"content\":\"x\"}",
                               n++ > 0 ? "," : "", message->id, message->at);
        last = message->at;
        id = message->id;
    }
    g_string_append_printf(json,
                           "],\"has_more\":%s,\"next_start_time\":%" G_GINT64_FORMAT
                           ",\"last_message_id\":\"%" G_GINT64_FORMAT "\"}}",
                           more ? "true" : "false", last, id);
}

/* Returns: (transfer full): what is answered; NULL: nothing good. */
static JsonNode *
answer(Store *s, const char *method, JsonObject *question)
{
    g_autoptr(GString) json = g_string_new(NULL);
    int64_t id = number_of(question, "issue_id", -1);

    s->n_asked++;
    change_list(s);
    if (number_of(question, "current_page", -2) == s->failing_page
        || (id >= 0 && (id == s->bad || id == s->bad2))
        || number_of(question, "buyer_id", -2) == s->bad_buyer)
        return NULL;
    if (g_str_equal(method, "dispute"))
        g_string_append_printf(
            json, "{\"id\":%d,\"reverse_detail_status\":\"wait_for_your_response\"}", (int) id);
    else if (g_str_equal(method, "buyers"))
        append_buyers(json, s, question);
    else if (g_str_equal(method, "messages"))
        append_messages(json, s, question);
    else
        append_numbered(json, s, question, g_str_equal(method, "disputes"));
    return apd_json_parse(json->str, json->len, NULL);
}

/* --- the daemon ---------------------------------------------------------------------------- */

static void
file_all(Store *s)
{
    for (;;) {
        g_autoptr(ApdApiRecord) record = apd_api_round_next(s->round);
        if (record == NULL)
            return;
        if (record->id != NULL)
            g_hash_table_add(s->got, g_strdup(record->id));
        s->n_ends += record->verdict != NULL && record->verdict->bearing == APD_BEARING_END;
        if (record->mark != NULL && record->value != NULL)
            g_hash_table_insert(s->marks, g_strdup(record->mark), g_strdup(record->value));
        else if (record->mark != NULL)
            g_hash_table_remove(s->marks, record->mark);
    }
}

/* As the ledger's is: marks change below a round only by what it filed itself. */
static GHashTable *
copy_marks(const Store *s)
{
    GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, s->marks);
    while (g_hash_table_iter_next(&iter, &name, &value))
        g_hash_table_insert(copy, g_strdup(name), g_strdup(value));
    return copy;
}

/* Returns whether the round is good. */
static bool
run(Store *s, const char *topic)
{
    g_autoptr(GHashTable) marks = copy_marks(s);
    bool good = true;

    apd_api_round_free(s->round);
    s->round = apd_api_round_new(s->platform, topic, marks, "gateway.example", false, NOW);
    apd_api_round_set_trouble(s->round, s->trouble);
    s->n_asked = s->n_ends = 0;
    while (good && s->n_asked < s->most) {
        const char *method = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonObject) question = apd_api_round_ask(s->round, &method);
        if (question == NULL)
            break;
        g_autoptr(JsonNode) node = answer(s, method, question);
        good = node != NULL ? apd_api_round_take(s->round, node, &error)
                            : apd_api_round_skip(s->round, "no answer");
        g_assert_no_error(error);
        file_all(s);
    }
    g_autoptr(GError) error = NULL;
    if (apd_api_round_check(s->round, &error))
        return good;
    g_assert_error(error, APD_ERROR, APD_ERROR_TRANSIENT);
    g_test_message("%s", error->message);
    return false;
}

static guint
n_got(const Store *s)
{
    return g_hash_table_size(s->got);
}

/* --- lists --------------------------------------------------------------------------------- */

static void
test_all_pages(Store *s, gconstpointer data)
{
    (void) data;
    fill(s, 120);
    g_assert_true(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 120);
    g_assert_cmpuint(s->n_asked, ==, 123);
    g_assert_true(run(s, "disputes"));
    g_assert_cmpuint(s->n_asked, ==, 3);
}

/* A page that comes empty before the end closes nothing, and is at fault. */
static void
test_empty_page(Store *s, gconstpointer data)
{
    (void) data;
    fill(s, 60);
    g_assert_true(run(s, "products"));
    for (int page = 1; page <= 2; page++) {
        s->empty_page = page;
        g_assert_false(run(s, "products"));
        g_assert_cmpuint(s->n_ends, ==, 0);
        g_assert_cmpuint(n_got(s), ==, 1);
    }
    s->empty_page = -1;
    g_assert_true(run(s, "products"));
    g_assert_cmpuint(n_got(s), ==, 1);
}

static void
test_short_list(Store *s, gconstpointer data)
{
    (void) data;
    fill(s, 60);
    g_assert_true(run(s, "products"));
    g_array_set_size(s->list, 10);
    s->total = 60;
    g_assert_false(run(s, "products"));
    g_assert_cmpuint(n_got(s), ==, 1);
    s->total = -1;
    g_assert_true(run(s, "products")); /* what is gone is gone */
    g_assert_cmpuint(n_got(s), ==, 2);
    g_array_set_size(s->list, 0);
    g_assert_true(run(s, "products"));
    g_assert_cmpuint(s->n_ends, ==, 1);
}

/* One goes, or comes, between two pages. */
static void
test_shift(Store *s, gconstpointer data)
{
    (void) data;
    for (int removed = 0; removed < 2; removed++) {
        g_array_set_size(s->list, 0);
        g_hash_table_remove_all(s->marks);
        g_hash_table_remove_all(s->got);
        fill(s, 120);
        s->remove = removed == 1;
        s->change_at = 52; /* the second page: after the first and its details */
        g_assert_true(run(s, "disputes"));
        for (int i = 1; i <= 119; i++) {
            g_autofree char *mark = g_strdup_printf("dispute/%d", i);
            g_assert_true(g_hash_table_contains(s->marks, mark));
        }
    }
}

static void
test_failing_page(Store *s, gconstpointer data)
{
    (void) data;
    fill(s, 160);
    s->failing_page = 2;
    g_assert_false(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 110);
}

/* --- one that makes trouble ---------------------------------------------------------------- */

static void
test_bad_detail(Store *s, gconstpointer data)
{
    (void) data;
    fill(s, 60);
    s->bad = 60; /* the first in the list */
    g_assert_false(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 59);
    g_assert_false(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 59);
    g_assert_false(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 60); /* told all the same, of what the list says */
    g_assert_false(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 60);
    s->bad = -1;
    g_assert_true(run(s, "disputes"));
    g_assert_cmpuint(n_got(s), ==, 61); /* and of its record */
    g_assert_true(run(s, "disputes"));
    g_assert_cmpuint(s->n_asked, ==, 2);
}

/* What failed before comes last, and of these the one that waits longest comes first. */
static void
test_turns(Store *s, gconstpointer data)
{
    const char *method = NULL;

    (void) data;
    fill(s, 3);
    s->bad = 3;
    s->bad2 = 2;
    g_assert_false(run(s, "disputes"));
    g_hash_table_remove_all(s->marks);
    s->most = 2; /* the list, and the only one without trouble */
    run(s, "disputes");
    g_assert_true(g_hash_table_contains(s->marks, "dispute/1"));
    g_autoptr(JsonObject) question = apd_api_round_ask(s->round, &method);
    g_assert_cmpint(number_of(question, "issue_id", 0), ==, 3);
    g_assert_true(apd_api_round_skip(s->round, "no answer"));
    s->most = 1;
    run(s, "disputes");
    g_autoptr(JsonObject) next = apd_api_round_ask(s->round, &method);
    g_assert_cmpint(number_of(next, "issue_id", 0), ==, 2);
}

/* --- chats --------------------------------------------------------------------------------- */

static void
fill_chats(Store *s, int n)
{
    for (int i = 0; i < n; i++)
        say(s, i + 1, MS - n * 1000 + i * 1000, 100000 + i);
}

static void
test_many_chats(Store *s, gconstpointer data)
{
    (void) data;
    fill_chats(s, MANY);
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, MANY);
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, MANY);
    g_assert_cmpuint(s->n_asked, <, 700); /* those of the last minutes alone */
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(g_hash_table_size(s->marks), <, 700);
}

/* Broken off again and again, it goes on where it stopped. */
static void
test_broken_off(Store *s, gconstpointer data)
{
    (void) data;
    fill_chats(s, MANY);
    s->most = 1000;
    for (int i = 1; i <= 3; i++) {
        run(s, "messages");
        g_assert_cmpuint(n_got(s), >=, (guint) MIN(870 * i, MANY));
    }
    g_assert_cmpuint(n_got(s), ==, MANY);
}

static void
test_bad_chat(Store *s, gconstpointer data)
{
    (void) data;
    fill_chats(s, 50);
    s->bad_buyer = 50; /* the newest */
    g_assert_false(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, 49);
    say(s, 7, MS - 500, 7);
    g_assert_false(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, 50);
    s->bad_buyer = -1;
    g_assert_true(run(s, "messages")); /* owed still, whatever came meanwhile */
    g_assert_cmpuint(n_got(s), ==, 51);
}

/* Several of one millisecond: on both sides of a page, and after all was read. */
static void
test_one_millisecond(Store *s, gconstpointer data)
{
    (void) data;
    for (int i = 0; i < 45; i++)
        say(s, 1, MS - 5000, 100 + i);
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, 45);
    say(s, 1, MS - 5000, 999);
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, 46);
    say(s, 2, MS - 5000, 1000);
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, 47);
}

/* Killed between two messages of one millisecond. */
static void
test_killed_within(Store *s, gconstpointer data)
{
    const char *method = NULL;

    (void) data;
    say(s, 1, MS - 5000, 1);
    say(s, 1, MS - 5000, 2);
    s->round = apd_api_round_new(s->platform, "messages", s->marks, "gateway.example", false, NOW);
    for (int i = 0; i < 2; i++) {
        g_autoptr(JsonObject) question = apd_api_round_ask(s->round, &method);
        g_autoptr(JsonNode) node = answer(s, method, question);
        g_assert_true(apd_api_round_take(s->round, node, NULL));
    }
    g_autoptr(ApdApiRecord) first = apd_api_round_next(s->round);
    g_hash_table_add(s->got, g_strdup(first->id));
    g_hash_table_insert(s->marks, g_strdup(first->mark), g_strdup(first->value));
    g_assert_true(run(s, "messages"));
    g_assert_cmpuint(n_got(s), ==, 2);
}

#define ADD(name, run) g_test_add("/api-paging/" name, Store, NULL, set_up, run, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("all-pages", test_all_pages);
    ADD("empty-page", test_empty_page);
    ADD("short-list", test_short_list);
    ADD("shift", test_shift);
    ADD("failing-page", test_failing_page);
    ADD("bad-detail", test_bad_detail);
    ADD("turns", test_turns);
    ADD("many-chats", test_many_chats);
    ADD("broken-off", test_broken_off);
    ADD("bad-chat", test_bad_chat);
    ADD("one-millisecond", test_one_millisecond);
    ADD("killed-within", test_killed_within);
    return g_test_run();
}
