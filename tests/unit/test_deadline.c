/* One line of a notice -> its deadline, in every language.  Unless a row says
 * otherwise the notice is a penalty sent at 2026-01-02T02:00:00Z, 10:00 in
 * Beijing on a Friday that is a holiday. */
#include "deadline_fixture.h"

#include "deadline_rows.inc"

static void
run(const Row *rows, gsize n, const char *date, ApdKind kind, ApdOutcome outcome)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdTimeData) data = apd_time_data_load("conf", NULL, &error);
    g_assert_no_error(error);
    Notice notice = { date, kind, outcome };
    gsize wrong = 0;
    for (gsize i = 0; i < n; i++) {
        Row row = rows[i];
        if (row.expected == NULL)
            row.expected = "2026-01-09T02:00:00Z estimated";
        wrong += !check_row(data, &row, &notice, "row");
    }
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
