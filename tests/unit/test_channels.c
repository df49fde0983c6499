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

static void
build(Fixture *f, const char *type, const char *secret, ApdHttpRequest *request)
{
    g_autoptr(GError) error = NULL;
    ApdChannelConfig config = { NULL };
    ApdParcel parcel = { f->alert, f->wording, "msg_1", NOW, "https://hook.example/x", secret };

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
        ApdJudgement judgement = { APD_TRY_AGAIN, 0, NULL };

        g_test_message("%s %d %s", answers[i].type, answers[i].status, answers[i].body);
        apd_channel_find(answers[i].type)->judge(&response, NOW, &judgement);
        g_assert_cmpint(judgement.taking, ==, answers[i].taking);
        g_assert_cmpint(judgement.wait / APD_SECOND, ==, answers[i].wait);
        g_assert_true((judgement.text == NULL) == (answers[i].taking == APD_TAKEN));
        g_free(judgement.text);
        apd_http_response_clear(&response);
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
    ADD("slack-escapes", test_slack_escapes);
    ADD("webhook-headers", test_webhook_headers);
    g_test_add_func("/channels/answers", test_answers);
    g_test_add_func("/channels/languages-are-complete", test_languages_are_complete);
    return g_test_run();
}
