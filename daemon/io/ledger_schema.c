#include "io/ledger_private.h"

/* "apld": marks the file as ours, for file(1) and against opening another
 * program's database. */
#define APPLICATION_ID 0x61706c64

/* migrations[n] takes the schema from version n to n + 1.  Append only: what a
 * released appeald wrote must stay readable.
 *
 * Instants are microseconds since the epoch, enums their stable names, lists a
 * line for each.  deliveries.rank is the instant by which a person ought to
 * know: the order in which owed alerts go out, kept beside each delivery so
 * that draining thousands sorts nothing.  Tables WITHOUT ROWID begin with their
 * key: SQLite 3.40's integrity_check sees NULLs in others that are none. */
static const char *const migrations[] = {
    "CREATE TABLE cursors ("
    "  source TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity INTEGER NOT NULL,"
    "  last_uid INTEGER NOT NULL, looked_back INTEGER NOT NULL,"
    "  PRIMARY KEY (source, folder)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE cases ("
    "  id INTEGER PRIMARY KEY, store TEXT NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL,"
    "  outcome TEXT, state TEXT NOT NULL, points INTEGER, case_ref TEXT, orders TEXT NOT NULL,"
    "  products TEXT NOT NULL, deadline INTEGER NOT NULL, basis TEXT NOT NULL,"
    "  derivation TEXT NOT NULL, authenticity TEXT NOT NULL, severity TEXT NOT NULL,"
    "  language TEXT, subject TEXT NOT NULL, sender TEXT, excerpt TEXT, appeal_url TEXT,"
    "  source TEXT, noticed INTEGER NOT NULL, opened INTEGER NOT NULL, updated INTEGER NOT NULL,"
    "  snoozed_until INTEGER NOT NULL, round INTEGER NOT NULL, note TEXT) STRICT;"
    "CREATE INDEX cases_by_state ON cases (state, deadline);"
    "CREATE INDEX cases_by_ref ON cases (case_ref) WHERE case_ref IS NOT NULL;"
    "CREATE INDEX cases_by_store ON cases (store, updated);"

    "CREATE TABLE history ("
    "  id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id),"
    "  at INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL) STRICT;"
    "CREATE INDEX history_by_case ON history (case_id);"

    "CREATE TABLE messages ("
    "  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    "  case_id INTEGER REFERENCES cases (id), received INTEGER NOT NULL, kind TEXT,"
    "  authenticity TEXT, sender TEXT, subject TEXT, date INTEGER, verdict BLOB) STRICT;"
    "CREATE INDEX messages_by_case ON messages (case_id) WHERE case_id IS NOT NULL;"
    "CREATE TABLE places ("
    "  source TEXT NOT NULL, name TEXT NOT NULL, folder TEXT NOT NULL,"
    "  uidvalidity INTEGER NOT NULL, uid INTEGER NOT NULL,"
    "  message_id INTEGER NOT NULL REFERENCES messages (id),"
    "  PRIMARY KEY (source, name, folder, uidvalidity, uid)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX places_by_message ON places (message_id);"

    "CREATE TABLE alerts ("
    "  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, type TEXT NOT NULL,"
    "  reason TEXT NOT NULL, severity TEXT NOT NULL, case_id INTEGER REFERENCES cases (id),"
    "  subject TEXT, text TEXT, created INTEGER NOT NULL) STRICT;"
    "CREATE TABLE alert_cases ("
    "  case_id INTEGER NOT NULL REFERENCES cases (id), round INTEGER NOT NULL,"
    "  alert_id INTEGER NOT NULL REFERENCES alerts (id), time_left INTEGER NOT NULL,"
    "  PRIMARY KEY (case_id, round, alert_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX alert_cases_by_alert ON alert_cases (alert_id);"

    "CREATE TABLE deliveries ("
    "  id INTEGER PRIMARY KEY, alert_id INTEGER NOT NULL REFERENCES alerts (id),"
    "  channel TEXT NOT NULL, state TEXT NOT NULL, rank INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL, next_try INTEGER NOT NULL, done_at INTEGER NOT NULL,"
    "  last_error TEXT, idempotency TEXT NOT NULL UNIQUE,"
    "  UNIQUE (alert_id, channel)) STRICT;"
    "CREATE INDEX owed_by_channel ON deliveries (channel, rank, id, next_try)"
    "  WHERE state = 'owed';"
    "CREATE INDEX owed_by_rank ON deliveries (rank, id, next_try) WHERE state = 'owed';"
    "CREATE INDEX owed_by_time ON deliveries (next_try) WHERE state = 'owed';"
    "CREATE INDEX owed_by_channel_time ON deliveries (channel, next_try) WHERE state = 'owed';"

    "CREATE TABLE held ("
    "  case_id INTEGER PRIMARY KEY REFERENCES cases (id), source TEXT NOT NULL,"
    "  folder TEXT NOT NULL, since INTEGER NOT NULL) STRICT;"

    "CREATE TABLE sights ("
    "  source TEXT NOT NULL, folder TEXT NOT NULL, well INTEGER NOT NULL,"
    "  since INTEGER NOT NULL, last_life INTEGER NOT NULL, text TEXT,"
    "  PRIMARY KEY (source, folder)) STRICT, WITHOUT ROWID;",

    /* deliveries.told: of several addressees, who has it; a line for each. */
    "ALTER TABLE deliveries ADD COLUMN told TEXT;"
    "CREATE TABLE destinations ("
    "  channel TEXT PRIMARY KEY NOT NULL, full INTEGER NOT NULL, closed INTEGER NOT NULL,"
    "  place TEXT, moved TEXT) STRICT, WITHOUT ROWID;",

    "CREATE TABLE marks ("
    "  source TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
    "  PRIMARY KEY (source, name)) STRICT, WITHOUT ROWID;",

    "DROP INDEX cases_by_store;"
    "CREATE INDEX cases_by_matter ON cases (store, updated, state, case_ref);",

    /* deliveries.bundle: the key of the message that it went in, where the service drops
     * repeats.  deliveries.rest: of several addressees that the service alone knows, who
     * does not have it yet; a line for each. */
    "ALTER TABLE deliveries ADD COLUMN bundle TEXT;"
    "ALTER TABLE deliveries ADD COLUMN rest TEXT;"
    "CREATE INDEX owed_by_bundle ON deliveries (bundle) WHERE state = 'owed' AND bundle IS NOT "
    "NULL;",

    "ALTER TABLE cases ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;"
    "UPDATE cases SET asked = opened;",
};

