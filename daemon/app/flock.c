#include "app/flock.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CHILDREN 64u

/* Longer answers are cut: a child may be wrong about anything. */
#define MAX_ANSWER (16u * 1024 * 1024)

/* A child works on items first, first + stride, ... and writes an answer each. */
typedef struct {
    pid_t pid;
    int fd;
} Child;

typedef struct {
    guint32 size;
    guint32 good;
} Head;

static bool
write_all(int fd, const void *data, size_t size)
{
    for (const char *p = data; size > 0;) {
        ssize_t n = write(fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t) n;
    }
    return true;
}

static bool
read_all(int fd, void *data, size_t size)
{
    for (char *p = data; size > 0;) {
        ssize_t n = read(fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t) n;
    }
    return true;
}

static void
work_off(const ApdFlock *self, guint first, guint stride, guint n, int fd)
{
    for (guint i = first; i < n; i += stride) {
        bool good = false;
        g_autofree char *answer = self->work(self->user_data, i, &good);
        const Head head = { (guint32) MIN(strlen(answer), MAX_ANSWER), good };
        if (!write_all(fd, &head, sizeof head) || !write_all(fd, answer, head.size))
            return;
    }
}

/* fd -1: no child could be had. */
static Child
start(const ApdFlock *self, guint first, guint stride, guint n)
{
    int ends[2];

    if (pipe(ends) < 0)
        return (Child){ -1, -1 };

    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work_off(self, first, stride, n, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return (Child){ -1, -1 };
    }
    return (Child){ pid, ends[0] };
}

static void
finish(Child *child)
{
    if (child->fd < 0)
        return;

    close(child->fd);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    child->fd = -1;
}

/* Returns: (transfer full): NULL when the child died over it. */
static char *
receive(const Child *child, bool *ret_good)
{
    Head head;

    if (child->fd < 0 || !read_all(child->fd, &head, sizeof head) || head.size > MAX_ANSWER)
        return NULL;

    g_autofree char *answer = g_malloc0((gsize) head.size + 1);
    if (!read_all(child->fd, answer, head.size))
        return NULL;
    *ret_good = head.good != 0;
    return g_steal_pointer(&answer);
}

static bool
run_here(const ApdFlock *self, guint n)
{
    bool all = true;

    for (guint i = 0; i < n; i++) {
        bool good = false;
        g_autofree char *answer = self->work(self->user_data, i, &good);
        self->take(self->user_data, i, good, answer);
        all &= good;
    }
    return all;
}

bool
apd_flock_run(const ApdFlock *self, guint n, guint children)
{
    Child flock[MAX_CHILDREN];
    bool all = true;

    children = MIN(MIN(children, n), MAX_CHILDREN);
    if (children <= 1)
        return run_here(self, n);

    for (guint c = 0; c < children; c++)
        flock[c] = start(self, c, children, n);
    for (guint i = 0; i < n; i++) {
        Child *child = &flock[i % children];
        bool good = false;
        g_autofree char *answer = receive(child, &good);
        if (answer == NULL) {
            finish(child);
            *child = start(self, i + children, children, n);
        }
        self->take(self->user_data, i, good, answer);
        all &= good;
    }
    for (guint c = 0; c < children; c++)
        finish(&flock[c]);
    return all;
}
