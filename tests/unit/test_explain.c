/* What `appealctl explain` prints: the keys of its JSON are a stable interface, and nothing a
 * message holds may break a line or the terminal. */
#include "app/explain.h"

#include <json-glib/json-glib.h>
#include <string.h>

static ApdVerdict *
verdict_new(void)
{
    ApdVerdict *verdict = apd_verdict_new();

    verdict->kind = APD_KIND_DECISION;
    verdict->outcome = APD_OUTCOME_MORE_EVIDENCE;
    verdict->category = g_strdup("trade.false-shipment");
    verdict->points = 50;
    verdict->case_ref = g_strdup("FS-1");
    g_strfreev(verdict->orders);
    verdict->orders = g_strsplit("8123456789012345,8123456789012346", ",", -1);
    verdict->deadline = INT64_C(1772503200) * APD_SECOND;
    verdict->basis = APD_BASIS_ESTIMATED;
    verdict->authenticity = APD_AUTHENTICITY_UNVERIFIED;
    verdict->severity = APD_SEVERITY_HIGH;
    verdict->language = g_strdup("zh-Hant");
    verdict->subject = g_strdup("More evidence\x1b[31m\nneeded");
    verdict->sender = g_strdup("notice@notice.aliexpress.com");
    g_strfreev(verdict->derivation);
    verdict->derivation = g_strsplit("first step|second step", "|", -1);
    apd_verdict_add_evidence(verdict, "category", "fake \"shipment\"\nof order");
    return verdict;
}

static void
test_keys(void)
{
    g_autoptr(ApdVerdict) verdict = verdict_new();
    g_autofree char *line = apd_explain_json("a/b.eml", verdict);
    static const char *const keys[] = { "file",     "kind",     "category",     "outcome",
                                        "points",   "case_ref", "orders",       "products",
                                        "deadline", "basis",    "authenticity", "severity",
                                        "language", "evidence" };
    const char *at = line;

    g_assert_null(strchr(line, '\n'));
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *key = g_strdup_printf("\"%s\":", keys[i]);
        at = strstr(at, key);
        g_test_message("%s", keys[i]);
        g_assert_nonnull(at);
    }
}

static void
test_values(void)
{
    g_autoptr(ApdVerdict) verdict = verdict_new();
    g_autofree char *line = apd_explain_json("a/b.eml", verdict);
    g_autoptr(JsonParser) parser = json_parser_new();

    g_assert_true(json_parser_load_from_data(parser, line, -1, NULL));
    JsonObject *object = json_node_get_object(json_parser_get_root(parser));
    g_assert_cmpstr(json_object_get_string_member(object, "outcome"), ==, "more-evidence");
    g_assert_cmpfloat(json_object_get_double_member(object, "points"), ==, 0.5);
    g_assert_cmpstr(json_object_get_string_member(object, "deadline"), ==, "2026-03-03T02:00:00Z");
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "orders")), ==, 2);
    g_assert_cmpuint(json_array_get_length(json_object_get_array_member(object, "products")), ==,
                     0);
    JsonArray *evidence = json_object_get_array_member(object, "evidence");
    JsonObject *first = json_array_get_object_element(evidence, 0);
    g_assert_cmpstr(json_object_get_string_member(first, "text"), ==,
                    "fake \"shipment\"\nof order");
}

/* Absent things are null or empty. */
static void
test_none(void)
{
    g_autoptr(ApdVerdict) verdict = apd_verdict_new();
    g_autofree char *line = apd_explain_json("\xff.eml", verdict);
    g_autofree char *page = apd_explain_page("\xff.eml", verdict);
    g_autoptr(JsonParser) parser = json_parser_new();

    g_assert_true(json_parser_load_from_data(parser, line, -1, NULL));
    JsonObject *object = json_node_get_object(json_parser_get_root(parser));
    static const char *const absent[] = { "category", "outcome", "points", "case_ref", "deadline" };
    for (size_t i = 0; i < G_N_ELEMENTS(absent); i++)
        g_assert_true(json_object_get_null_member(object, absent[i]));
    g_assert_cmpstr(json_object_get_string_member(object, "kind"), ==, "none");
    g_assert_null(strstr(page, "deadline"));
    g_assert_null(strstr(page, "severity"));
}

static void
test_page(void)
{
    g_autoptr(ApdVerdict) verdict = verdict_new();
    g_autofree char *page = apd_explain_page("a/b.eml", verdict);
    g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

    g_assert_true(g_str_has_suffix(page, "\n"));
    g_assert_null(strchr(page, '\x1b'));
    g_assert_cmpstr(lines[0], ==, "a/b.eml");
    g_assert_nonnull(strstr(page, "an estimate"));
    g_assert_nonnull(strstr(page, "first step"));
    g_assert_nonnull(strstr(page, "second step"));
    g_assert_nonnull(strstr(page, "what decided:\n    category: fake \"shipment\" of order"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/explain/keys", test_keys);
    g_test_add_func("/explain/values", test_values);
    g_test_add_func("/explain/none", test_none);
    g_test_add_func("/explain/page", test_page);
    return g_test_run();
}
