/* Rounds of the platform's topics: what answers become, and when that is: the clocks of
 * disputes are of the US Pacific coast, with its hours that come twice or never. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/platform.h"
#include "logic/api_round.h"

#define NOW (INT64_C(1795600000) * APD_SECOND)

typedef struct {
    ApdPlatform *platform;
    GHashTable *marks;
    ApdApiTrouble *trouble;
    ApdApiRound *round;
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    f->platform = apd_platform_load("conf", NULL, "aliexpress", NULL);
    f->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    f->trouble = apd_api_trouble_new();
    f->round = NULL;
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    apd_api_round_free(f->round);
    apd_api_trouble_free(f->trouble);
    g_hash_table_unref(f->marks);
    apd_platform_free(f->platform);
}

static void
begin(Fixture *f, const char *topic)
{
    apd_api_round_free(f->round);
    f->round = apd_api_round_new(f->platform, topic, f->marks, "gateway.example", false, NOW);
    apd_api_round_set_trouble(f->round, f->trouble);
}

/* The question is of @method, and holds @part. */
static void
asked(Fixture *f, const char *method, const char *part)
{
    const char *name = NULL;
    g_autoptr(JsonObject) question = apd_api_round_ask(f->round, &name);

    g_assert_nonnull(question);
    g_assert_cmpstr(name, ==, method);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), question);
    g_autofree char *text = json_to_string(node, FALSE);
    g_assert_nonnull(strstr(text, part));
}

static void
asked_no_more(Fixture *f)
{
    const char *name = NULL;

    g_assert_null(apd_api_round_ask(f->round, &name));
}

static bool
answered(Fixture *f, const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) root = apd_json_parse(json, strlen(json), &error);

    g_assert_no_error(error);
    bool good = apd_api_round_take(f->round, root, &error);
    if (!good)
        g_assert_error(error, APD_ERROR, APD_ERROR_MALFORMED);
    return good;
}

/* As filing it does. */
static ApdApiRecord *
filed(Fixture *f)
{
    ApdApiRecord *record = apd_api_round_next(f->round);

    if (record != NULL && record->value != NULL)
        g_hash_table_insert(f->marks, g_strdup(record->mark), g_strdup(record->value));
    else if (record != NULL)
        g_hash_table_remove(f->marks, record->mark);
    return record;
}

#define LIST(more)                                                                                 \
    "{\"data_list\":[{\"issue_id\":9007199254740993,\"issue_status\":\"processing\","              \
    "\"buyer_login_id\":\"ru1\",\"order_id\":9007199254740995,\"gmt_modified\":\"2026-11-01 "      \
    "00:00:00\"" more "}],\"total_item\":1,\"current_page\":1}"
#define DETAIL(state, until)                                                                       \
    "{\"result_object\":{\"id\":9007199254740993,\"reverse_detail_status\":\"" state               \
    "\",\"timeout_trigger_time\":\"" until "\",\"order_id\":9007199254740995,"                     \
    "\"parent_order_id\":9007199254740997}}"

/* clang-format off */
static const struct { const char *pacific, *utc; } clocks[] = {
    { "2026-07-01 12:00:00", "2026-07-01T19:00:00Z" }, /* PDT */
    { "2026-12-01 12:00:00", "2026-12-01T20:00:00Z" }, /* PST */
    { "2026-11-01 00:59:59", "2026-11-01T07:59:59Z" },
    { "2026-11-01 01:30:00", "2026-11-01T08:30:00Z" }, /* comes twice: the first */
    { "2026-11-01 02:00:00", "2026-11-01T10:00:00Z" },
    { "2026-03-08 01:59:59", "2026-03-08T09:59:59Z" },
    { "2026-03-08 02:30:00", "2026-03-08T10:30:00Z" }, /* never comes */
    { "2026-03-08 03:00:00", "2026-03-08T10:00:00Z" },
    { "2026-02-30 12:00:00", NULL }, /* no day: the usual time from its last change */
    { "tomorrow",            NULL },
};
/* clang-format on */

