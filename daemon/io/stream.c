#include "io/stream.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "io/stream_private.h"

/* Of libetpan's buffers (it has two) and of ours at rest. */
#define BUFFER    2048
#define READ_SIZE 16384

bool
apd_stream_fail(ApdStream *self, int code, const char *format, ...)
{
    va_list args;

    if (self->error != NULL)
        return false;

    va_start(args, format);
    self->error = g_error_new_valist(APD_ERROR, code, format, args);
    va_end(args);
    return false;
}

bool
apd_stream_get_error(const ApdStream *self, GError **error)
{
    if (self->error != NULL)
        g_propagate_error(error, g_error_copy(self->error));
    return false;
}

void
apd_stream_set_busy(ApdStream *self, _Atomic ApdTime *busy)
{
    self->busy = busy;
}

static int
wait_once(ApdStream *self, short events, ApdTime left)
{
    struct pollfd fd = { .fd = self->fd, .events = events };

    if (self->busy != NULL)
        *self->busy = 0;
    int n = poll(&fd, 1, (int) MIN(left / 1000 + 1, INT_MAX));
    if (self->busy != NULL)
        *self->busy = apd_uptime();
    return n;
}

static bool
fail_late(ApdStream *self)
{
    self->silent = true;
    return apd_stream_fail(self, APD_ERROR_TRANSIENT, "the server did not answer in time");
}

bool
apd_stream_wait(ApdStream *self, short events)
{
    for (;;) {
        ApdTime left = self->deadline - apd_uptime();
        int n = left > 0 ? wait_once(self, events, left) : 0;

        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return apd_stream_fail(self, APD_ERROR_TRANSIENT, "%s", g_strerror(errno));
        if (left <= 0)
            return fail_late(self);
    }
}

/* --- in ---------------------------------------------------------------------- */

/* Makes room for one more read; the line cap bounds the whole. */
static void
make_room(ApdStream *self)
{
    if (self->start > 0) {
        memmove(self->bytes, self->bytes + self->start, self->end - self->start);
        self->end -= self->start;
        self->start = 0;
    }
    if (self->size - self->end < BUFFER) {
        self->size = self->size == 0 ? BUFFER : MAX(self->size * 2, READ_SIZE);
        self->bytes = g_realloc(self->bytes, self->size);
    }
}

