#include "logic/api_round.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "logic/api_topic.h"

static const ApdApiTopic *const topics[] = {
    &apd_api_topic_diagnosis, &apd_api_topic_disputes, &apd_api_topic_products,
    &apd_api_topic_orders,    &apd_api_topic_messages,
};

void
apd_api_record_free(ApdApiRecord *self)
{
    if (self == NULL)
        return;

    g_free(self->id);
    apd_verdict_free(self->verdict);
    g_free(self->text);
    g_free(self->mark);
    g_free(self->value);
    g_free(self);
}

static void
free_record(void *data)
{
    apd_api_record_free(data);
}

static void
free_task(void *data)
{
    apd_api_task_free(data);
}

ApdApiRound *
apd_api_round_new(const ApdPlatform *platform, const char *topic, GHashTable *marks,
                  const char *sender, bool thorough, ApdTime now)
{
    ApdApiRound *self = g_new0(ApdApiRound, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
        if (g_str_equal(topics[i]->name, topic))
            self->topic = topics[i];
    g_assert(self->topic != NULL);
    self->platform = platform;
    self->marks = marks;
    self->sender = g_strdup(sender);
    self->thorough = thorough;
    self->now = now;
    self->zones = apd_zones_new();
    self->pacific = apd_zones_intern(self->zones, "America/Los_Angeles");
    self->records = g_queue_new();
    self->todo = g_queue_new();
    self->late = g_queue_new();
    self->trouble = self->own_trouble = apd_api_trouble_new();
    self->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void
apd_api_round_free(ApdApiRound *self)
{
    if (self == NULL)
        return;

    g_queue_free_full(self->records, free_record);
    g_queue_free_full(self->todo, free_task);
    g_queue_free_full(self->late, free_task);
    if (self->own != NULL)
        self->free_own(self->own);
    apd_api_list_free(self->list);
    apd_api_trouble_free(self->own_trouble);
    g_free(self->why);
    g_hash_table_unref(self->seen);
    apd_zones_free(self->zones);
    g_free(self->sender);
    g_free(self);
}

void
apd_api_round_set_trouble(ApdApiRound *self, ApdApiTrouble *trouble)
{
    self->trouble = trouble;
}

JsonObject *
apd_api_round_ask(ApdApiRound *self, const char **ret_method)
{
    return self->over ? NULL : self->topic->ask(self, ret_method);
}

bool
apd_api_round_take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    bool good = self->topic->take(self, answer, error);

    self->over |= !good;
    return good;
}

bool
apd_api_round_skip(ApdApiRound *self, const char *why)
{
    bool good = self->topic->skip != NULL && self->topic->skip(self, why);

    self->over = !good;
    apd_api_round_note(self, why);
    return good;
}

const char *
apd_api_round_topic(JsonNode *answer)
{
    for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
        for (const char *const *member = topics[i]->members; *member != NULL; member++)
            if (apd_json_hunt(answer, *member) != NULL)
                return topics[i]->name;
    return NULL;
}

bool
apd_api_round_take_saved(ApdApiRound *self, JsonNode *answer, GError **error)
{
    return self->topic->take_saved != NULL ? self->topic->take_saved(self, answer, error)
                                           : self->topic->take(self, answer, error);
}

ApdApiRecord *
apd_api_round_next(ApdApiRound *self)
{
    return g_queue_pop_head(self->records);
}

bool
apd_api_round_check(const ApdApiRound *self, GError **error)
{
    if (self->n_understood != self->n_seen)
        return apd_api_misread(error, "understood %u of %u records", self->n_understood,
                               self->n_seen);
    if (self->n_skipped > 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT,
                    "the platform gives no answer to %u question%s of this round: %s; the rest is "
                    "seen",
                    self->n_skipped, self->n_skipped > 1 ? "s" : "", self->why);
        return false;
    }
    return self->list == NULL || apd_api_list_check(self->list, error);
}

/* --- for topics --------------------------------------------------------------------------- */

void
apd_api_round_note(ApdApiRound *self, const char *why)
{
    if (self->n_skipped++ == 0)
        self->why = g_strdup(why);
}

bool
apd_api_misread(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED,
                "%s: the platform answers in another shape than it did (is there a newer appeald? "
                "meanwhile look in the seller centre)",
                what);
    return false;
}

ApdVerdict *
apd_api_verdict_new(const ApdApiRound *self, ApdKind kind, const char *category, ApdBearing bearing)
{
    ApdVerdict *verdict = apd_verdict_new();

    verdict->kind = kind;
    verdict->category = g_strdup(category);
    verdict->bearing = bearing;
    verdict->authenticity = APD_AUTHENTICITY_GENUINE;
    verdict->severity = APD_SEVERITY_MEDIUM;
    verdict->language = g_strdup("en");
    verdict->sender = g_strdup(self->sender);
    verdict->date = self->now;
    return verdict;
}

void
apd_api_round_add(ApdApiRound *self, ApdVerdict *verdict, const char *mark, const char *value)
{
    ApdApiRecord *record = g_new0(ApdApiRecord, 1);

    record->id = g_strconcat(mark, "/", value ? value : "gone", NULL);
    record->verdict = verdict;
    record->mark = g_strdup(mark);
    record->value = g_strdup(value);
    g_queue_push_tail(self->records, record);
}

const char *
apd_api_round_mark(const ApdApiRound *self, const char *mark)
{
    const char *value = g_hash_table_lookup(self->marks, mark);

    return value ? value : "";
}

