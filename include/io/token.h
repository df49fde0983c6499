/* The token of a source, as `appealctl login` and refreshing keep it: one file in
 * tokens/ of the state folder, for its owner alone, always whole.
 *
 * Whoever changes it holds its lock; reading needs none.
 */
#pragma once

#include <stdbool.h>

#include "io/config.h"
#include "io/oauth.h"

typedef struct {
    char *access;            /* owned, a secret */
    char *refresh;           /* owned, a secret; NULL: the provider gave none */
    ApdTime obtained;        /* when @access was */
    ApdTime expires;         /* of @access */
    ApdTime login;           /* when a person last logged in */
    ApdTime refresh_expires; /* APD_NEVER: not told */
    char *refused;           /* owned; why it can be refreshed no more; NULL: it can */
    char *user;              /* owned: whose it is, and for which client and server */
    char *client_id;         /* owned */
    char *token_url;         /* owned */
} ApdToken;

void apd_token_free(ApdToken *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdToken, apd_token_free)

/* Returns: (transfer full): what @answer (borrowed) makes of @old (borrowed; NULL:
 * of a login) at @now: a refresh token that was not replaced stays. */
ApdToken *apd_token_new(const ApdSourceConfig *source, const ApdToken *old,
                        const ApdOAuthAnswer *answer, ApdTime now);

/* The token of @source.  APD_ERROR_REFUSED with the remedy when there is none, it is
 * another account's, or others may read it. */
ApdToken *apd_token_load(const ApdSourceConfig *source, GError **error);

/* Atomic, and on disk when it returns.  The lock is the caller's.  TRANSIENT. */
bool apd_token_store(const ApdSourceConfig *source, const ApdToken *token, GError **error);

/* Returns a descriptor to be closed, -1 with @error unset while another holds it,
 * -1 and TRANSIENT on failure.  Never blocks.  Makes the folder. */
int apd_token_lock(const ApdSourceConfig *source, GError **error);

/* When it ought to be refreshed: well before it expires.  APD_NEVER: it cannot. */
ApdTime apd_token_refresh_at(const ApdToken *self);

/* Returns: (transfer full): what @source logs in with, its password or its access
 * token; free with apd_secret_free().  TRANSIENT: the token is being refreshed. */
char *apd_token_secret(const ApdSourceConfig *source, GError **error);