/* Returns: bytes taken in, 0 when none is there now, -1 on failure. */
static ssize_t
receive(ApdStream *self)
{
    ssize_t n;

    make_room(self);
    if (self->tls != NULL) {
        n = gnutls_record_recv(self->tls, self->bytes + self->end, self->size - self->end);
        if (n < 0 && n != GNUTLS_E_REHANDSHAKE && !gnutls_error_is_fatal((int) n))
            return 0;
        if (n < 0)
            apd_stream_fail(self, APD_ERROR_TRANSIENT, "%s",
                            n == GNUTLS_E_PREMATURE_TERMINATION ? "the server closed the connection"
                                                                : gnutls_strerror((int) n));
    } else {
        n = recv(self->fd, self->bytes + self->end, self->size - self->end, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
        if (n < 0)
            apd_stream_fail(self, APD_ERROR_TRANSIENT, "%s", g_strerror(errno));
    }
    /* libetpan would take 0 for "try again", for ever. */
    if (n == 0)
        apd_stream_fail(self, APD_ERROR_TRANSIENT, "the server closed the connection");
    else if (n > 0 && (size_t) n > self->budget)
        apd_stream_fail(self, APD_ERROR_TRANSIENT, "the server sends far more than we asked for");
    if (n <= 0 || self->error != NULL)
        return -1;

    self->budget -= (size_t) n;
    self->end += (size_t) n;
    return n;
}

static void
consume(ApdStream *self, size_t n)
{
    self->start += n;
    if (self->start == self->end)
        self->start = self->end = 0;
}

/* Lets the filter judge the line at hand. */
static bool
judge_line(ApdStream *self, char *line, size_t size)
{
    const char *why = NULL;
    uint64_t literal = 0;

    switch (apd_imap_filter_line(&self->filter, line, size, &literal, &why)) {
    case APD_LINE_PASS:
        self->released = size;
        self->literal = literal;
        return true;
    case APD_LINE_DROP:
        consume(self, size);
        self->skip = literal;
        return true;
    case APD_LINE_REFUSE:
        break;
    }
    if (self->filter.bye[0] == '\0')
        return apd_stream_fail(self, APD_ERROR_TRANSIENT, "the server sent %s", why);

    g_autofree char *words = apd_text_line(self->filter.bye);
    return apd_stream_fail(self, APD_ERROR_TRANSIENT, "the server ended the session: %s", words);
}

/* Returns: 1 when bytes may be handed over, 0 when more must come, -1 on failure. */
static int
release(ApdStream *self)
{
    while (self->error == NULL) {
        size_t n = self->end - self->start;

        if (n == 0)
            return 0;
        if (self->skip > 0) {
            size_t skipped = (size_t) MIN(self->skip, n);
            self->skip -= skipped;
            consume(self, skipped);
            continue;
        }
        if (self->released > 0 || self->literal > 0)
            return 1;

        char *line = self->bytes + self->start;
        char *feed = memchr(line, '\n', MIN(n, APD_IMAP_LINE_MAX));
        if (feed == NULL && n >= APD_IMAP_LINE_MAX)
            apd_stream_fail(self, APD_ERROR_TRANSIENT, "the server sent an endless line");
        else if (feed == NULL)
            return 0;
        else
            judge_line(self, line, (size_t) (feed - line) + 1);
    }
    return -1;
}

bool
apd_stream_has_line(ApdStream *self)
{
    if (self->mail->read_buffer_len > 0)
        return true;

    for (;;) {
        int ready = release(self);
        if (ready != 0)
            return true;
        ssize_t n = receive(self);
        if (n <= 0)
            return n < 0;
    }
}

static ssize_t
on_read(mailstream_low *low, void *buffer, size_t size)
{
    ApdStream *self = low->data;
    int ready;

    while ((ready = release(self)) == 0) {
        ssize_t n = receive(self);
        if (n < 0 || (n == 0 && !apd_stream_wait(self, POLLIN)))
            return -1;
        /* A dripping server must not stretch the deadline either. */
        if (apd_uptime() > self->deadline) {
            fail_late(self);
            return -1;
        }
    }
    if (ready < 0)
        return -1;

    size_t n = MIN(size, self->end - self->start);
    n = (size_t) MIN(n, self->released > 0 ? self->released : self->literal);
    memcpy(buffer, self->bytes + self->start, n);
    consume(self, n);
    if (self->released > 0)
        self->released -= n;
    else
        self->literal -= n;
    return (ssize_t) n;
}

/* --- out --------------------------------------------------------------------- */

static ssize_t
on_write(mailstream_low *low, const void *buffer, size_t size)
{
    ApdStream *self = low->data;

    while (self->error == NULL) {
        ssize_t n;
        if (self->tls != NULL) {
            n = gnutls_record_send(self->tls, buffer, size);
            if (n < 0 && gnutls_error_is_fatal((int) n))
                apd_stream_fail(self, APD_ERROR_TRANSIENT, "%s", gnutls_strerror((int) n));
        } else {
            n = send(self->fd, buffer, size, MSG_NOSIGNAL);
            if (n < 0 && errno != EAGAIN && errno != EINTR)
                apd_stream_fail(self, APD_ERROR_TRANSIENT, "%s", g_strerror(errno));
        }
        if (n >= 0)
            return n;
        if (self->error == NULL)
            apd_stream_wait(self, POLLOUT);
    }
    return -1;
}

static int
on_close(mailstream_low *low)
{
    (void) low; /* the stream closes itself, once */
    return 0;
}

static int
on_get_fd(mailstream_low *low)
{
    const ApdStream *self = low->data;
    return self->fd;
}

static void
on_free(mailstream_low *low)
{
    free(low); /* libetpan allocated it with malloc */
}

static void
on_cancel(mailstream_low *low)
{
    (void) low;
}

void
apd_stream_mount(ApdStream *self)
{
    /* libetpan asks for it writable but never writes. */
    static mailstream_low_driver driver = {
        .mailstream_read = on_read,
        .mailstream_write = on_write,
        .mailstream_close = on_close,
        .mailstream_get_fd = on_get_fd,
        .mailstream_free = on_free,
        .mailstream_cancel = on_cancel,
    };
    mailstream_low *low = mailstream_low_new(self, &driver);

    self->mail = low != NULL ? mailstream_new(low, BUFFER) : NULL;
    if (self->mail == NULL)
        g_error("out of memory");
}

/* --- around ------------------------------------------------------------------ */

void
apd_stream_free(ApdStream *self)
{
    if (self == NULL)
        return;

    if (self->tls != NULL) {
        if (self->error == NULL)
            gnutls_bye(self->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(self->tls);
    }
    if (self->mail != NULL) {
        explicit_bzero(self->mail->write_buffer, self->mail->buffer_max_size);
        mailstream_close(self->mail);
    }
    if (self->fd >= 0)
        close(self->fd);
    g_clear_error(&self->error);
    g_free(self->bytes);
    g_free(self);
}

void
apd_stream_begin(ApdStream *self, ApdTime timeout, size_t budget, size_t max_literal)
{
    self->deadline = apd_uptime() + timeout;
    self->budget = budget;
    self->filter.max_literal = max_literal;
}

mailstream *
apd_stream_mailstream(ApdStream *self)
{
    return self->mail;
}

bool
apd_stream_is_silent(const ApdStream *self)
{
    return self->silent;
}

int
apd_stream_fd(const ApdStream *self)
{
    return self->fd;
}

uint32_t
apd_stream_exists(const ApdStream *self)
{
    return self->filter.exists;
}

uint32_t
apd_stream_count(const ApdStream *self)
{
    return self->filter.count;
}

ApdImapSaid *
apd_stream_said(ApdStream *self)
{
    return &self->filter.said;
}

void
apd_stream_rest(ApdStream *self)
{
    explicit_bzero(self->mail->write_buffer, self->mail->buffer_max_size);
    if (self->start == self->end) {
        self->start = self->end = self->size = 0;
        g_clear_pointer(&self->bytes, g_free);
    }
}
