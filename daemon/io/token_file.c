#include "io/token_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "io/secret.h"

#define MAX_FILE (64u * 1024)

static bool
fail(GError **error, const char *doing, const char *path)
{
    int code = errno;

    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "cannot %s '%s': %s", doing, path,
                g_strerror(code));
    return false;
}

/* --- reading ------------------------------------------------------------------------ */

static char *
read_all(int fd)
{
    char *text = g_malloc0(MAX_FILE + 1);
    size_t size = 0;
    ssize_t n;

    while (size < MAX_FILE && (n = read(fd, text + size, MAX_FILE - size)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        size += (size_t) n;
    }
    return text;
}

char *
apd_token_file_read(const char *path, GError **error)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char *text = NULL;

    if (fd < 0) {
        const char *why = errno == ENOENT ? "nobody has logged in yet" : g_strerror(errno);
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED, "%s", why);
        return NULL;
    }
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED, "'%s' is no regular file", path);
    else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "'%s' can be read by others: it may be known to them", path);
    else
        text = read_all(fd);
    close(fd);
    return text;
}

/* --- writing ------------------------------------------------------------------------ */

/* Root may log in for the service's user. */
static void
give_away(int fd, const char *like)
{
    struct stat status;

    if (geteuid() == 0 && stat(like, &status) == 0)
        (void) !fchown(fd, status.st_uid, status.st_gid);
}

static bool
ensure_folder(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *parent = g_path_get_dirname(folder);

    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        return true;
    if (g_mkdir_with_parents(parent, 0700) < 0 || (mkdir(folder, 0700) < 0 && errno != EEXIST))
        return fail(error, "make the folder", folder);

    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) {
        give_away(fd, parent);
        close(fd);
    }
    return true;
}

static bool
write_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text += n;
        left -= (size_t) n;
    }
    return fsync(fd) == 0;
}

static bool
sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return good;
}

bool
apd_token_file_write(const char *path, const char *text, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *aside = g_strconcat(path, ".new", NULL);

    if (!ensure_folder(path, error))
        return false;
    (void) unlink(aside); /* of one that was killed; the lock is ours */
    int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(error, "make", aside);

    give_away(fd, folder);
    bool good = write_all(fd, text);
    if (close(fd) < 0 || !good || rename(aside, path) < 0 || !sync_folder(folder)) {
        fail(error, "write", path);
        (void) unlink(aside);
        return false;
    }
    return true;
}

int
apd_token_file_lock(const char *path, GError **error)
{
    g_autofree char *name = g_strconcat(path, ".lock", NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    if (!ensure_folder(path, error))
        return -1;
    /* What is given away must be of our making. */
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0)
        give_away(fd, folder);
    else if (errno == EEXIST)
        fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        fail(error, "open", name);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (errno != EWOULDBLOCK)
        fail(error, "lock", name);
    close(fd);
    return -1;
}

/* --- watching ------------------------------------------------------------------------ */

struct ApdTokenWatch {
    int fd;       /* owned */
    guint source; /* owned */
    void (*changed)(void *user_data);
    void *user_data; /* borrowed */
};

static gboolean
on_inotify(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdTokenWatch *self = user_data;
    char events[4096];

    (void) condition;
    while (read(fd, events, sizeof events) > 0)
        ;
    self->changed(self->user_data);
    return G_SOURCE_CONTINUE;
}

ApdTokenWatch *
apd_token_watch_new(const char *path, void (*changed)(void *user_data), void *user_data,
                    GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    ApdTokenWatch *self;

    if (!ensure_folder(path, error))
        return NULL;
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0 || inotify_add_watch(fd, folder, IN_MOVED_TO | IN_DELETE | IN_ONLYDIR) < 0) {
        fail(error, "watch", folder);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    self = g_new0(ApdTokenWatch, 1);
    self->fd = fd;
    self->changed = changed;
    self->user_data = user_data;
    self->source = g_unix_fd_add(fd, G_IO_IN, on_inotify, self);
    return self;
}

void
apd_token_watch_free(ApdTokenWatch *self)
{
    if (self == NULL)
        return;

    g_source_remove(self->source);
    close(self->fd);
    g_free(self);
}
