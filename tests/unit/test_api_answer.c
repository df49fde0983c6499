/* What the platform answers: shapes, codes, bans; numbers that are exact; JSON that is
 * refused. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "io/platform.h"
#include "logic/api_answer.h"

/* clang-format off */
static const struct {
    const char *body;
    ApdRemedy remedy;
    ApdTime wait;
    const char *says; /* stands in the text */
} answers[] = {
    { "{\"x_response\":{\"data_list\":[]},\"code\":\"0\"}", APD_REMEDY_NONE, 0, NULL },
    { "{\"data_list\":[],\"request_id\":\"1\"}", APD_REMEDY_NONE, 0, NULL },
    { "{\"x_response\":{\"result\":{\"success\":true,\"error_code\":\"\"}},\"code\":0}", APD_REMEDY_NONE, 0, NULL },
    /* shape 1: IOP */
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"MissingParameter\",\"msg\":\"no app_key\"}}", APD_REMEDY_GONE, 0, "MissingParameter: no app_key" },
    { "{\"error_response\":{\"type\":\"ISP\",\"code\":\"NobodyKnows\",\"msg\":\"x\"}}", APD_REMEDY_RETRY, 0, "NobodyKnows" },
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"IllegalAccessToken\",\"msg\":\"x\"}}", APD_REMEDY_RENEW, 0, "x" },
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"IncompleteSignature\",\"msg\":\"x\"}}", APD_REMEDY_CLOCK, 0, "x" },
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"InsufficientPermission\",\"msg\":\"x\"}}", APD_REMEDY_FORBIDDEN, 0, "x" },
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"ApiCallLimit\",\"msg\":\"Api access frequency exceeds the limit. this ban will last 0 seconds\"}}", APD_REMEDY_WAIT, APD_SECOND, "0 seconds" },
    /* shape 2: TOP */
    { "{\"error_response\":{\"code\":50,\"msg\":\"Remote service error\",\"sub_code\":\"isp.timeout\",\"sub_msg\":\"t\"}}", APD_REMEDY_RETRY, 0, "isp.timeout: t" },
    { "{\"error_response\":{\"code\":50,\"msg\":\"Remote service error\",\"sub_code\":\"isv.invalid-parameter\",\"sub_msg\":\"t\"}}", APD_REMEDY_GONE, 0, "isv." },
    { "{\"error_response\":{\"code\":\"7\",\"msg\":\"App Call Limited\",\"sub_code\":\"accesscontrol.limited-by-app-api-access-count\",\"sub_msg\":\"This ban will last for 2 more seconds\"}}", APD_REMEDY_WAIT, 3 * APD_SECOND, "2 more" },
    { "{\"error_response\":{\"code\":27,\"msg\":\"Invalid session\"}}", APD_REMEDY_RENEW, 0, "27: Invalid session" },
    { "{\"error_response\":{\"code\":22,\"msg\":\"Invalid method\"}}", APD_REMEDY_GONE, 0, "22" },
    { "{\"error_response\":{\"code\":31,\"msg\":\"Invalid timestamp\"}}", APD_REMEDY_CLOCK, 0, "31" },
    { "{\"error_response\":{\"code\":15,\"msg\":\"Remote service error\",\"sub_code\":\"isv.insufficient-permission\"}}", APD_REMEDY_FORBIDDEN, 0, "isv." },
    /* all of them are "App Call Limited": 4 to 8, and whatever access control says */
    { "{\"error_response\":{\"code\":4,\"msg\":\"User Call Limited\"}}", APD_REMEDY_WAIT, 0, "4: User" },
    { "{\"error_response\":{\"code\":5,\"msg\":\"Session Call Limited\"}}", APD_REMEDY_WAIT, 0, "5" },
    { "{\"error_response\":{\"code\":\"6\",\"msg\":\"Partner Call Limited\",\"sub_msg\":\"This ban will last for 9 more seconds\"}}", APD_REMEDY_WAIT, 10 * APD_SECOND, "6" },
    { "{\"error_response\":{\"code\":8,\"msg\":\"Partner Call Limited\"}}", APD_REMEDY_WAIT, 0, "8" },
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"SomeOtherCallLimit\",\"msg\":\"this ban will last 4 seconds\"}}", APD_REMEDY_WAIT, 5 * APD_SECOND, "4 seconds" },
    /* ours to mend, whatever the code is that comes with it; its word for its platform's trouble is not */
    { "{\"error_response\":{\"code\":50,\"msg\":\"Remote service error\",\"sub_code\":\"isv.nobody-knows-this\",\"sub_msg\":\"t\"}}", APD_REMEDY_FIX, 0, "isv.nobody" },
    { "{\"error_response\":{\"code\":15,\"msg\":\"Remote service error\",\"sub_code\":\"isv.nobody-knows-this\"}}", APD_REMEDY_FIX, 0, "isv.nobody" },
    { "{\"error_response\":{\"code\":15,\"msg\":\"Remote service error\",\"sub_code\":\"isp.nobody-knows-this\"}}", APD_REMEDY_RETRY, 0, "isp.nobody" },
    { "{\"error_response\":{\"code\":15,\"msg\":\"Remote service error\"}}", APD_REMEDY_RETRY, 0, "15" },
    { "{\"error_response\":{\"type\":\"ISV\",\"code\":\"NobodyKnows\",\"msg\":\"x\"}}", APD_REMEDY_FIX, 0, "NobodyKnows" },
    { "{\"error_response\":{\"type\":\"SYSTEM\",\"code\":\"NobodyKnows\",\"msg\":\"x\"}}", APD_REMEDY_RETRY, 0, "NobodyKnows" },
    { "{\"error_response\":{\"type\":\"WHO\",\"code\":\"NobodyKnows\",\"msg\":\"x\"}}", APD_REMEDY_RETRY, 0, "NobodyKnows" },
    /* what stands behind a colon is whose parameter it is */
    { "{\"error_response\":{\"code\":50,\"msg\":\"Remote service error\",\"sub_code\":\"isv.invalid-parameter:query_dto\"}}", APD_REMEDY_GONE, 0, "Remote" },
    { "{\"error_response\":{\"code\":43,\"msg\":\"Parameter error\"}}", APD_REMEDY_GONE, 0, "43" },
    /* a store that is punished */
    { "{\"x_response\":{\"result\":{\"success\":false,\"error_code\":\"isv.nobody-knows-this\",\"error_message\":\"m\"}},\"code\":\"0\"}", APD_REMEDY_FIX, 0, "isv.nobody" },
    /* shape 3: /rest */
    { "{\"code\":\"IllegalRefreshToken\",\"type\":\"ISV\",\"message\":\"expired\"}", APD_REMEDY_LOGIN, 0, "expired" },
    { "{\"code\":\"InvalidAppkey\",\"type\":\"ISV\",\"message\":\"x\"}", APD_REMEDY_APP, 0, "x" },
    /* shape 4: inside */
    { "{\"x_response\":{\"result\":{\"success\":false,\"error_code\":\"000003\",\"error_message\":\"Your operation rights have been suspended\"}},\"code\":\"0\"}", APD_REMEDY_FIX, 0, "000003: Your operation" },
    { "{\"x_response\":{\"is_success\":\"false\",\"error_msg\":\"no\"},\"code\":\"0\"}", APD_REMEDY_RETRY, 0, "no" },
    { "{\"x_response\":{\"result\":{\"resp_code\":\"500\",\"resp_msg\":\"no\"}},\"code\":\"0\"}", APD_REMEDY_RETRY, 0, "500: no" },
    { "{\"x_response\":{\"result\":{\"resp_code\":\"200\"}},\"code\":\"0\"}", APD_REMEDY_NONE, 0, NULL },
    { "{\"x_response\":{\"result\":{\"rsp_code\":500,\"rsp_msg\":\"no\"}},\"code\":\"0\"}", APD_REMEDY_RETRY, 0, "500: no" },
    /* a limit that comes as XML, whatever was asked for */
    { "<?xml version=\"1.0\"?>\n<error_response><code>7</code><msg>App Call Limited</msg>\n <sub_code>accesscontrol.limited-by-app-api-access-count</sub_code>\n <sub_msg>This ban will last for 2 more seconds</sub_msg></error_response>", APD_REMEDY_WAIT, 3 * APD_SECOND, "7: App Call Limited" },
    { "<error_response><code>27</code><msg>Invalid session</msg></error_response>", APD_REMEDY_RENEW, 0, "27: Invalid session" },
    /* no answers */
    { "<error_response><code>7", APD_REMEDY_RETRY, 0, "no JSON" },
    { "", APD_REMEDY_RETRY, 0, "no JSON" },
    { "[]", APD_REMEDY_RETRY, 0, "no JSON" },
    { "<html>sign in</html>", APD_REMEDY_RETRY, 0, "no JSON" },
    { "{\"x\":", APD_REMEDY_RETRY, 0, "no JSON" },
};

