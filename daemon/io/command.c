#include "io/command.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

/* Of what a command says, this much at the end is kept; the rest is read, so that it
 * can go on, and dropped. */
#define MAX_TAIL 1024

/* At once, and in all of what it leaves running after its own end. */
#define MAX_PIECE 65536
#define MAX_AFTER 1048576

typedef struct {
    GSubprocess *process; /* owned; NULL: not started */
    GError *why;          /* owned: why not */
    int said;             /* owned: standard error; -1: it has ended */
    guint hearing;        /* owned */
    char tail[MAX_TAIL];  /* of what it said */
    size_t n_tail;
    size_t after; /* bytes heard after its end */
    guint timer;  /* owned */
    bool late;
    ApdCommandDone done;
    void *user_data; /* borrowed */
} Run;

void
apd_command_request_clear(ApdCommandRequest *self)
{
    g_clear_pointer(&self->argv, g_strfreev);
    g_clear_pointer(&self->input, g_bytes_unref);
}

static void
free_run(Run *self)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_handle_id(&self->hearing, g_source_remove);
    g_clear_object(&self->process);
    g_clear_error(&self->why);
    if (self->said >= 0)
        close(self->said);
    g_free(self);
}

static void
keep_tail(Run *self, const char *data, size_t n)
{
    size_t fresh = MIN(n, MAX_TAIL), kept = MIN(self->n_tail, MAX_TAIL - fresh);

    memmove(self->tail, self->tail + self->n_tail - kept, kept);
    memcpy(self->tail + kept, data + n - fresh, fresh);
    self->n_tail = kept + fresh;
}

/* Returns the bytes that were there; 0: none now, or it has ended. */
static size_t
hear(Run *self)
{
    char piece[MAX_PIECE];
    ssize_t n = self->said >= 0 ? read(self->said, piece, sizeof piece) : -1;

    if (n > 0) {
        keep_tail(self, piece, (size_t) n);
        return (size_t) n;
    }
    if (n == 0) {
        close(self->said);
        self->said = -1;
    }
    return 0;
}

/* Whoever talks without end delays nothing else: this goes after all other work. */
static gboolean
on_said(gint fd, GIOCondition condition, gpointer user_data)
{
    Run *self = user_data;
    bool ended = self->process == NULL;

    (void) fd;
    (void) condition;
    size_t n = hear(self);
    if (ended)
        self->after += n;
    if (self->said >= 0 && self->after < MAX_AFTER)
        return G_SOURCE_CONTINUE;

    self->hearing = 0;
    if (ended)
        free_run(self);
    return G_SOURCE_REMOVE;
}

/* Returns: (transfer full): the last line that says something. */
static char *
last_line(const Run *self)
{
    g_autofree char *tail = g_strndup(self->tail, self->n_tail);
    g_auto(GStrv) lines = g_strsplit(tail, "\n", -1);

    for (guint i = g_strv_length(lines); i > 0; i--) {
        g_autofree char *line = apd_text_line(lines[i - 1]);
        if (*line != '\0')
            return apd_text_cut(line, 200);
    }
    return g_strdup("");
}

/* It has ended; what it left running in the background may talk on: a closed pipe
 * would kill it. */
static void
part(Run *self)
{
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_object(&self->process);
    if (self->said < 0)
        free_run(self);
}

static void
on_end(GObject *object, GAsyncResult *result, gpointer user_data)
{
    Run *self = user_data;
    GSubprocess *process = G_SUBPROCESS(object);

    g_subprocess_wait_finish(process, result, NULL);
    for (size_t heard = 0, n; heard < MAX_AFTER && (n = hear(self)) > 0;)
        heard += n;
    g_autofree char *said = last_line(self);
    bool exited = g_subprocess_get_if_exited(process);
    const ApdCommandEnd end = { exited ? g_subprocess_get_exit_status(process) : -1, self->late,
                                said };
    self->done(&end, NULL, self->user_data);
    part(self);
}

