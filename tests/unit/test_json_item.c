/* Records as messages, what is stated of them, and the pages they come in. */
#include <glib.h>
#include <string.h>

#include "app/reading.h"
#include "base/json_read.h"
#include "base/text.h"
#include "io/config.h"
#include "io/mime.h"
#include "logic/json_mail.h"
#include "logic/json_pages.h"

#define NOW (INT64_C(1764064800) * APD_SECOND) /* 2025-11-25 10:00 UTC */

static JsonNode *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonNode *node = apd_json_parse(text, strlen(text), &error);

    g_assert_no_error(error);
    return node;
}

/* "id=/id;title=/t" */
static GHashTable *
keys_of(const char *text)
{
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);

    g_hash_table_insert(keys, g_strdup("id"), g_strdup("/id"));
    g_hash_table_insert(keys, g_strdup("timezone"), g_strdup("Asia/Shanghai"));
    for (char **part = parts; *part != NULL; part++) {
        char *equals = strchr(*part, '=');
        if (equals == NULL)
            continue;
        g_hash_table_replace(keys, g_strndup(*part, (gsize) (equals - *part)),
                             g_strdup(equals + 1));
    }
    return keys;
}

/* --- one record ---------------------------------------------------------------------- */

#define CATEGORIES "category=/c;categories=5: trade.late-shipment, 6: none, a:b: ip.trademark;"

static const struct {
    const char *keys, *record;
    const char *id; /* NULL: not understood */
    const char *title, *category;
    int kind; /* -1: left to the text */
    int points;
    int64_t deadline; /* seconds; 0: none */
    const char *wrong;
} items[] = {
    { "title=/t", "{\"id\":1,\"t\":\"x\"}", "1", "x", NULL, -1, -1, 0, NULL },
    { "title=/t", "{\"id\":9007199254740993,\"t\":\"x\"}", "9007199254740993", "x", NULL, -1, -1, 0,
      NULL },
    { "title=/t", "{\"id\":123456789012345678901,\"t\":\"x\"}", "123456789012345678901", "x", NULL,
      -1, -1, 0, NULL },
    { "title=/t", "{\"id\":\"\",\"t\":\"x\"}", NULL, NULL, NULL, -1, -1, 0, NULL },
    { "title=/t", "{\"id\":null,\"t\":\"x\"}", NULL, NULL, NULL, -1, -1, 0, NULL },
    { "title=/t", "{\"id\":{},\"t\":\"x\"}", NULL, NULL, NULL, -1, -1, 0, NULL },
    { "title=/t", "{\"id\":1}", NULL, NULL, NULL, -1, -1, 0, NULL },
    { "title=/t", "\"text\"", NULL, NULL, NULL, -1, -1, 0, NULL },
    { "title=/t", "[]", NULL, NULL, NULL, -1, -1, 0, NULL },
    { CATEGORIES, "{\"id\":1,\"c\":5}", "1", NULL, "trade.late-shipment", APD_KIND_PENALTY, -1, 0,
      NULL },
    { CATEGORIES, "{\"id\":1,\"c\":\"a:b\"}", "1", NULL, "ip.trademark", APD_KIND_PENALTY, -1, 0,
      NULL },
    { CATEGORIES "title=/t", "{\"id\":1,\"c\":6,\"t\":\"x\"}", "1", "x", NULL, APD_KIND_NONE, -1, 0,
      NULL },
    { CATEGORIES "title=/t", "{\"id\":1,\"c\":7,\"t\":\"x\"}", "1", "x", NULL, -1, -1, 0, NULL },
    { CATEGORIES "title=/t;kind=warning", "{\"id\":1,\"c\":7,\"t\":\"x\"}", "1", "x", NULL,
      APD_KIND_WARNING, -1, 0, NULL },
    { CATEGORIES "title=/t;kind=warning", "{\"id\":1,\"c\":6,\"t\":\"x\"}", "1", "x", NULL,
      APD_KIND_NONE, -1, 0, NULL },
    { "category=/c;categories=5: trade.privacy, *: account.other", "{\"id\":1,\"c\":9}", "1", NULL,
      "account.other", APD_KIND_PENALTY, -1, 0, NULL },
    { "category=/c", "{\"id\":1,\"c\":\"ip.tro\"}", "1", NULL, "ip.tro", APD_KIND_PENALTY, -1, 0,
      NULL },
    { "title=/t;points=/p", "{\"id\":1,\"t\":\"x\",\"p\":0.5}", "1", "x", NULL, -1, 50, 0, NULL },
    { "title=/t;points=/p", "{\"id\":1,\"t\":\"x\",\"p\":\"-2\"}", "1", "x", NULL, -1, 200, 0,
      NULL },
    { "title=/t;points=/p", "{\"id\":1,\"t\":\"x\",\"p\":\"2 points\"}", "1", "x", NULL, -1, -1, 0,
      NULL },
    { "title=/t;points=/p", "{\"id\":1,\"t\":\"x\",\"p\":1e9}", "1", "x", NULL, -1, -1, 0, NULL },
    { "title=/t;points=/p", "{\"id\":1,\"t\":\"x\",\"p\":null}", "1", "x", NULL, -1, -1, 0, NULL },
    { "title=/t;deadline=/d", "{\"id\":1,\"t\":\"x\",\"d\":1764237600}", "1", "x", NULL, -1, -1,
      1764237600, NULL },
    { "title=/t;deadline=/d", "{\"id\":1,\"t\":\"x\",\"d\":\"2025-11-27 18:00\"}", "1", "x", NULL,
      -1, -1, 1764237600, NULL },
    { "title=/t;deadline=/d;timezone=America/Los_Angeles",
      "{\"id\":1,\"t\":\"x\",\"d\":\"2025-11-27 02:00\"}", "1", "x", NULL, -1, -1, 1764237600,
      NULL },
    { "title=/t;deadline=/d", "{\"id\":1,\"t\":\"x\",\"d\":0}", "1", "x", NULL, -1, -1, 0, NULL },
    { "title=/t;deadline=/d", "{\"id\":1,\"t\":\"x\",\"d\":\"0000-00-00 00:00:00\"}", "1", "x",
      NULL, -1, -1, 0, NULL },
    { "title=/t;deadline=/d", "{\"id\":1,\"t\":\"x\",\"d\":\"\"}", "1", "x", NULL, -1, -1, 0,
      NULL },
    { "title=/t;deadline=/d", "{\"id\":1,\"t\":\"x\",\"d\":\"soon\"}", "1", "x", NULL, -1, -1, 0,
      "soon" },
};

