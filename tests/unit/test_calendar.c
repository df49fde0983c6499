#include "app/time_data.h"

static ApdTimeData *
load(void)
{
    g_autoptr(GError) error = NULL;
    ApdTimeData *data = apd_time_data_load("conf", NULL, &error);
    g_assert_no_error(error);
    return data;
}

static ApdTime
utc(int y, int m, int d, int hour)
{
    return apd_day_number((ApdDay){ y, m, d }) * APD_DAY + hour * APD_HOUR;
}

static void
test_days(void)
{
    g_assert_cmpint(apd_day_number((ApdDay){ 1970, 1, 1 }), ==, 0);
    g_assert_cmpint(apd_day_weekday(apd_day_number((ApdDay){ 2026, 1, 5 })), ==, 0);
    for (int64_t n = -600000; n < 1000000; n += 997) {
        ApdDay day = apd_day_from_number(n);
        g_assert_true(apd_day_valid(day));
        g_assert_cmpint(apd_day_number(day), ==, n);
    }
    g_assert_false(apd_day_valid((ApdDay){ 2026, 2, 29 }));
    g_assert_true(apd_day_valid((ApdDay){ 2024, 2, 29 }));
}

static void
test_business_days(void)
{
    static const struct {
        int y, m, d, hour, n, to_y, to_m, to_d, missing;
    } rows[] = {
        { 2026, 5, 11, 2, 5, 2026, 5, 18, 0 },  /* an ordinary week */
        { 2026, 2, 13, 2, 5, 2026, 2, 27, 0 },  /* Spring Festival, Saturday worked before it */
        { 2024, 9, 10, 2, 4, 2024, 9, 14, 0 },  /* a Saturday worked */
        { 2025, 9, 29, 2, 7, 2025, 10, 15, 0 }, /* National Day week, Saturday the 11th worked */
        { 2025, 12, 30, 2, 3, 2026, 1, 5, 0 },  /* Sunday the 4th worked */
        { 2026, 1, 2, 20, 1, 2026, 1, 4, 0 },   /* in Beijing it is the 3rd already */
        { 2031, 5, 1, 2, 1, 2031, 5, 2, 2031 }, /* no data: weekdays only, and said so */
    };
    g_autoptr(ApdTimeData) data = load();
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        int missing = -1;
        ApdTime from = utc(rows[i].y, rows[i].m, rows[i].d, rows[i].hour);
        ApdTime to = apd_calendar_add_business_days(data->calendar, from, rows[i].n, &missing);
        g_test_message("row %zu", i);
        /* 20:00Z is 04:00 of the next day in Beijing: the UTC day is one less. */
        int64_t expected = apd_day_number((ApdDay){ rows[i].to_y, rows[i].to_m, rows[i].to_d });
        g_assert_cmpint((to + 8 * APD_HOUR) / APD_DAY, ==, expected);
        g_assert_cmpint(to % APD_DAY, ==, from % APD_DAY);
        g_assert_cmpint(missing, ==, rows[i].missing);
    }
}

static void
test_refuses(void)
{
    static const char *const bad[][3] = {
        { "year 1899", "holiday", "01-01" },      { "year", "holiday", "01-01" },
        { "year 2026", "holidays", "01-01" },     { "year 2026", "holiday", "13-01" },
        { "year 2026", "holiday", "02-30" },      { "year 2026", "holiday", "01-05..01-02" },
        { "year 2026", "holiday", "01-01..01-" }, { "year 2026", "holiday", "" },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(ApdCalendar) calendar = apd_calendar_new();
        g_autoptr(GError) error = NULL;
        g_assert_false(apd_calendar_add(calendar, bad[i][0], bad[i][1], bad[i][2], &error));
        g_assert_nonnull(error);
    }
}

static void
test_zones(void)
{
    g_autoptr(ApdZones) zones = apd_zones_new();
    int pacific = apd_zones_intern(zones, "America/Los_Angeles");
    ApdClockTime noon = { 12, 0, 0 }, night = { 1, 30, 0 }, gap = { 2, 30, 0 };
    g_assert_cmpint(apd_zones_instant(zones, pacific, (ApdDay){ 2026, 1, 12 }, noon), ==,
                    utc(2026, 1, 12, 20));
    g_assert_cmpint(apd_zones_instant(zones, pacific, (ApdDay){ 2026, 7, 12 }, noon), ==,
                    utc(2026, 7, 12, 19));
    /* 1:30 comes twice on 1 November 2026: the earlier, 08:30Z. */
    g_assert_cmpint(apd_zones_instant(zones, pacific, (ApdDay){ 2026, 11, 1 }, night), ==,
                    utc(2026, 11, 1, 8) + 30 * APD_MINUTE);
    /* 2:30 does not exist on 8 March 2026. */
    g_assert_cmpint(apd_zones_instant(zones, pacific, (ApdDay){ 2026, 3, 8 }, gap), ==,
                    utc(2026, 3, 8, 10) + 30 * APD_MINUTE);
    int offset = apd_zones_intern(zones, "+03:00");
    g_assert_cmpint(apd_zones_instant(zones, offset, (ApdDay){ 2026, 3, 8 }, noon), ==,
                    utc(2026, 3, 8, 9));
    g_assert_cmpint(apd_zones_intern(zones, "Nowhere/Atall"), ==, -1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/calendar/days", test_days);
    g_test_add_func("/calendar/business-days", test_business_days);
    g_test_add_func("/calendar/refuses", test_refuses);
    g_test_add_func("/calendar/zones", test_zones);
    return g_test_run();
}
