#include "io/ledger_since.h"

#include "io/ledger_private.h"

bool
apd_ledger_since_newest(ApdLedger *self, int64_t *ret_id, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT coalesce(max(id), 0) FROM deliveries", error);

    if (query == NULL || apd_ledger_step(self, query, error) != APD_QUERY_ROW)
        return false;

    *ret_id = sqlite3_column_int64(query, 0);
    return true;
}

static void
free_delivery(void *data)
{
    apd_delivery_free(data);
}

GPtrArray *
apd_ledger_since_done(ApdLedger *self, const char *channel, int64_t after, int limit,
                      GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_delivery);
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "SELECT id, alert_id, channel, done_at FROM deliveries"
                         " WHERE id > ?1 AND channel = ?2 AND state = 'done' ORDER BY id LIMIT ?3",
                         error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_int(query, 1, after);
    apd_ledger_bind_text(query, 2, channel);
    apd_ledger_bind_int(query, 3, limit);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW) {
        ApdDelivery *delivery = g_new0(ApdDelivery, 1);
        delivery->id = sqlite3_column_int64(query, 0);
        delivery->alert_id = sqlite3_column_int64(query, 1);
        delivery->channel = apd_ledger_column_text(query, 2);
        delivery->state = APD_DELIVERY_DONE;
        delivery->done_at = sqlite3_column_int64(query, 3);
        g_ptr_array_add(all, delivery);
    }
    return step == APD_QUERY_DONE ? g_steal_pointer(&all) : NULL;
}
