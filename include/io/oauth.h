/* OAuth 2.0 as a client sees it: what is asked of a provider's token and device
 * endpoints, and what it answers (RFC 6749, RFC 8628).  Pure: sending is
 * io/http's.
 *
 * Requests and answers hold secrets; texts for people never do.
 */
#pragma once

#include <stdbool.h>

#include "io/config.h"
#include "io/http.h"

typedef enum {
    APD_OAUTH_TOKEN,     /* here it is */
    APD_OAUTH_PENDING,   /* RFC 8628: the person has not yet said yes */
    APD_OAUTH_SLOW_DOWN, /* the same, and ask less often */
    APD_OAUTH_DENIED,    /* the person said no */
    APD_OAUTH_EXPIRED,   /* the device code is too old: begin anew */
    APD_OAUTH_REVOKED,   /* invalid_grant: a person must log in again */
    APD_OAUTH_MISTAKE,   /* client-id, secret, scope or address are wrong */
    APD_OAUTH_LATER,     /* the server has a trouble of its own */
} ApdOAuthResult;

typedef struct {
    char *access;         /* owned, a secret */
    char *refresh;        /* owned, a secret; NULL: none was given */
    ApdTime life;         /* of @access */
    ApdTime refresh_life; /* of @refresh; 0: not told */
    char *text;           /* owned; what the server said when it gave no token */
    ApdTime wait;         /* it is not to be asked for so long; 0: not told */
} ApdOAuthAnswer;

void apd_oauth_answer_clear(ApdOAuthAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdOAuthAnswer, apd_oauth_answer_clear)

/* What a token is asked for with; @secret: of the client, or NULL.  Each fills an
 * empty @request. */
void apd_oauth_ask_refresh(const ApdOAuthConfig *config, const char *secret, const char *refresh,
                           ApdHttpRequest *request);
void apd_oauth_ask_code(const ApdOAuthConfig *config, const char *secret, const char *code,
                        const char *verifier, const char *redirect, ApdHttpRequest *request);
void apd_oauth_ask_device_token(const ApdOAuthConfig *config, const char *secret,
                                const char *device_code, ApdHttpRequest *request);

/* Fills @answer (empty). */
ApdOAuthResult apd_oauth_read_token(const ApdHttpResponse *response, ApdOAuthAnswer *answer);

/* The beginning of a device flow. */
typedef struct {
    char *device_code; /* owned, a secret */
    char *user_code;   /* owned: what the person types in */
    char *url;         /* owned: where */
    char *whole_url;   /* owned: with the code in it; or NULL */
    ApdTime life;
    ApdTime interval;
} ApdOAuthDevice;

void apd_oauth_device_clear(ApdOAuthDevice *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdOAuthDevice, apd_oauth_device_clear)

void apd_oauth_ask_device(const ApdOAuthConfig *config, const char *secret,
                          ApdHttpRequest *request);

/* APD_ERROR_REFUSED or TRANSIENT when it gives none. */
bool apd_oauth_read_device(const ApdHttpResponse *response, ApdOAuthDevice *ret_device,
                           GError **error);