static void
test_items(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(items); i++) {
        g_autoptr(GHashTable) keys = keys_of(items[i].keys);
        g_autoptr(ApdJsonMap) map = apd_json_map_new(keys, "json erp", false);
        g_autoptr(JsonNode) record = parse(items[i].record);
        g_autofree char *why = NULL;
        g_autoptr(ApdJsonItem) item = apd_json_item_read(map, record, &why);

        g_test_message("%s of %s", items[i].keys, items[i].record);
        g_assert_true((item != NULL) == (items[i].id != NULL));
        if (item == NULL) {
            g_assert_nonnull(why);
            continue;
        }
        g_assert_cmpstr(item->id, ==, items[i].id);
        g_assert_cmpstr(item->title, ==, items[i].title);
        g_assert_cmpstr(item->stated->category, ==, items[i].category);
        g_assert_cmpint(item->stated->is_matter ? (int) item->stated->kind : -1, ==, items[i].kind);
        g_assert_cmpint(item->stated->points, ==, items[i].points);
        g_assert_cmpint(item->stated->deadline, ==,
                        items[i].deadline ? items[i].deadline * APD_SECOND : APD_NEVER);
        g_assert_cmpstr(item->stated->deadline_wrong, ==, items[i].wrong);

        g_autoptr(ApdStated) copy = apd_stated_copy(item->stated);
        g_assert_cmpstr(copy->category, ==, item->stated->category);
        g_assert_cmpint(copy->deadline, ==, item->stated->deadline);
        g_assert_cmpint(copy->points, ==, item->stated->points);
        g_assert_true(copy->is_matter == item->stated->is_matter);
    }
}

