#include "io/ledger_private.h"

void
apd_sight_free(ApdSight *self)
{
    if (self == NULL)
        return;

    g_free(self->source);
    g_free(self->folder);
    g_free(self->text);
    g_free(self);
}

static void
free_sight(void *data)
{
    apd_sight_free(data);
}

bool
apd_ledger_put_sight(ApdLedger *self, const ApdSight *sight, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "INSERT INTO sights (source, folder, well, since, last_life, text)"
                         " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, folder) DO UPDATE SET"
                         " well = excluded.well, since = excluded.since,"
                         " last_life = excluded.last_life, text = excluded.text",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, sight->source);
    apd_ledger_bind_text(query, 2, sight->folder);
    apd_ledger_bind_int(query, 3, sight->well);
    apd_ledger_bind_int(query, 4, sight->since);
    apd_ledger_bind_int(query, 5, sight->last_life);
    apd_ledger_bind_text(query, 6, sight->text);
    return apd_ledger_write(self, query, error);
}

static ApdSight *
read_sight(ApdQuery *query)
{
    ApdSight *self = g_new0(ApdSight, 1);

    self->source = apd_ledger_column_text(query, 0);
    self->folder = apd_ledger_column_text(query, 1);
    self->well = sqlite3_column_int(query, 2) != 0;
    self->since = sqlite3_column_int64(query, 3);
    self->last_life = sqlite3_column_int64(query, 4);
    self->text = apd_ledger_column_text(query, 5);
    return self;
}

#define SELECT "SELECT source, folder, well, since, last_life, text FROM sights"

static GPtrArray *
read_sights(ApdLedger *self, ApdQuery *query, GError **error)
{
    g_autoptr(GPtrArray) sights = g_ptr_array_new_with_free_func(free_sight);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW)
        g_ptr_array_add(sights, read_sight(query));
    return step == APD_QUERY_DONE ? g_steal_pointer(&sights) : NULL;
}

GPtrArray *
apd_ledger_sights(ApdLedger *self, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(self, SELECT " ORDER BY source, folder", error);

    return query != NULL ? read_sights(self, query, error) : NULL;
}

GPtrArray *
apd_ledger_sights_of(ApdLedger *self, const char *source, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, SELECT " WHERE source = ? ORDER BY folder", error);

    if (query == NULL)
        return NULL;
    apd_ledger_bind_text(query, 1, source);
    return read_sights(self, query, error);
}
