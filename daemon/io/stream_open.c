/* The socket of a stream: resolver, connect, options. */
#include "io/stream_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

typedef struct addrinfo AddrInfo;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AddrInfo, freeaddrinfo)

/* A peer that answers nothing is known dead after 45 s of silence plus 50 s, or
 * 50 s after something was sent: inside the two minutes of blind-limit. */
static void
set_options(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        { IPPROTO_TCP, TCP_NODELAY, 1 },   { SOL_SOCKET, SO_KEEPALIVE, 1 },
        { IPPROTO_TCP, TCP_KEEPIDLE, 45 }, { IPPROTO_TCP, TCP_KEEPINTVL, 10 },
        { IPPROTO_TCP, TCP_KEEPCNT, 5 },   { IPPROTO_TCP, TCP_USER_TIMEOUT, 50000 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        (void) setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                          sizeof options[i].value);
}

/* Returns: 0 or an errno. */
static int
connect_one(ApdStream *self, const AddrInfo *address)
{
    int result = 0;
    socklen_t size = sizeof result;

    self->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                      address->ai_protocol);
    if (self->fd < 0)
        return errno;
    set_options(self->fd);
    if (connect(self->fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;

    if (!apd_stream_wait(self, POLLOUT))
        return ETIMEDOUT;
    return getsockopt(self->fd, SOL_SOCKET, SO_ERROR, &result, &size) < 0 ? errno : result;
}

/* Each address gets an even share of the time that is left, so that a dead one
 * does not take that of the others. */
static int
connect_any(ApdStream *self, const AddrInfo *addresses)
{
    ApdTime last = self->deadline;
    int result = EADDRNOTAVAIL, left = 0;

    for (const AddrInfo *a = addresses; a != NULL; a = a->ai_next)
        left++;
    for (const AddrInfo *a = addresses; a != NULL; a = a->ai_next, left--) {
        ApdTime now = apd_uptime();
        self->deadline = now + (last - now) / left;
        result = connect_one(self, a);
        if (result == 0)
            return 0;
        g_clear_error(&self->error);
        if (self->fd >= 0)
            close(self->fd);
        self->fd = -1;
    }
    return result;
}

ApdStream *
apd_stream_connect(const char *host, int port, ApdTime timeout, GError **error)
{
    g_autoptr(ApdStream) self = g_new0(ApdStream, 1);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    g_autoptr(AddrInfo) addresses = NULL;
    g_autofree char *service = g_strdup_printf("%d", port);

    self->fd = -1;
    self->deadline = apd_uptime() + timeout;
    int result = getaddrinfo(host, service, &hints, &addresses);
    if (result != 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "cannot find the address of %s: %s",
                    host, result == EAI_SYSTEM ? g_strerror(errno) : gai_strerror(result));
        return NULL;
    }
    result = connect_any(self, addresses);
    if (result != 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "cannot connect to port %d: %s", port,
                    result == ETIMEDOUT ? "no answer" : g_strerror(result));
        return NULL;
    }
    apd_stream_mount(self);
    return g_steal_pointer(&self);
}

bool
apd_stream_is_loopback(const ApdStream *self)
{
    struct sockaddr_storage address = { 0 };
    socklen_t size = sizeof address;

    if (getpeername(self->fd, (struct sockaddr *) &address, &size) < 0)
        return false;
    if (address.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *) &address;
        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    if (address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *) &address;
        return IN6_IS_ADDR_LOOPBACK(&in->sin6_addr)
               || (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr) && in->sin6_addr.s6_addr[12] == 127);
    }
    return false;
}
