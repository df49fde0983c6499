#include "logic/match.h"

#include <string.h>

#include "logic/literals.h"
#include "logic/prepared.h"
#include "logic/segment.h"

/* clang-format off */
static const struct {
    const char *phrase, *text, *found; /* @found: folded; NULL: no hit */
} rows[] = {
    { "false shipment", "A FALSE  Shipment, twice", "false shipment" },
    { "false shipment", "false-shipment", "false-shipment" },
    { "false shipment", "falsely shipment", NULL },
    { "ship", "shipment", NULL },
    { "sanction*", "two sanctions", "sanctions" },
    { "*trafe", "die Geldstrafe", "geldstrafe" },
    { "(fake|false) (delivery|shipment)", "fake delivery", "fake delivery" },
    { "account [was] frozen", "account frozen", "account frozen" },
    { "appeal ... rejected", "appeal of last week was rejected", "appeal of last week was rejected" },
    { "appeal ... rejected", "appeal one two three four five six seven rejected", NULL },
    { "appeal ... rejected", "appealing was rejected", NULL },
    { "appeal ... rejected", "appeal of a misrejected one", NULL },
    { "appeal ... rejected", "appeals, appeal is rejected", "appeal is rejected" },
    { "(store|shop) ... (frozen|closed)", "your shop will be closed", "shop will be closed" },
    { "(store|shop) ... (frozen|closed)", "your store is not frozen", "store is not frozen" },
    { "((store|shop) ... closed|no more sales)", "there are no more sales", "no more sales" },
    { "((store|shop) ... closed|no more sales)", "the shop is closed", "shop is closed" },
    { "store [was] ... [for good] closed", "store was closed", "store was closed" },
    { "store [was] ... [for good] closed", "store we say for good closed", "store we say for good closed" },
    { "[your] [own] store", "of your store", "your store" },
    { "[your] [own] store", "of your own store", "your own store" },
    { "sanction* (lifted|ended)", "sanctions ended", "sanctions ended" },
    { "(shop*|store*) ... permanently", "your stores, they are permanently gone", "stores, they are permanently" },
    { "(shop*|store*) ... permanently", "what restores it permanently", NULL },
    { "(online shop*|s*re*) ... permanently", "online shops are permanently gone", "online shops are permanently" },
    { "(online shop*|s*re*) ... permanently", "all stores are permanently gone", "stores are permanently" },
    { "re*ed (store|shop)", "a reopened shop", "reopened shop" },
    { "(de|re)activat(e|ed) (store|shop)", "reactivated shop", "reactivated shop" },
    { "store - closed", "store closed", "store closed" },
    { "a b", "it is a b indeed", "a b" },
    { "deduct # points", "deduct 0.5 points", "deduct 0.5 points" },
    { "# [penalty] *point*", "now 3 points", "3 points" },
    { "(#|two) (points|point*) ... gone", "2points are gone", "2points are gone" },
    { "虚假 (发货|交易)", "虚假发货", "虚假发货" },
    { "(AliExpress|速卖通) 店铺 ... 冻结", "速卖通店铺已被冻结", "速卖通店铺已被冻结" },
    { "(AliExpress|速卖通) 店铺 ... 冻结", "AliExpress店铺已被冻结", "aliexpress 店铺已被冻结" },
    { "扣#分", "将扣2分处理", "扣 2 分" },
    { "虚假发货", "判定虛假發貨行为", "虚假发货" },
    { "虚假发货", "“虚假”发货", "虚假\"发货" },
    { "벌점", "벌점이 부과", "벌점" },
    { "größe", "GROSSE", "grosse" },
    { "straße", "STRASSE", "strasse" },
};
/* clang-format on */

static ApdText *
text_of(const char *text)
{
    g_autoptr(ApdDocument) document = apd_document_new();

    apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, text);
    return apd_segment_document(document);
}

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApdMatcher) matcher = apd_matcher_new();
        g_autoptr(ApdText) text = text_of(rows[i].text);
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].phrase);
        apd_matcher_add(matcher, apd_matcher_intern(matcher, "x"), rows[i].phrase, 100, &error);
        g_assert_no_error(error);
        apd_matcher_compile(matcher);
        g_autoptr(GArray) hits = apd_matcher_scan(matcher, text);
        g_assert_cmpuint(hits->len, ==, rows[i].found != NULL);
        if (rows[i].found == NULL)
            continue;
        const ApdHit *hit = &g_array_index(hits, ApdHit, 0);
        const ApdSegment *segment = apd_text_at(text, (guint) hit->segment);
        g_autofree char *found =
            g_strndup(segment->folded + hit->start, (gsize) (hit->end - hit->start));
        g_assert_cmpstr(found, ==, rows[i].found);
    }
}