static bool
run_sql(ApdLedger *self, const char *sql, const char *doing, GError **error)
{
    if (sqlite3_exec(self->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return apd_ledger_fail(self, doing, error);

    return true;
}

static bool
read_number(ApdLedger *self, const char *sql, int64_t *ret_number, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(self, sql, error);

    if (query == NULL || apd_ledger_step(self, query, error) != APD_QUERY_ROW)
        return false;

    *ret_number = sqlite3_column_int64(query, 0);
    return true;
}

static bool refuse(ApdLedger *self, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool
refuse(ApdLedger *self, GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *why = g_strdup_vprintf(format, args);
    va_end(args);

    g_set_error(error, APD_ERROR, APD_ERROR_LEDGER, "ledger '%s' %s", self->path, why);
    return false;
}

/* Whose file this is and how old; an empty one is ours, of version 0. */
static bool
read_version(ApdLedger *self, int64_t *ret_version, GError **error)
{
    int64_t version, owner, tables;

    if (!read_number(self, "PRAGMA user_version", &version, error)
        || !read_number(self, "PRAGMA application_id", &owner, error)
        || !read_number(self, "SELECT count(*) FROM sqlite_schema", &tables, error))
        return false;

    if (owner != APPLICATION_ID && (owner != 0 || version != 0 || tables != 0))
        return refuse(self, error, "is another program's database: nothing was changed");
    if (version < 0 || version > (int64_t) G_N_ELEMENTS(migrations))
        return refuse(self, error,
                      "was written by a newer appeald (version %" G_GINT64_FORMAT
                      ", this one knows %zu): install that appeald again; nothing was changed",
                      version, G_N_ELEMENTS(migrations));

    *ret_version = version;
    return true;
}

/* The same in one view of the file: between two of its questions another program
 * may make a ledger of an empty file, which would then look like a stranger's. */
static bool
read_version_at_once(ApdLedger *self, int64_t *ret_version, GError **error)
{
    if (!run_sql(self, "BEGIN", "read its version", error))
        return false;

    bool good = read_version(self, ret_version, error);
    sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    return good;
}

static bool
climb(ApdLedger *self, int64_t version, GError **error)
{
    g_autofree char *mark = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %zu",
                                            APPLICATION_ID, G_N_ELEMENTS(migrations));

    for (size_t i = (size_t) version; i < G_N_ELEMENTS(migrations); i++)
        if (!run_sql(self, migrations[i], "bring the schema up to date", error))
            return false;

    return run_sql(self, mark, "mark the schema's version", error);
}

bool
apd_ledger_migrate(ApdLedger *self, GError **error)
{
    int64_t version = 0;
    bool own;

    if (!read_version_at_once(self, &version, error))
        return false;
    if (version == (int64_t) G_N_ELEMENTS(migrations))
        return true;

    /* Read again inside: another program may have been faster. */
    if (!apd_ledger_enter(self, &own, error))
        return false;

    bool good = read_version(self, &version, error) && climb(self, version, error);
    return apd_ledger_leave(self, own, good, error);
}
