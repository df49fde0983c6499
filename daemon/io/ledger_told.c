/* What a person has been told of each case, and which cases wait for the
 * summary of a first look. */
#include "io/ledger_private.h"

#include <string.h>

/* Of the present round only: a new deadline owes its steps anew. */
#define TOLD                                                                                       \
    "SELECT cases.id, min(time_left), max(created),"                                               \
    " EXISTS (SELECT 1 FROM held WHERE held.case_id = cases.id)"                                   \
    " FROM cases LEFT JOIN alert_cases"                                                            \
    " ON alert_cases.case_id = cases.id AND alert_cases.round = cases.round"                       \
    " LEFT JOIN alerts ON alerts.id = alert_id"

static ApdTold
read_told(ApdQuery *query)
{
    bool any = sqlite3_column_type(query, 1) != SQLITE_NULL;

    return (ApdTold){
        .case_id = sqlite3_column_int64(query, 0),
        .left = any ? sqlite3_column_int64(query, 1) : APD_NEVER,
        .latest = sqlite3_column_int64(query, 2),
        .held = sqlite3_column_int(query, 3) != 0,
    };
}

bool
apd_ledger_told(ApdLedger *self, int64_t case_id, ApdTold *ret_told, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, TOLD " WHERE cases.id = ? GROUP BY cases.id", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, case_id);
    ApdQueryStep step = apd_ledger_step(self, query, error);
    if (step == APD_QUERY_FAILED)
        return false;

    *ret_told = step == APD_QUERY_ROW ? read_told(query)
                                      : (ApdTold){ .case_id = case_id, .left = APD_NEVER };
    return true;
}

GArray *
apd_ledger_told_all(ApdLedger *self, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         TOLD " WHERE state IN ('open', 'acknowledged', 'appealed', 'expired')"
                              " GROUP BY cases.id ORDER BY cases.id",
                         error);
    if (query == NULL)
        return NULL;

    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ApdTold));

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW) {
        ApdTold told = read_told(query);
        g_array_append_val(all, told);
    }
    return step == APD_QUERY_DONE ? g_steal_pointer(&all) : NULL;
}

bool
apd_ledger_hold_case(ApdLedger *self, int64_t case_id, const char *source, const char *folder,
                     ApdTime now, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "INSERT OR IGNORE INTO held (case_id, source, folder, since) VALUES (?, ?, ?, ?)",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, case_id);
    apd_ledger_bind_text(query, 2, source);
    apd_ledger_bind_text(query, 3, folder);
    apd_ledger_bind_int(query, 4, now);
    return apd_ledger_write(self, query, error);
}

bool
apd_ledger_release_held(ApdLedger *self, const char *source, const char *folder, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "DELETE FROM held WHERE source = ? AND folder = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, source);
    apd_ledger_bind_text(query, 2, folder);
    return apd_ledger_write(self, query, error);
}

void
apd_held_free(ApdHeld *self)
{
    if (self == NULL)
        return;

    g_free(self->source);
    g_free(self->folder);
    g_array_unref(self->case_ids);
    g_free(self);
}

static void
free_held(void *data)
{
    apd_held_free(data);
}

static ApdHeld *
read_held(ApdQuery *query)
{
    ApdHeld *self = g_new0(ApdHeld, 1);

    self->source = apd_ledger_column_text(query, 0);
    self->folder = apd_ledger_column_text(query, 1);
    self->since = sqlite3_column_int64(query, 2);
    self->case_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    return self;
}

/* Rows come sorted by source and folder: those of one follow each other. */
static void
gather(GPtrArray *all, ApdQuery *query)
{
    ApdHeld *last = all->len > 0 ? all->pdata[all->len - 1] : NULL;
    int64_t case_id = sqlite3_column_int64(query, 3);

    if (last == NULL || !g_str_equal(last->source, sqlite3_column_text(query, 0))
        || !g_str_equal(last->folder, sqlite3_column_text(query, 1))) {
        last = read_held(query);
        g_ptr_array_add(all, last);
    }
    last->since = MIN(last->since, sqlite3_column_int64(query, 2));
    g_array_append_val(last->case_ids, case_id);
}

GPtrArray *
apd_ledger_held(ApdLedger *self, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self, "SELECT source, folder, since, case_id FROM held ORDER BY source, folder, case_id",
        error);
    if (query == NULL)
        return NULL;

    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_held);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW)
        gather(all, query);
    return step == APD_QUERY_DONE ? g_steal_pointer(&all) : NULL;
}