static void
test_clocks(Fixture *f, gconstpointer data)
{
    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(clocks); i++) {
        g_autofree char *detail =
            g_strdup_printf(DETAIL("wait_for_seller_response", "%s"), clocks[i].pacific);
        g_hash_table_remove_all(f->marks);
        begin(f, "disputes");
        asked(f, "disputes", "\"issue_status\":\"processing\"");
        g_assert_true(answered(f, LIST("")));
        asked(f, "dispute", "\"issue_id\":\"9007199254740993\"");
        g_assert_true(answered(f, detail));
        asked_no_more(f);
        g_autoptr(ApdApiRecord) record = filed(f);
        g_autofree char *iso = apd_time_iso(record->verdict->deadline);
        g_test_message("%s", clocks[i].pacific);
        g_assert_cmpstr(iso, ==, clocks[i].utc ? clocks[i].utc : "2026-11-06T07:00:00Z");
        g_assert_cmpstr(record->verdict->case_ref, ==, "9007199254740993");
        g_assert_true(
            g_strv_contains((const char *const *) record->verdict->orders, "9007199254740997"));
        g_assert_cmpint(record->verdict->basis, ==,
                        clocks[i].utc ? APD_BASIS_STATED : APD_BASIS_ESTIMATED);
    }
}

/* Whether the round found nothing at fault in itself. */
static bool
whole(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    bool good = apd_api_round_check(f->round, &error);

    if (!good)
        g_assert_error(error, APD_ERROR, APD_ERROR_TRANSIENT);
    return good;
}

static void
see_dispute(Fixture *f, const char *detail)
{
    begin(f, "disputes");
    asked(f, "disputes", "processing");
    g_assert_true(answered(f, LIST("")));
    asked(f, "dispute", "9007199254740993");
    g_assert_true(answered(f, detail));
    apd_api_record_free(filed(f));
}

#define NONE "{\"data_list\":{},\"total_item\":0}"

#define ENDED(state, status)                                                                       \
    "{\"result_object\":{\"id\":9007199254740993,\"reverse_detail_status\":\"" state               \
    "\",\"issue_status\":\"" status "\",\"order_id\":9007199254740995}}"

/* What is listed no more is asked for itself. */
static void
test_end(Fixture *f, gconstpointer data)
{
    (void) data;
    see_dispute(f, DETAIL("wait_for_seller_response", "2026-12-01 12:00:00"));
    begin(f, "disputes");
    asked(f, "disputes", "processing");
    g_assert_true(answered(f, NONE));
    asked(f, "dispute", "\"buyer_login_id\":\"ru1\"");
    g_assert_true(answered(f, ENDED("refund_success", "finish")));
    asked_no_more(f);
    g_autoptr(ApdApiRecord) record = filed(f);
    g_assert_cmpint(record->verdict->outcome, ==, APD_OUTCOME_UPHELD);
    g_assert_null(record->value);
    g_assert_cmpuint(g_hash_table_size(f->marks), ==, 0);
    g_assert_true(whole(f));
}

/* A list may pass one by, when others come and go: its own record says that it runs. */
static void
test_passed_by(Fixture *f, gconstpointer data)
{
    (void) data;
    see_dispute(f, DETAIL("wait_for_seller_response", "2026-12-01 12:00:00"));
    begin(f, "disputes");
    asked(f, "disputes", "processing");
    g_assert_true(answered(f, NONE));
    asked(f, "dispute", "9007199254740993");
    g_assert_true(answered(f, DETAIL("wait_for_seller_response", "2026-12-01 12:00:00")));
    asked_no_more(f);
    g_assert_null(filed(f));
    g_assert_cmpuint(g_hash_table_size(f->marks), ==, 1);
}

