#include "io/ledger_private.h"

static bool
has_alert(ApdLedger *self, const char *key, int64_t *ret_id, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT id FROM alerts WHERE key = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, key);
    ApdQueryStep step = apd_ledger_step(self, query, error);
    if (step == APD_QUERY_FAILED)
        return false;

    *ret_id = step == APD_QUERY_ROW ? sqlite3_column_int64(query, 0) : 0;
    return true;
}

bool
apd_ledger_has_alert(ApdLedger *self, const char *key, bool *ret_known, GError **error)
{
    int64_t id;

    if (!has_alert(self, key, &id, error))
        return false;

    *ret_known = id != 0;
    return true;
}

static bool
insert_alert(ApdLedger *self, ApdAlert *alert, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "INSERT INTO alerts (key, type, reason, severity, case_id, subject, text,"
                         " created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, alert->key);
    apd_ledger_bind_text(query, 2, apd_alert_type_name(alert->type));
    apd_ledger_bind_text(query, 3, apd_reason_name(alert->reason));
    apd_ledger_bind_text(query, 4, apd_severity_name(alert->severity));
    if (alert->kase != NULL)
        apd_ledger_bind_int(query, 5, alert->kase->id);
    apd_ledger_bind_text(query, 6, alert->subject);
    apd_ledger_bind_text(query, 7, alert->text);
    apd_ledger_bind_int(query, 8, alert->created);
    if (!apd_ledger_run(self, query, error))
        return false;

    alert->id = sqlite3_last_insert_rowid(self->db);
    return true;
}

static ApdTime
time_left(const ApdCase *kase, ApdTime now)
{
    return kase->deadline == APD_NEVER ? APD_NEVER : kase->deadline - now;
}

static bool
insert_alert_case(ApdLedger *self, const ApdAlert *alert, const ApdCase *kase, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "INSERT OR IGNORE INTO alert_cases (case_id, round, alert_id, time_left)"
                         " VALUES (?, ?, ?, ?)",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, kase->id);
    /* Outside of every round: what is told to somebody else is no step taken. */
    apd_ledger_bind_int(query, 2, alert->reason == APD_REASON_ESCALATED ? -1 : kase->round);
    apd_ledger_bind_int(query, 3, alert->id);
    apd_ledger_bind_int(query, 4, time_left(kase, alert->created));
    return apd_ledger_run(self, query, error);
}

static bool
insert_alert_cases(ApdLedger *self, const ApdAlert *alert, GError **error)
{
    if (alert->kase != NULL && !insert_alert_case(self, alert, alert->kase, error))
        return false;

    for (guint i = 0; alert->cases != NULL && i < alert->cases->len; i++)
        if (!insert_alert_case(self, alert, alert->cases->pdata[i], error))
            return false;
    return true;
}

/* Nothing can be saved of what is over: behind all that can. */
#define OVER (30 * APD_DAY)

/* The instant by which a person ought to know of @kase; @rank: of its alert alone. */
static ApdTime
case_rank(const ApdCase *kase, ApdTime created, ApdTime rank)
{
    return kase->deadline > created ? MIN(rank, kase->deadline) : rank + OVER;
}

/* The instant by which a person ought to know, which orders what is owed: the
 * deadline, or sooner the graver it is. */
static ApdTime
alert_rank(const ApdAlert *alert)
{
    static const ApdTime slack[APD_N_SEVERITIES] = { 7 * APD_DAY, 3 * APD_DAY, APD_DAY, 0 };
    ApdTime own = alert->created + slack[alert->severity], rank = own;

    if (alert->type == APD_ALERT_TEST)
        return 0; /* somebody is waiting for it */
    if (alert->kase != NULL)
        return case_rank(alert->kase, alert->created, own);
    for (guint i = 0; alert->cases != NULL && i < alert->cases->len; i++)
        rank = MIN(rank, case_rank(alert->cases->pdata[i], alert->created, own));
    return rank;
}

