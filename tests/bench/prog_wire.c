/* The wire between clients and a mail server, watched: what the figures of
 * arrival, return and first look are taken from.
 *
 *     prog_wire SERVER-PORT N
 *
 * Opens N ports of loopback, each forwarded to SERVER-PORT, so that a mailbox is
 * known by its port even under TLS; and one that takes webhooks.  Prints one line:
 * the webhook port, then the others.  For each line on standard input prints what
 * went by since the line before (times in microseconds, CLOCK_MONOTONIC), and ".":
 *
 *     A PORT CONNECTION TIME         accepted
 *     Q PORT CONNECTION TIME         the first pause, as when a client has done its first work;
 * since when S PORT CONNECTION TIME         the first long silence, as in IDLE; since when W PORT
 * CONNECTION TIME         the server speaks after a silence H TIME KEY                     a
 * webhook came; the case number in it B PORT CONNECTION IN OUT OPEN  bytes from the server and to
 * it, of all so far
 */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* The server says nothing for so long: it is waiting, and so is the client. */
#define SILENCE 100000
#define PAUSE   15000

#define KEY  "IPR"
#define GOOD "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

typedef struct Line Line;

/* A descriptor in epoll. */
typedef enum { LISTENER, CLIENT, SERVER, HOOK_LISTENER, HOOK, COMMANDS } Kind;
typedef struct {
    Kind kind;
    int fd;
    guint port;     /* number of the listener */
    Line *line;     /* of CLIENT and SERVER */
    GString *rest;  /* of these: what the other end sent and this one does not take yet */
    GString *input; /* of HOOK */
} End;

struct Line {
    guint port, number;
    End client, server;
    gint64 last; /* when the server or the client spoke last */
    guint64 in, out;
    gboolean paused, settled, open;
};

typedef struct {
    int epoll;
    guint16 server_port;
    GPtrArray *lines; /* element-type Line */
    GString *events;
} Wire;

static void
watch(Wire *self, End *end)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = end };

    if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, end->fd, &event) < 0)
        g_error("epoll: %s", g_strerror(errno));
}

static End *
listen_on(Wire *self, Kind kind, guint number)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    End *end = g_new0(End, 1);

    end->kind = kind;
    end->port = number;
    end->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (end->fd < 0 || bind(end->fd, (struct sockaddr *) &address, sizeof address) < 0
        || listen(end->fd, 512) < 0
        || getsockname(end->fd, (struct sockaddr *) &address, &size) < 0)
        g_error("listen: %s", g_strerror(errno));
    printf("%u ", ntohs(address.sin_port));
    watch(self, end);
    return end;
}

