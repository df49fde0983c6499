/* An endpoint that answers with JSON as a source: all its pages, every so often.
 *
 * A record is known by its id once the ledger holds it; what a page before had, or a
 * look before, is passed by, unless a field of it has changed that its case lives by.  That all was
 * seen is told only when the last page was.
 */
#include <string.h>

#include "base/error.h"
#include "io/json_fetch.h"
#include "logic/backoff.h"
#include "logic/json_mail.h"
#include "port/source.h"

/* Records on their way at once: bounds memory, keeps every reader busy. */
#define IN_FLIGHT 16

/* A network that drops a request is no news; one that drops three is. */
#define PATIENCE 3

/* What the ledger keeps of an id. */
#define MAX_ID 200

typedef struct {
    ApdSource source;              /* first member */
    const ApdSourceConfig *config; /* borrowed */
    ApdLedger *ledger;             /* borrowed */
    ApdSourceEvents events;
    void *user_data;      /* borrowed */
    ApdHttp *http;        /* owned */
    ApdJsonMap *map;      /* owned */
    GHashTable *known;    /* owned: ids that the ledger holds, to what was stated of them */
    char *etag;           /* owned: of the last answer that was all of it; or NULL */
    char *modified;       /* owned: the same */
    guint failures;       /* looks in a row that failed */
    bool first_look;      /* not all of it was ever seen */
    guint timer;          /* owned: the next look */
    bool again;           /* look once more when this one is over */
    bool handing;         /* hand_over() runs */
    guint in_flight;      /* records */
    bool looking;         /* what follows is of this look */
    ApdJsonAccess access; /* owned */
    ApdJsonPages *pages;  /* owned; NULL: the last page came */
    GHashTable *seen;     /* owned: ids of this look */
    GPtrArray *pending;   /* owned, element-type ApdJsonItem: to be handed over */
    guint next;           /* in pending */
    guint n_records, n_understood;
    char *why_not;  /* owned: of a record that was not understood */
    char *new_etag; /* owned: of this look */
    char *new_modified;
    ApdTime wait;  /* the service wants so long a pause */
    GError *error; /* owned: what is wrong with this look */
} Json;

static void look(Json *self);
static void go_on(Json *self);

/* --- the end of a look --------------------------------------------------------------- */

static gboolean
on_timer(gpointer user_data)
{
    Json *self = user_data;

    self->timer = 0;
    look(self);
    return G_SOURCE_REMOVE;
}

static void
look_in(Json *self, ApdTime pause)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    self->timer = g_timeout_add((guint) (MIN(pause, APD_HOUR * 24) / 1000) + 1, on_timer, self);
}

static void
clear_look(Json *self)
{
    self->looking = false;
    apd_json_access_clear(&self->access);
    g_clear_pointer(&self->pages, apd_json_pages_free);
    g_clear_pointer(&self->seen, g_hash_table_unref);
    g_clear_pointer(&self->pending, g_ptr_array_unref);
    g_clear_pointer(&self->why_not, g_free);
    g_clear_pointer(&self->new_etag, g_free);
    g_clear_pointer(&self->new_modified, g_free);
    g_clear_error(&self->error);
    self->next = self->n_records = self->n_understood = 0;
    self->wait = 0;
}

static void
close_good(Json *self)
{
    self->failures = 0;
    if (self->first_look)
        self->events.looked_back(&self->source, "", self->user_data);
    self->first_look = false;
    g_free(self->etag);
    g_free(self->modified);
    self->etag = g_steal_pointer(&self->new_etag);
    self->modified = g_steal_pointer(&self->new_modified);
}

/* Returns: when to look again. */
static ApdTime
close_bad(Json *self)
{
    ApdTime wait = apd_backoff_wait((int) ++self->failures, g_random_int(), APD_HOUR);

    return MAX(MIN(wait, self->config->poll), self->wait);
}

/* Trouble that may pass is told of when it stays. */
static void
close_look(Json *self)
{
    ApdTime pause = self->config->poll;

    if (self->error == NULL)
        close_good(self);
    else
        pause = close_bad(self);
    g_autoptr(GError) error = g_steal_pointer(&self->error);
    clear_look(self);
    look_in(self, self->again ? 0 : pause);
    self->again = false;
    if (error == NULL || error->code == APD_ERROR_REFUSED || error->code == APD_ERROR_CONFIG
        || self->failures >= PATIENCE)
        self->events.sight(&self->source, "", error, self->user_data);
}

