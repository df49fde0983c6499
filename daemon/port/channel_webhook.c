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
    g_autoptr(GByteArray) text = g_byte_array_new();
    gsize size;
    const guchar *data = g_bytes_get_data(body, &size);

    g_byte_array_append(text, (const guchar *) head, (guint) strlen(head));
    g_byte_array_append(text, data, (guint) size);
    return apd_channel_hmac(key, key_size, text->data, text->len);
}

static bool
webhook_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
              GError **error)
{
    gsize key_size;
    g_autofree guchar *key = decode_key(parcel->secret, &key_size, error);
    gint64 timestamp = parcel->now / APD_SECOND;

    (void) config;
    if (key == NULL)
        return false;

    apd_channel_post(request, g_strdup(parcel->url), apd_channel_alert(parcel));
    g_autofree char *signature = sign(key, key_size, parcel->idempotency, timestamp, request->body);
    explicit_bzero(key, key_size);

    apd_channel_header(request, "webhook-id: %s", parcel->idempotency);
    apd_channel_header(request, "webhook-timestamp: %" G_GINT64_FORMAT, timestamp);
    apd_channel_header(request, "webhook-signature: v1,%s", signature);
    return true;
}

/* The receiver's own errors are not ours to judge: all but these pass by themselves. */
/* clang-format off */
static const ApdRuling rows[] = {
    { 410, NULL, NULL, APD_REFUSED, .remedy = "the receiver wants no more" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .rows = rows, .n = G_N_ELEMENTS(rows) };

static void
webhook_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    if (response->status >= 200 && response->status < 300) {
        judgement->taking = APD_TAKEN;
        return;
    }

    apd_verdicts_judge(&verdicts, response, now, judgement);
    if (response->status >= 400 && response->status != 410)
        judgement->taking = APD_TRY_AGAIN;
}

const ApdChannelType apd_channel_webhook = {
    .name = "webhook",
    .idempotent = true,
    .build = webhook_build,
    .judge = webhook_judge,
};
