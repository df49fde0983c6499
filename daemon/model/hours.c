#include "model/hours.h"

#include <stdio.h>
#include <string.h>

#define DAY_MINUTES  (24 * 60)
#define WEEK_MINUTES (7 * DAY_MINUTES)

/* --- reading ------------------------------------------------------------------ */

static int
day_of(const char *name, size_t n)
{
    static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

    for (int i = 0; i < 7; i++)
        if (n == 3 && g_ascii_strncasecmp(name, days[i], 3) == 0)
            return i;
    return -1;
}

/* "Mon", "Mon-Fri", "Sat-Mon" */
static bool
read_days(const char *text, unsigned *ret_days)
{
    const char *dash = strchr(text, '-');
    size_t n = dash ? (size_t) (dash - text) : strlen(text);
    int first = day_of(text, n), last = dash ? day_of(dash + 1, strlen(dash + 1)) : first;
    unsigned days = 0;

    if (first < 0 || last < 0)
        return false;
    for (int day = first;; day = (day + 1) % 7) {
        days |= 1U << day;
        if (day == last)
            break;
    }
    *ret_days = days;
    return true;
}

/* "09:00-18:00"; 24:00 is the end of a day. */
static bool
read_times(const char *text, ApdHoursSpan *span)
{
    static const char *const form =
        "^(?:[01]?[0-9]|2[0-4]):[0-5][0-9]-(?:[01]?[0-9]|2[0-4]):[0-5][0-9]$";
    int hour[2], minute[2];

    if (!g_regex_match_simple(form, text, G_REGEX_DEFAULT, 0)
        || sscanf(text, "%2d:%2d-%2d:%2d", &hour[0], &minute[0], &hour[1], &minute[1]) != 4)
        return false;

    span->from = hour[0] * 60 + minute[0];
    span->upto = hour[1] * 60 + minute[1];
    return span->from < DAY_MINUTES && span->upto <= DAY_MINUTES && span->from != span->upto;
}

static bool
read_span(const char *text, ApdHoursSpan *span)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 2);

    span->days = 0x7f;
    if (words[0] == NULL || words[1] == NULL) /* "" has not even a first word */
        return read_times(text, span);
    return read_days(words[0], &span->days) && read_times(g_strstrip(words[1]), span);
}

bool
apd_hours_parse(const char *text, ApdHours *ret_hours)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    ApdHours hours = { .n = 0 };

    for (size_t i = 0; parts[i] != NULL; i++)
        if (hours.n == APD_HOURS_MAX || !read_span(g_strstrip(parts[i]), &hours.span[hours.n++]))
            return false;
    if (hours.n == 0)
        return false;
    *ret_hours = hours;
    return true;
}

/* --- asking --------------------------------------------------------------------- */

/* @minute: of the week, from Monday 00:00. */
static bool
holds_minute(const ApdHours *self, int minute)
{
    int day = minute / DAY_MINUTES, at = minute % DAY_MINUTES;

    for (unsigned i = 0; i < self->n; i++) {
        const ApdHoursSpan *span = &self->span[i];
        bool today = (span->days >> day & 1) != 0,
             yesterday = (span->days >> (day + 6) % 7 & 1) != 0;
        bool over = span->upto <= span->from;

        if (today && at >= span->from && (over || at < span->upto))
            return true;
        if (yesterday && over && at < span->upto)
            return true;
    }
    return false;
}

static int
minute_of(ApdTime when, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when / APD_SECOND);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;

    return local == NULL ? 0
                         : (g_date_time_get_day_of_week(local) - 1) * DAY_MINUTES
                               + g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
}

bool
apd_hours_hold(const ApdHours *self, ApdTime when, GTimeZone *zone)
{
    return self->n > 0 && holds_minute(self, minute_of(when, zone));
}

/* Minute by minute on the wall clock, so that changes of summer time need no
 * thought. */
static ApdTime
first(const ApdHours *self, ApdTime when, GTimeZone *zone, bool held)
{
    ApdTime at = when - when % APD_MINUTE;

    for (int i = 0; i <= WEEK_MINUTES; i++, at += APD_MINUTE)
        if (apd_hours_hold(self, at, zone) == held)
            return MAX(at, when);
    return APD_NEVER;
}

ApdTime
apd_hours_end(const ApdHours *self, ApdTime when, GTimeZone *zone)
{
    return first(self, when, zone, false);
}

ApdTime
apd_hours_begin(const ApdHours *self, ApdTime when, GTimeZone *zone)
{
    return first(self, when, zone, true);
}
