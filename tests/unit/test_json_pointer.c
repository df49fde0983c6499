#include <glib.h>
#include <string.h>

#include "base/json_read.h"
#include "logic/json_pointer.h"
#include "logic/json_when.h"

/* The document of RFC 6901 section 5, and some more. */
static const char *const document =
    "{ \"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4,"
    "  \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8, \"~1\": 9, \"nil\": null, \"no\": \"\","
    "  \"deep\": { \"er\": [ { \"id\": 9007199254740993 }, { \"id\": 12345678901234567890 } ] },"
    "  \"half\": 0.5, \"yes\": true, \"mixed\": [1, \"two\", null, {}] }";

static JsonNode *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonNode *node = apd_json_parse(text, strlen(text), &error);

    g_assert_no_error(error);
    return node;
}

static void
test_pointers(void)
{
    static const struct {
        const char *pointer, *value; /* NULL: nothing, or no text */
    } rows[] = {
        { "/foo/0", "bar" },
        { "/foo/1", "baz" },
        { "/foo/2", NULL },
        { "/foo/-", NULL },
        { "/foo/01", NULL },
        { "/foo/+1", NULL },
        { "/foo/4294967296", NULL },
        { "/", "0" },
        { "/a~1b", "1" },
        { "/c%d", "2" },
        { "/e^f", "3" },
        { "/g|h", "4" },
        { "/i\\j", "5" },
        { "/k\"l", "6" },
        { "/ ", "7" },
        { "/m~0n", "8" },
        { "/~01", "9" },
        { "/nil", NULL },
        { "/no", NULL },
        { "/deep/er/0/id", "9007199254740993" },
        { "/deep/er/1/id", "12345678901234567890" },
        { "/deep/er/0/id/x", NULL },
        { "/deep", NULL },
        { "/half", "0.5" },
        { "/yes", "true" },
        { "/foo", "bar, baz" },
        { "/mixed", "1, two" },
        { "/nowhere/at/all", NULL },
        { "foo", NULL },
        { "/m~n", NULL },
        { "", NULL },
        { "{/foo/0}-{/foo/1}", "bar-baz" },
        { "Order {/deep/er/0/id}: {/nowhere}.", "Order 9007199254740993: ." },
        { "Order {/nowhere}", NULL },
        { "{x} {/yes}", "{x} true" },
        { "{/yes", NULL },
    };
    g_autoptr(JsonNode) root = parse(document);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = apd_json_form_fill(root, rows[i].pointer);
        g_test_message("%s", rows[i].pointer);
        g_assert_cmpstr(value, ==, rows[i].value);
    }
    g_assert_true(apd_json_pointer_find(root, "") == root);
    g_assert_true(JSON_NODE_HOLDS_NULL(apd_json_pointer_find(root, "/nil")));
}

static void
test_good(void)
{
    static const struct {
        const char *text;
        bool pointer, form;
    } rows[] = {
        { "", true, true },           { "/", true, true },          { "/a/b~0c~1d", true, true },
        { "a", false, true },         { "/a~", false, false },      { "/a~2", false, false },
        { "{/a} b", false, true },    { "{/a~2} b", false, false }, { "{/a b", false, false },
        { "no braces", false, true }, { "/a\xff", false, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        g_assert_true(apd_json_pointer_is_good(rows[i].text) == rows[i].pointer);
        g_assert_true(apd_json_form_is_good(rows[i].text) == rows[i].form);
    }
}

static void
test_times(void)
{
    static const struct {
        const char *text;
        int64_t seconds; /* 0: cannot be read */
        const char *how;
    } rows[] = {
        { "1764064800", 1764064800, "" },
        { "1764064800000", 1764064800, "" },
        { "1764064800000000", 1764064800, "" },
        { "1764064800.25", 1764064800, "" },
        { "2025-11-25T10:00:00Z", 1764064800, "" },
        { "2025-11-25T10:00:00.123Z", 1764064800, "" },
        { "2025-11-25T18:00:00+08:00", 1764064800, "" },
        { "2025-11-25T18:00:00+0800", 1764064800, "" },
        { "2025-11-25 18:00 +08", 1764064800, "" },
        { "2025-11-25 18:00:00", 1764064800, "no time zone is named, read as Asia/Shanghai" },
        { " 2025/11/25 18:00 ", 1764064800, "no time zone is named, read as Asia/Shanghai" },
        { "2025-11-25", 1764000000,
          "a day without a time: its beginning is taken, to be on the safe side; no time zone is "
          "named, read as Asia/Shanghai" },
        { "2025-11-25T24:00:00Z", 1764115200, "" },
        { "2025-11-25T24:00:01Z", 0, "" },
        { "2025-02-30", 0, "" },
        { "2025-13-01", 0, "" },
        { "2025-11-25T10:60Z", 0, "" },
        { "2025-11-25T10:00:00Zx", 0, "" },
        { "1999-01-01T00:00:00Z", 0, "" },
        { "2999-01-01T00:00:00Z", 0, "" },
        { "25 November 2025", 0, "" },
        { "20251125", 0, "" },
        { "12345678901234567890", 0, "" },
        { "-1764064800", 0, "" },
        { "", 0, "" },
    };
    g_autoptr(ApdZones) zones = apd_zones_new();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) how = g_string_new(NULL);
        ApdTime when = 0;
        bool good = apd_json_when(rows[i].text, zones, APD_ZONE_BEIJING, &when, how);
        g_test_message("%s", rows[i].text);
        g_assert_true(good == (rows[i].seconds != 0));
        g_assert_cmpint(when / APD_SECOND, ==, rows[i].seconds);
        if (good)
            g_assert_cmpstr(how->str, ==, rows[i].how);
    }
}

/* The hours of the change of summer time, both kinds, where nothing but the zone's name is
 * known: of two instants the earlier, of none the one before the gap. */
static void
test_summer_time(void)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        { "2026-03-08 01:59:59", 1772963999 }, { "2026-03-08 02:30:00", 1772965800 },
        { "2026-03-08 03:00:00", 1772964000 }, { "2026-11-01 01:30:00", 1793521800 },
        { "2026-11-01 02:00:00", 1793527200 },
    };
    g_autoptr(ApdZones) zones = apd_zones_new();
    int zone = apd_zones_intern(zones, "America/Los_Angeles");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdTime when = 0;
        g_test_message("%s", rows[i].text);
        g_assert_true(apd_json_when(rows[i].text, zones, zone, &when, NULL));
        g_assert_cmpint(when / APD_SECOND, ==, rows[i].seconds);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-pointer/pointers", test_pointers);
    g_test_add_func("/json-pointer/good", test_good);
    g_test_add_func("/json-pointer/times", test_times);
    g_test_add_func("/json-pointer/summer-time", test_summer_time);
    return g_test_run();
}
