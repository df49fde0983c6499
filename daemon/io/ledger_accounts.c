#include "io/ledger_accounts.h"

#include "io/ledger_private.h"

char *
apd_ledger_accounts_key(const ApdCase *kase)
{
    return g_strdup_printf("case/%" G_GINT64_FORMAT "/%d/settled", kase->id, kase->round);
}

GArray *
apd_ledger_accounts_open(ApdLedger *self, const char *channel, ApdTime since, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "SELECT id FROM cases WHERE state IN ('appealed', 'won', 'closed') AND updated >= ?1"
        " AND EXISTS (SELECT 1 FROM alert_cases JOIN deliveries USING (alert_id)"
        "  WHERE case_id = cases.id AND channel = ?2 AND deliveries.state = 'done')"
        " AND NOT EXISTS (SELECT 1 FROM alerts JOIN deliveries ON alert_id = alerts.id"
        "  WHERE key = 'case/' || cases.id || '/' || round || '/settled' AND channel = ?2)",
        error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_int(query, 1, since);
    apd_ledger_bind_text(query, 2, channel);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW) {
        int64_t id = sqlite3_column_int64(query, 0);
        g_array_append_val(ids, id);
    }
    return step == APD_QUERY_DONE ? g_steal_pointer(&ids) : NULL;
}