/* Its whole group: what it started goes with it. */
static gboolean
on_late(gpointer user_data)
{
    Run *self = user_data;
    const char *id = g_subprocess_get_identifier(self->process);
    guint64 pid;

    self->timer = 0;
    self->late = true;
    if (id != NULL && g_ascii_string_to_unsigned(id, 10, 2, G_MAXINT32, &pid, NULL))
        kill(-(pid_t) pid, SIGKILL);
    return G_SOURCE_REMOVE;
}

static gboolean
on_failed(gpointer user_data)
{
    Run *self = user_data;

    self->done(NULL, self->why, self->user_data);
    free_run(self);
    return G_SOURCE_REMOVE;
}

/* Between fork and exec: only what is safe there (signal-safety(7)). */
static void
prepare(gpointer user_data)
{
    (void) user_data;
    setpgid(0, 0);
}

/* A file in memory: no pipe that somebody must serve, nothing that can block. */
static int
memory_file(const void *data, size_t size, GError **error)
{
    int fd = memfd_create("appeald-command", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd >= 0 && ftruncate(fd, (off_t) size) == 0 && pwrite(fd, data, size, 0) == (ssize_t) size
        && fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
        return fd;

    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "memory for a command: %s",
                g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Returns its standard error's end to write to; we hear the other.  -1 on error. */
static int
open_ear(Run *self, GError **error)
{
    int ends[2];

    if (!g_unix_open_pipe(ends, FD_CLOEXEC, NULL)) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "a pipe for a command: %s",
                    g_strerror(errno));
        return -1;
    }
    g_unix_set_fd_nonblocking(ends[0], TRUE, NULL);
    self->said = ends[0];
    self->hearing =
        g_unix_fd_add_full(G_PRIORITY_LOW, self->said, G_IO_IN | G_IO_HUP, on_said, self, NULL);
    return ends[1];
}

/* The environment may hold what is none of its business. */
static char **
environment(void)
{
    static const char *const kept[] = { "PATH", "HOME",   "USER",   "LOGNAME",         "LANG",
                                        "TZ",   "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR", NULL };
    char **list = NULL;

    for (guint i = 0; kept[i] != NULL; i++)
        if (g_getenv(kept[i]) != NULL)
            list = g_environ_setenv(list, kept[i], g_getenv(kept[i]), TRUE);
    return list ? list : g_new0(char *, 1);
}

static bool
start(Run *self, const ApdCommandRequest *request, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
    g_auto(GStrv) variables = environment();
    g_autoptr(GError) why = NULL;
    gsize size;
    const void *data = g_bytes_get_data(request->input, &size);
    int input = memory_file(data, size, error);

    if (input < 0)
        return false;

    g_subprocess_launcher_take_stdin_fd(launcher, input);

    int ear = open_ear(self, error);
    if (ear < 0)
        return false;

    g_subprocess_launcher_take_stderr_fd(launcher, ear);
    g_subprocess_launcher_set_environ(launcher, variables);
    g_subprocess_launcher_set_cwd(launcher, "/");
    g_subprocess_launcher_set_child_setup(launcher, prepare, NULL, NULL);
    self->process =
        g_subprocess_launcher_spawnv(launcher, (const char *const *) request->argv, &why);
    if (self->process == NULL)
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED, "cannot run '%s': %s", request->argv[0],
                    why->message);
    return self->process != NULL;
}

void
apd_command_run(const ApdCommandRequest *request, ApdCommandDone done, void *user_data)
{
    Run *self = g_new0(Run, 1);

    self->said = -1;
    self->done = done;
    self->user_data = user_data;
    if (!start(self, request, &self->why)) {
        g_clear_handle_id(&self->hearing, g_source_remove);
        g_idle_add_full(G_PRIORITY_DEFAULT, on_failed, self, NULL);
        return;
    }

    self->timer = g_timeout_add((guint) (request->limit / 1000), on_late, self);
    g_subprocess_wait_async(self->process, NULL, on_end, self);
}
