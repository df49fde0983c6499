/* HTTP, and mail by SMTP, by libcurl's multi interface on the GLib main loop.
 *
 * TLS is always verified, nothing but http(s) (or smtp(s) for mail), no redirects,
 * no proxy unless asked for, bounded bodies and times.  The only files that include
 * <curl/curl.h> are io/http*.c.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"
#include "io/smtp_talk.h"

typedef struct {
    char *method;    /* owned; "POST" */
    char *url;       /* owned; a secret: never logged */
    char **headers;  /* owned; "Name: value" lines, or NULL */
    GBytes *body;    /* owned, or NULL */
    char *ca_file;   /* owned; private CA instead of the system's, or NULL */
    ApdTime timeout; /* 0: 30 s */

    /* Mail: @url is smtp://host or smtps://host, @body the whole message with CRLF.
     * smtp:// demands STARTTLS unless @tls_optional. */
    char *mail_from; /* owned; NULL: this is no mail */
    char **mail_to;  /* owned */
    char *user;      /* owned, or NULL: no login */
    char *password;  /* owned, a secret; or NULL */
    bool tls_optional;
} ApdHttpRequest;

void apd_http_request_clear(ApdHttpRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdHttpRequest, apd_http_request_clear)

typedef struct {
    int status;         /* 0: no answer; of mail: the last reply code, as 250 */
    GString *body;      /* owned; never NULL; at most 1 MiB; of mail: the last refusal */
    char *retry_after;  /* owned; raw header value, or NULL */
    char *limit_reset;  /* owned; raw X-Limit-App-Reset (seconds since the epoch), or NULL */
    char *date;         /* owned; raw Date header, or NULL */
    char *content_type; /* owned, or NULL */
    char *etag;         /* owned, or NULL */
    char *modified;     /* owned; raw Last-Modified, or NULL */
    char *link;         /* owned; raw Link, or NULL */
    ApdSmtpTalk *talk;  /* owned; of mail: what was said of each address; else NULL */
} ApdHttpResponse;

void apd_http_response_clear(ApdHttpResponse *self);

typedef struct ApdHttp ApdHttp;

ApdHttp *apd_http_new(void);

/* Requests in flight end now, with a TRANSIENT error; their callbacks must not
 * start others. */
void apd_http_free(ApdHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdHttp, apd_http_free)

/* @error: no answer came (borrowed; TRANSIENT, or REFUSED for bad certificates
 * and URLs; its text names the host, never the URL); then @response is NULL. */
typedef void (*ApdHttpDone)(const ApdHttpResponse *response, const GError *error, void *user_data);

/* Never blocks; @done is called from the main context, never from in here.
 * Copies @request. */
void apd_http_send(ApdHttp *self, const ApdHttpRequest *request, ApdHttpDone done, void *user_data);

/* An HTTP date (RFC 9110 section 5.6.7); 0 when @value is NULL or senseless. */
ApdTime apd_http_date(const char *value);

/* Retry-After as seconds or HTTP date (RFC 9110 section 10.2.3): the pause from
 * @now, 0 when @value is NULL or senseless. */
ApdTime apd_http_retry_after(const char *value, ApdTime now);