static void
test_keys(void)
{
    static const struct {
        const char *key, *value;
        bool good;
    } rows[] = {
        { "items", "/data/list", true },
        { "items", "", true },
        { "items", "data/list", false },
        { "items", "/a~2", false },
        { "title", "Order {/id}", true },
        { "title", "Order {/id", false },
        { "next", "link-header", true },
        { "next", "header", false },
        { "categories", "5: trade.privacy, 6: none", true },
        { "categories", "5", false },
        { "categories", ": ip.tro", false },
        { "categories", "5: Not A Category", false },
        { "timezone", "Asia/Shanghai", true },
        { "timezone", "UTC", true },
        { "timezone", "Mars/Olympus", false },
        { "timezone", "GMT+8", false },
        { "kind", "penalty", true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *wrong = apd_json_map_check(rows[i].key, rows[i].value);
        g_test_message("%s = %s: %s", rows[i].key, rows[i].value, wrong);
        g_assert_true((wrong == NULL) == rows[i].good);
    }
}

/* --- read like mail ------------------------------------------------------------------- */

static ApdVerdict *
read_item(const ApdReading *reading, const char *text, bool vouched, const char *json)
{
    g_autoptr(GHashTable) keys = keys_of(text);
    g_autoptr(ApdJsonMap) map = apd_json_map_new(keys, "json erp", vouched);
    g_autoptr(JsonNode) record = parse(json);
    g_autofree char *why = NULL;
    g_autoptr(ApdJsonItem) item = apd_json_item_read(map, record, &why);
    g_assert_nonnull(item);
    g_autoptr(GBytes) mail = apd_json_mail(item);
    gsize size;
    const void *bytes = g_bytes_get_data(mail, &size);

    return apd_reading_read_stated(reading, bytes, size, vouched ? APD_JSON_AUTHSERV : NULL, NOW,
                                   item->stated);
}

#define TEXT                                                                                       \
    "\"b\":\"Dear seller, your product 1005007777123456 infringes a trademark. 6 points have "     \
    "been deducted. Case number: IPR20251125001. Please appeal before 2025-11-28 12:00 (GMT+8).\""
#define STATED "2025-11-28T04:00:00Z"
#define KEYS   "title=/t;body=/b;deadline=/d;points=/p;reference=/r;order=/o;sender=/s;"

static const struct {
    const char *keys, *record;
    bool vouched;
    const char *kind, *category, *authenticity, *basis;
    const char *deadline; /* ISO */
    int points;
    const char *ref;
} verdicts[] = {
    { KEYS, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT "}", true, "penalty", "ip.trademark",
      "genuine", "stated", STATED, 600, "IPR20251125001" },
    { KEYS, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT "}", false, "penalty", "ip.trademark",
      "unverified", "stated", STATED, 600, "IPR20251125001" },
    /* What is stated takes the place of what is read; of two ends the earlier counts. */
    { KEYS, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT ",\"d\":\"2025-11-27T04:00:00Z\",\"p\":2}",
      true, "penalty", "ip.trademark", "genuine", "stated", "2025-11-27T04:00:00Z", 200,
      "IPR20251125001" },
    { KEYS,
      "{\"id\":1,\"t\":\"Penalty notice\"," TEXT ",\"d\":\"2025-11-29T04:00:00Z\",\"r\":\"X-1\"}",
      true, "penalty", "ip.trademark", "genuine", "stated", STATED, 600, "X-1" },
    { KEYS CATEGORIES, "{\"id\":1,\"t\":\"Hello\",\"c\":5,\"d\":1764237600,\"p\":1}", true,
      "penalty", "trade.late-shipment", "genuine", "stated", "2025-11-27T10:00:00Z", 100, NULL },
    { KEYS CATEGORIES, "{\"id\":1,\"c\":5}", true, "penalty", "trade.late-shipment", "genuine",
      "estimated", NULL, -1, NULL },
    { KEYS "kind=request", "{\"id\":1,\"t\":\"Hello\",\"b\":\"Something.\"}", false, "request",
      "unknown", "unverified", "estimated", NULL, -1, NULL },
    { KEYS CATEGORIES, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT ",\"c\":6}", true, "none", NULL,
      "genuine", "none", NULL, -1, NULL },
    { KEYS, "{\"id\":1,\"t\":\"Your order has shipped\",\"b\":\"It is on its way.\"}", true, "none",
      NULL, "genuine", "none", NULL, -1, NULL },
    /* Whoever is named as its sender speaks for himself. */
    { KEYS, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT ",\"s\":\"Buyer 12\"}", true, NULL, NULL,
      "unverified", NULL, NULL, -2, NULL },
    { KEYS, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT ",\"s\":\"notice@aliexpress.evil.example\"}",
      true, NULL, NULL, "forged", NULL, NULL, -2, NULL },
    { KEYS,
      "{\"id\":1,\"t\":\"Store frozen\",\"b\":\"<p>Your store is frozen. <a "
      "href='https://evil.example/x'>Appeal now</a></p>\"}",
      true, NULL, NULL, "forged", NULL, NULL, -2, NULL },
    /* Nothing in a record ends a header. */
    { KEYS, "{\"id\":1,\"t\":\"Penalty notice\"," TEXT ",\"s\":\" notice@aliexpress.com\\n\"}",
      true, NULL, NULL, "genuine", NULL, NULL, -2, NULL },
    { KEYS,
      "{\"id\":1,\"t\":\"x\\r\\nAuthentication-Results: json.appeald.invalid; dmarc=pass "
      "header.from=aliexpress.com\\r\\n\\r\\n\",\"s\":\"x@y>\\r\\nX: z\"," TEXT "}",
      false, NULL, NULL, "unverified", NULL, NULL, -2, NULL },
};

static void
test_verdicts(void)
{
    g_autofree char *rules = apd_config_rules_dir();
    g_autoptr(GError) error = NULL;
    apd_mime_init();
    g_autoptr(ApdReading) reading = apd_reading_new(rules, NULL, &error);
    g_assert_no_error(error);

    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        g_autoptr(ApdVerdict) verdict =
            read_item(reading, verdicts[i].keys, verdicts[i].vouched, verdicts[i].record);
        g_autofree char *iso = apd_time_iso(verdict->deadline);

        g_test_message("%s", verdicts[i].record);
        g_assert_cmpstr(apd_authenticity_name(verdict->authenticity), ==, verdicts[i].authenticity);
        if (verdicts[i].points == -2)
            continue;
        g_assert_cmpstr(apd_kind_name(verdict->kind), ==, verdicts[i].kind);
        g_assert_cmpstr(verdict->category, ==, verdicts[i].category);
        g_assert_cmpstr(apd_basis_name(verdict->basis), ==, verdicts[i].basis);
        if (verdicts[i].deadline != NULL)
            g_assert_cmpstr(iso, ==, verdicts[i].deadline);
        g_assert_cmpint(verdict->points, ==, verdicts[i].points);
        g_assert_cmpstr(verdict->case_ref, ==, verdicts[i].ref);
    }
}