static void
fail(Json *self, GError *error)
{
    if (self->error == NULL)
        self->error = error;
    else
        g_error_free(error);
    g_clear_pointer(&self->pages, apd_json_pages_free);
}

/* --- records --------------------------------------------------------------------------- */

/* Returns: (transfer full): @id as the ledger keeps it. */
static char *
short_id(const char *id)
{
    return strlen(id) <= MAX_ID ? g_strdup(id)
                                : g_compute_checksum_for_string(G_CHECKSUM_SHA256, id, -1);
}

static void
hand(Json *self, const ApdJsonItem *item)
{
    ApdMessage *message = g_new0(ApdMessage, 1);

    message->source = g_strdup(self->source.name);
    message->folder = g_strdup("");
    message->name = short_id(item->id);
    message->received = apd_now();
    message->first_look = self->first_look;
    message->bytes = apd_json_mail(item);
    message->mark = g_strdup(message->name);
    message->mark_value = apd_stated_facts(item->stated);
    if (item->change != NULL) {
        g_free(message->name);
        message->name = g_strconcat(message->mark, "\n", item->change, NULL);
    }
    message->stated = apd_stated_copy(item->stated);
    self->in_flight++;
    self->events.message(&self->source, message, self->user_data);
}

/* Takes @item if it is new, or says of its case what it did not say before. */
static bool
keep(Json *self, ApdJsonItem *item, GError **error)
{
    g_autoptr(ApdJsonItem) mine = item;
    g_autofree char *id = short_id(item->id);
    g_autofree char *facts = apd_stated_facts(item->stated);
    const char *before = g_hash_table_lookup(self->known, id);
    bool known = before != NULL;

    if (!known && !apd_ledger_has_name(self->ledger, self->source.name, id, &known, error))
        return false;
    if (!known) {
        g_ptr_array_add(self->pending, g_steal_pointer(&mine));
    } else if (before == NULL) {
        g_hash_table_replace(self->known, g_steal_pointer(&id), g_steal_pointer(&facts));
    } else if (item->stated->case_ref != NULL && !apd_stated_same_facts(before, facts)) {
        /* What comes back to what it was is another change. */
        item->change = g_strdup_printf("%s %" G_GINT64_FORMAT, facts, apd_now());
        g_ptr_array_add(self->pending, g_steal_pointer(&mine));
    }
    return true;
}

static int
oldest_first(const void *a, const void *b)
{
    ApdTime x = (*(const ApdJsonItem *const *) a)->time;
    ApdTime y = (*(const ApdJsonItem *const *) b)->time;
    return (x > y) - (x < y);
}

/* Returns how many of @records no page before had. */
static guint
take_records(Json *self, const GPtrArray *records, GError **error)
{
    guint fresh = 0;

    for (guint i = 0; i < records->len && *error == NULL; i++) {
        g_autofree char *why = NULL;
        ApdJsonItem *item = apd_json_item_read(self->map, records->pdata[i], &why);

        self->n_records++;
        if (item == NULL) {
            g_free(self->why_not);
            self->why_not = g_steal_pointer(&why);
            fresh++;
            continue;
        }
        self->n_understood++;
        if (!g_hash_table_add(self->seen, short_id(item->id))) {
            apd_json_item_free(item);
            continue;
        }
        fresh++;
        keep(self, item, error);
    }
    g_ptr_array_sort(self->pending, oldest_first);
    return fresh;
}

/* A record that is not understood could be the one that matters. */
static void
judge_understanding(Json *self)
{
    if (self->n_understood == self->n_records)
        return;

    fail(self, g_error_new(APD_ERROR, APD_ERROR_MALFORMED,
                           "understood %u of %u records: %s (has the answer changed?)",
                           self->n_understood, self->n_records, self->why_not));
}

/* --- pages ------------------------------------------------------------------------------- */

static void
take_answer(Json *self, const ApdHttpResponse *response)
{
    g_auto(ApdJsonAnswer) answer = { NULL, NULL };
    GError *error = NULL;

    if (!apd_json_response_read(self->config, response, &answer, &error)) {
        self->wait = apd_http_retry_after(response->retry_after, apd_now());
        fail(self, apd_json_access_leave_out(&self->access, error));
        return;
    }
    guint fresh = take_records(self, answer.records, &error);
    if (error != NULL) {
        fail(self, error);
        return;
    }
    if (!apd_json_pages_turn_at_all(self->pages)) {
        self->new_etag = g_strdup(response->etag);
        self->new_modified = g_strdup(response->modified);
    }
    if (apd_json_pages_turn(self->pages, answer.root, response->link, answer.records->len, fresh,
                            &error))
        return;
    g_clear_pointer(&self->pages, apd_json_pages_free);
    if (error != NULL)
        fail(self, error);
}

