/* Hours of the week: how they are written, and when they hold, begin and end. */
#include "model/hours.h"

/* clang-format off */
static const struct { const char *text; bool good; } written[] = {
    { "22:00-08:00", true },
    { "Mon-Fri 09:00-18:00", true },
    { "mon-fri 9:00-18:00, Sat 10:00-14:00", true },
    { "Sat-Mon 00:00-24:00", true },
    { "Sun 08:00-12:00", true },
    { "", false },
    { "always", false },
    { "09:00", false },
    { "9-18", false },
    { "25:00-26:00", false },
    { "09:60-10:00", false },
    { "24:00-08:00", false },
    { "00:00-24:30", false },
    { "09:00-09:00", false },
    { "Mo-Fr 09:00-18:00", false },
    { "Mon 09:00-18:00,", false },
    { "Mon-Fri-Sat 09:00-18:00", false },
    { "1:00-2:00,2:00-3:00,3:00-4:00,4:00-5:00,5:00-6:00,6:00-7:00,7:00-8:00,8:00-9:00,9:00-10:00", false },
};

/* Local times of Berlin in 2026; summer time begins on 29 March at 02:00. */
static const struct {
    const char *hours, *when;
    bool holds;
    const char *end, *begin; /* NULL: never */
} rows[] = {
    { "09:00-18:00",         "2026-01-05T08:59:59", false, "2026-01-05T08:59:59", "2026-01-05T09:00:00" },
    { "09:00-18:00",         "2026-01-05T09:00:00", true,  "2026-01-05T18:00:00", "2026-01-05T09:00:00" },
    { "09:00-18:00",         "2026-01-05T18:00:00", false, "2026-01-05T18:00:00", "2026-01-06T09:00:00" },
    { "22:00-08:00",         "2026-01-05T23:30:00", true,  "2026-01-06T08:00:00", "2026-01-05T23:30:00" },
    { "22:00-08:00",         "2026-01-06T07:59:00", true,  "2026-01-06T08:00:00", "2026-01-06T07:59:00" },
    { "Fri 22:00-08:00",     "2026-01-10T03:00:00", true,  "2026-01-10T08:00:00", "2026-01-10T03:00:00" },
    { "Fri 22:00-08:00",     "2026-01-09T03:00:00", false, "2026-01-09T03:00:00", "2026-01-09T22:00:00" },
    { "Sun 22:00-08:00",     "2026-01-05T03:00:00", true,  "2026-01-05T08:00:00", "2026-01-05T03:00:00" },
    { "Mon-Fri 09:00-18:00", "2026-01-09T19:00:00", false, "2026-01-09T19:00:00", "2026-01-12T09:00:00" },
    { "Sat-Sun 00:00-24:00", "2026-01-10T12:00:00", true,  "2026-01-12T00:00:00", "2026-01-10T12:00:00" },
    { "09:05-09:10",         "2026-01-05T09:00:00", false, "2026-01-05T09:00:00", "2026-01-05T09:05:00" },
    { "00:00-24:00",         "2026-01-05T09:00:00", true,  NULL,                  "2026-01-05T09:00:00" },
    { "22:00-08:00",         "2026-03-28T23:00:00", true,  "2026-03-29T08:00:00", "2026-03-28T23:00:00" },
};
/* clang-format on */

static void
test_written(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(written); i++) {
        ApdHours hours = { .n = 99 };
        g_test_message("'%s'", written[i].text);
        g_assert_cmpint(apd_hours_parse(written[i].text, &hours), ==, written[i].good);
        g_assert_cmpint(hours.n == 99, ==, !written[i].good);
    }
}

static ApdTime
instant(const char *text, GTimeZone *zone)
{
    g_autoptr(GDateTime) date = text ? g_date_time_new_from_iso8601(text, zone) : NULL;

    return date ? g_date_time_to_unix(date) * APD_SECOND : APD_NEVER;
}

static void
test_rows(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdHours hours;
        ApdTime when = instant(rows[i].when, zone);

        g_test_message("%s at %s", rows[i].hours, rows[i].when);
        g_assert_true(apd_hours_parse(rows[i].hours, &hours));
        g_assert_cmpint(apd_hours_hold(&hours, when, zone), ==, rows[i].holds);
        g_assert_cmpint(apd_hours_end(&hours, when, zone), ==, instant(rows[i].end, zone));
        g_assert_cmpint(apd_hours_begin(&hours, when, zone), ==, instant(rows[i].begin, zone));
    }
}

static void
test_never(void)
{
    const ApdHours never = { .n = 0 };
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

    g_assert_false(apd_hours_hold(&never, 0, zone));
    g_assert_cmpint(apd_hours_begin(&never, 0, zone), ==, APD_NEVER);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hours/written", test_written);
    g_test_add_func("/hours/rows", test_rows);
    g_test_add_func("/hours/never", test_never);
    return g_test_run();
}
