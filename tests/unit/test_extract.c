/* A few lines of a notice -> its points and references, the same in every language. */
#include <string.h>

#include "app/rules_load.h"
#include "logic/extract.h"
#include "logic/segment.h"

#define NONE APD_NO_POINTS

typedef struct {
    const char *language, *text;
    int points;
} PointsRow;

typedef struct {
    const char *language, *text, *ref, *orders, *products; /* @ref NULL: none */
    const char *category;                                  /* NULL: trade.false-shipment */
} ReferenceRow;

#include "extract_rows.inc"

/* "SUBJECT ..." is the subject; "a | b" a row of a table; all else a paragraph. */
static ApdDocument *
document_of(const char *text)
{
    ApdDocument *document = apd_document_new();
    g_auto(GStrv) blocks = g_strsplit(text, "\n", -1);

    document->subject = g_strdup("");
    for (guint i = 0; blocks[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(blocks[i], " | ", -1);
        if (g_str_has_prefix(blocks[i], "SUBJECT ")) {
            g_free(document->subject);
            document->subject = g_strdup(blocks[i] + 8);
        } else if (g_strv_length(cells) < 2) {
            apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, blocks[i]);
        } else {
            for (guint k = 0; cells[k] != NULL; k++)
                apd_document_add_block(document, APD_BLOCK_CELL, 0, (int) i, (int) k, cells[k]);
        }
    }
    return document;
}

static ApdVerdict *
read_text(const ApdRules *with, const char *text, const char *category)
{
    g_autoptr(ApdDocument) document = document_of(text);
    g_autoptr(ApdText) segments = apd_segment_document(document);
    g_autoptr(GArray) hits = apd_matcher_scan(apd_rules_matcher(with), segments);
    g_autofree int *factors = apd_classify_factors(with, segments, hits);
    ApdInput input = { with, document, segments, hits, NULL, factors };
    ApdVerdict *verdict = apd_verdict_new();

    verdict->kind = APD_KIND_PENALTY;
    verdict->category = g_strdup(category ? category : "trade.false-shipment");
    verdict->points = apd_extract_points(&input, verdict);
    apd_extract_references(&input, verdict);
    return verdict;
}

static ApdRules *
load(void)
{
    g_autoptr(GError) error = NULL;
    ApdRules *loaded = apd_rules_load("conf/rules", NULL, &error);

    g_assert_no_error(error);
    return loaded;
}

static bool
same(const char *row, const char *what, const char *expected, const char *got)
{
    if (g_strcmp0(expected, got) == 0)
        return true;
    g_printerr("%s\n  %s: expected %s, got %s\n", row, what, expected ? expected : "none",
               got ? got : "none");
    return false;
}

static void
test_points(void)
{
    g_autoptr(ApdRules) loaded = load();
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(points_rows); i++) {
        g_autoptr(ApdVerdict) verdict = read_text(loaded, points_rows[i].text, NULL);
        g_autofree char *expected = g_strdup_printf("%d", points_rows[i].points);
        g_autofree char *got = g_strdup_printf("%d", verdict->points);
        wrong += !same(points_rows[i].text, "points", expected, got);
    }
    g_assert_cmpint(wrong, ==, 0);
}

static void
test_references(void)
{
    g_autoptr(ApdRules) loaded = load();
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(reference_rows); i++) {
        const ReferenceRow *row = &reference_rows[i];
        g_autoptr(ApdVerdict) verdict = read_text(loaded, row->text, row->category);
        g_autofree char *orders = g_strjoinv(",", verdict->orders);
        g_autofree char *products = g_strjoinv(",", verdict->products);
        bool good = same(row->text, "case_ref", row->ref, verdict->case_ref);
        good &= same(row->text, "orders", row->orders, orders);
        good &= same(row->text, "products", row->products, products);
        wrong += !good;
    }
    g_assert_cmpint(wrong, ==, 0);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/extract/points", test_points);
    g_test_add_func("/extract/references", test_references);
    return g_test_run();
}
