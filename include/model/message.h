/* A message as a source hands it over: its bytes and where they stood. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "model/stated.h"
#include "model/verdict.h"

typedef struct {
    char *source;         /* section of the configuration: "imap office" */
    char *folder;         /* as a person writes it, UTF-8; "" where a source has none */
    uint32_t uidvalidity; /* IMAP; else 0 */
    uint32_t uid;         /* IMAP; else 0 */
    char *name;           /* Maildir: the unique part of the file name; else NULL */
    ApdTime received;     /* INTERNALDATE or the file's time */
    bool first_look;      /* found by the first look back, not newly arrived */
    char *look;           /* owned: the first look that it is of, where that is not its folder's */
    bool truncated;       /* @bytes is only the beginning */
    bool header_only;     /* @bytes is only the header, or nothing */
    char *fault;          /* owned: why no more of it could be fetched; NULL: nothing failed */
    GBytes *bytes;        /* owned */
    ApdVerdict *verdict;  /* owned: what it means, where no reader is needed; else NULL */
    char *mark;        /* what of the source this moves, with the message: see ledger.h; or NULL */
    char *mark_value;  /* to what; NULL: it is forgotten */
    ApdStated *stated; /* owned: what the source states beside the text; or NULL */
} ApdMessage;

void apd_message_free(ApdMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdMessage, apd_message_free)