static const struct { const char *text; ApdTime wait; } bans[] = {
    { NULL, 0 },
    { "", 0 },
    { "wait some seconds", 0 },
    { "This ban will last for 2 more seconds", 3 * APD_SECOND },
    { "this ban will last 0 seconds", APD_SECOND },
    { "ban of 3600 second(s)", 3601 * APD_SECOND },
    { "for 99999999999999999999 seconds", 2 * APD_DAY },
};
/* clang-format on */

static ApdPlatform *
load(void)
{
    g_autoptr(GError) error = NULL;
    ApdPlatform *platform = apd_platform_load("conf", NULL, "aliexpress", &error);

    g_assert_no_error(error);
    return platform;
}

static void
test_answers(void)
{
    g_autoptr(ApdPlatform) platform = load();

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_auto(ApdApiAnswer) answer = { 0 };
        g_test_message("%s", answers[i].body);
        apd_api_answer_read(platform, 200, answers[i].body, strlen(answers[i].body), &answer);
        g_assert_cmpstr(apd_remedy_name(answer.remedy), ==, apd_remedy_name(answers[i].remedy));
        g_assert_cmpint(answer.wait, ==, answers[i].wait);
        if (answers[i].says != NULL)
            g_assert_nonnull(strstr(answer.text, answers[i].says));
    }
}

