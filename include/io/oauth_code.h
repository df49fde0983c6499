/* The code flow through a browser: PKCE (RFC 7636), the address it is sent to,
 * and the address it comes back with (RFC 8252).
 */
#pragma once

#include "io/config.h"

/* Returns: (transfer full): 256 random bits in base64url: a verifier, or a state. */
char *apd_oauth_random(void);

/* Returns: (transfer full): the S256 challenge of @verifier (RFC 7636 section 4.2). */
char *apd_oauth_challenge(const char *verifier);

/* Returns: (transfer full): where to send the browser.  @user: whom to log in. */
char *apd_oauth_auth_url(const ApdOAuthConfig *config, const char *user, const char *redirect,
                         const char *state, const char *challenge);

typedef enum {
    APD_OAUTH_CODE,    /* the person said yes */
    APD_OAUTH_NO,      /* no, or the provider did */
    APD_OAUTH_FOREIGN, /* not for us: another path, another state */
} ApdOAuthReturn;

/* Reads the address a browser came back with: whole, or its path and query.
 * @ret_code: (transfer full): a secret.  @ret_text: (transfer full): why not. */
ApdOAuthReturn apd_oauth_read_return(const char *address, const char *state, char **ret_code,
                                     char **ret_text);
