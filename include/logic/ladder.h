/* The ladder: which alert of a case is due, and when to look again.
 *
 * A new case alerts at once, then at each step before its deadline; what was
 * slept over collapses into the latest step reached, for the seller wants the
 * time that is left, not a history.  Acknowledged cases keep the last two
 * steps, appealed ones none; one that nobody took repeats itself in the last
 * hours, where that is wished.  A snooze is quiet, except for the last step, and
 * its end is told.  A case without a deadline is told of daily while nobody
 * answered.  Pure: no clock, no I/O, no log.
 */
#pragma once

#include <stddef.h>

#include "model/kase.h"
#include "model/told.h"

/* How long before the deadline each alert goes out, longest first. */
typedef struct {
    const ApdTime *lead; /* borrowed */
    size_t n;
    ApdTime repeat; /* how often a case that nobody took alerts in ... */
    ApdTime last;   /* ... so long before its deadline; 0: not */
} ApdLadder;

typedef enum {
    APD_RUNG_NONE,
    APD_RUNG_NEW,      /* nothing was told of this round yet */
    APD_RUNG_STEP,     /* @lead was reached */
    APD_RUNG_REPEAT,   /* still nobody, in the last hours */
    APD_RUNG_REMINDER, /* another day without a deadline, or a snooze has ended */
    APD_RUNG_EXPIRED,  /* the deadline has passed */
} ApdRung;

typedef struct {
    ApdRung rung;
    ApdTime lead; /* APD_RUNG_STEP only, else 0 */
} ApdStep;

ApdStep apd_ladder_due(const ApdLadder *self, const ApdCase *kase, const ApdTold *told,
                       ApdTime now);

/* Returns: the next instant after @now at which something may fall due, @now
 * when something is due already, APD_NEVER when nothing ever will be. */
ApdTime apd_ladder_next(const ApdLadder *self, const ApdCase *kase, const ApdTold *told,
                        ApdTime now);

/* Returns: (transfer full): what makes "each step once" true, such as
 * "case/12/0/step/6h". */
char *apd_ladder_key(const ApdCase *kase, const ApdStep *step, ApdTime now);

/* Returns: the severity of an alert at @now: that of the case, but at least
 * high on its last day and critical from the last step on. */
ApdSeverity apd_ladder_severity(const ApdLadder *self, const ApdCase *kase, ApdTime now);

/* Returns: the latest instant a snooze may reach: that of the last step;
 * APD_NEVER without a deadline. */
ApdTime apd_ladder_last_safe(const ApdLadder *self, const ApdCase *kase);

/* Whether @kase has steps and reminders at all.  A forgery and a mere change of
 * the rules are told once. */
bool apd_ladder_climbs(const ApdCase *kase);
