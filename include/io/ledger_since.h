/* Deliveries in the order they were owed, for those who share a channel.
 *
 * Several sessions show what is owed to the desktop.  The first to show it marks
 * it done; the others find it here, by the place up to which they have looked.
 */
#pragma once

#include "io/ledger.h"

/* @ret_id: the newest delivery's, 0 when there is none. */
bool apd_ledger_since_newest(ApdLedger *self, int64_t *ret_id, GError **error);

/* Returns: (transfer full) (element-type ApdDelivery): those done through
 * @channel that were owed after @after, oldest first, at most @limit; NULL on error. */
GPtrArray *apd_ledger_since_done(ApdLedger *self, const char *channel, int64_t after, int limit,
                                 GError **error);
