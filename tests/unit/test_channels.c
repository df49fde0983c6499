#include <json-glib/json-glib.h>
#include <string.h>

#include "io/config_keys.h"
#include "io/phrases.h"
#include "logic/wording.h"
#include "port/channel.h"

#define NOW (INT64_C(1599360473) * APD_SECOND)

typedef struct {
    ApdPhrases *phrases; /* owned */
    GTimeZone *zone;     /* owned */
    ApdAlert *alert;     /* owned */
    ApdWording *wording; /* owned */
} Fixture;

static void
word(Fixture *f)
{
    apd_wording_free(f->wording);
    f->wording = apd_wording_make(f->phrases, f->alert, NOW, f->zone);
}

static void
set_up(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void) data;
    f->phrases = apd_phrases_load("conf", NULL, "en", &error);
    g_assert_no_error(error);
    f->zone = g_time_zone_new_identifier("Asia/Shanghai");
    f->alert = apd_alert_new();
    f->alert->key = g_strdup("case/12/0/new");
    f->alert->severity = APD_SEVERITY_HIGH;

    ApdCase *kase = apd_case_new();
    kase->id = 12;
    kase->store = g_strdup("lanterns");
    kase->kind = APD_KIND_COMPLAINT;
    kase->category = g_strdup("ip.trademark");
    kase->points = 50;
    kase->deadline = NOW + 2 * APD_DAY + 5 * APD_HOUR + 59 * APD_MINUTE;
    kase->basis = APD_BASIS_STATED;
    kase->authenticity = APD_AUTHENTICITY_GENUINE;
    kase->severity = APD_SEVERITY_HIGH;
    kase->subject = g_strdup("Complaint <!channel> & \"more\"\x1b[31m");
    kase->appeal_url = g_strdup("https://csp.aliexpress.com/x?a=1&b=2");
    f->alert->kase = kase;
    word(f);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    apd_wording_free(f->wording);
    apd_alert_free(f->alert);
    g_time_zone_unref(f->zone);
    apd_phrases_free(f->phrases);
}

/* clang-format off */
static const struct { const char *key, *value; } options[] = {
    { "chat", "-1001234567890" }, { "room", "!abc:example.com" }, { "server", "https://srv.example/base/" },
    { "from", "appeald@example.com" }, { "to", "a@example.com, b@example.org" },
};
/* clang-format on */

static void
build_form(Fixture *f, const char *type, bool plain, ApdHttpRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
    ApdChannelConfig config = { .options = table };
    ApdParcel parcel = { .alert = f->alert,
                         .wording = f->wording,
                         .idempotency = "msg_1",
                         .now = NOW,
                         .url = "https://hook.example/x",
                         .token = "SCT123abc",
                         .secret = g_str_equal(type, "webhook")
                                       ? "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
                                       : "this is secret",
                         .plain = plain };

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        g_hash_table_insert(table, (gpointer) (guintptr) options[i].key,
                            (gpointer) (guintptr) options[i].value);
    g_assert_true(apd_channel_find(type)->build(&config, &parcel, request, &error));
    g_assert_no_error(error);
}

