/* The certificates that a server showed. */
#pragma once

#include "io/stream.h"

/* One of them. */
typedef struct {
    char *subject; /* owned: its common name, else all of it */
    char *issuer;  /* owned, likewise */
    ApdTime from, until;
} ApdCertificate;

/* Returns: (transfer full) (element-type ApdCertificate): the server's own first;
 * empty in the clear. */
GPtrArray *apd_stream_chain(const ApdStream *self);

/* Returns: (transfer full): "TLS1.3"; NULL in the clear. */
char *apd_stream_protocol(const ApdStream *self);

/* Returns: (transfer full): "imap.example.com, issued by R3, until 2026-01-05". */
char *apd_certificate_describe(const ApdCertificate *self);
