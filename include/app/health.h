/* Whether all is well, seen from the ledger: every source of the configuration in
 * sight, nothing owed for long, and a clock that does not contradict the ledger.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* @ret_why: (transfer full): NULL when all is well at @now, else what is not, in
 * words.  Popups are no fault: no session may be open.  False on error. */
bool apd_health_ask(ApdLedger *ledger, const ApdConfig *config, ApdTime now, char **ret_why,
                    GError **error);
