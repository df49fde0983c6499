/* Steps: what falls due with time alone, computed anew from the ledger.
 *
 * The rungs of every running case, cases whose deadline has passed, the summary
 * of a first look that never ended, and sources that have been blind too long.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Writes all alerts due at @now.  @ret_next: when to run again at the latest,
 * APD_NEVER: not before something else happens. */
bool apd_steps_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *ret_next,
                   GError **error);

/* Tells of the cases held for @source and @folder in one summary, if any still
 * run.  Within the caller's transaction. */
bool apd_steps_summarise(ApdLedger *ledger, const ApdConfig *config, const char *source,
                         const char *folder, ApdTime now, GError **error);
