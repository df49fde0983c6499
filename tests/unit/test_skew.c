/* Whose clock is wrong: ours, or that of a cache between us and the server. */
#include <glib.h>

#include "base/clock.h"
#include "logic/skew.h"

/* What is answered in turn: seconds of our steady clock, the server's Date and our own
 * time, both as seconds from the same instant; what is found of the last. */
/* clang-format off */
static const struct {
    const char *what;
    struct { int uptime, theirs, ours; } answers[5];
    int n;
    ApdSkewFinding finding;
    int off;
} rows[] = {
    { "right", { { 0, 0, 0 } }, 1, APD_SKEW_NONE, 0 },
    { "a little off is right", { { 0, 290, 0 }, { 60, 350, 60 } }, 2, APD_SKEW_NONE, 0 },
    { "ours is late: one answer may be a mistake", { { 0, 10800, 0 } }, 1, APD_SKEW_UNKNOWN, 0 },
    { "ours is late", { { 0, 10800, 0 }, { 1, 10801, 1 } }, 2, APD_SKEW_WRONG, 10800 },
    { "two servers of which one is wrong", { { 0, 10800, 0 }, { 1, 1, 1 }, { 2, 10802, 2 } }, 3, APD_SKEW_UNKNOWN, 0 },
    { "ours is early: it might stand still", { { 0, -10800, 0 }, { 1, -10799, 1 } }, 2, APD_SKEW_UNKNOWN, 0 },
    { "ours is early", { { 0, -10800, 0 }, { 6, -10794, 6 }, { 12, -10787, 12 } }, 3, APD_SKEW_WRONG, -10799 },
    { "a cache that stands still", { { 0, -10800, 0 }, { 1, -10800, 1 }, { 2, -10800, 2 }, { 60, -10800, 60 }, { 120, -10800, 120 } }, 5, APD_SKEW_UNKNOWN, 0 },
    { "a cache that looks again at times", { { 0, -600, 0 }, { 300, -600, 300 }, { 600, 599, 600 }, { 900, 599, 900 }, { 1200, 599, 1200 } }, 5, APD_SKEW_UNKNOWN, 0 },
    { "a cache now and then", { { 0, -4000, 0 }, { 60, 60, 60 } }, 2, APD_SKEW_NONE, 0 },
    { "ours is set meanwhile", { { 0, 10800, 0 }, { 60, 10860, 10860 } }, 2, APD_SKEW_NONE, 0 },
    { "ours is set wrong meanwhile", { { 0, 0, 0 }, { 60, 60, -9940 }, { 120, 120, -9880 } }, 3, APD_SKEW_WRONG, 10000 },
};
/* clang-format on */

#define BASE (1700000000 * APD_SECOND)

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdSkew skew = { 0 };
        ApdSkewFinding finding = APD_SKEW_UNKNOWN;
        ApdTime off = 0;

        for (int j = 0; j < rows[i].n; j++)
            finding = apd_skew_take(&skew, BASE + rows[i].answers[j].theirs * APD_SECOND,
                                    BASE + rows[i].answers[j].ours * APD_SECOND,
                                    (1000 + rows[i].answers[j].uptime) * APD_SECOND, &off);
        g_test_message("%s", rows[i].what);
        g_assert_cmpint(finding, ==, rows[i].finding);
        g_assert_cmpint(off, ==, rows[i].off * APD_SECOND);
    }
}

static void
test_nothing_said(void)
{
    ApdSkew skew = { 0 };
    ApdTime off = 0;

    g_assert_cmpint(apd_skew_take(&skew, 0, BASE, APD_SECOND, &off), ==, APD_SKEW_UNKNOWN);
    g_assert_cmpint(skew.n, ==, 0);
}

static void
test_text(void)
{
    g_autofree char *late = apd_skew_text(3 * APD_HOUR + 10 * APD_SECOND);
    g_autofree char *early = apd_skew_text(-25 * APD_MINUTE);

    g_assert_cmpstr(late, ==, "3h behind");
    g_assert_cmpstr(early, ==, "25m ahead of");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/skew/rows", test_rows);
    g_test_add_func("/skew/nothing-said", test_nothing_said);
    g_test_add_func("/skew/text", test_text);
    return g_test_run();
}
