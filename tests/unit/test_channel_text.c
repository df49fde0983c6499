/* Escaping and cutting, sheets, and tables of verdicts. */
#include <string.h>

#include "port/channel_sheet.h"
#include "port/channel_verdict.h"

/* clang-format off */
static const struct {
    const ApdMarkup *markup;
    const char *text;
    size_t max;
    const char *wanted;
} cuts[] = {
    { &apd_markup_plain_bytes,  "abc",       3, "abc" },
    { &apd_markup_plain_bytes,  "abcdefg",   6, "abc…" },
    { &apd_markup_plain_bytes,  "申诉申诉",   9, "申诉…" },
    { &apd_markup_plain_bytes,  "申诉申诉",  11, "申诉…" },
    { &apd_markup_plain_points, "申诉申诉",   3, "申诉…" },
    { &apd_markup_plain_points, "申诉申诉",   4, "申诉申诉" },
    { &apd_markup_plain_utf16,  "😀😀😀",      6, "😀😀😀" },
    { &apd_markup_plain_utf16,  "😀😀😀",      5, "😀😀…" },
    { &apd_markup_plain_utf16,  "😀😀😀",      4, "😀…" },
    { &apd_markup_plain_points, "e\xcc\x81" "e\xcc\x81" "e\xcc\x81", 4, "e\xcc\x81…" },
    { &apd_markup_plain_points, "👨‍👩‍👧👨‍👩‍👧", 6, "👨‍👩‍👧…" },
    { &apd_markup_plain_points, "🇨🇳🇩🇪x",      4, "🇨🇳…" },
    { &apd_markup_plain_bytes,  "abcdef",    2, "" },
    { &apd_markup_plain_bytes,  "@all hi",  99, "@​all hi" },
    { &apd_markup_plain_bytes,  "申诉@all",  99, "申诉@​all" },
    { &apd_markup_plain_bytes,  "a@b.de",   99, "a@b.de" },
    { &apd_markup_plain_bytes,  "http://x", 99, "http:​//x" },
    { &apd_markup_plain_bytes,  "see evil.example/x", 99, "see evil.​example/x" },
    { &apd_markup_plain_bytes,  "www.a-b.co.uk!", 99, "www.a-b.​co.​uk!" },
    { &apd_markup_plain_bytes,  "пример.рф",   99, "пример.​рф" },
    { &apd_markup_plain_bytes,  "12.30 v1.2 5. e.g. AB.C-1 AB.CD-1 end.", 99, "12.30 v1.2 5. e.g. AB.C-1 AB.CD-1 end." },
    { &apd_markup_plain_bytes,  "a@b.de,evil.example", 99, "a@b.de,evil.​example" },
    { &apd_markup_plain_bytes,  "a.b@c.example d.example", 99, "a.b@c.example d.​example" },
    { &apd_markup_plain_bytes,  "/start 1/2", 99, "/​start 1/2" },
    { &apd_markup_raw,          "@all",     99, "@all" },
    { &apd_markup_html,         "a<b>&\"",  99, "a&lt;b&gt;&amp;&quot;" },
    { &apd_markup_html,         "<<<<",     11, "&lt;&lt;…" },
    { &apd_markup_html,         "<<<<",     10, "&lt;…" },
    { &apd_markup_markdown,     "*a_b*",    99, "\\*a\\_b\\*" },
    { &apd_markup_markdown,     "****",      7, "\\*\\*…" },
    { &apd_markup_plain_bytes,  "a\xff" "b", 99, "a\xef\xbf\xbd" "b" },
};
/* clang-format on */

static void
test_cuts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_autofree char *text = apd_markup_fit(cuts[i].markup, cuts[i].text, cuts[i].max);

        g_assert_cmpstr(text, ==, cuts[i].wanted);
        g_assert_cmpuint(apd_unit_size(cuts[i].markup->unit, text), <=, cuts[i].max);
    }
}

static void
free_fact(void *data)
{
    ApdFact *fact = data;

    g_free(fact->label);
    g_free(fact->value);
    g_free(fact);
}

