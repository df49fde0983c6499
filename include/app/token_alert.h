/* A login that was ended by the provider, or whose end is known: told to people
 * while there is still sight.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"
#include "io/token.h"

/* How long before its end a login of @source is first warned of. */
ApdTime apd_token_alert_first(const ApdSourceConfig *source);

/* Raises what is due at @now for @token of @source, each once, and brings @next
 * forward to when there will be more. */
bool apd_token_alert_run(ApdLedger *ledger, const ApdConfig *config, const ApdSourceConfig *source,
                         const ApdToken *token, ApdTime now, ApdTime *next, GError **error);
