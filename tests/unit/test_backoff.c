#include <glib.h>

#include "logic/backoff.h"

/* clang-format off */
static const struct {
    int attempts;
    ApdTime left;
    ApdTime least, most;
} rows[] = {
    {    1, APD_NEVER, 2500 * 1000,       5 * APD_SECOND },
    {    2, APD_NEVER, 5 * APD_SECOND,    10 * APD_SECOND },
    {    5, APD_HOUR,  40 * APD_SECOND,   80 * APD_SECOND },
    {   50, APD_NEVER, 30 * APD_MINUTE,   60 * APD_MINUTE },
    {   50, APD_DAY,   30 * APD_MINUTE,   60 * APD_MINUTE },
    {   50, APD_HOUR,  450 * APD_SECOND,  15 * APD_MINUTE },
    {   50, -APD_DAY,  450 * APD_SECOND,  15 * APD_MINUTE },
    { 9999, APD_NEVER, 30 * APD_MINUTE,   60 * APD_MINUTE },
    {    0, APD_NEVER, 2500 * 1000,       5 * APD_SECOND },
};
/* clang-format on */

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpint(apd_backoff_wait(rows[i].attempts, 0, rows[i].left), ==, rows[i].least);
        g_assert_cmpint(apd_backoff_wait(rows[i].attempts, UINT32_MAX, rows[i].left), ==,
                        rows[i].most);
        ApdTime middle = apd_backoff_wait(rows[i].attempts, UINT32_MAX / 2, rows[i].left);
        g_assert_cmpint(middle, >, rows[i].least);
        g_assert_cmpint(middle, <, rows[i].most);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/backoff/rows", test_rows);
    return g_test_run();
}
