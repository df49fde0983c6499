#include "io/ledger_private.h"

bool
apd_ledger_get_cursor(ApdLedger *self, const char *source, const char *folder,
                      ApdCursor *ret_cursor, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "SELECT uidvalidity, last_uid, looked_back FROM cursors"
                         " WHERE source = ? AND folder = ?",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, source);
    apd_ledger_bind_text(query, 2, folder);

    ApdCursor cursor = { 0 };
    switch (apd_ledger_step(self, query, error)) {
    case APD_QUERY_FAILED:
        return false;
    case APD_QUERY_ROW:
        cursor.uidvalidity = (uint32_t) sqlite3_column_int64(query, 0);
        cursor.last_uid = (uint32_t) sqlite3_column_int64(query, 1);
        cursor.looked_back = sqlite3_column_int(query, 2) != 0;
        break;
    case APD_QUERY_DONE:
        break;
    }

    *ret_cursor = cursor;
    return true;
}

bool
apd_ledger_set_cursor(ApdLedger *self, const char *source, const char *folder,
                      const ApdCursor *cursor, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "INSERT INTO cursors (source, folder, uidvalidity, last_uid, looked_back)"
                         " VALUES (?, ?, ?, ?, ?) ON CONFLICT (source, folder) DO UPDATE SET"
                         " uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid,"
                         " looked_back = excluded.looked_back",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, source);
    apd_ledger_bind_text(query, 2, folder);
    apd_ledger_bind_int(query, 3, cursor->uidvalidity);
    apd_ledger_bind_int(query, 4, cursor->last_uid);
    apd_ledger_bind_int(query, 5, cursor->looked_back);
    return apd_ledger_write(self, query, error);
}

/* Whether @query, bound, gives a row. */
static bool
any_row(ApdLedger *self, ApdQuery *query, bool *ret_any, GError **error)
{
    ApdQueryStep step = apd_ledger_step(self, query, error);

    if (step == APD_QUERY_FAILED)
        return false;

    *ret_any = step == APD_QUERY_ROW;
    return true;
}

bool
apd_ledger_has_name(ApdLedger *self, const char *source, const char *name, bool *ret_known,
                    GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT 1 FROM places WHERE source = ? AND name = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, source);
    apd_ledger_bind_text(query, 2, name);
    return any_row(self, query, ret_known, error);
}

bool
apd_ledger_has_message(ApdLedger *self, const char *key, bool *ret_known, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT 1 FROM messages WHERE key = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, key);
    return any_row(self, query, ret_known, error);
}

/* Other people's mail is none of our business: of a message of kind none, only
 * that it was read is kept. */
static void
bind_verdict(ApdQuery *query, const ApdVerdict *verdict)
{
    if (verdict == NULL)
        return;

    apd_ledger_bind_text(query, 4, apd_kind_name(verdict->kind));
    if (verdict->kind == APD_KIND_NONE)
        return;

    g_autoptr(GVariant) variant = g_variant_ref_sink(apd_verdict_to_variant(verdict));
    apd_ledger_bind_text(query, 5, apd_authenticity_name(verdict->authenticity));
    apd_ledger_bind_text(query, 6, verdict->sender);
    apd_ledger_bind_text(query, 7, verdict->subject);
    if (verdict->date != APD_NEVER)
        apd_ledger_bind_int(query, 8, verdict->date);
    sqlite3_bind_blob64(query, 9, g_variant_get_data(variant), g_variant_get_size(variant),
                        SQLITE_TRANSIENT);
}

static bool
insert_message(ApdLedger *self, const ApdMessage *message, const char *key,
               const ApdVerdict *verdict, int64_t case_id, bool *ret_new, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self,
                         "INSERT INTO messages (key, case_id, received, kind, authenticity,"
                         " sender, subject, date, verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                         " ON CONFLICT (key) DO NOTHING",
                         error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, key);
    if (case_id != 0)
        apd_ledger_bind_int(query, 2, case_id);
    apd_ledger_bind_int(query, 3, message->received);
    bind_verdict(query, verdict);
    if (!apd_ledger_run(self, query, error))
        return false;

    *ret_new = sqlite3_changes(self->db) == 1;
    return true;
}

static bool
find_message(ApdLedger *self, const char *key, int64_t *ret_id, GError **error)
{
    g_autoptr(ApdQuery) query =
        apd_ledger_query(self, "SELECT id FROM messages WHERE key = ?", error);
    if (query == NULL)
        return false;

    apd_ledger_bind_text(query, 1, key);
    if (apd_ledger_step(self, query, error) != APD_QUERY_ROW)
        return false;

    *ret_id = sqlite3_column_int64(query, 0);
    return true;
}

static bool
insert_place(ApdLedger *self, const ApdMessage *message, int64_t id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "INSERT OR IGNORE INTO places (message_id, source, folder, uidvalidity, uid, name)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        error);
    if (query == NULL)
        return false;

    apd_ledger_bind_int(query, 1, id);
    apd_ledger_bind_text(query, 2, message->source);
    apd_ledger_bind_text(query, 3, message->folder ? message->folder : "");
    apd_ledger_bind_int(query, 4, message->uidvalidity);
    apd_ledger_bind_int(query, 5, message->uid);
    apd_ledger_bind_text(query, 6, message->name ? message->name : "");
    return apd_ledger_run(self, query, error);
}

bool
apd_ledger_add_message(ApdLedger *self, const ApdMessage *message, const char *key,
                       const ApdVerdict *verdict, int64_t case_id, bool *ret_new, int64_t *ret_id,
                       GError **error)
{
    bool own, is_new = false;
    int64_t id = 0;

    if (!apd_ledger_enter(self, &own, error))
        return false;

    bool good = insert_message(self, message, key, verdict, case_id, &is_new, error)
                && find_message(self, key, &id, error) && insert_place(self, message, id, error);
    if (!apd_ledger_leave(self, own, good, error))
        return false;

    *ret_new = is_new;
    *ret_id = id;
    return true;
}

void
apd_record_free(ApdRecord *self)
{
    if (self == NULL)
        return;

    g_free(self->sender);
    g_free(self->subject);
    g_strfreev(self->places);
    g_free(self);
}

static void
free_record(void *data)
{
    apd_record_free(data);
}

static ApdRecord *
read_record(ApdQuery *query)
{
    ApdRecord *self = g_new0(ApdRecord, 1);

    self->id = sqlite3_column_int64(query, 0);
    apd_kind_parse((const char *) sqlite3_column_text(query, 1), &self->kind);
    apd_authenticity_parse((const char *) sqlite3_column_text(query, 2), &self->authenticity);
    self->received = sqlite3_column_int64(query, 3);
    self->sender = apd_ledger_column_text(query, 4);
    self->subject = apd_ledger_column_text(query, 5);
    self->places = apd_ledger_column_list(query, 6);
    return self;
}

GPtrArray *
apd_ledger_messages_of_case(ApdLedger *self, int64_t case_id, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(
        self,
        "SELECT id, kind, authenticity, received, sender, subject,"
        " (SELECT group_concat(source || iif(folder = '', '', ': ' || folder), char(10))"
        "  FROM places WHERE message_id = messages.id)"
        " FROM messages WHERE case_id = ? ORDER BY id",
        error);
    if (query == NULL)
        return NULL;

    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(free_record);
    apd_ledger_bind_int(query, 1, case_id);

    ApdQueryStep step;
    while ((step = apd_ledger_step(self, query, error)) == APD_QUERY_ROW)
        g_ptr_array_add(records, read_record(query));
    return step == APD_QUERY_DONE ? g_steal_pointer(&records) : NULL;
}
