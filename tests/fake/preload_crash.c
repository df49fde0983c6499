/* Preloaded into appeald by tests/e2e/test_path.py: kills it (SIGKILL) before
 * the Nth of its calls that leave something behind, on disk or at a peer.
 * N stands in APPEALD_CRASH_AT; 0 counts only. The count goes to the file
 * APPEALD_CRASH_COUNT when the process ends. */
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int count;

static void
step(void)
{
    const char *at = getenv("APPEALD_CRASH_AT");

    if (at == NULL || strcmp(program_invocation_short_name, "appeald") != 0)
        return;
    if (atomic_fetch_add(&count, 1) + 1 == (int) strtol(at, NULL, 10))
        kill(getpid(), SIGKILL);
}

__attribute__((destructor)) static void
tell(void)
{
    const char *path = getenv("APPEALD_CRASH_COUNT");
    FILE *file = path && atomic_load(&count) > 0 ? fopen(path, "w") : NULL;

    if (file != NULL) {
        fprintf(file, "%d\n", atomic_load(&count));
        fclose(file);
    }
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__)) dlsym(RTLD_NEXT, #name))

ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
    step();
    return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, size, offset);
}

int
fdatasync(int fd)
{
    step();
    return REAL(int, fdatasync, int)(fd);
}

ssize_t
send(int fd, const void *data, size_t size, int flags)
{
    step();
    return REAL(ssize_t, send, int, const void *, size_t, int)(fd, data, size, flags);
}

ssize_t
recv(int fd, void *data, size_t size, int flags)
{
    step();
    return REAL(ssize_t, recv, int, void *, size_t, int)(fd, data, size, flags);
}
