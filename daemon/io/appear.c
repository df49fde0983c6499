#include "io/appear.h"

#include <glib-unix.h>
#include <stdbool.h>
#include <sys/inotify.h>
#include <unistd.h>

struct ApdAppear {
    char *path; /* owned */
    int fd;     /* owned */
    guint source;
    void (*appeared)(void *user_data);
    void *user_data; /* borrowed */
};

/* Watches the nearest folder there is, and looks once more after: it may have
 * got what we wait for in between.  Returns whether the file is there. */
static bool
look(ApdAppear *self)
{
    g_autofree char *folder = g_path_get_dirname(self->path);

    while (inotify_add_watch(self->fd, folder, IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR) < 0
           && !g_str_equal(folder, "/") && !g_str_equal(folder, ".")) {
        char *parent = g_path_get_dirname(folder);
        g_free(folder);
        folder = parent;
    }
    return g_file_test(self->path, G_FILE_TEST_EXISTS);
}

static gboolean
tell(gpointer user_data)
{
    ApdAppear *self = user_data;

    self->source = 0;
    self->appeared(self->user_data);
    return G_SOURCE_REMOVE;
}

static gboolean
on_event(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdAppear *self = user_data;
    char buffer[4096];

    (void) condition;
    while (read(fd, buffer, sizeof buffer) > 0)
        ;
    return look(self) ? tell(self) : G_SOURCE_CONTINUE;
}

ApdAppear *
apd_appear_new(const char *path, void (*appeared)(void *user_data), void *user_data)
{
    ApdAppear *self = g_new0(ApdAppear, 1);

    self->path = g_strdup(path);
    self->appeared = appeared;
    self->user_data = user_data;
    self->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    self->source =
        look(self) ? g_idle_add(tell, self) : g_unix_fd_add(self->fd, G_IO_IN, on_event, self);
    return self;
}

void
apd_appear_free(ApdAppear *self)
{
    if (self == NULL)
        return;

    g_clear_handle_id(&self->source, g_source_remove);
    if (self->fd >= 0)
        close(self->fd);
    g_free(self->path);
    g_free(self);
}