static bool
insert_delivery(ApdLedger *self, const ApdAlert *alert, const char *channel, GError **error)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_autofree char *idempotency = g_strconcat("msg_", uuid, NULL);
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "INSERT OR IGNORE INTO deliveries (alert_id, channel, state, rank, attempts, next_try,"
        " done_at, idempotency) VALUES (?, ?, 'owed', ?, 0, 0, 0, ?)",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, alert->id);
    apd_ledger_bind_text(query, 2, channel);
    apd_ledger_bind_int(query, 3, alert_rank(alert));
    apd_ledger_bind_text(query, 4, idempotency);
    return apd_ledger_run(self, query, error);
}

static bool
owe(ApdLedger *self, const ApdAlert *alert, const char *const *channels, GError **error)
{
    for (size_t i = 0; channels != NULL && channels[i] != NULL; i++)
        if (!insert_delivery(self, alert, channels[i], error))
            return false;

    return true;
}

bool
apd_ledger_owe(ApdLedger *self, const ApdAlert *alert, const char *channel, GError **error)
{
    bool own;

    return apd_ledger_enter(self, &own, error)
           && apd_ledger_leave(self, own, insert_delivery(self, alert, channel, error), error);
}

bool
apd_ledger_add_alert(ApdLedger *self, ApdAlert *alert, const char *const *channels, bool *ret_new,
                     GError **error)
{
    bool own;
    int64_t id;

    if (!apd_ledger_enter(self, &own, error))
        return false;

    bool good = has_alert(self, alert->key, &id, error);
    bool is_new = good && id == 0;
    if (is_new)
        good = insert_alert(self, alert, error) && insert_alert_cases(self, alert, error)
               && owe(self, alert, channels, error);
    else if (good)
        alert->id = id;

    if (!apd_ledger_leave(self, own, good, error))
        return false;

    *ret_new = is_new;
    return true;
}

/* @ret_case_id: 0 when the alert is not about one case. */
static ApdAlert *
read_alert(ApdQuery *query, int64_t *ret_case_id)
{
    ApdAlert *alert = apd_alert_new();

    alert->id = sqlite3_column_int64(query, 0);
    alert->key = apd_ledger_column_text(query, 1);
    apd_alert_type_parse((const char *) sqlite3_column_text(query, 2), &alert->type);
    apd_reason_parse((const char *) sqlite3_column_text(query, 3), &alert->reason);
    apd_severity_parse((const char *) sqlite3_column_text(query, 4), &alert->severity);
    *ret_case_id = sqlite3_column_int64(query, 5);
    alert->subject = apd_ledger_column_text(query, 6);
    alert->text = apd_ledger_column_text(query, 7);
    alert->created = sqlite3_column_int64(query, 8);
    return alert;
}

/* The cases of a summary, soonest first. */
static bool
read_alert_cases(ApdLedger *self, ApdAlert *alert, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "SELECT case_id FROM alert_cases JOIN cases ON cases.id = case_id WHERE alert_id = ?"
        " ORDER BY deadline, case_id",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, alert->id);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW) {
        ApdCase *kase = NULL;
        if (!apd_ledger_get_case(self, sqlite3_column_int64(query, 0), &kase, error))
            return false;
        if (kase != NULL)
            g_ptr_array_add(alert->cases, kase);
    }
    return step == APD_QUERY_DONE;
}

bool
apd_ledger_get_alert(ApdLedger *self, int64_t id, ApdAlert **ret_alert, GError **error)
{
    int64_t case_id;
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "SELECT id, key, type, reason, severity, case_id, subject, text, created FROM alerts"
        " WHERE id = ?",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, id);
    ApdQueryStep step = apd_ledger_step(self, query, error);
    if (step == APD_QUERY_DONE)
        g_set_error(error, APD_ERROR, APD_ERROR_LEDGER,
                    "ledger '%s': there is no alert %" G_GINT64_FORMAT, self->path, id);
    if (step != APD_QUERY_ROW)
        return false;

    g_autoptr(ApdAlert) alert = read_alert(query, &case_id);
    if (case_id != 0 && !apd_ledger_get_case(self, case_id, &alert->kase, error))
        return false;
    if (alert->type == APD_ALERT_SUMMARY && !read_alert_cases(self, alert, error))
        return false;

    *ret_alert = g_steal_pointer(&alert);
    return true;
}
