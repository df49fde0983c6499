/* Logging: to the journal with fields under systemd, else to standard error.
 *
 * Only app/ and the programs log (debug lines aside); a message that is not
 * fatal says what happens next.  No secret ever gets here: errors do not carry
 * them.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Once, first thing in main().  @debug shows debug and info lines too. */
void apd_log_setup(const char *program, bool debug);

/* Logs with one field beside the message, as APPEALD_CASE=12 or
 * APPEALD_SOURCE=imap office, for `journalctl APPEALD_CASE=12`. */
void apd_log(GLogLevelFlags level, const char *field, const char *value, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
