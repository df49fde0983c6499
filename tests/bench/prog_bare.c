/* The yardstick of the figures: the same job by the least a C program can do,
 * with GnuTLS and epoll, one thread, nothing kept, nothing checked.
 *
 *     prog_bare CA-FILE WEBHOOK-PORT PORT...
 *
 * Each PORT of loopback is one mailbox: that of user m0, m1, ... with the password
 * "secret".  Prints a line once all are in IDLE.  A new message is fetched and sent
 * to the webhook as it is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    size_t size;
    char text[4 * 1024 * 1024];
} Answer;

typedef struct {
    int fd;
    gnutls_session_t tls;
    unsigned seen;  /* the highest UID */
    Answer *answer; /* at hand; all have the same */
} Box;

static void
die(const char *what)
{
    fprintf(stderr, "bare client: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int
connect_to(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                   .sin_port = htons((uint16_t) strtoul(port, NULL, 10)) };
    const int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) < 0)
        die("connect");
    (void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/* Every line of an answer follows a line feed, the first one too. */
static void
begin(Answer *answer)
{
    answer->text[0] = '\n';
    answer->text[1] = '\0';
    answer->size = 1;
}

/* Takes in what is there; false when nothing is. */
static int
take(Box *box)
{
    Answer *answer = box->answer;
    ssize_t n = gnutls_record_recv(box->tls, answer->text + answer->size,
                                   sizeof answer->text - 1 - answer->size);

    if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
        return 0;
    if (n <= 0)
        die("receive");
    answer->size += (size_t) n;
    answer->text[answer->size] = '\0';
    return 1;
}

static void
wait_for(Box *box, const char *end)
{
    while (strstr(box->answer->text, end) == NULL) {
        struct pollfd ready = { .fd = box->fd, .events = POLLIN };
        if (!take(box) && poll(&ready, 1, 20000) <= 0)
            die("waiting");
    }
}

static void say(Box *box, const char *end, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
say(Box *box, const char *end, const char *format, ...)
{
    char command[256];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    begin(box->answer);
    if (gnutls_record_send(box->tls, command, (size_t) n) != n)
        die("send");
    wait_for(box, end);
}

static void
see(Box *box)
{
    for (const char *at = box->answer->text; (at = strstr(at, "(UID ")) != NULL; at++) {
        unsigned uid = (unsigned) strtoul(at + 5, NULL, 10);
        box->seen = uid > box->seen ? uid : box->seen;
    }
}

static void
open_box(Box *box, gnutls_certificate_credentials_t trust, const char *port, int number)
{
    int result;

    box->fd = connect_to(port);
    (void) fcntl(box->fd, F_SETFL, O_NONBLOCK);
    gnutls_init(&box->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_TICKETS);
    gnutls_set_default_priority(box->tls);
    gnutls_credentials_set(box->tls, GNUTLS_CRD_CERTIFICATE, trust);
    gnutls_session_set_verify_cert(box->tls, "localhost", 0);
    gnutls_transport_set_int(box->tls, box->fd);
    while ((result = gnutls_handshake(box->tls)) < 0) {
        struct pollfd ready = { .fd = box->fd, .events = POLLIN };
        if (gnutls_error_is_fatal(result) || poll(&ready, 1, 20000) <= 0)
            die(gnutls_strerror(result));
    }
    say(box, "\na ", "a LOGIN m%d secret\r\n", number);
    say(box, "\nb ", "b EXAMINE INBOX\r\n");
    say(box, "\nc ", "c UID FETCH 1:* (UID)\r\n");
    see(box);
    say(box, "\n+ ", "d IDLE\r\n");
}

/* The body of the one literal in the answer. */
static const char *
body_of(const Box *box, size_t *ret_size)
{
    const char *brace = strstr(box->answer->text, "{");

    if (brace == NULL)
        return NULL;
    *ret_size = strtoul(brace + 1, NULL, 10);
    return strchr(brace, '\n') + 1;
}

static void
post(int hook, const char *body, size_t length)
{
    char head[256], answer[1024];
    int n =
        snprintf(head, sizeof head,
                 "POST /hook HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", length);

    if (send(hook, head, (size_t) n, MSG_MORE) != n
        || send(hook, body, length, 0) != (ssize_t) length
        || recv(hook, answer, sizeof answer, 0) <= 0)
        die("webhook");
}

static void
serve(Box *box, int hook)
{
    size_t length;

    begin(box->answer);
    while (take(box))
        ;
    if (strstr(box->answer->text, "EXISTS") == NULL)
        return;
    say(box, "\nd ", "DONE\r\n");
    say(box, "\nf ", "f UID FETCH %u:* (UID BODY.PEEK[])\r\n", box->seen + 1);
    const char *body = body_of(box, &length);
    if (body != NULL)
        post(hook, body, length);
    see(box);
    say(box, "\n+ ", "d IDLE\r\n");
}

int
main(int argc, char **argv)
{
    gnutls_certificate_credentials_t trust;
    struct rlimit files = { 0 };
    int epoll = epoll_create1(0), hook;
    Box *boxes = calloc((size_t) argc, sizeof *boxes);
    Answer *answer = malloc(sizeof *answer);

    if (argc < 4 || boxes == NULL || answer == NULL)
        return 2;
    (void) getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    (void) setrlimit(RLIMIT_NOFILE, &files);
    gnutls_certificate_allocate_credentials(&trust);
    gnutls_certificate_set_x509_trust_file(trust, argv[1], GNUTLS_X509_FMT_PEM);
    hook = connect_to(argv[2]);
    for (int i = 3; i < argc; i++) {
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &boxes[i - 3] };
        boxes[i - 3].answer = answer;
        open_box(&boxes[i - 3], trust, argv[i], i - 3);
        epoll_ctl(epoll, EPOLL_CTL_ADD, boxes[i - 3].fd, &event);
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(epoll, &event, 1, -1) == 1)
            serve(event.data.ptr, hook);
    }
}
