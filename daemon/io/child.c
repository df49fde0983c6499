#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

/* Read at once at most; a frame that is larger comes in several reads. */
#define READ_SIZE 65536

struct ApdChild {
    pid_t pid;         /* 0: reaped */
    int fd;            /* owned; -1: closed */
    guint reading;     /* owned source */
    guint writing;     /* owned source; 0: nothing waits */
    guint watching;    /* owned source: its end */
    GByteArray *input; /* owned: what came and is no whole frame yet */
    GQueue *output;    /* owned, element-type GBytes: what waits to be written */
    gsize written;     /* of the first of output */
    char *fault;       /* owned: why we killed it; NULL: we did not */
    ApdChildEvents events;
    void *user_data; /* borrowed */
    bool in_event;   /* freeing must wait */
    bool freed;
};

static void
close_socket(ApdChild *self)
{
    g_clear_handle_id(&self->reading, g_source_remove);
    g_clear_handle_id(&self->writing, g_source_remove);
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
}

static void
free_now(ApdChild *self)
{
    close_socket(self);
    g_clear_handle_id(&self->watching, g_source_remove);
    if (self->pid > 0) {
        kill(self->pid, SIGKILL);
        while (waitpid(self->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    g_byte_array_unref(self->input);
    g_queue_free_full(self->output, (GDestroyNotify) g_bytes_unref);
    g_free(self->fault);
    g_free(self);
}

void
apd_child_free(ApdChild *self)
{
    if (self == NULL)
        return;

    if (self->in_event)
        self->freed = true;
    else
        free_now(self);
}

/* Returns false when the child was freed during the event. */
static bool
leave_event(ApdChild *self)
{
    self->in_event = false;
    if (!self->freed)
        return true;

    free_now(self);
    return false;
}

static char *
describe_end(int status)
{
    if (WIFSIGNALED(status))
        return g_strdup_printf("killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
    return g_strdup_printf("exit status %d", WEXITSTATUS(status));
}

static void
on_end(GPid pid, gint status, gpointer user_data)
{
    ApdChild *self = user_data;
    g_autofree char *how = describe_end(status);
    g_autofree char *text =
        self->fault ? g_strdup_printf("%s, %s", self->fault, how) : g_steal_pointer(&how);

    g_spawn_close_pid(pid);
    self->pid = 0;
    self->watching = 0;
    close_socket(self);
    self->in_event = true;
    self->events.ended(self, text, self->user_data);
    leave_event(self);
}

static void
give_up(ApdChild *self, const char *fault)
{
    if (self->fault == NULL)
        self->fault = g_strdup(fault);
    close_socket(self);
    apd_child_kill(self);
}

/* False when the child was freed or given up. */
static bool
hand_out_frames(ApdChild *self)
{
    gsize at = 0, used;

    do {
        g_autofree char *word = NULL;
        g_autoptr(GVariant) content = NULL;
        g_autoptr(GError) error = NULL;

        if (!apd_frame_unpack(self->input->data + at, self->input->len - at, &used, &word, &content,
                              &error)) {
            give_up(self, error->message);
            return false;
        }
        at += used;
        if (used > 0) {
            self->in_event = true;
            self->events.frame(self, word, content, self->user_data);
            if (!leave_event(self))
                return false;
        }
    } while (used > 0 && self->fd >= 0);

    g_byte_array_remove_range(self->input, 0, (guint) at);
    return self->fd >= 0;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdChild *self = user_data;
    guint8 buffer[READ_SIZE];
    ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);

    (void) condition;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (n <= 0) { /* its end is told by on_end() */
        self->reading = 0;
        close_socket(self);
        apd_child_kill(self);
        return G_SOURCE_REMOVE;
    }

    g_byte_array_append(self->input, buffer, (guint) n);
    return hand_out_frames(self) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Writes what the socket takes.  Returns whether something still waits. */
static bool
write_some(ApdChild *self)
{
    GBytes *first;

    while (self->fd >= 0 && (first = g_queue_peek_head(self->output)) != NULL) {
        gsize size;
        const guint8 *data = g_bytes_get_data(first, &size);
        ssize_t n =
            send(self->fd, data + self->written, size - self->written, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n < 0)
            return false; /* its end is told by on_end() */
        self->written += (gsize) n;
        if (self->written == size) {
            g_bytes_unref(g_queue_pop_head(self->output));
            self->written = 0;
        }
    }
    return false;
}

static gboolean
on_writable(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdChild *self = user_data;

    (void) fd;
    (void) condition;
    if (write_some(self))
        return G_SOURCE_CONTINUE;

    self->writing = 0;
    return G_SOURCE_REMOVE;
}

void
apd_child_send(ApdChild *self, const char *word, GVariant *content)
{
    GBytes *frame = apd_frame_pack(word, content);

    if (self->fd < 0) {
        g_bytes_unref(frame);
        return;
    }
    g_queue_push_tail(self->output, frame);
    if (self->writing == 0 && write_some(self))
        self->writing = g_unix_fd_add(self->fd, G_IO_OUT, on_writable, self);
}

/* Between fork and exec: only what is safe there (signal-safety(7)). */
static void
prepare(gpointer user_data)
{
    pid_t parent = *(const pid_t *) user_data;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
}

static pid_t
spawn(const char *const *argv, int fd, GError **error)
{
    pid_t parent = getpid(), pid;
    const int source[] = { fd }, target[] = { APD_CHILD_FD };
    g_autoptr(GError) why = NULL;

    /* The environment may hold secrets; a child needs none of it but what
     * sanitizers and locales read. */
    static const char *const kept[] = { "LANG",         "LC_ALL",        "TZ",
                                        "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
                                        "G_SLICE",      "SSL_CERT_FILE", NULL };
    g_auto(GStrv) environment = g_new0(char *, G_N_ELEMENTS(kept));
    for (guint i = 0, n = 0; kept[i] != NULL; i++)
        if (g_getenv(kept[i]) != NULL)
            environment[n++] = g_strdup_printf("%s=%s", kept[i], g_getenv(kept[i]));

    if (g_spawn_async_with_pipes_and_fds("/", argv, (const char *const *) environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
                                         prepare, &parent, -1, -1, -1, source, target, 1, &pid,
                                         NULL, NULL, NULL, &why))
        return pid;

    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "cannot start '%s': %s", argv[0],
                why->message);
    return 0;
}

ApdChild *
apd_child_start(const char *const *argv, const ApdChildEvents *events, void *user_data,
                GError **error)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "socketpair: %s", g_strerror(errno));
        return NULL;
    }

    pid_t pid = spawn(argv, pair[1], error);
    close(pair[1]);
    if (pid == 0) {
        close(pair[0]);
        return NULL;
    }

    ApdChild *self = g_new0(ApdChild, 1);
    self->pid = pid;
    self->fd = pair[0];
    self->events = *events;
    self->user_data = user_data;
    self->input = g_byte_array_new();
    self->output = g_queue_new();
    self->reading = g_unix_fd_add(self->fd, G_IO_IN | G_IO_HUP, on_readable, self);
    self->watching = g_child_watch_add(pid, on_end, self);
    return self;
}

pid_t
apd_child_pid(const ApdChild *self)
{
    return self->pid;
}

void
apd_child_kill(ApdChild *self)
{
    if (self->pid > 0)
        kill(self->pid, SIGKILL);
}

char *
apd_child_program(const char *name)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self ? self : "/");

    /* Upwards as well: tests stand below the build folder. */
    for (int i = 0; i < 3; i++) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test(path, G_FILE_TEST_IS_DIR))
            return g_steal_pointer(&path);
        if (g_strrstr(self ? self : "", "/build") == NULL)
            break;
        char *up = g_path_get_dirname(folder);
        g_free(folder);
        folder = up;
    }
    return g_build_filename(APD_LIBEXECDIR, name, NULL);
}
