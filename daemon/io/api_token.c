#include "io/api_token.h"

#include "io/api_call.h"
#include "logic/api_answer.h"
#include "logic/skew.h"

/* Longer than this a number is a mistake. */
#define LONGEST_LIFE (10 * 366 * APD_DAY)

bool
apd_api_token_is_for(const ApdSourceConfig *source)
{
    return g_strcmp0(source->type, "aliexpress") == 0;
}

bool
apd_api_token_ask_code(const ApdPlatform *platform, const ApdSourceConfig *source,
                       const char *secret, const char *code, ApdTime now, ApdHttpRequest *request,
                       GError **error)
{
    g_autoptr(JsonObject) question = json_object_new();

    json_object_set_string_member(question, "code", code);
    return apd_api_call(platform, source, "token-create", question, secret, NULL, now, request,
                        error);
}

bool
apd_api_token_ask_refresh(const ApdPlatform *platform, const ApdSourceConfig *source,
                          const char *secret, const char *refresh, ApdTime now,
                          ApdHttpRequest *request, GError **error)
{
    g_autoptr(JsonObject) question = json_object_new();

    json_object_set_string_member(question, "refresh_token", refresh);
    return apd_api_call(platform, source, "token-refresh", question, secret, NULL, now, request,
                        error);
}

static ApdOAuthResult
result_of(ApdRemedy remedy)
{
    switch (remedy) {
    case APD_REMEDY_NONE:
        return APD_OAUTH_TOKEN;
    case APD_REMEDY_RETRY:
    case APD_REMEDY_WAIT:
        return APD_OAUTH_LATER;
    case APD_REMEDY_LOGIN:
    case APD_REMEDY_RENEW:
        return APD_OAUTH_REVOKED;
    default:
        return APD_OAUTH_MISTAKE;
    }
}

/* What is left of @absolute (milliseconds since the epoch), else @relative (seconds);
 * -1: neither is said. */
static ApdTime
life_of(JsonNode *root, const char *absolute, const char *relative, ApdTime now)
{
    int64_t value;

    if (apd_json_read_int(apd_json_hunt(root, absolute), &value) && value > 0)
        return CLAMP(MIN(value, INT64_MAX / 1000) * 1000 - now, 0, LONGEST_LIFE);
    if (apd_json_read_int(apd_json_hunt(root, relative), &value))
        return CLAMP(value, 0, LONGEST_LIFE / APD_SECOND) * APD_SECOND;
    return -1;
}

/* Letters that can stand in a form. */
static bool
is_token(const char *text)
{
    return text != NULL && *text != '\0' && g_str_is_ascii(text) && strlen(text) <= 4096;
}

/* Returns: (transfer full): why there is no token.  A signature that is refused may be so for
 * its time. */
static char *
describe(const ApdApiAnswer *answer, const ApdHttpResponse *response, ApdTime now)
{
    ApdTime theirs = apd_http_date(response->date);

    if (answer->remedy != APD_REMEDY_CLOCK || theirs <= 0 || ABS(theirs - now) < APD_SKEW_SLACK)
        return g_strdup(answer->text);
    g_autofree char *span = apd_skew_text(theirs - now);
    return g_strdup_printf("%s; this machine's clock is %s the platform's: set it", answer->text,
                           span);
}

static ApdOAuthResult
read_own(const ApdPlatform *platform, const ApdHttpResponse *response, ApdTime now,
         ApdOAuthAnswer *answer)
{
    g_auto(ApdApiAnswer) read = { 0 };

    apd_api_answer_read(platform, response->status, response->body->str, response->body->len,
                        &read);
    if (read.remedy != APD_REMEDY_NONE) {
        answer->text = describe(&read, response, now);
        answer->wait = MAX(read.wait, apd_http_retry_after(response->retry_after, now));
        return result_of(read.remedy);
    }
    answer->access = apd_json_read_text(apd_json_hunt(read.root, "access_token"));
    answer->refresh = apd_json_read_text(apd_json_hunt(read.root, "refresh_token"));
    ApdTime life = life_of(read.root, "expire_time", "expires_in", now);
    ApdTime refresh_life =
        life_of(read.root, "refresh_token_valid_time", "refresh_expires_in", now);
    if (!is_token(answer->access) || life <= 0) {
        apd_oauth_answer_clear(answer);
        answer->text = g_strdup("the platform gave a token of a kind that is not understood");
        return APD_OAUTH_MISTAKE;
    }
    answer->life = life;
    answer->refresh_life = MAX(refresh_life, 0);

    /* 0: it cannot be refreshed; the login ends with the access token. */
    int64_t renewable = 1;
    apd_json_read_int(apd_json_hunt(read.root, "refresh_expires_in"), &renewable);
    if (renewable == 0 || refresh_life == 0 || !is_token(answer->refresh)) {
        g_clear_pointer(&answer->refresh, g_free);
        answer->refresh_life = life;
    }
    return APD_OAUTH_TOKEN;
}

ApdOAuthResult
apd_api_token_read(const ApdSourceConfig *source, const ApdHttpResponse *response, ApdTime now,
                   ApdOAuthAnswer *answer)
{
    return apd_api_token_is_for(source) ? read_own(source->platform, response, now, answer)
                                        : apd_oauth_read_token(response, answer);
}

char *
apd_api_token_consent_url(const ApdSourceConfig *source, const char *state)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        { "response_type", "code" },
        { "force_auth", "true" },
        { "redirect_uri", source->oauth.redirect },
        { "client_id", source->oauth.client_id },
        { "state", state },
    };
    GString *url = g_string_new(source->oauth.auth_url);

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_string_append_printf(url, "%c%s=", i == 0 ? '?' : '&', fields[i].name);
        g_string_append_uri_escaped(url, fields[i].value, NULL, FALSE);
    }
    return g_string_free(url, FALSE);
}
