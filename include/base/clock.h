/* Time: instants, durations, and the one alarm of a program.
 *
 * Everything inside is UTC microseconds since the epoch; zones belong to the
 * edges (reading a notice, writing an alert).  Tests link a hand-driven clock
 * in place of this file's source.
 */
#pragma once

#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z; also used for durations. */
typedef int64_t ApdTime;

#define APD_SECOND INT64_C(1000000)
#define APD_MINUTE (60 * APD_SECOND)
#define APD_HOUR   (60 * APD_MINUTE)
#define APD_DAY    (24 * APD_HOUR)

/* Later than every instant: "no deadline", "do not wake". */
#define APD_NEVER INT64_MAX

/* Returns the present instant of CLOCK_REALTIME. */
ApdTime apd_now(void);

/* Returns microseconds of CLOCK_BOOTTIME: for measuring, never for dates.
 * Goes on through suspend and is not moved by setting the clock. */
ApdTime apd_uptime(void);

typedef struct ApdAlarm ApdAlarm;

/* @wake is called from the main context at the instant asked for, and also
 * whenever the clock is set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET): what
 * is due must be computed anew from the data each time.  Aborts when the
 * kernel has no timerfd. */
ApdAlarm *apd_alarm_new(void (*wake)(void *user_data), void *user_data);
void apd_alarm_free(ApdAlarm *self);

/* Wakes at @when instead of any instant asked for before; at once when @when
 * has passed; never for APD_NEVER. */
void apd_alarm_at(ApdAlarm *self, ApdTime when);
