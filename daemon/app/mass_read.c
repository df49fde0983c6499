#include "app/mass_read.h"

#include <errno.h>
#include <sys/socket.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/mass_messages.h"
#include "base/error.h"
#include "io/frame.h"
#include "io/sandbox.h"

/* Of processor, a message: as much as the daemon's reader may take. */
#define CPU_SECONDS 3

#define MAX_JOBS 64

/* One process, which reads every n-th message. */
typedef struct {
    pid_t pid; /* 0: none */
    int fd;
    guint next;         /* the message whose verdict comes next */
    GByteArray *buffer; /* owned */
} Worker;

typedef struct {
    const ApdReading *reading;
    const GPtrArray *messages;
    const char *authserv_id;
    guint jobs;
    ApdMassDone done;
    void *user_data;
    Worker workers[MAX_JOBS];
} Mass;

/* --- in the worker ----------------------------------------------------------------- */

static GVariant *
read_one(const Mass *self, const ApdMassMessage *message)
{
    g_autoptr(GBytes) bytes = apd_mass_message_read(message, NULL);
    GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
    gsize size = 0;

    if (bytes != NULL) {
        const void *data = g_bytes_get_data(bytes, &size);
        g_autoptr(ApdVerdict) verdict =
            apd_reading_read(self->reading, data ? data : "", size, self->authserv_id, APD_NEVER);
        g_variant_builder_add(&builder, "{sv}", "verdict", apd_verdict_to_variant(verdict));
    }
    return g_variant_builder_end(&builder);
}

static void
work(const Mass *self, guint first, int fd)
{
    /* It must not outlive the one that reads its answers. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (guint i = first; i < self->messages->len; i += self->jobs) {
        apd_sandbox_allow_cpu(CPU_SECONDS);
        GVariant *answer = read_one(self, self->messages->pdata[i]);
        if (!apd_frame_write(fd, "verdict", answer, NULL))
            _exit(1);
    }
    _exit(0);
}

/* --- in the parent ------------------------------------------------------------------ */

static bool
start(Mass *self, Worker *worker, GError **error)
{
    int fds[2];

    if (worker->next >= self->messages->len)
        return true;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0
        || (worker->pid = fork()) < 0) {
        worker->pid = 0;
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "cannot make a process: %s",
                    g_strerror(errno));
        return false;
    }
    if (worker->pid == 0) {
        close(fds[0]);
        work(self, worker->next, fds[1]);
    }
    close(fds[1]);
    worker->fd = fds[0];
    g_byte_array_set_size(worker->buffer, 0);
    return true;
}

static void
stop(Worker *worker, int how)
{
    if (worker->pid == 0)
        return;

    if (how != 0)
        kill(worker->pid, how);
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    close(worker->fd);
    worker->pid = 0;
}

static void
give(Mass *self, Worker *worker, GVariant *content)
{
    g_autoptr(GVariant) inner =
        content ? g_variant_lookup_value(content, "verdict", G_VARIANT_TYPE_VARDICT) : NULL;
    g_autoptr(ApdVerdict) verdict = inner ? apd_verdict_from_variant(inner) : NULL;

    self->done(worker->next, verdict, self->user_data);
    worker->next += self->jobs;
}

/* Takes every whole frame out of the buffer.  False when it holds nonsense. */
static bool
take_frames(Mass *self, Worker *worker)
{
    for (;;) {
        g_autofree char *word = NULL;
        g_autoptr(GVariant) content = NULL;
        gsize used;

        if (!apd_frame_unpack(worker->buffer->data, worker->buffer->len, &used, &word, &content,
                              NULL))
            return false;
        if (used == 0)
            return true;
        if (worker->next >= self->messages->len
            || !g_variant_is_of_type(content, G_VARIANT_TYPE_VARDICT))
            return false;
        give(self, worker, content);
        g_byte_array_remove_range(worker->buffer, 0, (guint) used);
    }
}

/* Reads what there is; a worker that ended early leaves a message that it could not
 * read, and is replaced. */
static bool
serve(Mass *self, Worker *worker, GError **error)
{
    guint8 block[65536];
    ssize_t n = read(worker->fd, block, sizeof block);

    if (n < 0 && errno == EINTR)
        return true;
    if (n > 0) {
        g_byte_array_append(worker->buffer, block, (guint) n);
        if (take_frames(self, worker))
            return true;
    }
    stop(worker, n > 0 ? SIGKILL : 0);
    if (worker->next >= self->messages->len)
        return true;
    give(self, worker, NULL);
    return start(self, worker, error);
}

static bool
run(Mass *self, GError **error)
{
    for (guint i = 0; i < self->jobs; i++)
        if (!start(self, &self->workers[i], error))
            return false;

    for (;;) {
        struct pollfd fds[MAX_JOBS];
        guint running = 0;

        for (guint i = 0; i < self->jobs; i++) {
            fds[i] = (struct pollfd){ self->workers[i].pid ? self->workers[i].fd : -1, POLLIN, 0 };
            running += self->workers[i].pid != 0;
        }
        if (running == 0)
            return true;
        if (poll(fds, self->jobs, -1) < 0)
            continue;
        for (guint i = 0; i < self->jobs; i++)
            if (fds[i].revents != 0 && !serve(self, &self->workers[i], error))
                return false;
    }
}

bool
apd_mass_read(const ApdReading *reading, const GPtrArray *messages, const char *authserv_id,
              guint jobs, ApdMassDone done, void *user_data, GError **error)
{
    guint wanted = jobs > 0 ? jobs : g_get_num_processors();
    Mass self = { reading, messages,  authserv_id, CLAMP(wanted, 1, MAX_JOBS),
                  done,    user_data, { { 0 } } };

    for (guint i = 0; i < self.jobs; i++) {
        self.workers[i].next = i;
        self.workers[i].buffer = g_byte_array_new();
    }
    bool good = run(&self, error);
    for (guint i = 0; i < self.jobs; i++) {
        stop(&self.workers[i], SIGKILL);
        g_byte_array_unref(self.workers[i].buffer);
    }
    return good;
}
