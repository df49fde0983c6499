/* The Chinese working calendar: public holidays and make-up working days.
 *
 * Business days of a notice are counted in it (DOMAIN: reading rules 5 and 7).
 * The days of each year are data (conf/calendars/cn.conf); a year without data
 * has weekdays only, and the caller is told so.  Civil dates are proleptic
 * Gregorian.  Pure.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

typedef struct {
    int year;
    int month; /* 1-12 */
    int day;   /* 1-31 */
} ApdDay;

/* Days since 1970-01-01, and back. */
int64_t apd_day_number(ApdDay day);
ApdDay apd_day_from_number(int64_t number);
/* 0 is Monday. */
int apd_day_weekday(int64_t number);
bool apd_day_valid(ApdDay day);

typedef struct ApdCalendar ApdCalendar;

ApdCalendar *apd_calendar_new(void);
void apd_calendar_free(ApdCalendar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdCalendar, apd_calendar_free)

/* Takes in one line of cn.conf: in "[year 2026]", `holiday = 01-01..01-03` and
 * `workday = 01-04`.  Fails with APD_ERROR_CONFIG; the caller adds the line. */
bool apd_calendar_add(ApdCalendar *self, const char *section, const char *key, const char *value,
                      GError **error);

bool apd_calendar_is_workday(const ApdCalendar *self, int64_t day_number);
bool apd_calendar_has_year(const ApdCalendar *self, int year);

/* Returns: the instant @n business days after @from, at the same time of day in
 * Beijing.  @ret_missing (may be NULL): a year passed through that has no data,
 * else 0. */
ApdTime apd_calendar_add_business_days(const ApdCalendar *self, ApdTime from, int n,
                                       int *ret_missing);
