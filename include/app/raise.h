/* Raising an alert: which channels it is owed to, written to the ledger once.
 *
 * Routing is by the [channel] sections: least severity, stores, categories,
 * kinds, hours, reserve.  All but the severity divide the work; they are no
 * reason for silence: what they leave to nobody goes to every channel whose
 * severity it reaches.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Returns: (transfer full): names of the channels that @alert goes to; a test
 * goes to the channel that is its subject, news of a refusing channel to all
 * others. */
char **apd_raise_route(const ApdConfig *config, const ApdAlert *alert);

/* Returns: why routing leaves @channel out for @alert, in words that follow "not
 * told: "; NULL: it does not. */
const char *apd_raise_against(const ApdConfig *config, const ApdChannelConfig *channel,
                              const ApdAlert *alert);

/* Writes @alert and owes it by routing.  For a case, what was owed of it before
 * and not yet taken gives way on those channels.  @ret_new (may be NULL): false
 * when its key was known, and nothing was written. */
bool apd_raise_alert(ApdLedger *ledger, const ApdConfig *config, ApdAlert *alert, bool *ret_new,
                     GError **error);

/* The same for an alert about @kase (borrowed).  Takes nothing. */
bool apd_raise_case(ApdLedger *ledger, const ApdConfig *config, ApdCase *kase, ApdReason reason,
                    ApdSeverity severity, const char *key, ApdTime now, GError **error);

/* One summary of all @cases (element-type ApdCase, borrowed), which are not
 * told of one by one. */
bool apd_raise_summary(ApdLedger *ledger, const ApdConfig *config, GPtrArray *cases,
                       const char *key, const char *subject, ApdTime now, GError **error);
