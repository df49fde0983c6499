/* One line of a notice -> its deadline, in every language.  Unless a row says
 * otherwise the notice is a penalty sent at 2026-01-02T02:00:00Z, 10:00 in
 * Beijing on a Friday that is a holiday. */
#include <string.h>

#include "app/time_data.h"
#include "base/text.h"
#include "logic/segment.h"

typedef struct {
    const char *language, *text, *expected; /* NULL: the estimate */
} Row;

#include "deadline_rows.inc"

static ApdTime
parse(const char *iso)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(iso, NULL);
    g_assert_nonnull(at);
    return g_date_time_to_unix(at) * APD_SECOND;
}

static bool
check(const ApdTimeData *data, const Row *row, ApdTime date, ApdKind kind, ApdOutcome outcome)
{
    g_autoptr(ApdDocument) document = apd_document_new();
    document->subject = g_strdup("");
    g_auto(GStrv) blocks = g_strsplit(row->text, "\n", -1);
    for (guint i = 0; blocks[i] != NULL; i++) {
        /* "label | value" is a row of a table. */
        g_auto(GStrv) cells = g_strsplit(blocks[i], " | ", -1);
        if (g_strv_length(cells) < 2) {
            apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, blocks[i]);
            continue;
        }
        for (guint k = 0; cells[k] != NULL; k++)
            apd_document_add_block(document, APD_BLOCK_CELL, 0, (int) i, (int) k, cells[k]);
    }
    g_autoptr(ApdText) text = apd_segment_document(document);
    ApdDeadlineCase kase = { kind, outcome, "trade.false-shipment", row->language, date };
    g_auto(ApdDeadline) deadline = { 0 };
    apd_deadline_find(data, text, &kase, &deadline);

    g_autofree char *got = apd_time_iso(deadline.instant);
    const char *basis = apd_basis_name(deadline.basis);
    g_autofree char *all = g_strdup_printf("%s %s", got != NULL ? got : "none", basis);
    const char *expected = row->expected != NULL ? row->expected : "2026-01-09T02:00:00Z estimated";
    if (strcmp(all, expected) == 0)
        return true;
    g_printerr("%s: %s\n  expected %s\n  got      %s\n", row->language, row->text, expected, all);
    for (guint i = 0; i < deadline.steps->len; i++)
        g_printerr("    %s\n", (char *) g_ptr_array_index(deadline.steps, i));
    return false;
}

static void
run(const Row *rows, gsize n, const char *date, ApdKind kind, ApdOutcome outcome)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdTimeData) data = apd_time_data_load("conf", NULL, &error);
    g_assert_no_error(error);
    gsize wrong = 0;
    for (gsize i = 0; i < n; i++)
        wrong += !check(data, &rows[i], parse(date), kind, outcome);
    g_assert_cmpuint(wrong, ==, 0);
}

static void
test_penalties(void)
{
    run(penalties, G_N_ELEMENTS(penalties), "2026-01-02T02:00:00Z", APD_KIND_PENALTY,
        APD_OUTCOME_NONE);
}

static void
test_summer(void)
{
    run(summer, G_N_ELEMENTS(summer), "2026-07-01T02:00:00Z", APD_KIND_PENALTY, APD_OUTCOME_NONE);
}

static void
test_decisions(void)
{
    run(decisions, G_N_ELEMENTS(decisions), "2026-01-02T02:00:00Z", APD_KIND_DECISION,
        APD_OUTCOME_UPHELD);
}

static void
test_none(void)
{
    static const Row rows[] = { { "en", "Appeal by 5 January 2026.", "none none" } };
    run(rows, 1, "2026-01-02T02:00:00Z", APD_KIND_NONE, APD_OUTCOME_NONE);
    run(rows, 1, "2026-01-02T02:00:00Z", APD_KIND_DECISION, APD_OUTCOME_REVERSED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/deadline/penalties", test_penalties);
    g_test_add_func("/deadline/summer", test_summer);
    g_test_add_func("/deadline/decisions", test_decisions);
    g_test_add_func("/deadline/none", test_none);
    return g_test_run();
}
