/* What services that keep an account of each case still have open. */
#pragma once

#include "io/ledger.h"

/* Returns: (transfer full) (element-type int64_t): the cases updated at @since or later that
 * wait for nobody any more, of which @channel took an alert and no word of their end in
 * their present round (its key: apd_ledger_accounts_key()); NULL on error. */
GArray *apd_ledger_accounts_open(ApdLedger *self, const char *channel, ApdTime since,
                                 GError **error);

/* Returns: (transfer full): of the alert that says so. */
char *apd_ledger_accounts_key(const ApdCase *kase);
