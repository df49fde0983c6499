/* The dead-man's switch: an address of somebody else's watch (healthchecks.io,
 * Uptime Kuma, cron monitors) that is asked for regularly while all is well.
 * When appeald, its machine, its network or its sight are gone, the requests
 * stop, and that watch alarms.
 *
 * Its server's Date is a second opinion on our clock, too: one that is wrong is told, and
 * holds the heart.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

typedef struct ApdHeartbeat ApdHeartbeat;

/* All are borrowed.  @changed: an alert was raised.  Returns: NULL when [heartbeat] is not
 * configured, or when its address cannot be read: then @error is set (APD_ERROR_CONFIG). */
ApdHeartbeat *apd_heartbeat_new(ApdLedger *ledger, const ApdConfig *config,
                                void (*changed)(void *user_data), void *user_data, GError **error);
void apd_heartbeat_free(ApdHeartbeat *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdHeartbeat, apd_heartbeat_free)

/* Asks for the address when that is due at @now and all is well.  @next is
 * brought forward to when to look again. */
bool apd_heartbeat_run(ApdHeartbeat *self, ApdTime now, ApdTime *next, GError **error);
