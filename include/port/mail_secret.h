/* A secret that a command prints, waited for in a thread: the command may ask a person, or
 * hang, and the mailboxes of others must not wait for it.
 */
#pragma once

#include <glib.h>

typedef struct ApdMailSecret ApdMailSecret;

/* Called once, from the main context.  Takes @secret, to be freed with apd_secret_free();
 * NULL: @error (borrowed) says why. */
typedef void (*ApdMailSecretDone)(char *secret, const GError *error, void *user_data);

/* Returns: (transfer none): good until @done was called, or it was forgotten. */
ApdMailSecret *apd_mail_secret_ask(const char *command, ApdMailSecretDone done, void *user_data);

/* Nobody waits for it any more: @done is not called.  NULL is allowed. */
void apd_mail_secret_forget(ApdMailSecret *self);
