/* What a mail server is told of an access token, and what it answers when it
 * does not like it.  Pure. */
#pragma once

#include <glib.h>

/* Returns: (transfer full): the initial response of XOAUTH2 in base64, as Google
 * and Microsoft document it.  A secret. */
char *apd_oauth_sasl_xoauth2(const char *user, const char *token);

/* Returns: (transfer full): that of OAUTHBEARER (RFC 7628 section 3.1), in base64.
 * A secret. */
char *apd_oauth_sasl_bearer(const char *user, const char *host, int port, const char *token);

/* Returns: (transfer full): what a challenge after the initial response says is
 * wrong, in one line ("invalid_token"); "" when it says nothing. */
char *apd_oauth_sasl_error(const char *base64);
