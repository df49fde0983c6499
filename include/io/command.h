/* A command of the user's: run without a shell, fed on standard input, never
 * waited for, ended with all its children when its time is up.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

typedef struct {
    char **argv;   /* owned; argv[0] a path or a name to find in PATH */
    GBytes *input; /* owned; its standard input */
    ApdTime limit; /* how long it may take */
} ApdCommandRequest;

void apd_command_request_clear(ApdCommandRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdCommandRequest, apd_command_request_clear)

typedef struct {
    int status;       /* its exit status; -1: killed by a signal */
    bool late;        /* by us, since its time was up */
    const char *said; /* borrowed; the last line it wrote to standard error, or "" */
} ApdCommandEnd;

/* @error: it could not be started (borrowed); then @end is NULL. */
typedef void (*ApdCommandDone)(const ApdCommandEnd *end, const GError *error, void *user_data);

/* Never blocks; @done is called from the main context, never from in here.
 * @request may be cleared at once.  What it prints on standard output is dropped. */
void apd_command_run(const ApdCommandRequest *request, ApdCommandDone done, void *user_data);
