/* How one program notices another's commit: inotify says that something
 * happened to the files, PRAGMA data_version whether it was a commit of another.
 *
 * A commit becomes visible a moment after its last write to the -wal file, in
 * shared memory that inotify does not see.  So every commit through this ledger
 * then touches the database file itself, and that touch is the true signal.  A
 * write to the -wal file without a touch (a writer killed in between, or another
 * tool) is looked at once more a little later. */
#include "io/ledger_private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_LOOK_MS 250

struct ApdLedgerWatch {
    ApdLedger *ledger; /* borrowed: it owns us */
    int fd;            /* owned */
    guint source;      /* owned */
    guint second_look; /* owned; 0: none */
    char *name;        /* owned: of the database, without its directory */
    int64_t version;
    void (*changed)(void *user_data);
    void *user_data; /* borrowed */
};

void
apd_ledger_watch_tell(const ApdLedger *self)
{
    /* Failing only makes the others late: they look again at the -wal file. */
    (void) !utimensat(AT_FDCWD, self->path, NULL, 0);
}

static bool
read_data_version(ApdLedger *ledger, int64_t *ret_version, GError **error)
{
    g_autoptr(ApdQuery) query = apd_ledger_query(ledger, "PRAGMA data_version", error);

    if (query == NULL || apd_ledger_step(ledger, query, error) != APD_QUERY_ROW)
        return false;

    *ret_version = sqlite3_column_int64(query, 0);
    return true;
}

/* Calls back if another program committed.  The callback may close the ledger:
 * nothing of @self is used after it. */
static void
look(struct ApdLedgerWatch *self)
{
    int64_t version = self->version;

    /* A failure to read shows itself where the ledger is really used. */
    if (!read_data_version(self->ledger, &version, NULL) || version == self->version)
        return;

    self->version = version;
    self->changed(self->user_data);
}

static gboolean
on_second_look(gpointer user_data)
{
    struct ApdLedgerWatch *self = user_data;

    self->second_look = 0;
    look(self);
    return G_SOURCE_REMOVE;
}

typedef struct {
    bool touched;
    bool written;
} Signs;

static void
read_events(struct ApdLedgerWatch *self, Signs *signs)
{
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t size;

    while ((size = read(self->fd, buffer, sizeof buffer)) > 0)
        for (const char *at = buffer; at < buffer + size;) {
            const struct inotify_event *event = (const void *) at;
            const char *name = event->len > 0 ? event->name : "";

            at += sizeof *event + event->len;
            if (event->mask & IN_Q_OVERFLOW)
                signs->touched = true;
            else if (!g_str_has_prefix(name, self->name))
                continue;
            else if (name[strlen(self->name)] == '\0')
                signs->touched = signs->touched || event->mask & IN_ATTRIB;
            else if (g_str_equal(name + strlen(self->name), "-wal"))
                signs->written = true;
        }
}

static gboolean
on_inotify(gint fd, GIOCondition condition, gpointer user_data)
{
    struct ApdLedgerWatch *self = user_data;
    Signs signs = { false, false };

    (void) fd;
    (void) condition;
    read_events(self, &signs);

    if (signs.touched)
        g_clear_handle_id(&self->second_look, g_source_remove);
    else if (signs.written && self->second_look == 0)
        self->second_look = g_timeout_add(SECOND_LOOK_MS, on_second_look, self);

    if (signs.touched || signs.written)
        look(self);
    return G_SOURCE_CONTINUE;
}

void
apd_ledger_watch_free(struct ApdLedgerWatch *self)
{
    if (self == NULL)
        return;

    g_clear_handle_id(&self->source, g_source_remove);
    g_clear_handle_id(&self->second_look, g_source_remove);
    if (self->fd >= 0)
        close(self->fd);
    g_free(self->name);
    g_free(self);
}

static bool
add_watch(struct ApdLedgerWatch *self, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(self->ledger->path);

    /* The directory, not the files: -wal comes and goes with the last program. */
    if (self->fd < 0
        || inotify_add_watch(self->fd, directory, IN_MODIFY | IN_ATTRIB | IN_ONLYDIR) < 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_LEDGER, "ledger '%s': cannot watch it: %s",
                    self->ledger->path, g_strerror(errno));
        return false;
    }
    return true;
}

bool
apd_ledger_watch(ApdLedger *self, void (*changed)(void *user_data), void *user_data, GError **error)
{
    g_return_val_if_fail(self->watch == NULL, false);

    struct ApdLedgerWatch *watch = g_new0(struct ApdLedgerWatch, 1);
    watch->ledger = self;
    watch->name = g_path_get_basename(self->path);
    watch->changed = changed;
    watch->user_data = user_data;
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (!add_watch(watch, error) || !read_data_version(self, &watch->version, error)) {
        apd_ledger_watch_free(watch);
        return false;
    }

    watch->source = g_unix_fd_add(watch->fd, G_IO_IN, on_inotify, watch);
    self->watch = watch;
    return true;
}
