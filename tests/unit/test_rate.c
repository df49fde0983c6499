#include <glib.h>

#include "logic/rate.h"

#define NOW (1000 * APD_DAY)

static void
test_burst_then_steady(void)
{
    const ApdRate rate = { 3, 4 * APD_SECOND };
    ApdTime full = 0, now = NOW, first = 0;

    for (int i = 0; i < 18; i++) {
        ApdTime ready = apd_rate_ready(&rate, full, now);
        now = MAX(now, ready);
        if (i == 0)
            first = now;
        if (i < 3)
            g_assert_cmpint(now, ==, NOW);
        full = apd_rate_take(&rate, full, now);
    }
    g_assert_cmpint(now - first, ==, 15 * 4 * APD_SECOND); /* 18 in any minute */
}

static void
test_refills(void)
{
    const ApdRate rate = { 2, APD_SECOND };
    ApdTime full = 0;

    for (int i = 0; i < 2; i++)
        full = apd_rate_take(&rate, full, NOW);
    g_assert_cmpint(apd_rate_ready(&rate, full, NOW), ==, NOW + APD_SECOND);
    g_assert_cmpint(apd_rate_ready(&rate, full, NOW + APD_SECOND), <=, NOW + APD_SECOND);
    full = apd_rate_take(&rate, full, NOW + APD_DAY);
    g_assert_cmpint(apd_rate_ready(&rate, full, NOW + APD_DAY), <=, NOW + APD_DAY);
}

static void
test_clock_set_back(void)
{
    const ApdRate rate = { 2, APD_SECOND };
    ApdTime full = apd_rate_take(&rate, apd_rate_take(&rate, 0, NOW), NOW);

    g_assert_cmpint(apd_rate_ready(&rate, full, NOW - APD_DAY), ==, NOW - APD_DAY + APD_SECOND);
}

static void
test_no_limit(void)
{
    const ApdRate rate = { 0, 0 };

    g_assert_cmpint(apd_rate_ready(&rate, 0, NOW), ==, NOW);
    g_assert_cmpint(apd_rate_ready(&rate, apd_rate_take(&rate, 0, NOW), NOW), ==, NOW);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rate/burst-then-steady", test_burst_then_steady);
    g_test_add_func("/rate/refills", test_refills);
    g_test_add_func("/rate/clock-set-back", test_clock_set_back);
    g_test_add_func("/rate/no-limit", test_no_limit);
    return g_test_run();
}
