#include "port/channel_tools.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* As much of an answer as helps a person. */
#define MAX_SAID 200

char *
apd_channel_json_text(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);

    return json_to_string(root, FALSE);
}

void
apd_channel_header(ApdHttpRequest *request, const char *format, ...)
{
    guint n = request->headers ? g_strv_length(request->headers) : 0;
    va_list arguments;

    va_start(arguments, format);
    request->headers = g_renew(char *, request->headers, n + 2);
    request->headers[n] = g_strdup_vprintf(format, arguments);
    request->headers[n + 1] = NULL;
    va_end(arguments);
}

void
apd_channel_post(ApdHttpRequest *request, char *url, JsonNode *body)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    gsize size;

    json_generator_set_root(generator, body);
    char *text = json_generator_to_data(generator, &size);
    json_node_unref(body);

    request->method = g_strdup("POST");
    request->url = url;
    request->body = g_bytes_new_take(text, size);
    apd_channel_header(request, "Content-Type: application/json; charset=utf-8");
}

const char *
apd_channel_option(const ApdChannelConfig *config, const char *key, const char *fallback)
{
    const char *value = config->options ? g_hash_table_lookup(config->options, key) : NULL;

    return value ? value : fallback;
}

char *
apd_channel_address(const ApdChannelConfig *config, const char *fallback, const char *format, ...)
{
    g_autofree char *server = g_strdup(apd_channel_option(config, "server", fallback));
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *path = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    while (g_str_has_suffix(server, "/"))
        server[strlen(server) - 1] = '\0';
    return g_strconcat(server, path, NULL);
}

char *
apd_channel_query(const char *url, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *query = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return g_strconcat(url, strchr(url, '?') ? "&" : "?", query, NULL);
}

bool
apd_channel_check_token(const char *token, const char *allowed, const char *remedy, GError **error)
{
    for (const char *p = token; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && strchr(allowed, *p) == NULL) {
            g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                        "the token holds characters that no token has: %s", remedy);
            return false;
        }

    return true;
}

char *
apd_channel_hmac(const void *key, size_t key_size, const void *text, size_t size)
{
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key, key_size);
    guint8 digest[32];
    gsize digest_size = sizeof digest;

    if (size > 0)
        g_hmac_update(hmac, text, (gssize) size);
    g_hmac_get_digest(hmac, digest, &digest_size);
    return g_base64_encode(digest, digest_size);
}

char *
apd_channel_case_key(const ApdParcel *parcel)
{
    const ApdAlert *alert = parcel->alert;

    return alert->kase ? g_strdup_printf("appeald-case-%" G_GINT64_FORMAT, alert->kase->id)
                       : g_strdup_printf("appeald-%s", alert->key);
}

void
apd_channel_json_case(JsonBuilder *builder, const ApdCase *kase, ApdTime now)
{
    bool genuine = kase->authenticity == APD_AUTHENTICITY_GENUINE;

    json_builder_begin_object(builder);
    apd_json_int(builder, "id", kase->id);
    apd_json_text(builder, "store", kase->store);
    apd_json_text(builder, "state", apd_state_name(kase->state));
    apd_json_text(builder, "kind", apd_kind_name(kase->kind));
    apd_json_text(builder, "category", kase->category);
    apd_json_text(builder, "outcome", apd_outcome_name(kase->outcome));
    apd_json_hundredths(builder, "points", kase->points);
    apd_json_text(builder, "case_ref", kase->case_ref);
    apd_json_list(builder, "orders", kase->orders);
    apd_json_list(builder, "products", kase->products);
    apd_json_time(builder, "deadline", kase->deadline);
    apd_json_text(builder, "basis", apd_basis_name(kase->basis));
    json_builder_set_member_name(builder, "seconds_left");
    if (kase->deadline == APD_NEVER)
        json_builder_add_null_value(builder);
    else
        json_builder_add_int_value(builder, MAX(kase->deadline - now, 0) / APD_SECOND);
    apd_json_text(builder, "authenticity", apd_authenticity_name(kase->authenticity));
    apd_json_text(builder, "severity", apd_severity_name(kase->severity));
    apd_json_text(builder, "subject", kase->subject);
    apd_json_text(builder, "sender", kase->sender);
    apd_json_text(builder, "excerpt", kase->excerpt);
    apd_json_text(builder, "appeal_url", genuine ? kase->appeal_url : NULL);
    apd_json_text(builder, "source", kase->source);
    apd_json_time(builder, "noticed", kase->noticed);
    apd_json_time(builder, "opened", kase->opened);
    json_builder_end_object(builder);
}

static void
add_cases(JsonBuilder *builder, const GPtrArray *cases, ApdTime now)
{
    json_builder_set_member_name(builder, "cases");
    json_builder_begin_array(builder);
    for (guint i = 0; i < cases->len; i++)
        apd_channel_json_case(builder, cases->pdata[i], now);
    json_builder_end_array(builder);
}

JsonNode *
apd_channel_alert(const ApdParcel *parcel)
{
    const ApdAlert *alert = parcel->alert;
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "appeald.alert");
    apd_json_time(builder, "timestamp", parcel->now);
    json_builder_set_member_name(builder, "data");
    json_builder_begin_object(builder);
    apd_json_int(builder, "version", 1);
    apd_json_text(builder, "alert", apd_alert_type_name(alert->type));
    apd_json_text(builder, "key", alert->key);
    apd_json_text(builder, "title", parcel->wording->title);
    apd_json_text(builder, "text", parcel->wording->body);
    apd_json_text(builder, "severity", apd_severity_name(parcel->wording->severity));
    if (alert->kase != NULL) {
        apd_json_text(builder, "reason", apd_reason_name(alert->reason));
        json_builder_set_member_name(builder, "case");
        apd_channel_json_case(builder, alert->kase, parcel->now);
    } else {
        apd_json_text(builder, "subject", alert->subject);
        apd_json_text(builder, "detail", alert->text);
        add_cases(builder, alert->cases, parcel->now);
    }
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}

char *
apd_channel_said(const ApdHttpResponse *response)
{
    g_autofree char *line = apd_text_line(response->body->str);
    return apd_text_cut(line, MAX_SAID);
}
