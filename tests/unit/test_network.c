/* Waking from suspend, and a clock that was set, are reasons to look, as a changed network is:
 * once for all that happens in the same moment. */
#include "../fake/clock.c"

#include "io/network.h"

static void
count(void *user_data)
{
    ++*(guint *) user_data;
}

static gboolean
quit(gpointer user_data)
{
    g_main_loop_quit(user_data);
    return G_SOURCE_REMOVE;
}

static void
wait(guint milliseconds)
{
    GMainLoop *loop = g_main_loop_new(NULL, FALSE);

    g_timeout_add(milliseconds, quit, loop);
    g_main_loop_run(loop);
    g_main_loop_unref(loop);
}

/* On waking the kernel sets the clock (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). */
static void
test_waking(void)
{
    guint looks = 0;
    ApdNetwork *network = apd_network_new(count, &looks);

    fake_clock_set(20000 * APD_DAY);
    fake_clock_set(20001 * APD_DAY);
    g_assert_cmpuint(looks, ==, 0);
    wait(1000);
    g_assert_cmpuint(looks, ==, 1);
    fake_clock_set(20002 * APD_DAY);
    wait(1000);
    g_assert_cmpuint(looks, ==, 2);
    apd_network_free(network);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/network/waking", test_waking);
    return g_test_run();
}
