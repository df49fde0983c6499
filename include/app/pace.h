/* A pace: the gate of a destination, shared through the ledger by all who tell it.
 *
 * How far its rate is used up, and what pause it asked for, hold across restarts, and for
 * `appealctl test` beside a running appeald.
 */
#pragma once

#include "app/courier.h"
#include "io/ledger.h"
#include "logic/gate.h"

typedef struct {
    ApdGate gate;
    ApdTime closed; /* of the gate, as the ledger knows it */
} ApdPace;

/* Takes over what others wrote.  That a destination seems to be down is found out anew: it
 * may be our own network that is back.  @courier learns where the place is now. */
bool apd_pace_recall(ApdPace *self, ApdLedger *ledger, const char *channel, ApdCourier *courier,
                     GError **error);

/* Only when it would be missed: most services have no rate and ask for no pause.  @moved:
 * @courier has learnt of a new place. */
bool apd_pace_remember(ApdPace *self, ApdLedger *ledger, const char *channel,
                       const ApdCourier *courier, bool moved, GError **error);
