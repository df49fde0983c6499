/* What an IMAP server says besides its answers: words that a person must read ([ALERT],
 * RFC 3501 section 7.1), that a quota is used up ([OVERQUOTA], RFC 5530), and figures of
 * a quota (RFC 9208).  Taken from lines as they go by io/imap_filter.h.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "logic/room.h"

typedef struct ApdImapSaid {
    char alert[200]; /* its latest words; "": none */
    bool over;       /* they came with OVERQUOTA */
    ApdQuota quota;  /* the one of which least is left */
} ApdImapSaid;

/* @text: what follows "OK", "NO" or "BAD" of a line; not ended by NUL. */
void apd_imap_said_status(ApdImapSaid *self, const char *text, size_t size);

/* @text: what follows "* QUOTA". */
void apd_imap_said_quota(ApdImapSaid *self, const char *text, size_t size);
