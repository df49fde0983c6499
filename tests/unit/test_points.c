#include <glib.h>

#include "logic/points.h"

#define BEIJING (8 * APD_HOUR)

/* Noon in Beijing of a day. */
static ApdTime
noon(int year, int month, int day)
{
    g_autoptr(GDateTime) when = g_date_time_new_utc(year, month, day, 12, 0, 0);

    return g_date_time_to_unix(when) * APD_SECOND - BEIJING;
}

static void
test_expiry(void)
{
    /* clang-format off */
    static const struct {
        int given[3];
        int gone[3];
    } rows[] = {
        { { 2025,  4,  2 }, { 2026,  4,  2 } },
        { { 2027,  2, 28 }, { 2028,  2, 28 } },
        { { 2027,  3,  1 }, { 2028,  3,  1 } }, /* 366 days: the same date is later */
        { { 2028,  2, 29 }, { 2029,  3,  1 } }, /* no such date: the day after */
        { { 2028,  2, 28 }, { 2029,  2, 28 } },
        { { 2028,  3,  1 }, { 2029,  3,  1 } },
        { { 2100,  2, 28 }, { 2101,  2, 28 } }, /* no leap year */
    };
    /* clang-format on */

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdTime given = noon(rows[i].given[0], rows[i].given[1], rows[i].given[2]);
        ApdTime gone = noon(rows[i].gone[0], rows[i].gone[1], rows[i].gone[2]);
        g_assert_cmpint(apd_points_expiry(given), ==, gone);
        g_assert_cmpint(gone - given, >=, 365 * APD_DAY);
    }
}

static void
test_category(void)
{
    /* clang-format off */
    static const struct {
        const char *category;
        bool severe;
        int ledger; /* -1: none */
    } rows[] = {
        { "ip.trademark",        false, APD_POINTS_IP_PROHIBITED },
        { "ip.trademark",        true,  APD_POINTS_IP_SEVERE },
        { "ip.tro",              true,  -1 },
        { "prohibited",          true,  APD_POINTS_IP_PROHIBITED },
        { "trade.false-shipment", false, APD_POINTS_TRADE },
        { "info.search",         false, APD_POINTS_INFO },
        { "order.dispute",       false, -1 },
        { "compliance",          false, -1 },
        { "unknown",             false, -1 },
    };
    /* clang-format on */

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdPointsLedger ledger;
        bool found = apd_points_ledger_of(rows[i].category, rows[i].severe, &ledger);
        g_assert_true(found == (rows[i].ledger >= 0));
        if (found)
            g_assert_cmpint(ledger, ==, rows[i].ledger);
    }
}

static void
test_standing(void)
{
    /* clang-format off */
    static const struct {
        ApdPointsLedger ledger;
        int points;
        ApdSanction reached;
        int next;
        ApdSanction sanction;
    } rows[] = {
        { APD_POINTS_TRADE,         0,    APD_SANCTION_NONE,           1200, APD_SANCTION_FREEZE_7_DAYS },
        { APD_POINTS_TRADE,         1150, APD_SANCTION_NONE,           1200, APD_SANCTION_FREEZE_7_DAYS },
        { APD_POINTS_TRADE,         1200, APD_SANCTION_FREEZE_7_DAYS,  2400, APD_SANCTION_FREEZE_14_DAYS },
        { APD_POINTS_TRADE,         4800, APD_SANCTION_CLOSURE,        0,    APD_SANCTION_NONE },
        { APD_POINTS_IP_PROHIBITED, 50,   APD_SANCTION_NONE,           200,  APD_SANCTION_WARNING },
        { APD_POINTS_IP_PROHIBITED, 600,  APD_SANCTION_LISTING_3_DAYS, 1200, APD_SANCTION_FREEZE_7_DAYS },
        { APD_POINTS_INFO,          1150, APD_SANCTION_NONE,           1200, APD_SANCTION_FREEZE_7_DAYS },
        { APD_POINTS_INFO,          2450, APD_SANCTION_FREEZE_7_DAYS,  3600, APD_SANCTION_FREEZE_7_DAYS },
    };
    /* clang-format on */
    ApdTime now = noon(2026, 6, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const ApdPointsEntry entries[] = {
            { rows[i].ledger, rows[i].points, now - APD_DAY },
            { rows[i].ledger, 600, now - 400 * APD_DAY }, /* gone */
            { rows[i].ledger, 600, now + APD_DAY },       /* not yet given */
            { (rows[i].ledger + 1) % APD_N_POINTS_LEDGERS, 600, now - APD_DAY },
        };
        ApdPointsStanding standing =
            apd_points_standing(rows[i].ledger, entries, G_N_ELEMENTS(entries), now);
        g_assert_cmpint(standing.total, ==, rows[i].points);
        g_assert_cmpint(standing.reached, ==, rows[i].reached);
        g_assert_cmpint(standing.next, ==, rows[i].next);
        g_assert_cmpint(standing.sanction, ==, rows[i].sanction);
        g_assert_cmpint(standing.expiring, ==, rows[i].points);
    }
}

static void
test_strikes(void)
{
    ApdTime now = noon(2026, 6, 1);
    const ApdPointsEntry entries[] = {
        { APD_POINTS_IP_SEVERE, 0, now - 10 * APD_DAY },
        { APD_POINTS_IP_SEVERE, 0, now - 8 * APD_DAY }, /* within three days of the first */
        { APD_POINTS_IP_SEVERE, 0, now - 6 * APD_DAY }, /* not of the first: the second strike */
    };
    ApdPointsStanding standing =
        apd_points_standing(APD_POINTS_IP_SEVERE, entries, G_N_ELEMENTS(entries), now);

    g_assert_cmpint(standing.total, ==, 200);
    g_assert_cmpint(standing.next, ==, 300);
    g_assert_cmpint(standing.sanction, ==, APD_SANCTION_CLOSURE);
    g_assert_cmpint(standing.next_expiry, ==, apd_points_expiry(entries[0].at));
}

/* Points go one by one as they age, never all on 31 December. */
static void
test_rolling(void)
{
    const ApdPointsEntry entries[] = {
        { APD_POINTS_TRADE, 600, noon(2025, 12, 30) },
        { APD_POINTS_TRADE, 250, noon(2025, 3, 1) },
    };
    ApdPointsStanding standing;

    standing = apd_points_standing(APD_POINTS_TRADE, entries, 2, noon(2026, 1, 1));
    g_assert_cmpint(standing.total, ==, 850);
    g_assert_cmpint(standing.expiring, ==, 250);
    g_assert_cmpint(standing.next_expiry, ==, noon(2026, 3, 1));
    standing = apd_points_standing(APD_POINTS_TRADE, entries, 2, noon(2026, 3, 1));
    g_assert_cmpint(standing.total, ==, 600);
    standing = apd_points_standing(APD_POINTS_TRADE, entries, 2, noon(2027, 1, 1));
    g_assert_cmpint(standing.total, ==, 0);
    g_assert_cmpint(standing.next_expiry, ==, APD_NEVER);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/points/expiry", test_expiry);
    g_test_add_func("/points/category", test_category);
    g_test_add_func("/points/standing", test_standing);
    g_test_add_func("/points/strikes", test_strikes);
    g_test_add_func("/points/rolling", test_rolling);
    return g_test_run();
}
