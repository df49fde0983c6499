#include "io/ledger_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logic/matter.h"

#define BUSY_TIMEOUT_MS 5000
#define BUSY_PAUSE_MS   20

static void
finalize(void *data)
{
    sqlite3_finalize(data);
}

/* A directory that passes its group on (setgid) is shared on purpose: then the
 * group may write the ledger, as a system appeald and its users need. */
static mode_t
mode_for(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    struct stat info;

    return stat(directory, &info) == 0 && info.st_mode & S_ISGID ? 0660 : 0600;
}

/* SQLite would create the file as the umask says; -wal and -shm take over the
 * mode of the file they belong to. */
static bool
create_file(const char *path, GError **error)
{
    mode_t mode = mode_for(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno == EEXIST)
        return true;
    if (fd < 0 || fchmod(fd, mode) < 0 || close(fd) < 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_LEDGER, "ledger '%s': cannot create it: %s", path,
                    g_strerror(errno));
        return false;
    }
    return true;
}

/* Switches to WAL.  A file system without shared memory (some network ones)
 * answers with another mode instead of an error. */
static bool
switch_to_wal(ApdLedger *self, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(self, "PRAGMA journal_mode = WAL", error);

    if (query == NULL || apd_ledger_step(self, query, error) == APD_QUERY_FAILED)
        return false;

    if (g_strcmp0((const char *) sqlite3_column_text(query, 0), "wal") != 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_LEDGER,
                    "ledger '%s': its file system cannot hold a ledger that several programs "
                    "open (no shared memory): put state-dir on a local disk",
                    self->path);
        return false;
    }
    return true;
}

/* For queries: whether two references may be of one matter. */
static void
same_ref(sqlite3_context *context, int n, sqlite3_value **values)
{
    const char *a = (const char *) sqlite3_value_text(values[0]);
    const char *b = (const char *) sqlite3_value_text(values[1]);

    (void) n;
    sqlite3_result_int(context, a != NULL && b != NULL && apd_matter_refs_allow(a, b));
}

static bool
try_set_up(ApdLedger *self, GError **error)
{
    if (!switch_to_wal(self, error))
        return false;

    /* FULL: what a channel was told must survive a power cut (LIBRARIES: 0.4 ms a commit). */
    if (sqlite3_exec(self->db,
                     "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                     "PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 4194304;",
                     NULL, NULL, NULL)
        != SQLITE_OK)
        return apd_ledger_fail(self, "set it up", error);
    if (sqlite3_create_function_v2(self->db, "same_ref", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   NULL, same_ref, NULL, NULL, NULL)
        != SQLITE_OK)
        return apd_ledger_fail(self, "set it up", error);

    return apd_ledger_migrate(self, error);
}

/* Programs that start together may find a file that none of them has made a
 * ledger of.  SQLite answers SQLITE_BUSY at once, without its busy timeout, where
 * waiting could be a deadlock: whoever was refused lets go and comes again. */
static bool
set_up(ApdLedger *self, GError **error)
{
    g_autoptr(GError) why = NULL;

    sqlite3_busy_timeout(self->db, BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(self->db, 1);

    for (int waited = 0; !try_set_up(self, &why); waited += BUSY_PAUSE_MS) {
        if ((sqlite3_errcode(self->db) & 0xff) != SQLITE_BUSY || waited >= BUSY_TIMEOUT_MS) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        g_clear_error(&why);
        sqlite3_sleep(BUSY_PAUSE_MS);
    }
    return true;
}

static ApdLedger *
open_file(const char *path, GError **error)
{
    g_autoptr(ApdLedger) self = g_new0(ApdLedger, 1);

    self->path = g_strdup(path);
    self->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
    if (sqlite3_open_v2(path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
        != SQLITE_OK) {
        apd_ledger_fail(self, "open it", error);
        return NULL;
    }

    return set_up(self, error) ? g_steal_pointer(&self) : NULL;
}

ApdLedger *
apd_ledger_open(const char *path, GError **error)
{
    return create_file(path, error) ? open_file(path, error) : NULL;
}

ApdLedger *
apd_ledger_open_existing(const char *path, GError **error)
{
    if (access(path, F_OK) < 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_LEDGER,
                    "ledger '%s': %s: start appeald first, or name its configuration by --config",
                    path, g_strerror(errno));
        return NULL;
    }
    return open_file(path, error);
}

void
apd_ledger_close(ApdLedger *self)
{
    if (self == NULL)
        return;

    apd_ledger_watch_free(self->watch);
    apd_ledger_tend_free(self->tend);
    g_hash_table_unref(self->statements);
    sqlite3_close(self->db);
    g_free(self->path);
    g_free(self);
}

bool
apd_ledger_begin(ApdLedger *self, GError **error)
{
    g_return_val_if_fail(!self->in_transaction, false);

    g_autoptr(ApdQuery) query = apd_ledger_query(self, "BEGIN IMMEDIATE", error);
    if (query == NULL || !apd_ledger_run(self, query, error))
        return false;

    self->in_transaction = true;
    return true;
}

static void
set_relaxed(ApdLedger *self, bool relaxed)
{
    if (self->relaxed == relaxed)
        return;
    self->relaxed = relaxed;
    (void) sqlite3_exec(self->db,
                        relaxed ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", NULL,
                        NULL, NULL);
}

bool
apd_ledger_begin_relaxed(ApdLedger *self, GError **error)
{
    set_relaxed(self, true);
    if (apd_ledger_begin(self, error))
        return true;

    set_relaxed(self, false);
    return false;
}

bool
apd_ledger_end(ApdLedger *self, bool good, GError **error)
{
    if (good)
        return apd_ledger_commit(self, error);

    apd_ledger_rollback(self);
    return false;
}

bool
apd_ledger_commit(ApdLedger *self, GError **error)
{
    g_return_val_if_fail(self->in_transaction, false);

    g_autoptr(ApdQuery) query = apd_ledger_query(self, "COMMIT", error);
    if (query == NULL || !apd_ledger_run(self, query, error)) {
        apd_ledger_rollback(self);
        return false;
    }

    self->in_transaction = false;
    set_relaxed(self, false);
    apd_ledger_watch_tell(self);
    return true;
}

void
apd_ledger_rollback(ApdLedger *self)
{
    /* SQLite itself rolls back after some failures: then there is nothing to do. */
    if (!sqlite3_get_autocommit(self->db))
        sqlite3_exec(self->db, "ROLLBACK", NULL, NULL, NULL);

    self->in_transaction = false;
    set_relaxed(self, false);
}

bool
apd_ledger_enter(ApdLedger *self, bool *ret_own, GError **error)
{
    bool own = !self->in_transaction;

    if (own && !apd_ledger_begin(self, error))
        return false;

    *ret_own = own;
    return true;
}

bool
apd_ledger_leave(ApdLedger *self, bool own, bool good, GError **error)
{
    if (!own)
        return good;
    if (good)
        return apd_ledger_commit(self, error);

    apd_ledger_rollback(self);
    return false;
}

bool
apd_ledger_write(ApdLedger *self, ApdQuery *query, GError **error)
{
    bool own;

    if (!apd_ledger_enter(self, &own, error))
        return false;

    return apd_ledger_leave(self, own, apd_ledger_run(self, query, error), error);
}