static void
add_fact(ApdWording *wording, const char *key, const char *value)
{
    ApdFact *fact = g_new0(ApdFact, 1);

    fact->key = key;
    fact->label = g_strdup(key);
    fact->value = g_strdup(value);
    g_ptr_array_add(wording->facts, fact);
}

static ApdWording *
a_wording(size_t length)
{
    ApdWording *wording = g_new0(ApdWording, 1);
    g_autofree char *text = g_strnfill(length, '*');

    wording->title = g_strconcat("Title ", text, NULL);
    wording->body = g_strconcat("Body ", text, NULL);
    wording->facts = g_ptr_array_new_with_free_func(free_fact);
    add_fact(wording, "deadline", "2026-01-05 12:00");
    add_fact(wording, "left", text);
    add_fact(wording, "case", "4711");
    add_fact(wording, "subject", text);
    wording->url = g_strdup("https://csp.example/appeal?id=1&x=2");
    wording->url_label = g_strdup("Open");
    wording->footer = g_strdup("appeald, case #12");
    return wording;
}

/* At every limit and length: within it, and with what matters. */
static void
test_sheets(void)
{
    static const ApdMarkup *const markups[] = { &apd_markup_plain_bytes, &apd_markup_plain_utf16,
                                                &apd_markup_html, &apd_markup_markdown };

    for (size_t i = 0; i < G_N_ELEMENTS(markups); i++)
        for (size_t max = 512; max <= 8192; max = max * 3 / 2)
            for (size_t length = 0; length <= 3000; length += 500) {
                g_autoptr(ApdWording) wording = a_wording(length);
                g_autofree char *text = apd_sheet_make(wording, markups[i], max, APD_SHEET_ALL);

                g_assert_cmpuint(apd_unit_size(markups[i]->unit, text), <=, max);
                g_assert_nonnull(strstr(text, "Title"));
                g_assert_nonnull(strstr(text, "12:00"));
                g_assert_nonnull(strstr(text, "4711"));
                g_assert_nonnull(strstr(text, "https://csp.example/appeal?id=1&"));
                g_assert_nonnull(strstr(text, "12"));
            }
}

static void
test_sheet_in_order(void)
{
    g_autoptr(ApdWording) wording = a_wording(3);
    g_autofree char *all = apd_sheet_make(wording, &apd_markup_plain_bytes, 4096, APD_SHEET_ALL);
    g_autofree char *bare = apd_sheet_make(wording, &apd_markup_plain_bytes, 4096,
                                           APD_SHEET_NO_TITLE | APD_SHEET_NO_LINK);

    g_assert_cmpstr(all, ==,
                    "Title ***\nBody ***\ndeadline: 2026-01-05 12:00\nleft: ***\ncase: 4711\n"
                    "subject: ***\nOpen: https://csp.example/appeal?id=1&x=2\nappeald, case #12");
    g_assert_cmpstr(bare, ==,
                    "Body ***\ndeadline: 2026-01-05 12:00\nleft: ***\ncase: 4711\n"
                    "subject: ***\nappeald, case #12");
}

/* clang-format off */
static const struct { const char *header; gint64 wait; /* ms */ } waits[] = {
    { NULL, 0 }, { "", 0 }, { "soon", 0 }, { "30", 30000 }, { "0.65", 650 }, { "-5", 0 }, { "nan", 0 },
    { "1e300", 6 * 3600000LL }, { "86400", 6 * 3600000LL }, { "Sun, 06 Sep 2020 02:48:53 GMT", 60000 },
    { "Sun, 06 Sep 2020 02:40:00 GMT", 0 },
};
/* clang-format on */

static void
test_waits(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(waits); i++)
        g_assert_cmpint(apd_verdicts_wait(waits[i].header, INT64_C(1599360473) * APD_SECOND) / 1000,
                        ==, waits[i].wait);
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, "0",    NULL,    APD_TAKEN },
    { 0,   "7",    "quota", APD_TRY_AGAIN, .wait = APD_HOUR },
    { 0,   "7",    NULL,    APD_REFUSED, .remedy = "mend it" },
    { 400, NULL,   "card",  APD_REFUSED, .plainer = true },
};

