/* The daily note, for those who ask for it: once a day, that all is well.  On a
 * day on which all is not well it waits until it is; the trouble itself has
 * been told by then.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Raises the note when it is due at @now, and brings @next forward to when to
 * look again. */
bool apd_daily_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
                   GError **error);