static void
take_unchanged(Json *self)
{
    self->new_etag = g_strdup(self->etag);
    self->new_modified = g_strdup(self->modified);
    g_clear_pointer(&self->pages, apd_json_pages_free);
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Json *self = user_data;

    if (!self->looking) /* closing */
        return;
    if (error != NULL)
        fail(self, g_error_copy(error));
    else if (response->status == 304 && (self->etag != NULL || self->modified != NULL))
        take_unchanged(self);
    else
        take_answer(self, response);
    go_on(self);
}

static void
ask(Json *self)
{
    g_auto(ApdHttpRequest) request = { 0 };

    apd_json_request(self->config, &self->access, apd_json_pages_url(self->pages), self->etag,
                     self->modified, &request);
    apd_http_send(self->http, &request, on_answer, self);
}

/* A record may be filed while it is handed over, or later. */
static void
hand_over(Json *self)
{
    if (self->handing)
        return;

    self->handing = true;
    while (self->next < self->pending->len && self->in_flight < IN_FLIGHT)
        hand(self, self->pending->pdata[self->next++]);
    self->handing = false;
}

/* The next page is asked for when all of this one is on disk: what is on its way has an
 * end, and the last page's end is that of the look. */
static void
go_on(Json *self)
{
    hand_over(self);
    if (self->handing || self->in_flight > 0)
        return;

    g_ptr_array_set_size(self->pending, 0);
    self->next = 0;
    if (self->pages != NULL) {
        ask(self);
        return;
    }
    judge_understanding(self);
    close_look(self);
}

static void
look(Json *self)
{
    GError *error = NULL;

    g_clear_handle_id(&self->timer, g_source_remove);
    self->looking = true;
    self->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->pending = g_ptr_array_new_with_free_func((GDestroyNotify) apd_json_item_free);
    if (apd_json_access_read(&self->access, self->config, &error)) {
        ApdJsonPaging paging = apd_json_paging(self->config, &self->access);
        self->pages = apd_json_pages_new(&paging);
    } else {
        fail(self, error);
    }
    go_on(self);
}

/* --- opening and closing ------------------------------------------------------------------ */

static void
json_poke(ApdSource *source)
{
    Json *self = (Json *) source;

    if (self->looking)
        self->again = true;
    else
        look_in(self, 0);
}

static void
json_stored(ApdSource *source, const ApdMessage *message)
{
    Json *self = (Json *) source;

    g_hash_table_replace(self->known, g_strdup(message->mark), g_strdup(message->mark_value));
    self->in_flight--;
    if (self->looking && !self->handing)
        go_on(self);
}

static void
json_close(ApdSource *source)
{
    Json *self = (Json *) source;

    self->looking = false;
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_pointer(&self->http, apd_http_free);
    clear_look(self);
    g_clear_pointer(&self->map, apd_json_map_free);
    g_hash_table_unref(self->known);
    g_free(self->etag);
    g_free(self->modified);
    g_free(self->source.name);
    g_free(self);
}

static ApdSource *
json_open(const ApdSourceConfig *config, ApdTime look_back, ApdLedger *ledger,
          const ApdSourceEvents *events, void *user_data, GError **error)
{
    ApdCursor cursor;

    (void) look_back; /* the list is as long as it is: only what still runs becomes a case */
    g_autoptr(GHashTable) marks = apd_ledger_marks(ledger, config->section, error);
    if (marks == NULL || !apd_ledger_get_cursor(ledger, config->section, "", &cursor, error))
        return NULL;

    Json *self = g_new0(Json, 1);
    self->source.type = &apd_source_json;
    self->source.name = g_strdup(config->section);
    self->config = config;
    self->ledger = ledger;
    self->events = *events;
    self->user_data = user_data;
    self->first_look = !cursor.looked_back;
    self->http = apd_http_new();
    self->map = apd_json_map_new(config->keys, config->section, config->vouched);
    self->known = g_steal_pointer(&marks);
    look_in(self, 0);
    return &self->source;
}

const ApdSourceType apd_source_json = {
    .name = "json",
    .open = json_open,
    .stored = json_stored,
    .poke = json_poke,
    .close = json_close,
};
