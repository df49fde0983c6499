#include "io/ledger_private.h"

static const char *const states[APD_N_DELIVERIES] = { "owed", "done", "refused", "dropped" };

const char *
apd_delivery_state_name(ApdDeliveryState state)
{
    return states[state];
}

void
apd_delivery_free(ApdDelivery *self)
{
    if (self == NULL)
        return;

    g_free(self->channel);
    g_free(self->last_error);
    g_free(self->idempotency);
    g_strfreev(self->told);
    g_strfreev(self->rest);
    g_free(self->bundle);
    g_free(self);
}

bool
apd_delivery_is_partly_told(const ApdDelivery *self)
{
    return self->told != NULL && self->told[0] != NULL && *self->told[0] != '\0';
}

static void
free_delivery(void *data)
{
    apd_delivery_free(data);
}

#define COLUMNS                                                                                    \
    "deliveries.id, alert_id, channel, state, attempts, next_try, done_at, last_error, "           \
    "idempotency, told, rest, bundle"

static ApdDelivery *
read_delivery(ApdQuery *query)
{
    ApdDelivery *self = g_new0(ApdDelivery, 1);

    self->id = sqlite3_column_int64(query, 0);
    self->alert_id = sqlite3_column_int64(query, 1);
    self->channel = apd_ledger_column_text(query, 2);
    for (unsigned i = 0; i < APD_N_DELIVERIES; i++)
        if (g_strcmp0(states[i], (const char *) sqlite3_column_text(query, 3)) == 0)
            self->state = (ApdDeliveryState) i;
    self->attempts = sqlite3_column_int(query, 4);
    self->next_try = sqlite3_column_int64(query, 5);
    self->done_at = sqlite3_column_int64(query, 6);
    self->last_error = apd_ledger_column_text(query, 7);
    self->idempotency = apd_ledger_column_text(query, 8);
    self->told = apd_ledger_column_list(query, 9);
    self->rest = apd_ledger_column_list(query, 10);
    self->bundle = apd_ledger_column_text(query, 11);
    return self;
}

static GPtrArray *
read_deliveries(ApdLedger *self, ApdQuery *query, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_delivery);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW)
        g_ptr_array_add(all, read_delivery(query));
    return step == APD_QUERY_DONE ? g_steal_pointer(&all) : NULL;
}

GPtrArray *
apd_ledger_owed(ApdLedger *self, const char *channel, ApdTime now, int limit, GError **error)
{
    g_autoptr(ApdQuery) query =
        channel == NULL
            ? apd_ledger_query(self,
                               "SELECT " COLUMNS " FROM deliveries"
                               " WHERE state = 'owed' AND next_try <= ?1"
                               " ORDER BY rank, deliveries.id LIMIT ?2",
                               error)
            : apd_ledger_query(self,
                               "SELECT " COLUMNS " FROM deliveries"
                               " WHERE state = 'owed' AND next_try <= ?1 AND channel = ?3"
                               " ORDER BY rank, deliveries.id LIMIT ?2",
                               error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_int(query, 1, now);
    apd_ledger_bind_int(query, 2, limit > 0 ? limit : -1);
    if (channel != NULL)
        apd_ledger_bind_text(query, 3, channel);
    return read_deliveries(self, query, error);
}

GPtrArray *
apd_ledger_bundle(ApdLedger *self, const char *bundle, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "SELECT " COLUMNS " FROM deliveries WHERE state = 'owed' AND bundle = ?"
                         " ORDER BY rank, deliveries.id",
                         error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_text(query, 1, bundle);
    return read_deliveries(self, query, error);
}

bool
apd_ledger_next_try(ApdLedger *self, const char *channel, ApdTime *ret_when, GError **error)
{
    g_autoptr(ApdQuery) query =
        channel == NULL ? apd_ledger_query(self,
                                           "SELECT next_try FROM deliveries WHERE state = 'owed'"
                                           " ORDER BY next_try LIMIT 1",
                                           error)
                        : apd_ledger_query(self,
                                           "SELECT next_try FROM deliveries WHERE state = 'owed'"
                                           " AND channel = ? ORDER BY next_try LIMIT 1",
                                           error);
    if (query == NULL)
        return false;

    if (channel != NULL)
        apd_ledger_bind_text(query, 1, channel);

    ApdQueryStep step = apd_ledger_step(self, query, error);
    if (step == APD_QUERY_FAILED)
        return false;

    *ret_when = step == APD_QUERY_ROW ? sqlite3_column_int64(query, 0) : APD_NEVER;
    return true;
}

bool
apd_ledger_put_delivery(ApdLedger *self, const ApdDelivery *delivery, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "UPDATE deliveries SET state = ?1, attempts = ?2, next_try = ?3, done_at = ?4,"
        " last_error = ?5, told = ?7, rest = ?8, bundle = ?9 WHERE id = ?6 AND NOT (state = "
        "'dropped' AND ?1 = 'owed')",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, states[delivery->state]);
    apd_ledger_bind_int(query, 2, delivery->attempts);
    apd_ledger_bind_int(query, 3, delivery->next_try);
    apd_ledger_bind_int(query, 4, delivery->done_at);
    apd_ledger_bind_text(query, 5, delivery->last_error);
    apd_ledger_bind_int(query, 6, delivery->id);
    apd_ledger_bind_list(query, 7, delivery->told);
    apd_ledger_bind_list(query, 8, delivery->rest);
    apd_ledger_bind_text(query, 9, delivery->bundle);
    return apd_ledger_write(self, query, error);
}

GPtrArray *
apd_ledger_deliveries_of_case(ApdLedger *self, int64_t case_id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "SELECT DISTINCT " COLUMNS " FROM alert_cases JOIN deliveries USING (alert_id)"
        " WHERE case_id = ? ORDER BY deliveries.id",
        error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_int(query, 1, case_id);
    return read_deliveries(self, query, error);
}

GPtrArray *
apd_ledger_deliveries_of_alert(ApdLedger *self, int64_t alert_id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "SELECT " COLUMNS " FROM deliveries WHERE alert_id = ? ORDER BY id", error);
    if (query == NULL)
        return NULL;

    apd_ledger_bind_int(query, 1, alert_id);
    return read_deliveries(self, query, error);
}

bool
apd_ledger_drop_owed(ApdLedger *self, int64_t case_id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "UPDATE deliveries SET state = 'dropped' WHERE state = 'owed' AND alert_id IN"
        " (SELECT alert_id FROM alert_cases JOIN alerts ON alerts.id = alert_id"
        "  WHERE alert_cases.case_id = ? AND type = 'case')",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, case_id);
    return apd_ledger_write(self, query, error);
}

bool
apd_ledger_drop_superseded(ApdLedger *self, int64_t alert_id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "UPDATE deliveries SET state = 'dropped' WHERE state = 'owed' AND alert_id IN"
        " (SELECT older.alert_id FROM alert_cases AS newer"
        "  JOIN alert_cases AS older USING (case_id) JOIN alerts ON alerts.id = older.alert_id"
        "  WHERE newer.alert_id = ?1 AND older.alert_id < ?1 AND type = 'case')"
        " AND channel IN (SELECT channel FROM deliveries WHERE alert_id = ?1)",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, alert_id);
    return apd_ledger_write(self, query, error);
}
