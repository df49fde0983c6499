#include "logic/api_round.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "logic/api_topic.h"

/* A list that has more pages than this goes round in circles. */
#define MAX_PAGES 200

/* Nor does any round ask more often. */
#define MAX_ASKED 2000

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
free_node(void *data)
{
    json_node_unref(data);
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
    self->held = g_queue_new();
    self->todo = g_queue_new();
    self->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->page = 1;
    return self;
}

void
apd_api_round_free(ApdApiRound *self)
{
    if (self == NULL)
        return;

    g_queue_free_full(self->records, free_record);
    g_queue_free_full(self->held, free_record);
    g_queue_free_full(self->todo, free_node);
    g_hash_table_unref(self->seen);
    apd_zones_free(self->zones);
    g_free(self->sender);
    g_free(self);
}

JsonObject *
apd_api_round_ask(ApdApiRound *self, const char **ret_method)
{
    if (self->over || self->n_asked++ >= MAX_ASKED)
        return NULL;
    return self->topic->ask(self, ret_method);
}

bool
apd_api_round_take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    bool good = self->topic->take(self, answer, error);

    self->over |= !good;
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
    return self->n_understood == self->n_seen
           || apd_api_misread(error, "understood %u of %u records", self->n_understood,
                              self->n_seen);
}

/* --- for topics --------------------------------------------------------------------------- */

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

GPtrArray *
apd_api_page_items(const ApdApiRound *self, JsonNode *answer, const char *list, const char *total,
                   const char *what, int64_t *ret_total, GError **error)
{
    JsonNode *node = apd_json_hunt(answer, list);
    g_autoptr(GPtrArray) items = apd_json_elements(node);
    int64_t n = -1;

    if (!apd_json_read_int(apd_json_hunt(answer, total), &n) && node == NULL
        && apd_json_hunt(answer, "current_page") == NULL) {
        apd_api_misread(error, "no list of %s in the answer", what);
        return NULL;
    }
    if (items->len == 0 && self->page == 1 && n > 0) {
        apd_api_misread(error, "understood 0 of %d records", (int) MIN(n, 1000000));
        return NULL;
    }
    *ret_total = n;
    return g_steal_pointer(&items);
}

bool
apd_api_page_next(ApdApiRound *self, guint n, guint n_new, int64_t total, int64_t size)
{
    bool more = total >= 0 ? self->page * size < total : n >= size;

    /* A page of nothing new: the list is over, or goes round. */
    if (!more || n == 0 || n_new == 0 || self->page >= MAX_PAGES)
        return false;
    self->page++;
    return true;
}
