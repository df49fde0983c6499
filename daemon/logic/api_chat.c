#include "logic/api_chat.h"

#include <string.h>

/* More of one millisecond are read again, and known by the ledger. */
#define MAX_IDS 50

#define OWED '!'

ApdApiChatMark *
apd_api_chat_mark_new(const char *text, int64_t floor)
{
    ApdApiChatMark *self = g_new0(ApdApiChatMark, 1);
    const char *begin = text && *text == OWED ? text + 1 : text ? text : "";
    g_auto(GStrv) parts = g_strsplit(begin, "|", 2);
    gint64 at;

    self->owed = begin != text && begin[0] != '\0';
    self->at = floor;
    self->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (parts[0] == NULL || !g_ascii_string_to_signed(parts[0], 10, 0, G_MAXINT64, &at, NULL))
        return self;
    self->at = at;
    g_auto(GStrv) ids = g_strsplit(parts[1] ? parts[1] : "", ",", MAX_IDS);
    for (char **id = ids; *id != NULL; id++)
        if (**id != '\0')
            g_hash_table_add(self->ids, g_strdup(*id));
    return self;
}

void
apd_api_chat_mark_free(ApdApiChatMark *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->ids);
    g_free(self);
}

bool
apd_api_chat_mark_knows(const ApdApiChatMark *self, int64_t at, const char *id)
{
    return at < self->at || (at == self->at && g_hash_table_contains(self->ids, id));
}

void
apd_api_chat_mark_move(ApdApiChatMark *self, int64_t at, const char *id)
{
    if (at < self->at)
        return;
    if (at > self->at)
        g_hash_table_remove_all(self->ids);
    self->at = at;
    if (g_hash_table_size(self->ids) < MAX_IDS)
        g_hash_table_add(self->ids, g_strdup(id));
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

char *
apd_api_chat_mark_text(const ApdApiChatMark *self)
{
    guint n;
    g_autofree char **ids = (char **) g_hash_table_get_keys_as_array(self->ids, &n);

    qsort(ids, n, sizeof *ids, by_text);
    g_autofree char *all = g_strjoinv(",", ids);
    return g_strdup_printf("%s%" G_GINT64_FORMAT "|%s", self->owed ? "!" : "", self->at, all);
}
