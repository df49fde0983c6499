/* Shared by the files of io/stream: the socket, the handshake, the driver. */
#pragma once

#include "io/imap_filter.h"
#include "io/stream.h"

struct ApdTrust {
    struct gnutls_certificate_credentials_st *credentials; /* owned */
};

struct ApdStream {
    int fd;                         /* owned */
    struct gnutls_session_int *tls; /* owned; NULL: in the clear */
    mailstream *mail;               /* owned */
    GError *error;                  /* owned; the first failure */
    ApdTime deadline;               /* of the command, apd_uptime() */
    bool silent;                    /* it ended by its deadline */
    size_t budget;                  /* bytes the command may still bring */
    _Atomic ApdTime *busy;          /* borrowed; NULL: nobody asks */
    ApdImapFilter filter;

    /* What came and is not yet handed over: [start, end) of @bytes. */
    char *bytes; /* owned */
    size_t size, start, end;
    size_t released;  /* of these: the line let pass */
    uint64_t literal; /* and the literal after it */
    uint64_t skip;    /* a dropped literal, still to come */
};

/* Sets the stream's first failure.  Returns: false. */
bool apd_stream_fail(ApdStream *self, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Waits until the socket is ready for @events or the deadline is over. */
bool apd_stream_wait(ApdStream *self, short events);

/* Makes the mailstream on top of the socket. */
void apd_stream_mount(ApdStream *self);
