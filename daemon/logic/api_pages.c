#include "logic/api_pages.h"

#include "base/json_read.h"

/* A list of more pages goes round in circles, though its records seem new. */
#define MAX_PAGES 5000

struct ApdApiPages {
    int64_t from;    /* where the present page begins */
    char *last;      /* owned; NULL: the first page */
    GHashTable *ids; /* owned, a set of char */
    guint pages;
    guint n, fresh; /* of the present page: records, and those that are on none before */
};

ApdApiPages *
apd_api_pages_new(int64_t from)
{
    ApdApiPages *self = g_new0(ApdApiPages, 1);

    self->from = from;
    self->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return self;
}

void
apd_api_pages_free(ApdApiPages *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->ids);
    g_free(self->last);
    g_free(self);
}

void
apd_api_pages_ask(const ApdApiPages *self, JsonObject *question, const char *last)
{
    json_object_set_int_member(question, "start_time", self->from);
    if (self->last != NULL)
        json_object_set_string_member(question, last, self->last);
}

bool
apd_api_pages_add(ApdApiPages *self, const char *id)
{
    bool fresh = g_hash_table_add(self->ids, g_strdup(id));

    self->n++;
    self->fresh += fresh;
    return fresh;
}

/* Where it does not say whether there is more, there may be. */
static bool
has_more(const ApdApiPages *self, JsonNode *answer, bool placed)
{
    bool more;

    return apd_json_read_bool(apd_json_hunt(answer, "has_more"), &more)
               ? more
               : placed && self->n > 0 && self->fresh > 0;
}

ApdApiTurn
apd_api_pages_turn(ApdApiPages *self, JsonNode *answer, bool known, const char *last)
{
    int64_t from = self->from;
    bool placed = apd_json_read_int(apd_json_hunt(answer, "next_start_time"), &from);
    char *id = apd_json_read_text(apd_json_hunt(answer, last));

    if (!has_more(self, answer, placed) || known) {
        g_free(id);
        return APD_API_TURN_LAST;
    }
    bool good = placed && self->fresh > 0 && ++self->pages < MAX_PAGES;
    self->from = from;
    g_free(self->last);
    self->last = id != NULL && *id != '\0' ? id : NULL;
    if (self->last == NULL)
        g_free(id);
    self->n = self->fresh = 0;
    return good ? APD_API_TURN_NEXT : APD_API_TURN_BROKEN;
}