static void
test_malformed(void)
{
    static const char *const bad[] = { "(a", "a]", "...", "#", "x", "a|b" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(ApdMatcher) matcher = apd_matcher_new();
        g_autoptr(GError) error = NULL;
        g_assert_false(
            apd_matcher_add(matcher, apd_matcher_intern(matcher, "x"), bad[i], 1, &error));
        g_assert_nonnull(error);
    }
}

/* Choices of one phrase are counted, not multiplied: a hundred million ways are a few words. */
static void
test_many_choices(void)
{
    g_autoptr(ApdMatcher) matcher = apd_matcher_new();
    g_autoptr(GString) phrase = g_string_new("store");
    g_autoptr(ApdText) text = text_of("The store a1 b2 c3 d0 is closed.");
    g_autoptr(GError) error = NULL;

    for (char c = 'a'; c <= 'd'; c++) {
        g_string_append(phrase, " (");
        for (int i = 0; i < 100; i++)
            g_string_append_printf(phrase, "%s%c%d", i > 0 ? "|" : "", c, i);
        g_string_append(phrase, ")");
        g_string_truncate(phrase, MIN(phrase->len, 10000));
    }
    g_assert_false(
        apd_matcher_add(matcher, apd_matcher_intern(matcher, "long"), phrase->str, 100, &error));
    g_clear_error(&error);
    apd_matcher_add(matcher, apd_matcher_intern(matcher, "x"),
                    "store (a0|a1|a2|a3) (b0|b1|b2|b3) (c0|c1|c2|c3) (d0|d1|d2|d3) [e] [f] [g] [h] "
                    "[i] [j] [k] [l] [m] [n] [o] [p] [q] [r] ... (closed|frozen|gone)",
                    100, &error);
    g_assert_no_error(error);
    apd_matcher_compile(matcher);
    g_autoptr(GArray) hits = apd_matcher_scan(matcher, text);
    g_assert_cmpuint(hits->len, ==, 1);
}

/* What was removed is not found, and the rest is. */
static void
test_remove(void)
{
    g_autoptr(ApdMatcher) matcher = apd_matcher_new();
    g_autoptr(ApdText) text = text_of("a false shipment, a fake delivery");
    int signal = apd_matcher_intern(matcher, "x");

    apd_matcher_add(matcher, signal, "(false shipment|fake parcel)", 100, NULL);
    apd_matcher_add(matcher, signal, "fake delivery", 100, NULL);
    g_assert_true(apd_matcher_remove(matcher, signal, "(false shipment|fake parcel)"));
    g_assert_false(apd_matcher_remove(matcher, signal, "(false shipment|fake parcel)"));
    apd_matcher_compile(matcher);
    g_autoptr(GArray) hits = apd_matcher_scan(matcher, text);
    g_assert_cmpuint(hits->len, ==, 1);
    g_assert_cmpint(g_array_index(hits, ApdHit, 0).start, ==, 20);
}

static void
log_found(unsigned literal, size_t end, void *user_data)
{
    g_array_append_vals(user_data, (guint64[]){ (guint64) end << 32 | literal }, 1);
}

static int
by_value(const void *a, const void *b)
{
    const guint64 *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* The search finds what comparing at every place finds. */
static void
test_literals(void)
{
    static const ApdLiteral literals[] = {
        { "ab", false, false },         { "ab", true, false },          { "ab", false, true },
        { "abc", true, true },          { "bca", false, false },        { "aaaa", false, false },
        { "abcabcabcab", true, false }, { "\xe8\x99\x9a", true, true }, { "c a", true, true },
    };
    g_autoptr(ApdLiterals) search = apd_literals_new(literals, G_N_ELEMENTS(literals));
    g_autoptr(GString) text = g_string_new_len("", 1);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(guint64));

    for (int i = 0; i < 3000; i++)
        g_string_append(text, (const char *[]){ "a", "b", "c", " ", "\xe8\x99\x9a",
                                                "abcabcabc" }[i * i % 7 % 6]);
    g_string_append_c(text, '\0');
    apd_literals_scan(search, text->str, text->len, log_found, found);
    g_array_sort(found, by_value);
    for (size_t at = 1; at < text->len; at++)
        for (unsigned i = 0; i < G_N_ELEMENTS(literals); i++) {
            size_t end = at + strlen(literals[i].text);
            if (g_str_has_prefix(text->str + at, literals[i].text)
                && (!literals[i].starts || apd_prepared_is_boundary(text->str, at))
                && (!literals[i].ends || apd_prepared_is_boundary(text->str, end)))
                log_found(i, end, wanted);
        }
    g_array_sort(wanted, by_value);
    g_assert_cmpuint(found->len, >, 100);
    g_assert_cmpuint(found->len, ==, wanted->len);
    g_assert_true(memcmp(found->data, wanted->data, found->len * sizeof(guint64)) == 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/match/rows", test_rows);
    g_test_add_func("/match/malformed", test_malformed);
    g_test_add_func("/match/many-choices", test_many_choices);
    g_test_add_func("/match/remove", test_remove);
    g_test_add_func("/match/literals", test_literals);
    return g_test_run();
}
