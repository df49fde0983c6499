/* Hours of the week, as people write them: "Mon-Fri 09:00-18:00, Sat 10:00-14:00",
 * "22:00-08:00".  A span that ends before it begins ends on the next day.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

#define APD_HOURS_MAX 8

typedef struct {
    unsigned days;  /* bit 0: Monday */
    int from, upto; /* minutes of the day; upto <= from: of the next day */
} ApdHoursSpan;

typedef struct {
    ApdHoursSpan span[APD_HOURS_MAX];
    unsigned n; /* 0: never */
} ApdHours;

/* False when @text is no such list; @ret_hours is untouched then. */
bool apd_hours_parse(const char *text, ApdHours *ret_hours);

/* Whether @when, on the wall clock of @zone, is within. */
bool apd_hours_hold(const ApdHours *self, ApdTime when, GTimeZone *zone);

/* Returns: the first instant from @when on that is not within, to the minute of
 * the wall clock; @when itself when it is outside; APD_NEVER when every hour of
 * a week is within. */
ApdTime apd_hours_end(const ApdHours *self, ApdTime when, GTimeZone *zone);

/* Returns: the first instant from @when on that is within; APD_NEVER: none. */
ApdTime apd_hours_begin(const ApdHours *self, ApdTime when, GTimeZone *zone);
