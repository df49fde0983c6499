#include "io/oauth.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/secret.h"

/* RFC 6749 leaves expires_in out for "see the manual". */
#define USUAL_LIFE APD_HOUR

/* Longer than this a number is a mistake. */
#define LONGEST_LIFE (10 * 366 * APD_DAY)

/* RFC 8628 section 3.2. */
#define USUAL_INTERVAL (5 * APD_SECOND)

#define MAX_TOKEN 12288 /* what fits a command of IMAP, in base64 */

void
apd_oauth_answer_clear(ApdOAuthAnswer *self)
{
    apd_secret_free(g_steal_pointer(&self->access));
    apd_secret_free(g_steal_pointer(&self->refresh));
    g_clear_pointer(&self->text, g_free);
}

void
apd_oauth_device_clear(ApdOAuthDevice *self)
{
    apd_secret_free(g_steal_pointer(&self->device_code));
    g_clear_pointer(&self->user_code, g_free);
    g_clear_pointer(&self->url, g_free);
    g_clear_pointer(&self->whole_url, g_free);
}

/* --- asking ------------------------------------------------------------------------ */

static void
free_body(void *data)
{
    apd_secret_free(data);
}

static void
add_field(GString *form, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (form->len > 0)
        g_string_append_c(form, '&');
    g_string_append_printf(form, "%s=", name);
    g_string_append_uri_escaped(form, value, NULL, FALSE);
}

/* A form that never moves while it grows, so that no copy of a secret stays. */
static GString *
begin_form(const ApdOAuthConfig *config, const char *secret, const char *grant)
{
    GString *form = g_string_sized_new(3 * MAX_TOKEN + 8192);

    add_field(form, "grant_type", grant);
    add_field(form, "client_id", config->client_id);
    add_field(form, "client_secret", secret);
    return form;
}

static void
finish_form(GString *form, const char *url, ApdHttpRequest *request)
{
    gsize size = form->len;
    char *text = g_string_free(form, FALSE);

    request->method = g_strdup("POST");
    request->url = g_strdup(url);
    request->headers = g_strsplit("Content-Type: application/x-www-form-urlencoded\n"
                                  "Accept: application/json",
                                  "\n", -1);
    request->body = g_bytes_new_with_free_func(text, size, free_body, text);
}

void
apd_oauth_ask_refresh(const ApdOAuthConfig *config, const char *secret, const char *refresh,
                      ApdHttpRequest *request)
{
    GString *form = begin_form(config, secret, "refresh_token");

    add_field(form, "refresh_token", refresh);
    finish_form(form, config->token_url, request);
}

void
apd_oauth_ask_code(const ApdOAuthConfig *config, const char *secret, const char *code,
                   const char *verifier, const char *redirect, ApdHttpRequest *request)
{
    GString *form = begin_form(config, secret, "authorization_code");

    add_field(form, "code", code);
    add_field(form, "code_verifier", verifier);
    add_field(form, "redirect_uri", redirect);
    finish_form(form, config->token_url, request);
}

void
apd_oauth_ask_device(const ApdOAuthConfig *config, const char *secret, ApdHttpRequest *request)
{
    GString *form = begin_form(config, secret, NULL);

    add_field(form, "scope", config->scope);
    finish_form(form, config->device_url, request);
}

void
apd_oauth_ask_device_token(const ApdOAuthConfig *config, const char *secret,
                           const char *device_code, ApdHttpRequest *request)
{
    GString *form = begin_form(config, secret, "urn:ietf:params:oauth:grant-type:device_code");

    add_field(form, "device_code", device_code);
    finish_form(form, config->token_url, request);
}

/* --- reading ------------------------------------------------------------------------- */

static JsonObject *
parse(const ApdHttpResponse *response, JsonParser *parser)
{
    const GString *body = response->body;

    if (body->len == 0 || !json_parser_load_from_data(parser, body->str, (gssize) body->len, NULL))
        return NULL;
    JsonNode *root = json_parser_get_root(parser);
    return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
}