static void
build(Fixture *f, const char *type, const char *secret, ApdHttpRequest *request)
{
    g_autoptr(GError) error = NULL;
    ApdChannelConfig config = { NULL };
    ApdParcel parcel = { .alert = f->alert,
                         .wording = f->wording,
                         .idempotency = "msg_1",
                         .now = NOW,
                         .url = "https://hook.example/x",
                         .secret = secret };

    g_assert_true(apd_channel_find(type)->build(&config, &parcel, request, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(request->url, ==, "https://hook.example/x");
}

static char *
text_of(const ApdHttpRequest *request)
{
    gsize size;
    const char *data = g_bytes_get_data(request->body, &size);

    return g_strndup(data, size);
}

static JsonNode *
body_of(const ApdHttpRequest *request)
{
    g_autofree char *text = text_of(request);
    g_autoptr(GError) error = NULL;
    JsonNode *node = json_from_string(text, &error);

    g_assert_no_error(error);
    return node;
}

static const char *
member(JsonNode *node, const char *path)
{
    g_autoptr(JsonNode) result = json_path_query(path, node, NULL);
    JsonArray *hits = json_node_get_array(result);

    g_assert_cmpuint(json_array_get_length(hits), >=, 1);
    return g_intern_string(json_array_get_string_element(hits, 0));
}

static void
test_types_match_the_configuration(void)
{
    for (size_t i = 0; i < apd_n_channel_needs; i++)
        g_assert_nonnull(apd_channel_find(apd_channel_needs[i].name));
    g_assert_null(apd_channel_find("telepathy"));
}

static void
test_wording(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autofree char *plain = apd_wording_plain(f->wording);

    g_assert_cmpstr(f->wording->title, ==,
                    "2 days 5 hours left · Complaint: trademark infringement");
    g_assert_nonnull(strstr(plain, "Beijing time"));
    g_assert_nonnull(strstr(plain, "Points: 0.5"));
    g_assert_nonnull(strstr(plain, "https://csp.aliexpress.com/"));
    g_assert_null(strchr(plain, '{'));
    g_assert_null(strchr(plain, '\x1b'));
}

static void
test_forged_has_no_link(Fixture *f, gconstpointer data)
{
    (void) data;
    f->alert->kase->authenticity = APD_AUTHENTICITY_FORGED;
    word(f);

    ApdHttpRequest request = { NULL };
    build(f, "slack", NULL, &request);
    g_autofree char *text = text_of(&request);
    g_assert_nonnull(strstr(text, "Forged?"));
    g_assert_null(strstr(text, "csp.aliexpress.com"));
    apd_http_request_clear(&request);

    build(f, "webhook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &request);
    g_autofree char *hook = text_of(&request);
    g_assert_null(strstr(hook, "csp.aliexpress.com"));
    apd_http_request_clear(&request);
}

/* The vector of CHANNELS: key and message the other way round than DingTalk. */
static void
test_feishu_signature(Fixture *f, gconstpointer data)
{
    (void) data;
    ApdHttpRequest request = { NULL };

    build(f, "feishu", "demo", &request);
    g_autoptr(JsonNode) body = body_of(&request);
    g_assert_cmpstr(member(body, "$.timestamp"), ==, "1599360473");
    g_assert_cmpstr(member(body, "$.sign"), ==, "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=");
    g_assert_cmpstr(member(body, "$.card.header.template"), ==, "orange");
    g_assert_cmpstr(member(body, "$.card.header.title.tag"), ==, "plain_text");
    apd_http_request_clear(&request);
}

static void
test_slack_escapes(Fixture *f, gconstpointer data)
{
    (void) data;
    ApdHttpRequest request = { NULL };

    build(f, "slack", NULL, &request);
    g_autoptr(JsonNode) body = body_of(&request);
    g_autofree char *text = text_of(&request);
    g_assert_null(strstr(text, "<!channel>"));
    g_assert_nonnull(strstr(text, "&lt;!channel&gt; &amp; "));
    g_assert_cmpstr(member(body, "$.blocks[0].type"), ==, "header");
    apd_http_request_clear(&request);
}

static void
test_webhook_headers(Fixture *f, gconstpointer data)
{
    (void) data;
    ApdHttpRequest request = { NULL };

    build(f, "webhook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &request);
    g_assert_cmpstr(request.headers[1], ==, "webhook-id: msg_1");
    g_assert_cmpstr(request.headers[2], ==, "webhook-timestamp: 1599360473");
    g_assert_true(g_str_has_prefix(request.headers[3], "webhook-signature: v1,"));

    g_autoptr(JsonNode) body = body_of(&request);
    g_assert_cmpstr(member(body, "$.type"), ==, "appeald.alert");
    g_assert_cmpstr(member(body, "$.timestamp"), ==, "2020-09-06T02:47:53Z");
    g_assert_cmpstr(member(body, "$.data.case.category"), ==, "ip.trademark");
    apd_http_request_clear(&request);
}

/* What a far side may answer, and what it means. */
/* clang-format off */
static const struct {
    const char *type;
    int status;
    const char *body, *retry_after;
    ApdTaking taking;
    int wait; /* s */
} answers[] = {
    { "slack",   200, "ok",                  NULL, APD_TAKEN,     0 },
    { "slack",   200, "invalid_token",       NULL, APD_REFUSED,   0 },
    { "slack",   403, "action_prohibited",   NULL, APD_REFUSED,   0 },
    { "slack",   404, "channel_not_found",   NULL, APD_REFUSED,   0 },
    { "slack",   410, "channel_is_archived", NULL, APD_REFUSED,   0 },
    { "slack",   429, "rate limited",        "30", APD_TRY_AGAIN, 30 },
    { "slack",   500, "rollup_error",        NULL, APD_TRY_AGAIN, 0 },
    { "slack",   302, "",                    NULL, APD_REFUSED,   0 },
    { "feishu",  200, "{\"code\":0,\"msg\":\"success\",\"data\":{}}",       NULL, APD_TAKEN,     0 },
    { "feishu",  200, "{\"code\":19024,\"msg\":\"Key Words Not Found\"}",   NULL, APD_REFUSED,   0 },
    { "feishu",  400, "{\"code\":19001,\"msg\":\"bad token\"}",             NULL, APD_REFUSED,   0 },
    { "feishu",  200, "{\"code\":11232,\"msg\":\"frequency limited\"}",     NULL, APD_TRY_AGAIN, 0 },
    { "feishu",  200, "{\"code\":9499,\"msg\":\"too many request\"}",       NULL, APD_TRY_AGAIN, 0 },
    { "feishu",  200, "{\"StatusCode\":0}",                                 NULL, APD_TRY_AGAIN, 0 },
    { "feishu",  200, "<html>gateway</html>",                               NULL, APD_TRY_AGAIN, 0 },
    { "feishu",  200, "",                                                   NULL, APD_TRY_AGAIN, 0 },
    { "feishu",  502, "{\"code\":0}",                                       NULL, APD_TRY_AGAIN, 0 },
    { "lark",    200, "{\"code\":0,\"msg\":\"success\",\"data\":{}}",       NULL, APD_TAKEN,     0 },
    { "discord", 200, "{\"id\":\"1\"}",                                    NULL, APD_TAKEN,     0 },
    { "discord", 204, "",                                                 NULL, APD_TRY_AGAIN, 0 },
    { "discord", 200, "<html>",                                           NULL, APD_TRY_AGAIN, 0 },
    { "discord", 429, "{\"message\":\"limited\",\"retry_after\":64.57}",   "65", APD_TRY_AGAIN, 65 },
    { "discord", 429, "{\"message\":\"limited\",\"retry_after\":3.65}",    NULL, APD_TRY_AGAIN, 3 },
    { "discord", 404, "{\"message\":\"Unknown Webhook\",\"code\":10015}",  NULL, APD_REFUSED,   0 },
    { "discord", 400, "{\"message\":\"Invalid Form Body\",\"code\":50035}", NULL, APD_REFUSED,  0 },
    { "teams",   202, "",  NULL,  APD_TAKEN,     0 },
    { "teams",   200, "1", NULL,  APD_TAKEN,     0 },
    { "teams",   200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with", NULL, APD_TRY_AGAIN, 60 },
    { "teams",   200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 404 with", NULL, APD_REFUSED, 0 },
    { "teams",   200, "Webhook message delivery failed with error: what", NULL, APD_TRY_AGAIN, 0 },
    { "teams",   401, "{\"error\":{\"code\":\"x\",\"message\":\"y\"}}", NULL, APD_REFUSED, 0 },
    { "teams",   429, "",  "7",   APD_TRY_AGAIN, 7 },
    { "telegram", 200, "{\"ok\":true,\"result\":{\"message_id\":1}}", NULL, APD_TAKEN, 0 },
    { "telegram", 200, "{\"ok\":false}", NULL, APD_TRY_AGAIN, 0 },
    { "telegram", 429, "{\"ok\":false,\"error_code\":429,\"description\":\"Too Many Requests: retry after 14\",\"parameters\":{\"retry_after\":14}}", NULL, APD_TRY_AGAIN, 14 },
    { "telegram", 400, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}", NULL, APD_REFUSED, 0 },
    { "telegram", 403, "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by the user\"}", NULL, APD_REFUSED, 0 },
    { "telegram", 400, "{\"ok\":false,\"error_code\":400,\"description\":\"moved\",\"parameters\":{\"migrate_to_chat_id\":-1001}}", NULL, APD_TRY_AGAIN, 0 },
    { "dingtalk", 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", NULL, APD_TAKEN, 0 },
    { "dingtalk", 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", NULL, APD_REFUSED, 0 },
    { "dingtalk", 200, "{\"errcode\":130101,\"errmsg\":\"send too fast\"}", NULL, APD_TRY_AGAIN, 600 },
    { "dingtalk", 200, "{\"status\":1111,\"wait\":5,\"punish\":\"deny\",\"errcode\":130101}", NULL, APD_TRY_AGAIN, 600 },
    { "dingtalk", 200, "{\"errcode\":-1,\"errmsg\":\"busy\"}", NULL, APD_TRY_AGAIN, 0 },
    { "wecom",   200, "{\"errcode\":0,\"errmsg\":\"ok\"}", NULL, APD_TAKEN, 0 },
    { "wecom",   200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}", NULL, APD_TRY_AGAIN, 30 },
    { "wecom",   200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}", NULL, APD_REFUSED, 0 },
    { "ntfy",    200, "{\"id\":\"x\",\"event\":\"message\"}", NULL, APD_TAKEN, 0 },
    { "ntfy",    429, "{\"code\":42901,\"http\":429,\"error\":\"limit\"}", NULL, APD_TRY_AGAIN, 10 },
    { "ntfy",    429, "{\"code\":42908,\"http\":429,\"error\":\"quota\"}", NULL, APD_TRY_AGAIN, 3600 },
    { "ntfy",    403, "{\"code\":40301,\"http\":403,\"error\":\"forbidden\"}", NULL, APD_REFUSED, 0 },
    { "mattermost", 200, "ok", NULL, APD_TAKEN, 0 },
    { "mattermost", 200, "<html>login</html>", NULL, APD_TRY_AGAIN, 0 },
    { "mattermost", 400, "{\"id\":\"web.incoming_webhook.invalid.app_error\",\"message\":\"Invalid webhook.\"}", NULL, APD_REFUSED, 0 },
    { "mattermost", 429, "limit exceeded", "2", APD_TRY_AGAIN, 2 },
    { "rocketchat", 200, "{\"success\":true}", NULL, APD_TAKEN, 0 },
    { "rocketchat", 200, "[{\"success\":true},{\"success\":true}]", NULL, APD_TAKEN, 0 },
    { "rocketchat", 200, "[{\"success\":true},{\"success\":false}]", NULL, APD_TRY_AGAIN, 0 },
    { "rocketchat", 200, "[]", NULL, APD_TRY_AGAIN, 0 },
    { "rocketchat", 400, "{\"success\":false,\"error\":\"error-not-allowed\"}", NULL, APD_REFUSED, 0 },
    { "rocketchat", 400, "{\"success\":false}", NULL, APD_REFUSED, 0 },
    { "googlechat", 200, "{\"name\":\"spaces/X/messages/Y\"}", NULL, APD_TAKEN, 0 },
    { "googlechat", 429, "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"m\"}}", NULL, APD_TRY_AGAIN, 2 },
    { "googlechat", 404, "{\"error\":{\"code\":404,\"message\":\"m\"}}", NULL, APD_REFUSED, 0 },
    { "matrix",  200, "{\"event_id\":\"$x\"}", NULL, APD_TAKEN, 0 },
    { "matrix",  200, "{}", NULL, APD_TRY_AGAIN, 0 },
    { "matrix",  429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"slow\",\"retry_after_ms\":2500}", NULL, APD_TRY_AGAIN, 2 },
    { "matrix",  429, "{\"errcode\":\"M_LIMIT_EXCEEDED\"}", "9", APD_TRY_AGAIN, 9 },
    { "matrix",  401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"no\"}", NULL, APD_REFUSED, 0 },
    { "matrix",  403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"no\"}", NULL, APD_REFUSED, 0 },
    { "gotify",  200, "{\"id\":1}", NULL, APD_TAKEN, 0 },
    { "gotify",  401, "{\"error\":\"Unauthorized\",\"errorCode\":401,\"errorDescription\":\"d\"}", NULL, APD_REFUSED, 0 },
    { "pushover", 200, "{\"status\":1,\"request\":\"r\"}", NULL, APD_TAKEN, 0 },
    { "pushover", 400, "{\"user\":\"invalid\",\"errors\":[\"user identifier is invalid\"],\"status\":0}", NULL, APD_REFUSED, 0 },
    { "pushover", 429, "{\"status\":0}", NULL, APD_TRY_AGAIN, 3600 },
    { "pushover", 500, "", NULL, APD_TRY_AGAIN, 5 },
    { "bark",    200, "{\"code\":200,\"message\":\"success\"}", NULL, APD_TAKEN, 0 },
    { "bark",    200, "{\"code\":200,\"data\":[{\"code\":200},{\"code\":400}]}", NULL, APD_TRY_AGAIN, 0 },
    { "bark",    400, "{\"code\":400,\"message\":\"failed to get device token\"}", NULL, APD_REFUSED, 0 },
    { "bark",    500, "{\"code\":500,\"message\":\"push failed\"}", NULL, APD_TRY_AGAIN, 0 },
    { "serverchan", 200, "{\"code\":0,\"message\":\"\",\"data\":{}}", NULL, APD_TAKEN, 0 },
    { "serverchan", 200, "{\"code\":40001,\"message\":\"bad pushkey\"}", NULL, APD_REFUSED, 0 },
    { "pagerduty", 202, "{\"status\":\"success\",\"message\":\"Event processed\"}", NULL, APD_TAKEN, 0 },
    { "pagerduty", 400, "{\"status\":\"invalid event\",\"errors\":[]}", NULL, APD_REFUSED, 0 },
    { "pagerduty", 429, "", NULL, APD_TRY_AGAIN, 120 },
    { "alertmanager", 200, "", NULL, APD_TAKEN, 0 },
    { "alertmanager", 400, "\"bad\"", NULL, APD_REFUSED, 0 },
    { "alertmanager", 503, "", NULL, APD_TRY_AGAIN, 0 },
    { "email",   250, "", NULL, APD_TAKEN, 0 },
    { "email",   451, "451 4.7.1 greylisted", NULL, APD_TRY_AGAIN, 0 },
    { "email",   535, "535 5.7.8 no", NULL, APD_REFUSED, 0 },
    { "webhook", 204, "",  NULL,  APD_TAKEN,     0 },
    { "webhook", 301, "",  NULL,  APD_REFUSED,   0 },
    { "webhook", 410, "",  NULL,  APD_REFUSED,   0 },
    { "webhook", 404, "",  NULL,  APD_TRY_AGAIN, 0 },
    { "webhook", 503, "",  "120", APD_TRY_AGAIN, 120 },
    { "webhook", 503, "",  "Sun, 06 Sep 2020 02:48:53 GMT", APD_TRY_AGAIN, 60 },
    { "webhook", 503, "",  "soon", APD_TRY_AGAIN, 0 },
};
/* clang-format on */

static void
test_answers(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        ApdHttpResponse response = { .status = answers[i].status,
                                     .body = g_string_new(answers[i].body),
                                     .retry_after = g_strdup(answers[i].retry_after) };
        ApdJudgement judgement = { APD_TRY_AGAIN };

        g_test_message("%s %d %s", answers[i].type, answers[i].status, answers[i].body);
        apd_channel_judge(apd_channel_find(answers[i].type), &response, NOW, &judgement);
        g_assert_cmpint(judgement.taking, ==, answers[i].taking);
        g_assert_cmpint(judgement.wait / APD_SECOND, ==, answers[i].wait);
        g_assert_true((judgement.text == NULL) == (answers[i].taking == APD_TAKEN));
        apd_judgement_clear(&judgement);
        apd_http_response_clear(&response);
    }
}

/* The vector of CHANNELS, escaped once: "+" must not become a blank. */
static void
test_dingtalk_signature(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    ApdChannelConfig config = { NULL };
    ApdHttpRequest request = { NULL };
    ApdParcel parcel = { .alert = f->alert,
                         .wording = f->wording,
                         .now = INT64_C(1577262236757) * 1000,
                         .url = "https://oapi.dingtalk.com/robot/send?access_token=a%2Fb",
                         .secret = "this is secret" };

    (void) data;
    g_assert_true(apd_channel_find("dingtalk")->build(&config, &parcel, &request, &error));
    g_assert_cmpstr(request.url, ==,
                    "https://oapi.dingtalk.com/robot/send?access_token=a%2Fb"
                    "&timestamp=1577262236757"
                    "&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D");
    apd_http_request_clear(&request);
}

/* What mail may hold, at the length that alerts quote, and more. */
static void
make_hostile(Fixture *f)
{
    ApdCase *kase = f->alert->kase;
    g_autoptr(GString) long_text =
        g_string_new("@everyone <!channel> <at user_id=\"all\"> @here <users/all> ");

    for (int i = 0; i < 400; i++)
        g_string_append(long_text,
                        i % 3 ? "\xe7\x94\xb3" : "*_`<&>\"[x](http://evil.example/)@all ");
    g_free(kase->subject);
    kase->subject = g_strdup(long_text->str);
    g_free(kase->sender);
    kase->sender = g_strdup(long_text->str);
    g_free(kase->case_ref);
    kase->case_ref = g_strdup("CASE-4711");
    word(f);
}

/* The least that any service takes of an address, beside what else may not be missing. */
#define MOST_LINK     600
#define MAX_LONG_LINK 2000

/* Bytes of a body that no service takes more of. */
/* clang-format off */
static const struct { const char *type; size_t max; } sizes[] = {
    { "alertmanager", 64000 }, { "bark", 4096 }, { "gotify", 64000 }, { "googlechat", 32000 }, { "matrix", 65536 },
    { "mattermost", 65000 }, { "pagerduty", 65000 }, { "pushover", 12000 }, { "rocketchat", 20000 }, { "serverchan", 32000 },
    { "dingtalk", 20000 }, { "discord", 40000 }, { "feishu", 20000 }, { "lark", 20000 }, { "ntfy", 16000 },
    { "slack", 60000 }, { "teams", 28000 }, { "telegram", 30000 }, { "wecom", 16000 },
};
/* clang-format on */

/* A backslash before it makes it plain text. */
static void
assert_dead(const char *type, const char *text, const char *mention)
{
    for (const char *p = strstr(text, mention); p != NULL; p = strstr(p + 1, mention))
        if (p == text || p[-1] != '\\')
            g_error("%s: %s is alive in %s", type, mention, text);
}

/* Through every cut: the deadline, the case and the link survive, and nothing from
 * a mail is a mention, an address or markup. */
static void
test_hostile_text(Fixture *f, gconstpointer data)
{
    static const char *const alive[] = { "@everyone", "<!channel>", "<at ",           "@here",
                                         "@all",      "<users",     "://evil.example" };

    (void) data;
    make_hostile(f);
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(sizes); i++) {
        const char *type = sizes[i / 2].type;
        bool plain = i % 2 == 1;
        ApdHttpRequest request = { NULL };

        g_test_message("%s %s", type, plain ? "plain" : "rich");
        build_form(f, type, plain, &request);
        g_autofree char *text = text_of(&request);
        g_autoptr(JsonNode) body = body_of(&request);
        g_assert_cmpuint(strlen(text), <=, sizes[i / 2].max);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        for (size_t k = 0; k < G_N_ELEMENTS(alive); k++)
            assert_dead(type, text, alive[k]);
        g_assert_nonnull(strstr(text, "csp.aliexpress.com/x?a=1&"));
        g_assert_nonnull(strstr(text, "2020"));
        g_assert_nonnull(strstr(text, "4711"));
        g_assert_nonnull(strstr(text, "12"));
        apd_http_request_clear(&request);
    }
}

/* An address may be as long as mails have it.  It is there whole, or else the front page
 * of its site: cut anywhere else, it leads nowhere. */
static void
test_long_link(Fixture *f, gconstpointer data)
{
    g_autofree char *padding = g_strnfill(MAX_LONG_LINK, 'z');

    (void) data;
    make_hostile(f);
    for (size_t length = 100; length < MAX_LONG_LINK; length += 100) {
        g_free(f->alert->kase->appeal_url);
        f->alert->kase->appeal_url =
            g_strdup_printf("https://csp.aliexpress.com/%.*s.end", (int) length, padding);
        word(f);
        for (size_t i = 0; i < 2 * G_N_ELEMENTS(sizes); i++) {
            ApdHttpRequest request = { NULL };

            build_form(f, sizes[i / 2].type, i % 2 == 1, &request);
            g_autofree char *text = text_of(&request);
            bool whole = strstr(text, "zz.end") != NULL;
            g_test_message("%s %zu %s", sizes[i / 2].type, length, whole ? "whole" : "site alone");
            g_assert_true(whole || length > MOST_LINK);
            g_assert_nonnull(strstr(text, "https://csp.aliexpress.com/"));
            g_assert_true(whole || strstr(text, "zzz") == NULL);
            g_assert_nonnull(strstr(text, "2020"));
            g_assert_nonnull(strstr(text, "4711"));
            g_assert_cmpuint(strlen(text), <=, sizes[i / 2].max);
            apd_http_request_clear(&request);
        }
    }
}

/* No language lacks a phrase, and no placeholder is left in any alert. */
static void
test_languages_are_complete(void)
{
    g_autoptr(ApdPhrases) english = apd_phrases_load("conf", NULL, "en", NULL);
    g_autoptr(GDir) dir = g_dir_open("conf/alerts", 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename("conf/alerts", name, NULL);
        g_autofree char *text = NULL;
        GHashTableIter iter;
        gpointer key;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_hash_table_iter_init(&iter, english->texts);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
            const char *word = strchr(key, '.') + 1;
            g_autofree char *line = g_strdup_printf("\n%s =", word);
            if (g_str_has_suffix(word, ".one") || g_str_equal(word, "none"))
                continue; /* not every language has one; nobody is told of kind none */
            if (strstr(text, line) == NULL)
                g_error("%s lacks %s", path, (const char *) key);
        }
    }
}

#define ADD(path, func) g_test_add("/channels/" path, Fixture, NULL, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/channels/types-match-the-configuration", test_types_match_the_configuration);
    ADD("wording", test_wording);
    ADD("forged-has-no-link", test_forged_has_no_link);
    ADD("feishu-signature", test_feishu_signature);
    ADD("dingtalk-signature", test_dingtalk_signature);
    ADD("slack-escapes", test_slack_escapes);
    ADD("hostile-text", test_hostile_text);
    ADD("long-link", test_long_link);
    ADD("webhook-headers", test_webhook_headers);
    g_test_add_func("/channels/answers", test_answers);
    g_test_add_func("/channels/languages-are-complete", test_languages_are_complete);
    return g_test_run();
}
