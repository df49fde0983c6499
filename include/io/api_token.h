/* Tokens of the AliExpress Open Platform: its own dialect of OAuth 2.0, in the words of
 * io/oauth.
 *
 * The refresh token is never given a longer life by refreshing: what the platform says of
 * its end is kept, and never put off.
 */
#pragma once

#include "io/oauth.h"
#include "model/platform.h"

/* Whether @source logs in this way. */
bool apd_api_token_is_for(const ApdSourceConfig *source);

/* Each fills an empty @request.  @secret: of the app. */
bool apd_api_token_ask_code(const ApdPlatform *platform, const ApdSourceConfig *source,
                            const char *secret, const char *code, ApdTime now,
                            ApdHttpRequest *request, GError **error);
bool apd_api_token_ask_refresh(const ApdPlatform *platform, const ApdSourceConfig *source,
                               const char *secret, const char *refresh, ApdTime now,
                               ApdHttpRequest *request, GError **error);

/* What was answered to a request for a token of @source, which may log in in either way.
 * Fills @answer (empty). */
ApdOAuthResult apd_api_token_read(const ApdSourceConfig *source, const ApdHttpResponse *response,
                                  ApdTime now, ApdOAuthAnswer *answer);

/* Returns: (transfer full): where a person allows it. */
char *apd_api_token_consent_url(const ApdSourceConfig *source, const char *state);