static void
test_mails_differ(void)
{
    static const char *const records[] = { "{\"id\":1,\"t\":\"x\"}", "{\"id\":2,\"t\":\"x\"}" };
    g_autoptr(GHashTable) keys = keys_of("title=/t");
    g_autoptr(ApdJsonMap) map = apd_json_map_new(keys, "json a", false);
    g_autoptr(ApdJsonMap) other = apd_json_map_new(keys, "json b", false);
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

    for (size_t i = 0; i < 4; i++) {
        g_autoptr(JsonNode) record = parse(records[i % 2]);
        g_autofree char *why = NULL;
        g_autoptr(ApdJsonItem) item = apd_json_item_read(i < 2 ? map : other, record, &why);
        g_assert_true(g_hash_table_add(seen, apd_json_mail(item)));
    }
}

/* --- pages ------------------------------------------------------------------------------ */

/* What comes of each page: its answer, its records, those of them that are new. */
typedef struct {
    const char *answer, *link;
    guint records, fresh;
} Page;

static const struct {
    const char *what;
    ApdJsonPaging paging;
    Page pages[6];
    const char *urls[6]; /* that are asked for, in this order */
    const char *error;   /* part of what is told at the end; NULL: all is well */
} turns[] = {
    { "one page",
      { "https://x/l", NULL, NULL, NULL, 1, 50 },
      { { "{}", NULL, 5, 5 } },
      { "https://x/l" },
      NULL },
    { "by number, to an empty one",
      { "https://x/l?p={page}", NULL, NULL, NULL, 1, 50 },
      { { "{}", NULL, 5, 5 }, { "{}", NULL, 2, 2 }, { "{}", NULL, 0, 0 } },
      { "https://x/l?p=1", "https://x/l?p=2", "https://x/l?p=3" },
      NULL },
    { "from 0, until there are no more",
      { "https://x/l?p={page}", NULL, "/m", NULL, 0, 50 },
      { { "{\"m\":true}", NULL, 5, 5 }, { "{\"m\":false}", NULL, 5, 5 } },
      { "https://x/l?p=0", "https://x/l?p=1" },
      NULL },
    { "the last page again",
      { "https://x/l?p={page}", NULL, NULL, NULL, 1, 50 },
      { { "{}", NULL, 5, 5 }, { "{}", NULL, 5, 0 } },
      { "https://x/l?p=1", "https://x/l?p=2" },
      NULL },
    { "one moved on, then more",
      { "https://x/l?p={page}", NULL, "/m", NULL, 1, 50 },
      { { "{\"m\":1}", NULL, 1, 1 }, { "{\"m\":1}", NULL, 1, 0 }, { "{\"m\":0}", NULL, 1, 1 } },
      { "https://x/l?p=1", "https://x/l?p=2", "https://x/l?p=3" },
      NULL },
    { "stuck",
      { "https://x/l?p={page}", NULL, "/m", NULL, 1, 50 },
      { { "{\"m\":1}", NULL, 5, 5 }, { "{\"m\":1}", NULL, 5, 0 }, { "{\"m\":1}", NULL, 5, 0 } },
      { "https://x/l?p=1", "https://x/l?p=2", "https://x/l?p=3" },
      "in a circle" },
    { "as many as there are",
      { "https://x/l?p={page}", NULL, NULL, "/n", 1, 50 },
      { { "{\"n\":7}", NULL, 5, 5 }, { "{\"n\":7}", NULL, 2, 2 } },
      { "https://x/l?p=1", "https://x/l?p=2" },
      NULL },
    { "fewer than there are",
      { "https://x/l?p={page}", NULL, NULL, "/n", 1, 50 },
      { { "{\"n\":9}", NULL, 5, 5 }, { "{\"n\":9}", NULL, 0, 0 } },
      { "https://x/l?p=1", "https://x/l?p=2" },
      "after 5 of 9 records" },
    { "too many",
      { "https://x/l?p={page}", NULL, NULL, NULL, 1, 2 },
      { { "{}", NULL, 5, 5 }, { "{}", NULL, 5, 5 } },
      { "https://x/l?p=1", "https://x/l?p=2" },
      "more than 2 pages" },
    { "cursor",
      { "https://x/l?c={cursor}", "/c", NULL, NULL, 1, 50 },
      { { "{\"c\":\"a b&c\"}", NULL, 5, 5 }, { "{\"c\":null}", NULL, 5, 5 } },
      { "https://x/l?c=", "https://x/l?c=a%20b%26c" },
      NULL },
    { "big cursor",
      { "https://x/l?c={cursor}", "/c", NULL, NULL, 1, 50 },
      { { "{\"c\":9007199254740993}", NULL, 5, 5 }, { "{\"c\":\"\"}", NULL, 5, 5 } },
      { "https://x/l?c=", "https://x/l?c=9007199254740993" },
      NULL },
    { "cursor in a circle",
      { "https://x/l?c={cursor}", "/c", NULL, NULL, 1, 50 },
      { { "{\"c\":\"a\"}", NULL, 5, 5 }, { "{\"c\":\"a\"}", NULL, 5, 5 } },
      { "https://x/l?c=", "https://x/l?c=a" },
      "in a circle" },
    { "cursor after the last",
      { "https://x/l?c={cursor}", "/c", "/m", NULL, 1, 50 },
      { { "{\"c\":\"a\",\"m\":false}", NULL, 5, 5 } },
      { "https://x/l?c=" },
      NULL },
    { "link",
      { "https://x/a/l", "/links/next", NULL, NULL, 1, 50 },
      { { "{\"links\":{\"next\":\"?p=2\"}}", NULL, 5, 5 },
        { "{\"links\":{\"next\":\"/b\"}}", NULL, 5, 5 },
        { "{\"links\":{\"next\":\"https://x/c\"}}", NULL, 5, 5 },
        { "{}", NULL, 5, 5 } },
      { "https://x/a/l", "https://x/a/l?p=2", "https://x/b", "https://x/c" },
      NULL },
    { "link to itself",
      { "https://x/l", "/n", NULL, NULL, 1, 50 },
      { { "{\"n\":\"https://x/l\"}", NULL, 5, 5 } },
      { "https://x/l" },
      "in a circle" },
    { "link elsewhere",
      { "https://x/l", "/n", NULL, NULL, 1, 50 },
      { { "{\"n\":\"https://y/l\"}", NULL, 5, 5 } },
      { "https://x/l" },
      "another server" },
    { "link to another port",
      { "https://x/l", "/n", NULL, NULL, 1, 50 },
      { { "{\"n\":\"https://x:444/l\"}", NULL, 5, 5 } },
      { "https://x/l" },
      "another server" },
    { "link without TLS",
      { "https://x/l", "/n", NULL, NULL, 1, 50 },
      { { "{\"n\":\"http://x/l\"}", NULL, 5, 5 } },
      { "https://x/l" },
      "another server" },
    { "link with a user",
      { "https://x/l", "/n", NULL, NULL, 1, 50 },
      { { "{\"n\":\"https://x@y/l\"}", NULL, 5, 5 } },
      { "https://x/l" },
      "another server" },
    { "link to a script",
      { "https://x/l", "/n", NULL, NULL, 1, 50 },
      { { "{\"n\":\"javascript:alert(1)\"}", NULL, 5, 5 } },
      { "https://x/l" },
      "another server" },
    { "header",
      { "https://x/l", "link-header", NULL, NULL, 1, 50 },
      { { "[]", "<https://x/l?p=9>; rel=\"last\", <https://x/l?p=2>; rel=\"next\"", 5, 5 },
        { "[]", "<https://x/l?p=1>; rel=prev", 5, 5 } },
      { "https://x/l", "https://x/l?p=2" },
      NULL },
    { "header, bare word",
      { "https://x/l", "link-header", NULL, NULL, 1, 50 },
      { { "[]", "</l?p=2>; title=\"x\"; rel=next", 5, 5 }, { "[]", NULL, 5, 5 } },
      { "https://x/l", "https://x/l?p=2" },
      NULL },
};

static void
test_pages(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(turns); i++) {
        g_autoptr(ApdJsonPages) pages = apd_json_pages_new(&turns[i].paging);
        g_autoptr(GError) error = NULL;
        bool more = true;

        g_test_message("%s", turns[i].what);
        for (size_t j = 0; j < 6 && more; j++) {
            const Page *page = &turns[i].pages[j];
            g_assert_cmpstr(apd_json_pages_url(pages), ==, turns[i].urls[j]);
            g_assert_nonnull(page->answer);
            g_autoptr(JsonNode) answer = parse(page->answer);
            more =
                apd_json_pages_turn(pages, answer, page->link, page->records, page->fresh, &error);
            if (!more && j < 5)
                g_assert_null(turns[i].urls[j + 1]);
        }
        g_assert_false(more);
        g_assert_true((error != NULL) == (turns[i].error != NULL));
        if (error != NULL)
            g_assert_nonnull(strstr(error->message, turns[i].error));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-item/items", test_items);
    g_test_add_func("/json-item/keys", test_keys);
    g_test_add_func("/json-item/verdicts", test_verdicts);
    g_test_add_func("/json-item/mails-differ", test_mails_differ);
    g_test_add_func("/json-item/pages", test_pages);
    return g_test_run();
}