static const char *
text_of(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && JSON_NODE_HOLDS_VALUE(node)
                   && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

/* Seconds; some servers write them as text. */
static ApdTime
span_of(JsonObject *object, const char *name, ApdTime fallback)
{
    JsonNode *node = json_object_get_member(object, name);
    const char *text = text_of(object, name);
    gint64 seconds = 0;

    if (text != NULL)
        (void) g_ascii_string_to_signed(text, 10, 0, LONGEST_LIFE / APD_SECOND, &seconds, NULL);
    else if (node != NULL && JSON_NODE_HOLDS_VALUE(node))
        seconds = json_node_get_int(node);
    return seconds > 0 ? MIN(seconds, LONGEST_LIFE / APD_SECOND) * APD_SECOND : fallback;
}

/* What RFC 6749 section 5.2 and RFC 8628 section 3.5 name. */
static ApdOAuthResult
result_of(const char *code, int status)
{
    static const struct {
        const char *code;
        ApdOAuthResult result;
    } codes[] = {
        { "authorization_pending", APD_OAUTH_PENDING },
        { "slow_down", APD_OAUTH_SLOW_DOWN },
        { "access_denied", APD_OAUTH_DENIED },
        { "authorization_declined", APD_OAUTH_DENIED }, /* Microsoft */
        { "expired_token", APD_OAUTH_EXPIRED },
        { "invalid_grant", APD_OAUTH_REVOKED },
        { "temporarily_unavailable", APD_OAUTH_LATER },
        { "server_error", APD_OAUTH_LATER },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (g_strcmp0(codes[i].code, code) == 0)
            return codes[i].result;
    return code != NULL && status < 500 && status != 429 ? APD_OAUTH_MISTAKE : APD_OAUTH_LATER;
}

/* Longer words of letters and digits are no words: a server may repeat what it was sent. */
#define LONG_WORD 40

static char *
leave_out_long_words(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word != NULL; word++)
        if (strlen(*word) > LONG_WORD && g_str_is_ascii(*word)) {
            g_free(*word);
            *word = g_strdup("***");
        }
    return g_strjoinv(" ", words);
}

/* "invalid_grant (Token has been expired or revoked.)"; a server's own words. */
static char *
describe(JsonObject *object, int status)
{
    const char *code = object ? text_of(object, "error") : NULL;
    const char *more = object ? text_of(object, "error_description") : NULL;
    g_autofree char *text = code == NULL ? g_strdup_printf("the server answered %d", status)
                            : more == NULL || *more == '\0'
                                ? g_strdup(code)
                                : g_strdup_printf("%s (%s)", code, more);
    g_autofree char *line = apd_text_line(text);
    g_autofree char *clean = leave_out_long_words(line);

    return apd_text_cut(clean, 200);
}

static bool
is_bearer(JsonObject *object)
{
    const char *type = text_of(object, "token_type");

    return type == NULL || g_ascii_strcasecmp(type, "bearer") == 0;
}

/* RFC 6750 section 2.1: letters that can stand in a command. */
static bool
is_token(const char *text)
{
    size_t n = strlen(text);

    if (n == 0 || n > MAX_TOKEN)
        return false;
    for (; *text != '\0'; text++)
        if (!g_ascii_isgraph(*text))
            return false;
    return true;
}

ApdOAuthResult
apd_oauth_read_token(const ApdHttpResponse *response, ApdOAuthAnswer *answer)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = parse(response, parser);
    const char *access = object ? text_of(object, "access_token") : NULL;
    const char *refresh = object ? text_of(object, "refresh_token") : NULL;

    if (response->status != 200 || access == NULL) {
        answer->text = describe(object, response->status);
        return result_of(object ? text_of(object, "error") : NULL, response->status);
    }
    if (!is_bearer(object) || !is_token(access) || (refresh != NULL && !is_token(refresh))) {
        answer->text = g_strdup("the server gave a token of a kind that is not understood");
        return APD_OAUTH_MISTAKE;
    }
    answer->access = g_strdup(access);
    answer->refresh = g_strdup(refresh);
    answer->life = span_of(object, "expires_in", USUAL_LIFE);
    answer->refresh_life =
        span_of(object, "refresh_token_expires_in", span_of(object, "refresh_expires_in", 0));
    return APD_OAUTH_TOKEN;
}

bool
apd_oauth_read_device(const ApdHttpResponse *response, ApdOAuthDevice *ret_device, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonObject *object = parse(response, parser);
    const char *device = object ? text_of(object, "device_code") : NULL;
    const char *user = object ? text_of(object, "user_code") : NULL;
    const char *url = object ? text_of(object, "verification_uri") : NULL;

    if (url == NULL && object != NULL)
        url = text_of(object, "verification_url"); /* before the RFC was one */
    if (response->status != 200 || device == NULL || user == NULL || url == NULL) {
        g_autofree char *text = describe(object, response->status);
        g_set_error(error, APD_ERROR,
                    response->status >= 500 ? APD_ERROR_TRANSIENT : APD_ERROR_REFUSED,
                    "no device code was given: %s", text);
        return false;
    }
    ret_device->device_code = g_strdup(device);
    ret_device->user_code = apd_text_line(user);
    ret_device->url = apd_text_line(url);
    ret_device->whole_url = g_strdup(text_of(object, "verification_uri_complete"));
    ret_device->life = span_of(object, "expires_in", 15 * APD_MINUTE);
    ret_device->interval = span_of(object, "interval", USUAL_INTERVAL);
    return true;
}
