/* What the configuration says of OAuth 2.0, checked and completed. */
#pragma once

#include "io/config.h"
#include "io/providers.h"

/* Takes from @provider what the section did not set. */
void apd_config_oauth_fill(ApdOAuthConfig *self, const ApdProvider *provider);

/* Whether @source logs in by OAuth 2.0 rather than by password. */
bool apd_config_oauth_is_wanted(const ApdSourceConfig *source);

/* Returns: (transfer full): what is wrong with it, and @ret_key, a key; NULL when
 * nothing is. */
char *apd_config_oauth_check(const ApdSourceConfig *source, const char **ret_key);

/* TLS, or this machine; and no user or fragment in it (RFC 6749 section 3.1, 3.2). */
bool apd_config_oauth_is_safe(const char *url);

/* Settles how to log in and where the token is kept, below @state_dir. */
void apd_config_oauth_use(ApdSourceConfig *source, const char *state_dir);
