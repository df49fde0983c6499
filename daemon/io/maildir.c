#include "io/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

struct ApdMaildirWatch {
    int fd;       /* owned */
    guint source; /* owned */
    bool holds;
    void (*changed)(void *user_data);
    void *user_data; /* borrowed */
};

void
apd_maildir_file_free(ApdMaildirFile *self)
{
    if (self == NULL)
        return;

    g_free(self->path);
    g_free(self->name);
    g_free(self);
}

static void
free_file(void *data)
{
    apd_maildir_file_free(data);
}

static ApdMaildirFile *
look_at(const char *folder, const char *entry, GHashTable *known)
{
    g_autofree char *name = g_strndup(entry, strcspn(entry, ":"));
    struct stat status;

    if (entry[0] == '.' || g_hash_table_contains(known, name))
        return NULL;

    g_autofree char *path = g_build_filename(folder, entry, NULL);
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
        return NULL;

    ApdMaildirFile *file = g_new0(ApdMaildirFile, 1);
    file->path = g_steal_pointer(&path);
    file->name = g_steal_pointer(&name);
    file->changed = status.st_mtim.tv_sec * APD_SECOND + status.st_mtim.tv_nsec / 1000;
    return file;
}

static bool
list_folder(const char *maildir, const char *sub, GHashTable *known, GPtrArray *files,
            GError **error)
{
    g_autofree char *folder = g_build_filename(maildir, sub, NULL);
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);

    if (dir == NULL) {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "cannot read '%s': %s (is this a Maildir, and may appeald read it?)", folder,
                    why->message);
        return false;
    }

    for (const char *entry; (entry = g_dir_read_name(dir)) != NULL;) {
        ApdMaildirFile *file = look_at(folder, entry, known);
        if (file != NULL)
            g_ptr_array_add(files, file);
    }
    return true;
}

static int
oldest_first(const void *a, const void *b)
{
    const ApdMaildirFile *x = *(ApdMaildirFile *const *) a, *y = *(ApdMaildirFile *const *) b;

    if (x->changed != y->changed)
        return x->changed < y->changed ? -1 : 1;
    return strcmp(x->name, y->name);
}

GPtrArray *
apd_maildir_list(const char *path, GHashTable *known, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);

    /* new/ first: a file moved to cur/ between the two is then seen there; the
     * other way round it could be missed. */
    if (!list_folder(path, "new", known, files, error)
        || !list_folder(path, "cur", known, files, error))
        return NULL;

    g_ptr_array_sort(files, oldest_first);
    return g_steal_pointer(&files);
}

static bool
read_up_to(int fd, GByteArray *bytes, gsize limit)
{
    guint8 block[65536];

    while (bytes->len <= limit) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        g_byte_array_append(bytes, block, (guint) n);
    }
    return true;
}

GBytes *
apd_maildir_read(const ApdMaildirFile *file, gsize limit, bool *ret_truncated, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool good = fd >= 0 && read_up_to(fd, bytes, limit);

    if (!good)
        g_set_error(error, APD_ERROR,
                    errno == ENOENT || errno == ESTALE ? APD_ERROR_TRANSIENT : APD_ERROR_REFUSED,
                    "cannot read '%s': %s", file->path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    if (!good)
        return NULL;

    *ret_truncated = bytes->len > limit;
    if (bytes->len > limit)
        g_byte_array_set_size(bytes, (guint) limit);
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

#define EVENTS                                                                                     \
    (IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define OWN_EVENTS (IN_DELETE_SELF | IN_MOVE_SELF) /* of the folder that holds them */

static gboolean
on_event(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdMaildirWatch *self = user_data;
    _Alignas(struct inotify_event) char buffer[16384];
    bool changed = false;
    ssize_t n;

    (void) condition;
    while ((n = read(fd, buffer, sizeof buffer)) > 0) {
        changed = true;
        for (char *p = buffer; p < buffer + n;) {
            const struct inotify_event *event = (const void *) p;
            if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT))
                self->holds = false;
            p += sizeof *event + event->len;
        }
    }
    if (changed)
        self->changed(self->user_data);
    return G_SOURCE_CONTINUE;
}

static bool
add_watch(int fd, const char *maildir, const char *sub, uint32_t events, GError **error)
{
    g_autofree char *folder = g_build_filename(maildir, sub, NULL);

    if (inotify_add_watch(fd, folder, events) >= 0)
        return true;

    g_set_error(error, APD_ERROR, errno == ENOSPC ? APD_ERROR_REFUSED : APD_ERROR_TRANSIENT,
                errno == ENOSPC ? "cannot watch '%s': %s (raise fs.inotify.max_user_watches)"
                                : "cannot watch '%s': %s",
                folder, g_strerror(errno));
    return false;
}

ApdMaildirWatch *
apd_maildir_watch(const char *path, void (*changed)(void *user_data), void *user_data,
                  GError **error)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (fd < 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "inotify: %s", g_strerror(errno));
        return NULL;
    }
    if (!add_watch(fd, path, "", OWN_EVENTS, error) || !add_watch(fd, path, "new", EVENTS, error)
        || !add_watch(fd, path, "cur", EVENTS, error)) {
        close(fd);
        return NULL;
    }

    ApdMaildirWatch *self = g_new0(ApdMaildirWatch, 1);
    self->fd = fd;
    self->holds = true;
    self->changed = changed;
    self->user_data = user_data;
    self->source = g_unix_fd_add(fd, G_IO_IN, on_event, self);
    return self;
}

void
apd_maildir_unwatch(ApdMaildirWatch *self)
{
    if (self == NULL)
        return;

    g_source_remove(self->source);
    close(self->fd);
    g_free(self);
}

bool
apd_maildir_watch_holds(const ApdMaildirWatch *self)
{
    return self->holds;
}
