#include <glib.h>

#include "logic/gate.h"

#define NOW (1000 * APD_DAY)

static ApdTime
fail(ApdGate *gate, int attempts, ApdTime now)
{
    apd_gate_send(gate, now);
    return apd_gate_fail(gate, 0, attempts, UINT32_MAX, 3 * APD_DAY, now);
}

/* One alert that fails is its own affair; two in a row are an outage. */
static void
test_outage(void)
{
    ApdGate gate = { { 0, 0 } };

    g_assert_cmpint(fail(&gate, 1, NOW), ==, NOW + 5 * APD_SECOND);
    g_assert_false(apd_gate_is_down(&gate));
    g_assert_cmpint(apd_gate_ready(&gate, false, NOW), <=, NOW);

    ApdTime next = fail(&gate, 1, NOW);
    g_assert_true(apd_gate_is_down(&gate));
    g_assert_true(apd_gate_is_shut(&gate, NOW));
    g_assert_cmpint(next, ==, NOW + 10 * APD_SECOND);
    g_assert_cmpint(apd_gate_ready(&gate, false, NOW), ==, next);
    g_assert_cmpint(apd_gate_ready(&gate, false, next), <=, next);

    ApdTime later = fail(&gate, 2, next);
    g_assert_cmpint(later - next, ==, 20 * APD_SECOND);
    apd_gate_take(&gate);
    g_assert_cmpint(apd_gate_ready(&gate, false, next), <=, next);
}

/* However long it is down: news more urgent than all else knocks soon. */
static void
test_news(void)
{
    ApdGate gate = { { 0, 0 } };
    ApdTime now = NOW;

    for (int i = 1; i < 10; i++)
        now = fail(&gate, i, now);
    now = gate.knocked + APD_MINUTE;
    g_assert_cmpint(apd_gate_ready(&gate, false, now), ==, gate.down);
    g_assert_cmpint(apd_gate_ready(&gate, true, now), <=, now);
    fail(&gate, 1, now);
    g_assert_cmpint(apd_gate_ready(&gate, true, now), ==, now + 10 * APD_SECOND);
}

/* What one alert cannot get through does not bar the others for ever. */
static void
test_another(void)
{
    ApdGate gate = { { 0, 0 } };
    int others = 0;

    for (int i = 1; i <= 24; i++) {
        fail(&gate, i, NOW);
        others += apd_gate_tries_another(&gate);
    }
    g_assert_cmpint(others, ==, 4);
}

static void
test_pause_and_rate(void)
{
    ApdGate gate = { { 2, APD_SECOND } };

    apd_gate_send(&gate, NOW);
    apd_gate_take(&gate);
    g_assert_cmpint(apd_gate_ready(&gate, false, NOW), <=, NOW);
    apd_gate_send(&gate, NOW);
    g_assert_cmpint(apd_gate_ready(&gate, false, NOW), ==, NOW + APD_SECOND);
    g_assert_false(apd_gate_is_shut(&gate, NOW));

    g_assert_cmpint(apd_gate_fail(&gate, APD_MINUTE, 1, 0, APD_DAY, NOW), ==, NOW + APD_MINUTE);
    g_assert_true(apd_gate_is_shut(&gate, NOW));
    g_assert_cmpint(apd_gate_ready(&gate, true, NOW), ==, NOW + APD_MINUTE);
    apd_gate_open(&gate);
    g_assert_false(apd_gate_is_shut(&gate, NOW));
}

static void
test_clock_set_back(void)
{
    ApdGate gate = { { 0, 0 } };

    fail(&gate, 1, NOW);
    fail(&gate, 1, NOW);
    gate.closed = NOW + APD_HOUR;
    g_assert_cmpint(apd_gate_ready(&gate, false, NOW - 30 * APD_DAY), <=, NOW - 30 * APD_DAY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gate/outage", test_outage);
    g_test_add_func("/gate/news", test_news);
    g_test_add_func("/gate/another", test_another);
    g_test_add_func("/gate/pause-and-rate", test_pause_and_rate);
    g_test_add_func("/gate/clock-set-back", test_clock_set_back);
    return g_test_run();
}