/* Listed no more, and its record is not to be had: told once that stays so. */
static void
test_missing(Fixture *f, gconstpointer data)
{
    (void) data;
    see_dispute(f, DETAIL("wait_for_seller_response", "2026-12-01 12:00:00"));
    for (int i = 0; i < 3; i++) {
        begin(f, "disputes");
        asked(f, "disputes", "processing");
        g_assert_true(answered(f, NONE));
        asked(f, "dispute", "9007199254740993");
        g_assert_true(apd_api_round_skip(f->round, "issue.not.exist"));
        asked_no_more(f);
        g_assert_false(whole(f));
        g_autoptr(ApdApiRecord) record = filed(f);
        g_assert_true((record != NULL) == (i == 2));
    }
    g_assert_cmpuint(g_hash_table_size(f->marks), ==, 0);
}

static void
test_unchanged(Fixture *f, gconstpointer data)
{
    (void) data;
    see_dispute(f, DETAIL("wait_for_seller_response", "2026-12-01 12:00:00"));
    begin(f, "disputes");
    asked(f, "disputes", "processing");
    g_assert_true(answered(f, LIST("")));
    asked_no_more(f);
    g_assert_null(filed(f));
}

static void
test_shapes(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *topic, *answer;
    } rows[] = {
        { "disputes", "{\"anything\":1}" },
        { "disputes", "{\"data_list\":[{\"no\":1},{\"no\":2}],\"total_item\":2}" },
        { "products", "{\"anything\":1}" },
        { "products", "{\"problematic_product_list\":[{\"no\":1}],\"total_count\":1}" },
        { "diagnosis", "{\"response\":{\"diagnosisResult\":{\"level\":{}}}}" },
    };

    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *method = NULL;
        begin(f, rows[i].topic);
        json_object_unref(apd_api_round_ask(f->round, &method));
        g_test_message("%s", rows[i].answer);
        g_assert_false(answered(f, rows[i].answer));
    }
}

static void
test_some_not_understood(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    (void) data;
    begin(f, "disputes");
    asked(f, "disputes", "processing");
    g_assert_true(answered(f, "{\"data_list\":[{\"issue_id\":1},{\"no\":2}],\"total_item\":2}"));
    g_assert_false(apd_api_round_check(f->round, &error));
    g_assert_nonnull(strstr(error->message, "understood 1 of 2"));
}

static void
test_links(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        { "https://csp.aliexpress.com/m_apps/health?channelId=1", true },
        { "https://aliexpress.com/", true },
        { "http://csp.aliexpress.com/", false },
        { "https://aliexpress.com.evil.example/", false },
        { "https://notaliexpress.com/", false },
        { "https://csp.aliexpress.com@evil.example/", false },
        { "https://evil.example%5c.aliexpress.com/", false },
        { "javascript:alert(1)", false },
        { "", false },
    };

    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *method = NULL;
        g_autofree char *answer = g_strdup_printf(
            "{\"level\":{\"levelCode\":300},\"issue_num\":1,\"action_url\":\"%s\"}", rows[i].url);
        g_hash_table_remove_all(f->marks);
        begin(f, "diagnosis");
        json_object_unref(apd_api_round_ask(f->round, &method));
        g_assert_true(answered(f, answer));
        g_autoptr(ApdApiRecord) record = filed(f);
        g_test_message("%s", rows[i].url);
        g_assert_cmpstr(record->verdict->appeal_url, ==, rows[i].good ? rows[i].url : NULL);
    }
}

#define ADD(name, run) g_test_add("/api-round/" name, Fixture, NULL, set_up, run, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("clocks", test_clocks);
    ADD("links", test_links);
    ADD("end", test_end);
    ADD("passed-by", test_passed_by);
    ADD("missing", test_missing);
    ADD("unchanged", test_unchanged);
    ADD("shapes", test_shapes);
    ADD("some-not-understood", test_some_not_understood);
    return g_test_run();
}
