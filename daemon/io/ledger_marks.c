#include "io/ledger_private.h"

GHashTable *
apd_ledger_marks(ApdLedger *self, const char *source, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT name, value FROM marks WHERE source = ?", error);
    if (query == NULL)
        return NULL;

    g_autoptr(GHashTable) marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    apd_ledger_bind_text(query, 1, source);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW)
        g_hash_table_insert(marks, apd_ledger_column_text(query, 0),
                            apd_ledger_column_text(query, 1));
    return step == APD_QUERY_DONE ? g_steal_pointer(&marks) : NULL;
}

bool
apd_ledger_set_mark(ApdLedger *self, const char *source, const char *name, const char *value,
                    GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         value == NULL ? "DELETE FROM marks WHERE source = ? AND name = ?"
                                       : "INSERT INTO marks (source, name, value) VALUES (?, ?, ?)"
                                         " ON CONFLICT (source, name) DO UPDATE SET"
                                         " value = excluded.value",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, source);
    apd_ledger_bind_text(query, 2, name);
    if (value != NULL)
        apd_ledger_bind_text(query, 3, value);
    return apd_ledger_write(self, query, error);
}
