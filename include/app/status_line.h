/* The STATUS= line of the service: what is watched, what is blind, what is next. */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Returns: (transfer full): "watching 2 sources · 3 cases open, #12 due in 5 h ·
 * 1 alert owed"; NULL on error. */
char *apd_status_line(ApdLedger *ledger, const ApdConfig *config, ApdTime now, GError **error);
