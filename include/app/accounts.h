/* Accounts: services that keep one of each case hear of its end, whoever brought it about.
 *
 * An incident or a firing alert stays open until it is resolved; people are told nothing
 * when they answer a case themselves.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Owes what is to be said at @now. */
bool apd_accounts_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, GError **error);