static const struct {
    int status;
    const char *body;
    ApdTaking taking;
    bool plainer;
    int wait; /* s */
    const char *text;
} answers[] = {
    { 200, "{\"e\":0}",                     APD_TAKEN,     false, 0,    NULL },
    { 200, "{\"e\":\"0\"}",                 APD_TAKEN,     false, 0,    NULL },
    { 502, "{\"e\":0}",                     APD_TRY_AGAIN, false, 0,    "code 0 (HTTP 502): {\"e\":0}" },
    { 200, "{\"e\":7,\"m\":\"no quota\"}",  APD_TRY_AGAIN, false, 3600, "code 7 (HTTP 200): no quota" },
    { 200, "{\"e\":7,\"m\":\"bad\\nkey\"}", APD_REFUSED,   false, 0,    "code 7 (HTTP 200): bad key: mend it" },
    { 400, "no such card",                  APD_REFUSED,   true,  0,    "HTTP 400: no such card" },
    { 429, "{\"a\":{\"w\":1500}}",          APD_TRY_AGAIN, false, 1,    "HTTP 429: {\"a\":{\"w\":1500}}" },
    { 429, "{\"a\":{\"w\":\"x\"}}",         APD_TRY_AGAIN, false, 0,    "HTTP 429: {\"a\":{\"w\":\"x\"}}" },
    { 404, "",                              APD_REFUSED,   false, 0,    "HTTP 404: " },
    { 204, "",                              APD_TRY_AGAIN, false, 0,    "HTTP 204: " },
    { 200, "[0]",                           APD_TRY_AGAIN, false, 0,    "HTTP 200: [0]" },
    { 200, "{\"e\":{}}",                    APD_TRY_AGAIN, false, 0,    "HTTP 200: {\"e\":{}}" },
    { 200, "{\"e\":",                       APD_TRY_AGAIN, false, 0,    "HTTP 200: {\"e\":" },
};
/* clang-format on */

static void
test_verdicts(void)
{
    const ApdVerdicts verdicts = { .code = "e",
                                   .said = "m",
                                   .wait = "a.w",
                                   .milliseconds = true,
                                   .rows = rows,
                                   .n = G_N_ELEMENTS(rows) };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        ApdHttpResponse response = { .status = answers[i].status,
                                     .body = g_string_new(answers[i].body) };
        ApdJudgement judgement = { APD_TRY_AGAIN };

        apd_verdicts_judge(&verdicts, &response, 0, &judgement);
        g_assert_cmpint(judgement.taking, ==, answers[i].taking);
        g_assert_cmpint(judgement.plainer, ==, answers[i].plainer);
        g_assert_cmpint(judgement.wait / APD_SECOND, ==, answers[i].wait);
        g_assert_cmpstr(judgement.text, ==, answers[i].text);
        apd_judgement_clear(&judgement);
        apd_http_response_clear(&response);
    }
}

/* As much as an answer may hold: the stack must do. */
static void
test_deep_answer(void)
{
    static const char *const levels[] = { "[", "{\"e\":", "[{\"e\":", "[/*]\"*/" };

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        ApdHttpResponse response = { .status = 200, .body = g_string_new(NULL) };

        while (response.body->len < 1024 * 1024)
            g_string_append(response.body, levels[i]);
        g_assert_null(apd_verdicts_member(&response, "e"));
        apd_http_response_clear(&response);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/channel-text/cuts", test_cuts);
    g_test_add_func("/channel-text/sheets", test_sheets);
    g_test_add_func("/channel-text/sheet-in-order", test_sheet_in_order);
    g_test_add_func("/channel-text/waits", test_waits);
    g_test_add_func("/channel-text/verdicts", test_verdicts);
    g_test_add_func("/channel-text/deep-answer", test_deep_answer);
    return g_test_run();
}
