/* The daemon: sources, casebook, steps and dispatcher on one main loop.
 *
 * One alarm, recomputed from the ledger after everything that happens; nothing
 * ticks.
 */
#pragma once

#include "io/config.h"

typedef struct ApdDaemon ApdDaemon;

typedef struct {
    bool once; /* end when everything new is read and what is due was tried */
} ApdDaemonOptions;

/* Opens the ledger and starts to watch.  Takes @config.  On failure: CONFIG or
 * LEDGER. */
ApdDaemon *apd_daemon_start(ApdConfig *config, const ApdDaemonOptions *options, GError **error);
void apd_daemon_free(ApdDaemon *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDaemon, apd_daemon_free)

/* Until SIGTERM or SIGINT, the end of --once, or a ledger that cannot be written.
 * False and @error for the last. */
bool apd_daemon_run(ApdDaemon *self, GError **error);