static void
set_quick(int fd)
{
    const int one = 1;

    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static int
connect_server(const Wire *self)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons(self->server_port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static void
accept_client(Wire *self, const End *listener)
{
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC), server = connect_server(self);

    if (fd < 0 || server < 0) {
        if (fd >= 0)
            close(fd);
        return;
    }
    Line *line = g_new0(Line, 1);
    line->port = listener->port;
    line->number = self->lines->len;
    line->client = (End){ .kind = CLIENT, .fd = fd, .line = line, .rest = g_string_new(NULL) };
    line->server = (End){ .kind = SERVER, .fd = server, .line = line, .rest = g_string_new(NULL) };
    line->last = g_get_monotonic_time();
    line->open = TRUE;
    g_ptr_array_add(self->lines, line);
    set_quick(fd);
    set_quick(server);
    watch(self, &line->client);
    watch(self, &line->server);
    g_string_append_printf(self->events, "A %u %u %" G_GINT64_FORMAT "\n", line->port, line->number,
                           line->last);
}

static void
close_line(Line *line)
{
    close(line->client.fd);
    close(line->server.fd);
    g_string_free(line->client.rest, TRUE);
    g_string_free(line->server.rest, TRUE);
    line->open = FALSE;
}

/* Notes the first time that @line is quiet for so long. */
static void
note_quiet(Wire *self, const Line *line, char word, gint64 least, gint64 now, gboolean *noted)
{
    if (*noted || now - line->last < least)
        return;
    *noted = TRUE;
    g_string_append_printf(self->events, "%c %u %u %" G_GINT64_FORMAT "\n", word, line->port,
                           line->number, line->last);
}

static void
settle(Wire *self, Line *line, gint64 now)
{
    note_quiet(self, line, 'Q', PAUSE, now, &line->paused);
    note_quiet(self, line, 'S', SILENCE, now, &line->settled);
}

/* Reads from @end while @other takes it, and tells when @end takes more. */
static void
arm(const Wire *self, End *end, const End *other)
{
    struct epoll_event event = { .data.ptr = end };

    event.events = (other->rest->len == 0 ? EPOLLIN : 0u) | (end->rest->len > 0 ? EPOLLOUT : 0u);
    (void) epoll_ctl(self->epoll, EPOLL_CTL_MOD, end->fd, &event);
}

/* Sends on what waits for @end; the directions do not wait for each other. */
static gboolean
flush(const Wire *self, End *end, End *other)
{
    ssize_t n = send(end->fd, end->rest->str, end->rest->len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return FALSE;
    g_string_erase(end->rest, 0, MAX(n, 0));
    arm(self, end, other);
    arm(self, other, end);
    return TRUE;
}

static void
forward(Wire *self, End *end, guint32 events)
{
    Line *line = end->line;
    gboolean from_server = end->kind == SERVER;
    End *other = from_server ? &line->client : &line->server;
    char buffer[65536];

    if (!line->open)
        return;
    if ((events & EPOLLOUT) != 0 && end->rest->len > 0 && !flush(self, end, other))
        close_line(line);
    if (!line->open || other->rest->len > 0)
        return;
    ssize_t n = recv(end->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    gint64 now = g_get_monotonic_time();
    settle(self, line, now);
    if (n > 0 && from_server && now - line->last >= SILENCE)
        g_string_append_printf(self->events, "W %u %u %" G_GINT64_FORMAT "\n", line->port,
                               line->number, now);
    line->last = now;
    *(from_server ? &line->in : &line->out) += (guint64) MAX(n, 0);
    g_string_append_len(other->rest, buffer, MAX(n, 0));
    if (n <= 0 || !flush(self, other, end))
        close_line(line);
}

/* --- webhooks ------------------------------------------------------------------------ */

static void
accept_hook(Wire *self, const End *listener)
{
    End *end = g_new0(End, 1);

    end->kind = HOOK;
    end->fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
    end->input = g_string_new(NULL);
    if (end->fd < 0)
        return;
    set_quick(end->fd);
    watch(self, end);
}

/* Bytes of the request at the start of @input; 0: it is not all there. */
static size_t
request_size(const GString *input)
{
    const char *body = strstr(input->str, "\r\n\r\n");
    const char *length = strcasestr(input->str, "content-length:");
    size_t size;

    if (body == NULL || length == NULL)
        return 0;
    size = (size_t) (body + 4 - input->str) + strtoul(length + 15, NULL, 10);
    return input->len >= size ? size : 0;
}

static void
note_hook(Wire *self, const char *text, size_t size, gint64 now)
{
    g_autofree char *request = g_strndup(text, size);

    for (const char *at = request; (at = strstr(at, KEY)) != NULL; at++) {
        size_t n = strspn(at + strlen(KEY), "0123456789");
        if (n < 6)
            continue;
        g_string_append_printf(self->events, "H %" G_GINT64_FORMAT " %.*s\n", now,
                               (int) (n + strlen(KEY)), at);
        return;
    }
    g_string_append_printf(self->events, "H %" G_GINT64_FORMAT " -\n", now);
}

static void
take_hook(Wire *self, End *end)
{
    char buffer[65536];
    ssize_t n = recv(end->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    gint64 now = g_get_monotonic_time();
    size_t size;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        close(end->fd);
        g_string_free(end->input, TRUE);
        g_free(end);
        return;
    }
    g_string_append_len(end->input, buffer, n);
    while ((size = request_size(end->input)) > 0) {
        (void) !send(end->fd, GOOD, strlen(GOOD), MSG_NOSIGNAL);
        note_hook(self, end->input->str, size, now);
        g_string_erase(end->input, 0, (gssize) size);
    }
}

/* --- what is asked -------------------------------------------------------------------- */

static void
answer(Wire *self)
{
    char buffer[256];
    gint64 now = g_get_monotonic_time();

    if (read(STDIN_FILENO, buffer, sizeof buffer) <= 0)
        _exit(0); /* what is held goes with the process */
    for (guint i = 0; i < self->lines->len; i++)
        settle(self, self->lines->pdata[i], now);
    fputs(self->events->str, stdout);
    g_string_truncate(self->events, 0);
    for (guint i = 0; i < self->lines->len; i++) {
        const Line *line = self->lines->pdata[i];
        printf("B %u %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d\n", line->port, line->number,
               line->in, line->out, line->open);
    }
    puts(".");
    fflush(stdout);
}

static void
on_event(Wire *self, End *end, guint32 events)
{
    switch (end->kind) {
    case LISTENER:
        accept_client(self, end);
        break;
    case CLIENT:
    case SERVER:
        forward(self, end, events);
        break;
    case HOOK_LISTENER:
        accept_hook(self, end);
        break;
    case HOOK:
        take_hook(self, end);
        break;
    case COMMANDS:
        answer(self);
        break;
    }
}

int
main(int argc, char **argv)
{
    Wire self = { .epoll = epoll_create1(EPOLL_CLOEXEC),
                  .lines = g_ptr_array_new(),
                  .events = g_string_new(NULL) };
    End commands = { .kind = COMMANDS, .fd = STDIN_FILENO };
    struct rlimit files = { 0 };
    struct epoll_event events[64];

    if (argc != 3)
        return 2;
    (void) getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    (void) setrlimit(RLIMIT_NOFILE, &files);
    self.server_port = (guint16) strtoul(argv[1], NULL, 10);
    listen_on(&self, HOOK_LISTENER, 0);
    for (guint i = 0; i < strtoul(argv[2], NULL, 10); i++)
        listen_on(&self, LISTENER, i);
    puts("");
    fflush(stdout);
    watch(&self, &commands);
    for (;;) {
        int n = epoll_wait(self.epoll, events, 64, -1);
        for (int i = 0; i < n; i++)
            on_event(&self, events[i].data.ptr, events[i].events);
    }
}
