/* The generic webhook: Standard Webhooks, version 1
 * (github.com/standard-webhooks/standard-webhooks, spec of 2026-08).
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/error.h"

/* "whsec_" and the key in base64, of 24 to 64 bytes. */
#define SECRET_PREFIX "whsec_"

static guchar *
decode_key(const char *secret, gsize *ret_size, GError **error)
{
    const char *text =
        g_str_has_prefix(secret, SECRET_PREFIX) ? secret + strlen(SECRET_PREFIX) : secret;
    guchar *key = g_base64_decode(text, ret_size);

    if (key != NULL && *ret_size >= 16 && *ret_size <= 1024)
        return key;

    g_free(key);
    g_set_error_literal(error, APD_ERROR, APD_ERROR_CONFIG,
                        "the secret is no key of Standard Webhooks (write whsec_ and 24 to 64 "
                        "random bytes in base64: openssl rand -base64 32)");
    return NULL;
}

/* Returns: (transfer full): base64(HMAC-SHA256(key, id "." timestamp "." body)). */
static char *
sign(const guchar *key, gsize key_size, const char *id, gint64 timestamp, GBytes *body)
{
    g_autofree char *head = g_strdup_printf("%s.%" G_GINT64_FORMAT ".", id, timestamp);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key, key_size);
    guint8 digest[32];
    gsize size = sizeof digest, body_size;
    const guchar *data = g_bytes_get_data(body, &body_size);

    g_hmac_update(hmac, (const guchar *) head, (gssize) strlen(head));
    g_hmac_update(hmac, data, (gssize) body_size);
    g_hmac_get_digest(hmac, digest, &size);
    return g_base64_encode(digest, size);
}

static bool
webhook_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
              GError **error)
{
    gsize key_size;
    g_autofree guchar *key = decode_key(parcel->secret, &key_size, error);
    g_autoptr(JsonBuilder) builder = json_builder_new();
    gint64 timestamp = parcel->now / APD_SECOND;

    (void) config;
    if (key == NULL)
        return false;

    apd_channel_json_alert(builder, parcel);
    apd_channel_post_json(request, parcel->url, builder);
    g_autofree char *signature = sign(key, key_size, parcel->idempotency, timestamp, request->body);
    explicit_bzero(key, key_size);

    g_strfreev(request->headers);
    request->headers = g_new0(char *, 5);
    request->headers[0] = g_strdup("Content-Type: application/json");
    request->headers[1] = g_strdup_printf("webhook-id: %s", parcel->idempotency);
    request->headers[2] = g_strdup_printf("webhook-timestamp: %" G_GINT64_FORMAT, timestamp);
    request->headers[3] = g_strdup_printf("webhook-signature: v1,%s", signature);
    return true;
}

static void
webhook_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);

    if (response->status >= 200 && response->status < 300)
        judgement->taking = APD_TAKEN;
    else if (response->status == 410)
        apd_judge(judgement, APD_REFUSED, 0, "HTTP 410: the receiver wants no more");
    else if (response->status >= 300 && response->status < 400)
        apd_judge(judgement, APD_REFUSED, 0, "HTTP %d: redirects are not followed",
                  response->status);
    else
        apd_judge(judgement, APD_TRY_AGAIN, apd_http_retry_after(response->retry_after, now),
                  "HTTP %d: %s", response->status, said);
}

const ApdChannelType apd_channel_webhook = {
    .name = "webhook",
    .build = webhook_build,
    .judge = webhook_judge,
};
