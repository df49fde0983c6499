/* Preloaded into Courier by tests/e2e/servers.py: leads it to the authdaemon of the test,
 * whose socket has a fixed place else, in a folder of the system's; and lets it do without
 * the user "courier", which installing the package would have made, and without gamin's
 * server, for which it would wait.
 */
#include <dlfcn.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
connect(int fd, const struct sockaddr *address, socklen_t size)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    const char *instead = getenv("TEST_AUTHDAEMON");
    struct sockaddr_un other = { .sun_family = AF_UNIX };

    *(void **) (void *) &real = dlsym(RTLD_NEXT, "connect");
    if (instead == NULL || address->sa_family != AF_UNIX
        || strstr(((const struct sockaddr_un *) (const void *) address)->sun_path, "/authdaemon/")
               == NULL)
        return real(fd, address, size);
    memcpy(other.sun_path, instead, strnlen(instead, sizeof other.sun_path - 1));
    return real(fd, (const struct sockaddr *) &other, sizeof other);
}

struct passwd *
getpwnam(const char *name)
{
    struct passwd *(*real)(const char *);

    *(void **) (void *) &real = dlsym(RTLD_NEXT, "getpwnam");
    return strcmp(name, "courier") == 0 ? getpwuid(geteuid()) : real(name);
}

int FAMOpen(void *connection);
int
FAMOpen(void *connection)
{
    (void) connection;
    return -1; /* then it looks itself, every IMAP_IDLE_TIMEOUT */
}
