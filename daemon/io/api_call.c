#include "io/api_call.h"

#include "base/error.h"
#include "base/json_read.h"
#include "io/secret.h"
#include "logic/api_sign.h"

/* As the official SDK waits (30 s to read). */
#define PATIENCE (30 * APD_SECOND)

static void
free_body(void *data)
{
    apd_secret_free(data);
}

static char *
as_json(JsonObject *question)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), question);

    return json_to_string(node, FALSE);
}

static void
add_question(ApdApiParams *params, const char *field, JsonObject *question)
{
    g_autofree char *json = field ? as_json(question) : NULL;
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;

    if (field != NULL) {
        apd_api_params_set(params, field, json);
        return;
    }
    json_object_iter_init(&iter, question);
    while (json_object_iter_next(&iter, &name, &value)) {
        char *text = apd_json_read_text(value);
        apd_api_params_set(params, name, text);
        apd_secret_free(text);
    }
}

static void
add_system(ApdApiParams *params, const ApdSourceConfig *source, const char *method, bool rest,
           const char *token, ApdTime now)
{
    g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT, now / 1000);

    apd_api_params_set(params, "app_key", source->oauth.client_id);
    apd_api_params_set(params, "timestamp", stamp);
    apd_api_params_set(params, "sign_method", "sha256");
    apd_api_params_set(params, rest ? "access_token" : "session", token);
    if (rest)
        return;
    apd_api_params_set(params, "v", "2.0");
    apd_api_params_set(params, "format", "json");
    apd_api_params_set(params, "simplify", "true");
    apd_api_params_set(params, "method", method);
}

/* Returns: (transfer full): of /rest.  Chat's methods are named without their slash. */
static char *
path_of(const char *name)
{
    return g_str_has_prefix(name, "/") ? g_strdup(name) : g_strconcat("/", name, NULL);
}

/* What the signature begins with.  @path: of /rest; NULL: of /sync. */
static const char *
prefix_of(const char *prefix, const char *name, const char *path)
{
    if (prefix == NULL)
        return path ? path : "";
    if (g_str_equal(prefix, "none"))
        return "";
    return g_str_equal(prefix, "name") ? name : prefix;
}

bool
apd_api_call(const ApdPlatform *platform, const ApdSourceConfig *source, const char *method,
             JsonObject *question, const char *secret, const char *token, ApdTime now,
             ApdHttpRequest *request, GError **error)
{
    const char *name = apd_platform_get(platform, "method", method, "name");
    const char *transport = apd_platform_get(platform, "method", method, "transport");
    const char *prefix = apd_platform_get(platform, "method", method, "prefix");
    bool rest = g_strcmp0(transport, "rest") == 0;
    g_autoptr(ApdApiParams) params = apd_api_params_new();

    if (name == NULL || transport == NULL) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "platforms/aliexpress.conf: [method %s] has no name or no transport", method);
        return false;
    }
    g_autofree char *path = rest ? path_of(name) : NULL;
    add_question(params, apd_platform_get(platform, "method", method, "field"), question);
    add_system(params, source, name, rest, token, now);
    g_autofree char *sign = apd_api_sign(params, prefix_of(prefix, name, path), secret);
    apd_api_params_set(params, "sign", sign);

    GString *form = apd_api_params_form(params);
    gsize size = form->len;
    char *text = g_string_free(form, FALSE);
    request->method = g_strdup("POST");
    request->url = g_strconcat(source->gateway, rest ? "/rest" : "/sync", path, NULL);
    request->headers = g_strsplit(
        "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\nAccept: application/json",
        "\n", -1);
    request->body = g_bytes_new_with_free_func(text, size, free_body, text);
    request->ca_file = g_strdup(source->ca_file);
    request->timeout = PATIENCE;
    return true;
}
