#include "io/ledger_private.h"

void
apd_destination_clear(ApdDestination *self)
{
    g_clear_pointer(&self->place, g_free);
    g_clear_pointer(&self->moved, g_free);
}

bool
apd_ledger_get_destination(ApdLedger *self, const char *channel, ApdDestination *ret_destination,
                           GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "SELECT full, closed, place, moved FROM destinations WHERE channel = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, channel);
    ApdQueryStep step = apd_ledger_step(self, query, error);
    if (step == APD_QUERY_FAILED)
        return false;

    *ret_destination = (ApdDestination){ 0 };
    if (step == APD_QUERY_ROW)
        *ret_destination =
            (ApdDestination){ sqlite3_column_int64(query, 0), sqlite3_column_int64(query, 1),
                              apd_ledger_column_text(query, 2), apd_ledger_column_text(query, 3) };
    return true;
}

bool
apd_ledger_put_destination(ApdLedger *self, const char *channel, const ApdDestination *destination,
                           GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "INSERT INTO destinations (channel, full, closed, place, moved) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (channel) DO UPDATE"
        " SET full = ?2, closed = ?3, place = ?4, moved = ?5",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, channel);
    apd_ledger_bind_int(query, 2, destination->full);
    apd_ledger_bind_int(query, 3, destination->closed);
    apd_ledger_bind_text(query, 4, destination->place);
    apd_ledger_bind_text(query, 5, destination->moved);
    return apd_ledger_write(self, query, error);
}
