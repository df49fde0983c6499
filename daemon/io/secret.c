#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define MAX_SECRET 16384

/* A command that asks a person, or hangs, must not hold up the start for ever. */
#define COMMAND_SECONDS 30

void
apd_secret_free(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

char *
apd_secret_leave_out(const char *text, const char *secret)
{
    if (secret == NULL || *secret == '\0')
        return g_strdup(text);

    g_auto(GStrv) parts = g_strsplit(text, secret, -1);
    return g_strjoinv("***", parts);
}

char *
apd_secret_leave_out_all(const char *text, const char *const *secrets)
{
    char *rest = g_strdup(text);

    for (; *secrets != NULL; secrets++) {
        g_autofree char *before = rest;
        rest = apd_secret_leave_out(before, *secrets);
    }
    return rest;
}

bool
apd_secret_is_set(const ApdSecretConfig *config)
{
    return config->file != NULL || config->command != NULL || config->credential != NULL;
}

static char *refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static char *
refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, APD_ERROR, APD_ERROR_CONFIG, text);
    return NULL;
}

/* What is read of a text: its first line, or all. */
typedef enum { FIRST_LINE, ALL_LINES } Lines;

/* The first line of @text, or all, which is then wiped. */
static char *
take_lines(char *text, size_t size, Lines lines, const char *where, GError **error)
{
    size_t length = lines == ALL_LINES ? strlen(text) : strcspn(text, "\r\n");
    char *line = NULL;

    if (length == 0)
        refuse(error, "%s is empty", where);
    else if (!g_utf8_validate(text, (gssize) length, NULL))
        refuse(error, "%s is not UTF-8 text", where);
    else
        line = g_strndup(text, length);

    explicit_bzero(text, size);
    return line;
}

static char *
read_descriptor(int fd, Lines lines, const char *where, GError **error)
{
    char text[MAX_SECRET + 1];
    size_t size = 0;

    for (;;) {
        ssize_t n = read(fd, text + size, MAX_SECRET - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return refuse(error, "%s: %s", where, g_strerror(errno));
        size += (size_t) n;
        if (n == 0 || size == MAX_SECRET)
            break;
    }
    text[size] = '\0';
    return take_lines(text, sizeof text, lines, where, error);
}

static char *
read_file(const char *path, bool check_mode, Lines lines, GError **error)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    char *secret = NULL;

    if (fd < 0)
        return refuse(error, "cannot open secret file '%s': %s", path, g_strerror(errno));

    g_autofree char *where = g_strdup_printf("secret file '%s'", path);
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        refuse(error, "%s is no regular file", where);
    else if (check_mode && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        refuse(error, "%s can be read by others (run: chmod 600 '%s')", where, path);
    else
        secret = read_descriptor(fd, lines, where, error);

    close(fd);
    return secret;
}

static char *
read_credential(const char *name, Lines lines, GError **error)
{
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");

    if (strchr(name, '/') != NULL)
        return refuse(error, "credential '%s' is no name of a systemd credential", name);
    if (folder == NULL)
        return refuse(error,
                      "credential '%s' is not there: systemd gives credentials to the service only "
                      "(LoadCredential=%s:/path in the unit)",
                      name, name);

    g_autofree char *path = g_build_filename(folder, name, NULL);
    return read_file(path, false, lines, error); /* systemd itself keeps it from others */
}

typedef struct {
    GSubprocess *process;      /* borrowed */
    GCancellable *cancellable; /* borrowed */
    GMainLoop *loop;           /* borrowed */
    char *output;              /* owned */
    bool late;
} Running;

static void
on_output(GObject *object, GAsyncResult *result, gpointer user_data)
{
    Running *self = user_data;

    g_subprocess_communicate_utf8_finish(G_SUBPROCESS(object), result, &self->output, NULL, NULL);
    g_main_loop_quit(self->loop);
}

static gboolean
on_late(gpointer user_data)
{
    Running *self = user_data;

    const char *id = g_subprocess_get_identifier(self->process);
    guint64 pid;

    self->late = true;
    if (id != NULL && g_ascii_string_to_unsigned(id, 10, 2, G_MAXINT32, &pid, NULL))
        kill(-(pid_t) pid, SIGKILL);
    g_subprocess_force_exit(self->process);
    /* What it has started may hold its output open. */
    g_cancellable_cancel(self->cancellable);
    return G_SOURCE_REMOVE;
}

/* Runs in a context of its own, so that nothing else of ours happens meanwhile. */
static void
run(Running *self)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GSource) timer = g_timeout_source_new_seconds(COMMAND_SECONDS);

    g_main_context_push_thread_default(context);
    self->loop = g_main_loop_new(context, FALSE);
    g_source_set_callback(timer, on_late, self, NULL);
    g_source_attach(timer, context);
    g_subprocess_communicate_utf8_async(self->process, NULL, self->cancellable, on_output, self);
    g_main_loop_run(self->loop);
    g_source_destroy(timer);
    g_main_loop_unref(self->loop);
    g_main_context_pop_thread_default(context);
}

/* Between fork and exec: only what is safe there (signal-safety(7)).  A group of its own, so
 * that what it starts goes with it; but on a terminal it may want to ask whoever sits there. */
static void
prepare(gpointer user_data)
{
    (void) user_data;
    if (isatty(STDIN_FILENO) == 0)
        setpgid(0, 0);
}

static char *
read_command(const char *command, Lines lines, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
    g_subprocess_launcher_set_child_setup(launcher, prepare, NULL, NULL);
    g_autoptr(GSubprocess) process =
        g_subprocess_launcher_spawn(launcher, &why, "/bin/sh", "-c", command, NULL);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    if (process == NULL)
        return refuse(error, "cannot run the secret command: %s", why->message);

    Running running = { .process = process, .cancellable = cancellable };
    run(&running);

    char *secret = NULL;
    if (running.late)
        refuse(error, "the secret command '%s' took more than %d s", command, COMMAND_SECONDS);
    else if (!g_subprocess_get_if_exited(process) || g_subprocess_get_exit_status(process) != 0)
        refuse(error, "the secret command '%s' failed", command);
    else if (running.output == NULL)
        refuse(error, "the secret command '%s' printed no UTF-8 text", command);
    else
        secret = take_lines(running.output, strlen(running.output), lines,
                            "what the secret command printed", error);

    g_free(running.output);
    return secret;
}

static char *
read_secret(const ApdSecretConfig *config, Lines lines, GError **error)
{
    if (config->file != NULL)
        return read_file(config->file, true, lines, error);
    if (config->command != NULL)
        return read_command(config->command, lines, error);
    if (config->credential != NULL)
        return read_credential(config->credential, lines, error);

    return refuse(error, "no secret is configured");
}

char *
apd_secret_read(const ApdSecretConfig *config, GError **error)
{
    return read_secret(config, FIRST_LINE, error);
}

char *
apd_secret_read_lines(const ApdSecretConfig *config, GError **error)
{
    return read_secret(config, ALL_LINES, error);
}