static void
test_status(void)
{
    g_autoptr(ApdPlatform) platform = load();
    g_auto(ApdApiAnswer) answer = { 0 };

    apd_api_answer_read(platform, 502, "{}", 2, &answer);
    g_assert_cmpint(answer.remedy, ==, APD_REMEDY_RETRY);
    g_assert_cmpstr(answer.text, ==, "the server answered HTTP 502");
}

static void
test_bans(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bans); i++)
        g_assert_cmpint(apd_api_answer_ban(bans[i].text), ==, bans[i].wait);
}

/* A server may repeat what it was sent. */
static void
test_secrets(void)
{
    g_autoptr(ApdPlatform) platform = load();
    g_auto(ApdApiAnswer) answer = { 0 };
    const char *body =
        "{\"error_response\":{\"code\":27,\"msg\":\"Invalid session "
        "50002000planted0access0token0123456789, x=planted-secret-0123456789abcdef\"}}";

    apd_api_answer_read(platform, 200, body, strlen(body), &answer);
    g_assert_null(strstr(answer.text, "planted"));
    g_assert_nonnull(strstr(answer.text, "Invalid session"));
}

/* --- JSON ------------------------------------------------------------------------------------ */

static char *
read_x(const char *json)
{
    g_autoptr(JsonNode) root = apd_json_parse(json, strlen(json), NULL);

    return apd_json_read_text(apd_json_hunt(root, "x"));
}

static void
test_numbers(void)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        { "{\"x\":9007199254740993}", "9007199254740993" },
        { "{\"x\":9223372036854775807}", "9223372036854775807" },
        { "{\"x\":92233720368547758079}", "92233720368547758079" },
        { "{\"x\":-9007199254740993}", "-9007199254740993" },
        { "{\"x\":\"9007199254740993\"}", "9007199254740993" },
        { "{\"x\":123456789012345}", "123456789012345" },
        { "{\"x\":0}", "0" },
        { "{\"x\":true}", "true" },
        { "{\"x\":null}", NULL },
        { "{\"x\":{}}", NULL },
        { "{\"y\":[{\"z\":{\"x\":7}}]}", "7" },
        { "\xef\xbb\xbf{\"x\":1}", "1" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = read_x(rows[i].json);
        g_test_message("%s", rows[i].json);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void
test_refused(void)
{
    static const char *const rows[] = {
        "",           " ",          "{",       "[1,]x",
        "{'x':1}",    "/* c */ {}", "{} // c", "{\"x\":\"\xff\"}",
        "{\"x\":1}}", "\"open",     "# c\n{}", "]",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("%s", rows[i]);
        g_assert_null(apd_json_parse(rows[i], strlen(rows[i]), &error));
        g_assert_error(error, APD_ERROR, APD_ERROR_MALFORMED);
    }

    /* As deep as the stack is long. */
    g_autofree char *deep = g_strnfill(1000000, '[');
    g_assert_null(apd_json_parse(deep, 1000000, NULL));
}

static void
test_elements(void)
{
    static const struct {
        const char *json;
        guint n;
    } rows[] = {
        { "{\"x\":[1,2]}", 2 },
        { "{\"x\":{\"item\":[{},{},{}]}}", 3 },
        { "{\"x\":{}}", 0 },
        { "{\"x\":null}", 0 },
        { "{}", 0 },
        { "{\"x\":{\"id\":1,\"y\":2}}", 1 },
        { "{\"x\":{\"item\":{\"id\":1,\"y\":2}}}", 1 },
        { "{\"x\":{\"item\":[]}}", 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(JsonNode) root = apd_json_parse(rows[i].json, strlen(rows[i].json), NULL);
        g_autoptr(GPtrArray) list = apd_json_elements(apd_json_hunt(root, "x"));
        g_test_message("%s", rows[i].json);
        g_assert_cmpuint(list->len, ==, rows[i].n);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api-answer/answers", test_answers);
    g_test_add_func("/api-answer/status", test_status);
    g_test_add_func("/api-answer/bans", test_bans);
    g_test_add_func("/api-answer/secrets", test_secrets);
    g_test_add_func("/json-read/numbers", test_numbers);
    g_test_add_func("/json-read/refused", test_refused);
    g_test_add_func("/json-read/elements", test_elements);
    return g_test_run();
}
