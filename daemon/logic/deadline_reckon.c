#include "logic/deadline.h"

static const char *const unit_names[APD_N_UNITS] = { "minutes",       "hours", "calendar days",
                                                     "business days", "weeks", "months" };

static void
say(GString *how, const char *text)
{
    if (how != NULL)
        g_string_append_printf(how, "; %s", text);
}

/* The time of day of a date without one (reading rule 3). */
static ApdClockTime
time_of(const ApdMention *mention, GString *how)
{
    if (mention->has_time)
        return mention->time;
    if (mention->bound == APD_BOUND_BEFORE) {
        say(how, "a date with 'before' and no time is its start, 00:00:00 (rule 3)");
        return (ApdClockTime){ 0 };
    }
    say(how, "a date without a time is the end of that day, 23:59:59 (rule 3)");
    return (ApdClockTime){ 23, 59, 59 };
}

static ApdTime
instant_of(const ApdTimeData *self, int zone, ApdDay day, ApdClockTime time)
{
    while (!apd_day_valid(day) && day.day > 28)
        day.day--;
    return apd_zones_instant(apd_words_zones(self->words), zone, day, time);
}

/* Puts in a missing month and year: the first such day after the message. */
static ApdTime
complete(const ApdTimeData *self, int zone, ApdDay day, ApdClockTime time, ApdTime message)
{
    if (day.year != 0)
        return instant_of(self, zone, day, time);

    ApdDay today = apd_zones_day(apd_words_zones(self->words), zone, message);
    bool lone = day.month == 0;
    day.year = today.year;
    if (lone)
        day.month = today.month;
    for (int i = 0; i < 13; i++) {
        ApdTime instant = instant_of(self, zone, day, time);
        if (instant > message)
            return instant;
        if (lone && day.month < 12) {
            day.month++;
        } else {
            day.month = lone ? 1 : day.month;
            day.year++;
        }
    }
    return instant_of(self, zone, day, time);
}

/* The last day of the month of @day, both in days. */
static int64_t
last_of_month(int64_t day)
{
    ApdDay first = apd_day_from_number(day);

    first.day = 1;
    first.year += first.month / 12;
    first.month = first.month % 12 + 1;
    return apd_day_number(first) - 1;
}

/* The day a word like "tomorrow" or "Friday" names in a message of that time. */
static ApdTime
reckon_near(const ApdTimeData *self, const ApdMention *mention, int zone, ApdClockTime time,
            ApdTime message, GString *how)
{
    int64_t today = apd_day_number(apd_zones_day(apd_words_zones(self->words), zone, message));
    int weekday = apd_day_weekday(today);
    int64_t day = today;
    switch (mention->near) {
    case APD_NEAR_TOMORROW:
        day += 1;
        break;
    case APD_NEAR_AFTER_TOMORROW:
        day += 2;
        break;
    case APD_NEAR_WEEKDAY:
        day += (mention->weekday - weekday + 7) % 7;
        break;
    case APD_NEAR_END_OF_WEEK:
        /* Its last working day is the earlier reading. */
        day += weekday <= 4 ? 4 - weekday : 6 - weekday;
        break;
    case APD_NEAR_END_OF_NEXT_WEEK:
        day += 7 + 4 - weekday;
        break;
    case APD_NEAR_END_OF_MONTH:
        day = last_of_month(today);
        break;
    case APD_NEAR_END_OF_NEXT_MONTH:
        day = last_of_month(last_of_month(today) + 1);
        break;
    default:
        break;
    }
    say(how, "a day named from the message's own (rule 5)");
    ApdTime instant = instant_of(self, zone, apd_day_from_number(day), time);
    if (instant < message && mention->near == APD_NEAR_WEEKDAY)
        instant = instant_of(self, zone, apd_day_from_number(day + 7), time);
    return instant;
}

ApdTime
apd_reckon_date(const ApdTimeData *self, const ApdMention *mention, ApdTime message, GString *how)
{
    int zone = mention->zone;
    ApdClockTime time = time_of(mention, how);
    if (zone == APD_ZONE_UNNAMED) {
        zone = APD_ZONE_BEIJING;
        say(how, "no zone is named: Beijing time (rule 2)");
    } else if (how != NULL) {
        g_autofree char *name = apd_zones_name(apd_words_zones(self->words), zone);
        g_string_append_printf(how, "; zone %s (rule 1)", name);
    }
    if (mention->near != APD_NEAR_NONE)
        return reckon_near(self, mention, zone, time, message, how);
    ApdTime instant = complete(self, zone, mention->day, time, message);
    if (mention->day.year == 0)
        say(how, "no year is named: the first such day after the message (rule 4)");
    if (!mention->either_order)
        return instant;

    ApdDay swapped = { mention->day.year, mention->day.day, mention->day.month };
    ApdTime other = complete(self, zone, swapped, time, message);
    say(how, "day and month can be read either way: the earliest that is not before the message "
             "(rule 4)");
    ApdTime earlier = MIN(instant, other), later = MAX(instant, other);
    return earlier >= message ? earlier : later;
}

static ApdTime
add_months(const ApdTimeData *self, ApdTime start, int n)
{
    const ApdZones *zones = apd_words_zones(self->words);
    ApdDay day = apd_zones_day(zones, APD_ZONE_BEIJING, start);
    ApdTime rest = start - apd_zones_instant(zones, APD_ZONE_BEIJING, day, (ApdClockTime){ 0 });
    int months = day.month - 1 + n;
    day.year += months / 12;
    day.month = months % 12 + 1;
    return instant_of(self, APD_ZONE_BEIJING, day, (ApdClockTime){ 0 }) + rest;
}

ApdTime
apd_reckon_window(const ApdTimeData *self, const ApdMention *mention, ApdTime start, GString *how)
{
    int n = mention->amount, missing = 0;
    ApdTime end = start;

    switch (mention->unit) {
    case APD_UNIT_MINUTE:
        end = start + n * APD_MINUTE;
        break;
    case APD_UNIT_HOUR:
        end = start + n * APD_HOUR;
        break;
    case APD_UNIT_WEEK:
        end = start + n * 7 * APD_DAY;
        break;
    case APD_UNIT_BUSINESS_DAY:
        end = apd_calendar_add_business_days(self->calendar, start, n, &missing);
        break;
    case APD_UNIT_MONTH:
        end = add_months(self, start, n);
        break;
    default:
        end = start + n * APD_DAY;
        break;
    }
    if (how != NULL) {
        g_string_append_printf(how, "; %d %s", n, unit_names[mention->unit]);
        if (mention->unit == APD_UNIT_BUSINESS_DAY)
            g_string_append(how, " of the Chinese calendar in Beijing time (rule 5)");
        if (missing != 0)
            g_string_append_printf(
                how, "; the holidays of %d are not known, weekdays only (rule 7)", missing);
    }
    return end + mention->more_hours * APD_HOUR + mention->more_minutes * APD_MINUTE;
}
