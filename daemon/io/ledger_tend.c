/* What keeps a commit short.  The -wal file has its length from the start: an fsync
 * of a file that grows waits for the file system's journal too.  And what stands in
 * it is taken over into the database (a checkpoint) on a thread of its own, with a
 * connection of its own: SQLite would do that within the commit that makes it full,
 * for which an alert waits. */
#include "io/ledger_private.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

/* As a -wal file is cut back to (journal_size_limit). */
#define LENGTH (4 * 1024 * 1024)

/* Pages in it that are worth a checkpoint; with so many more it has not helped: a reader
 * may stand in the way. */
#define FULL 700
#define MORE 300

/* Then SQLite's own way is right: the file must not grow without end. */
#define OVERFULL 8000

struct ApdLedgerTend {
    char *path;      /* owned */
    GThread *thread; /* owned; NULL: none is at work */
    atomic_bool over;
    int next; /* pages at which there is one again */
};

/* Lengthens @fd by zeros, which are no frames to SQLite (wal.c, walDecodeFrame()). */
static bool
lengthen(int fd, off_t size)
{
    static const char zeros[65536];

    while (size < LENGTH) {
        ssize_t n = pwrite(fd, zeros, (size_t) MIN((off_t) sizeof zeros, LENGTH - size), size);
        if (n <= 0)
            return false;
        size += n;
    }
    return fdatasync(fd) == 0;
}

/* Within a write transaction, so that nobody else writes there. */
static void
lengthen_wal(const ApdLedger *self)
{
    g_autofree char *path = g_strconcat(self->path, "-wal", NULL);
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info;

    if (fd < 0)
        return;
    /* A disk that is nearly full has better use for what is left. */
    if (fstat(fd, &info) == 0 && !lengthen(fd, info.st_size))
        (void) !ftruncate(fd, info.st_size);
    close(fd);
}

static void *
checkpoint(void *data)
{
    struct ApdLedgerTend *self = data;
    sqlite3 *db = NULL;

    /* Failing leaves all as it was: the next one tries again. */
    if (sqlite3_open_v2(self->path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
        == SQLITE_OK)
        (void) sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    sqlite3_close(db);
    self->over = true;
    return NULL;
}

static void
join(struct ApdLedgerTend *self)
{
    if (self->thread != NULL)
        (void) g_thread_join(self->thread);
    self->thread = NULL;
}

static int
on_commit(void *user_data, sqlite3 *db, const char *name, int pages)
{
    struct ApdLedgerTend *self = user_data;

    if (self->over)
        join(self);
    if (pages < FULL)
        self->next = FULL;
    if (pages >= OVERFULL)
        (void) sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (pages < self->next || self->thread != NULL)
        return SQLITE_OK;

    self->next = pages + MORE;
    self->over = false;
    self->thread = g_thread_try_new("checkpoint", checkpoint, self, NULL);
    return SQLITE_OK;
}

void
apd_ledger_tend(ApdLedger *self)
{
    g_return_if_fail(self->tend == NULL && !self->in_transaction);

    if (apd_ledger_begin(self, NULL)) {
        lengthen_wal(self);
        apd_ledger_rollback(self);
    }
    self->tend = g_new0(struct ApdLedgerTend, 1);
    self->tend->path = g_strdup(self->path);
    self->tend->next = FULL;
    (void) sqlite3_wal_hook(self->db, on_commit, self->tend);
}

void
apd_ledger_tend_free(struct ApdLedgerTend *self)
{
    if (self == NULL)
        return;

    join(self);
    g_free(self->path);
    g_free(self);
}
