/* Escalation and fallback: whom else to tell when an alert reached nobody.
 *
 * `[reminders] escalate = 6h to boss`: nobody has acknowledged the case for so
 * long, since it was opened or opened again.  `[channel x] fallback = sms, email`: the
 * channel refuses an alert, or has not taken it in time; the next of the list is told.
 * That one failing, or not taking it in as long again, the one after is.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Raises and owes what is due at @now, and brings @next forward to when to look
 * again. */
bool apd_escalate_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
                      GError **error);

/* When @one is due for @kase; APD_NEVER: it is not, the case being answered, over,
 * or not one that anybody must answer. */
ApdTime apd_escalate_at(const ApdCase *kase, const ApdEscalation *one);
