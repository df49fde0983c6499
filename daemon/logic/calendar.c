#include "logic/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define FIRST_YEAR 2000
#define N_YEARS    100
#define BEIJING    (8 * APD_HOUR)

typedef enum { PLAIN, HOLIDAY, WORKDAY } Mark;

struct ApdCalendar {
    unsigned char *years[N_YEARS]; /* owned: a Mark per day of the year; NULL without data */
};

/* The algorithm of Howard Hinnant, "chrono-compatible low-level date algorithms". */
int64_t
apd_day_number(ApdDay day)
{
    int64_t y = day.month <= 2 ? day.year - 1 : day.year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (day.month + (day.month > 2 ? -3 : 9)) + 2) / 5 + day.day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

ApdDay
apd_day_from_number(int64_t number)
{
    int64_t z = number + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int) (mp < 10 ? mp + 3 : mp - 9);
    return (ApdDay){ .year = (int) (yoe + era * 400) + (month <= 2),
                     .month = month,
                     .day = (int) (doy - (153 * mp + 2) / 5 + 1) };
}

int
apd_day_weekday(int64_t number)
{
    int64_t w = (number + 3) % 7;
    return (int) (w < 0 ? w + 7 : w);
}

bool
apd_day_valid(ApdDay day)
{
    if (day.year < 1 || day.year > 9999 || day.month < 1 || day.month > 12 || day.day < 1
        || day.day > 31)
        return false;
    ApdDay back = apd_day_from_number(apd_day_number(day));
    return back.month == day.month && back.day == day.day;
}

ApdCalendar *
apd_calendar_new(void)
{
    return g_new0(ApdCalendar, 1);
}

void
apd_calendar_free(ApdCalendar *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < N_YEARS; i++)
        g_free(self->years[i]);
    g_free(self);
}

static unsigned char *
year_marks(ApdCalendar *self, int year)
{
    unsigned char **marks = &self->years[year - FIRST_YEAR];
    if (*marks == NULL)
        *marks = g_malloc0(366);
    return *marks;
}

/* "01-02" or "01-02..01-05" within @year. */
static bool
parse_days(int year, const char *value, int64_t *ret_first, int64_t *ret_last)
{
    ApdDay a = { .year = year }, b = { .year = year };
    int used = 0;
    if (sscanf(value, "%2d-%2d..%2d-%2d%n", &a.month, &a.day, &b.month, &b.day, &used) != 4) {
        if (sscanf(value, "%2d-%2d%n", &a.month, &a.day, &used) != 2)
            return false;
        b = a;
    }
    if (value[used] != '\0' || !apd_day_valid(a) || !apd_day_valid(b))
        return false;
    *ret_first = apd_day_number(a);
    *ret_last = apd_day_number(b);
    return *ret_first <= *ret_last;
}

bool
apd_calendar_add(ApdCalendar *self, const char *section, const char *key, const char *value,
                 GError **error)
{
    int year = 0, used = 0;
    if (sscanf(section, "year %4d%n", &year, &used) != 1 || section[used] != '\0'
        || year < FIRST_YEAR || year >= FIRST_YEAR + N_YEARS) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "[%s] is no section of a calendar: "
                    "write [year 2026]",
                    section);
        return false;
    }
    bool holiday = strcmp(key, "holiday") == 0;
    if (!holiday && strcmp(key, "workday") != 0) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "unknown key '%s': a calendar has "
                    "'holiday' and 'workday'",
                    key);
        return false;
    }
    int64_t first, last;
    if (!parse_days(year, value, &first, &last)) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "'%s' is no day or range of days: write "
                    "01-02 or 01-02..01-05",
                    value);
        return false;
    }
    unsigned char *marks = year_marks(self, year);
    int64_t start = apd_day_number((ApdDay){ year, 1, 1 });
    for (int64_t day = first; day <= last; day++)
        marks[day - start] = holiday ? HOLIDAY : WORKDAY;
    return true;
}

bool
apd_calendar_has_year(const ApdCalendar *self, int year)
{
    return year >= FIRST_YEAR && year < FIRST_YEAR + N_YEARS
           && self->years[year - FIRST_YEAR] != NULL;
}

bool
apd_calendar_is_workday(const ApdCalendar *self, int64_t day_number)
{
    int year = apd_day_from_number(day_number).year;
    if (apd_calendar_has_year(self, year)) {
        int64_t start = apd_day_number((ApdDay){ year, 1, 1 });
        unsigned char mark = self->years[year - FIRST_YEAR][day_number - start];
        if (mark != PLAIN)
            return mark == WORKDAY;
    }
    return apd_day_weekday(day_number) < 5;
}

ApdTime
apd_calendar_add_business_days(const ApdCalendar *self, ApdTime from, int n, int *ret_missing)
{
    ApdTime local = from + BEIJING;
    int64_t day = local / APD_DAY - (local % APD_DAY < 0);
    ApdTime time_of_day = local - day * APD_DAY;
    int missing = 0;

    while (n > 0) {
        day++;
        if (!apd_calendar_has_year(self, apd_day_from_number(day).year))
            missing = apd_day_from_number(day).year;
        if (apd_calendar_is_workday(self, day))
            n--;
    }
    if (ret_missing != NULL)
        *ret_missing = missing;
    return day * APD_DAY + time_of_day - BEIJING;
}