GPtrArray *
apd_api_round_unseen(const ApdApiRound *self, const char *prefix)
{
    GPtrArray *unseen = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, self->marks);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (g_str_has_prefix(name, prefix)
            && !g_hash_table_contains(self->seen, (const char *) name + strlen(prefix)))
            g_ptr_array_add(unseen, name);
    return unseen;
}

ApdTime
apd_api_time(const ApdApiRound *self, const char *text)
{
    ApdDay day;
    ApdClockTime time = { 0, 0, 0 };
    gint64 milliseconds;

    if (text == NULL)
        return APD_NEVER;
    if (g_ascii_string_to_signed(text, 10, INT64_C(1000000000000), INT64_C(9999999999999),
                                 &milliseconds, NULL))
        return milliseconds * 1000;
    if (sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d", &day.year, &day.month, &day.day, &time.hour,
               &time.minute, &time.second)
            != 6
        || !apd_day_valid(day) || day.year < 2000 || time.hour < 0 || time.hour > 23
        || time.minute < 0 || time.minute > 59 || time.second < 0 || time.second > 60)
        return APD_NEVER;
    return apd_zones_instant(self->zones, self->pacific, day, time);
}

/* Of a host that every browser reads alike. */
#define LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-."

char *
apd_api_link(JsonNode *node)
{
    static const char *const domains[] = { "aliexpress.com", "alibaba.com" };
    g_autofree char *text = apd_json_read_text(node);
    g_autoptr(GUri) uri = text ? g_uri_parse(text, G_URI_FLAGS_NONE, NULL) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    bool ours = false;

    if (host == NULL || host[strspn(host, LETTERS)] != '\0'
        || !g_str_equal(g_uri_get_scheme(uri), "https") || g_uri_get_userinfo(uri) != NULL
        || strpbrk(text, "\\ \t\r\n") != NULL)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        g_autofree char *below = g_strconcat(".", domains[i], NULL);
        ours |= g_str_equal(host, domains[i]) || g_str_has_suffix(host, below);
    }
    return ours ? g_steal_pointer(&text) : NULL;
}

int64_t
apd_api_page_size(const ApdPlatform *platform, const char *method)
{
    const char *size = apd_platform_get(platform, "method", method, "page-size");

    return size ? g_ascii_strtoll(size, NULL, 10) : 20;
}

ApdApiList *
apd_api_round_list(ApdApiRound *self, const char *method, const char *what)
{
    if (self->list == NULL)
        self->list = apd_api_list_new(what, apd_api_page_size(self->platform, method));
    return self->list;
}

GPtrArray *
apd_api_page_items(JsonNode *answer, const char *list, const ApdApiSaid *said, const char *what,
                   GError **error)
{
    JsonNode *node = apd_json_hunt(answer, list);

    if (node != NULL || said->total >= 0 || said->pages >= 0 || said->next >= 0
        || apd_json_hunt(answer, "current_page") != NULL)
        return apd_json_elements(node);
    apd_api_misread(error, "no list of %s in the answer", what);
    return NULL;
}

bool
apd_api_round_take_page(ApdApiRound *self, const GPtrArray *items, const ApdApiSaid *said,
                        GError **error)
{
    for (guint i = 0; i < items->len; i++)
        self->topic->take_item(self, items->pdata[i]);
    if (items->len > 0 && self->n_understood == 0)
        return apd_api_round_check(self, error);
    if (!apd_api_list_turn(self->list, said))
        self->topic->end_list(self);
    return true;
}

bool
apd_api_round_skip_page(ApdApiRound *self, const char *why)
{
    (void) why;
    if (apd_api_list_page(self->list) == 1)
        return false;
    if (!apd_api_list_skip(self->list))
        self->topic->end_list(self);
    return true;
}

/* --- what is looked at one by one --------------------------------------------------------- */

void
apd_api_task_free(ApdApiTask *self)
{
    if (self == NULL)
        return;

    json_node_unref(self->node);
    g_free(self->id);
    g_free(self);
}

static int
by_rank(const void *a, const void *b, void *user_data)
{
    const ApdApiTask *x = a, *y = b;

    (void) user_data;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

void
apd_api_round_plan(ApdApiRound *self, const char *id, JsonNode *node)
{
    ApdApiTask *task = g_new0(ApdApiTask, 1);

    task->id = g_strdup(id);
    task->node = node;
    task->rank = apd_api_trouble_rank(self->trouble, id);
    if (task->rank == 0)
        g_queue_push_tail(self->todo, task);
    else
        g_queue_insert_sorted(self->late, task, by_rank, NULL);
}

static GQueue *
current_queue(const ApdApiRound *self, bool all_listed)
{
    return all_listed && g_queue_is_empty(self->todo) ? self->late : self->todo;
}

const ApdApiTask *
apd_api_round_task(const ApdApiRound *self, bool all_listed)
{
    return g_queue_peek_head(current_queue(self, all_listed));
}

ApdApiTask *
apd_api_round_done(ApdApiRound *self, bool all_listed)
{
    ApdApiTask *task = g_queue_pop_head(current_queue(self, all_listed));

    apd_api_trouble_forget(self->trouble, task->id);
    return task;
}

ApdApiTask *
apd_api_round_put_aside(ApdApiRound *self, bool all_listed, guint *ret_times)
{
    ApdApiTask *task = g_queue_pop_head(current_queue(self, all_listed));

    *ret_times = apd_api_trouble_note(self->trouble, task->id);
    return task;
}

void
apd_api_round_move(ApdApiRound *self, const char *mark, const char *value)
{
    ApdApiRecord *record = g_new0(ApdApiRecord, 1);

    record->mark = g_strdup(mark);
    record->value = g_strdup(value);
    g_queue_push_tail(self->records, record);
}
