#include "logic/json_when.h"

#include <string.h>

/* What can be meant: 2000 to 2100. */
#define LEAST (INT64_C(946684800) * APD_SECOND)
#define MOST  (INT64_C(4102444800) * APD_SECOND)

/* An ISO 8601 text being read. */
typedef struct {
    const char *at; /* borrowed */
    bool good;
} Text;

/* Exactly @digits of them. */
static int
take_number(Text *self, int digits)
{
    int number = 0;

    for (int i = 0; i < digits; i++, self->at++) {
        if (!g_ascii_isdigit(*self->at)) {
            self->good = false;
            return 0;
        }
        number = number * 10 + *self->at - '0';
    }
    return number;
}

static bool
take(Text *self, const char *one_of)
{
    bool found = *self->at != '\0' && strchr(one_of, *self->at) != NULL;

    self->at += found;
    return found;
}

static void
take_fraction(Text *self)
{
    if (take(self, ".,"))
        self->at += strspn(self->at, "0123456789");
}

static ApdClockTime
take_time(Text *self)
{
    ApdClockTime time = { take_number(self, 2), 0, 0 };

    self->good &= take(self, ":");
    time.minute = take_number(self, 2);
    if (take(self, ":")) {
        time.second = take_number(self, 2);
        take_fraction(self);
    }
    self->good &= time.minute < 60 && time.second <= 60
                  && (time.hour < 24 || (time.hour == 24 && time.minute + time.second == 0));
    return time;
}

/* "Z", "+08:00", "+0800", "+08"; none: @zone as it was. */
static bool
take_zone(Text *self, int *zone)
{
    self->at += strspn(self->at, " ");
    if (take(self, "Zz")) {
        *zone = APD_ZONE_OFFSET;
        return true;
    }

    int sign = *self->at == '-' ? -1 : 1;
    if (!take(self, "+-"))
        return false;
    int minutes = take_number(self, 2) * 60;
    if (take(self, ":") || *self->at != '\0')
        minutes += take_number(self, 2);
    self->good &= minutes <= 14 * 60;
    *zone = APD_ZONE_OFFSET + sign * minutes;
    return true;
}

static void
say(GString *how, const char *what, const char *more)
{
    if (how != NULL)
        g_string_append_printf(how, "%s%s%s", how->len > 0 ? "; " : "", what, more);
}

static bool
read_iso(const char *text, const ApdZones *zones, int zone, ApdTime *ret_when, GString *how)
{
    Text self = { text, true };
    ApdDay day = { take_number(&self, 4), 0, 0 };
    ApdClockTime time = { 0, 0, 0 };

    self.good &= take(&self, "-/.");
    day.month = take_number(&self, 2);
    self.good &= take(&self, "-/.");
    day.day = take_number(&self, 2);
    if (!self.good || !apd_day_valid(day))
        return false;

    bool timed = take(&self, "Tt ");
    if (timed)
        time = take_time(&self);
    bool zoned = take_zone(&self, &zone);
    if (!self.good || *self.at != '\0')
        return false;

    g_autofree char *name = apd_zones_name(zones, zone);
    if (!timed)
        say(how, "a day without a time: its beginning is taken, to be on the safe side", "");
    if (!zoned)
        say(how, "no time zone is named, read as ", name);
    *ret_when = apd_zones_instant(zones, zone, day, time);
    return true;
}

/* By their number of digits: 10 are seconds until the year 2286. */
static bool
read_epoch(const char *text, ApdTime *ret_when)
{
    size_t digits = strspn(text, "0123456789");
    const char *rest = text + digits;
    guint64 number;

    if (digits < 9 || digits > 17 || (*rest != '\0' && *rest != '.'))
        return false;
    g_autofree char *whole = g_strndup(text, digits);
    if (rest[strspn(rest, ".0123456789")] != '\0'
        || !g_ascii_string_to_unsigned(whole, 10, 0, G_MAXINT64, &number, NULL))
        return false;

    ApdTime unit = digits <= 11 ? APD_SECOND : digits <= 14 ? APD_SECOND / 1000 : 1;
    *ret_when = (ApdTime) number * unit;
    return true;
}

bool
apd_json_when(const char *text, const ApdZones *zones, int zone, ApdTime *ret_when, GString *how)
{
    g_autofree char *bare = g_strstrip(g_strdup(text));
    ApdTime when;

    if (!read_epoch(bare, &when) && !read_iso(bare, zones, zone, &when, how))
        return false;
    if (when < LEAST || when > MOST)
        return false;
    *ret_when = when;
    return true;
}
