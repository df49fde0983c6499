/* What may pass from an IMAP server to libetpan's parser.
 *
 * The packaged parser crashes on a dozen one-line answers and, where it and its
 * caller disagree on what a literal is, reads the sender's mail as protocol.  So
 * every line is held against a strict grammar of what we ask for: other lines
 * are dropped, response codes we do not need become plain text, and what breaks
 * framing ends the session.  Pure; fuzzed by tests/fuzz/fuzz_imap.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/imap_said.h"

/* A line longer than this ends the session. */
#define APD_IMAP_LINE_MAX (256u * 1024)

typedef enum {
    APD_LINE_PASS,   /* hand over, with its literal */
    APD_LINE_DROP,   /* not for us; its literal neither */
    APD_LINE_REFUSE, /* no IMAP: end the session */
} ApdLineFate;

typedef struct {
    uint64_t max_literal; /* set by the caller; changes from command to command */
    uint32_t exists; /* how many EXISTS lines went by: tells of news that any command may bring */
    uint32_t count;  /* messages in the folder, by the last EXISTS and the EXPUNGEs since */
    char bye[160];   /* the server's last words, once it has sent them */
    ApdImapSaid said;
    int rest; /* what the line after a literal belongs to; 0: none */
} ApdImapFilter;

/* Judges a whole line, its LF included; may change it in place, never its size.
 * @ret_literal: bytes that follow it as a literal, 0 for none.
 * @ret_why: (static) for APD_LINE_REFUSE. */
ApdLineFate apd_imap_filter_line(ApdImapFilter *self, char *line, size_t size,
                                 uint64_t *ret_literal, const char **ret_why);
