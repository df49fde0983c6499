#include <curl/curl.h>
#include <string.h>

#include "io/http.h"

void
apd_http_request_clear(ApdHttpRequest *self)
{
    g_clear_pointer(&self->method, g_free);
    g_clear_pointer(&self->url, g_free);
    g_clear_pointer(&self->headers, g_strfreev);
    g_clear_pointer(&self->body, g_bytes_unref);
    g_clear_pointer(&self->ca_file, g_free);
    g_clear_pointer(&self->mail_from, g_free);
    g_clear_pointer(&self->mail_to, g_strfreev);
    g_clear_pointer(&self->user, g_free);
    if (self->password != NULL)
        explicit_bzero(self->password, strlen(self->password));
    g_clear_pointer(&self->password, g_free);
}

void
apd_http_response_clear(ApdHttpResponse *self)
{
    if (self->body != NULL) {
        explicit_bzero(self->body->str, self->body->len); /* it may hold tokens */
        g_string_free(g_steal_pointer(&self->body), TRUE);
    }
    g_clear_pointer(&self->retry_after, g_free);
    g_clear_pointer(&self->limit_reset, g_free);
    g_clear_pointer(&self->date, g_free);
    g_clear_pointer(&self->content_type, g_free);
    g_clear_pointer(&self->etag, g_free);
    g_clear_pointer(&self->modified, g_free);
    g_clear_pointer(&self->link, g_free);
    g_clear_pointer(&self->talk, apd_smtp_talk_free);
}

ApdTime
apd_http_date(const char *value)
{
    time_t at = value ? curl_getdate(value, NULL) : 0;

    return at > 0 ? at * APD_SECOND : 0;
}

ApdTime
apd_http_retry_after(const char *value, ApdTime now)
{
    guint64 seconds;

    if (value == NULL)
        return 0;
    if (g_ascii_string_to_unsigned(value, 10, 0, 86400 * 7, &seconds, NULL))
        return (ApdTime) seconds * APD_SECOND;

    ApdTime at = apd_http_date(value);
    return at != 0 ? CLAMP(at - now, 0, 7 * APD_DAY) : 0;
}
