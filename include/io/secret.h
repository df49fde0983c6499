/* Secrets: read when needed, wiped when done, never in a message. */
#pragma once

#include "io/config.h"

/* Returns: (transfer full): the secret without its trailing line end; free with
 * apd_secret_free().  NULL and APD_ERROR_CONFIG when there is none: the text
 * names the file or command and the remedy, never the content.  A file that
 * others may read is refused.  May block (a command: at most 30 s). */
char *apd_secret_read(const ApdSecretConfig *config, GError **error);

/* The same, of one that has several lines. */
char *apd_secret_read_lines(const ApdSecretConfig *config, GError **error);

/* Overwrites, then frees.  NULL is allowed. */
void apd_secret_free(char *secret);

/* Returns: (transfer full): @text without @secret (NULL: with nothing left out):
 * whoever was sent it may repeat it. */
char *apd_secret_leave_out(const char *text, const char *secret);

/* The same of all @secrets (NULL at its end). */
char *apd_secret_leave_out_all(const char *text, const char *const *secrets);

bool apd_secret_is_set(const ApdSecretConfig *config);
