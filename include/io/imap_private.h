/* Shared by the files of io/imap: a session and how its commands run. */
#pragma once

#include <libetpan/libetpan.h>

#include "io/imap.h"

/* Deadline of an ordinary command. */
#define APD_IMAP_TIMEOUT (30 * APD_SECOND)

struct ApdImap {
    ApdStream *stream; /* owned */
    mailimap *session; /* owned */
    uint32_t mark;     /* EXISTS lines gone by when the last list or search began */
    bool idle;
    bool leaving; /* "DONE" is to be said, with the next command */
    bool doubted; /* whether anybody is there is to be known soon */
};

/* Sets the limits of the next command. */
void apd_imap_begin(ApdImap *self, ApdTime timeout, size_t budget, size_t max_literal);

/* Runs a command that libetpan has no function for.  Returns its code. */
int apd_imap_run(ApdImap *self, const char *command);

/* Fails with what the stream or the server said to @doing; @code for when the
 * server said no. */
bool apd_imap_fail(ApdImap *self, int result, int code, const char *doing, GError **error);

/* Returns: (transfer full): what the server said, fit to show. */
char *apd_imap_said(const ApdImap *self);

/* Returns: (transfer full): the same as it came, with the response code that stood before it. */
char *apd_imap_said_with_code(const ApdImap *self);

/* Whether the last answer was a BAD: libetpan takes it for a breach of protocol. */
bool apd_imap_is_bad(const ApdImap *self);

/* Runs a SEARCH and adds what it found to @uids (element-type uint32_t).  @ret_able: the server
 * knows such a search; else nothing is added. */
bool apd_imap_run_search(ApdImap *self, const char *command, GArray *uids, bool *ret_able,
                         GError **error);

/* Our own exchanges, beside libetpan's parser: a tag and @text are sent; lines
 * are read one by one.  NULL on failure. */
bool apd_imap_send(ApdImap *self, const char *text, bool tagged);
const char *apd_imap_next_line(ApdImap *self);

/* Whether @line answers the command sent last; then what follows the tag. */
const char *apd_imap_tagged(const ApdImap *self, const char *line);

/* Reads on until the server has answered IDLE, whose tag was @tag. */
bool apd_imap_idle_end(ApdImap *self, int tag);

/* Asks for capabilities anew. */
bool apd_imap_ask_capability(ApdImap *self, GError **error);
