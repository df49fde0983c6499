#include "app/pace.h"

/* A pause that a person has ended since (apd_gate_open()) is no news. */
static void
merge(ApdPace *self, const ApdDestination *known)
{
    self->gate.full = MAX(self->gate.full, known->full);
    if (known->closed != self->closed)
        self->gate.closed = MAX(self->gate.closed, known->closed);
    self->closed = known->closed;
}

bool
apd_pace_recall(ApdPace *self, ApdLedger *ledger, const char *channel, ApdCourier *courier,
                GError **error)
{
    g_auto(ApdDestination) known = { 0 };

    if (!apd_ledger_get_destination(ledger, channel, &known, error))
        return false;

    merge(self, &known);
    apd_courier_recall(courier, &known);
    return true;
}

bool
apd_pace_remember(ApdPace *self, ApdLedger *ledger, const char *channel, const ApdCourier *courier,
                  bool moved, GError **error)
{
    g_auto(ApdDestination) known = { 0 };

    if (self->gate.rate.burst == 0 && self->gate.closed == self->closed && !moved)
        return true;
    if (!apd_ledger_get_destination(ledger, channel, &known, error))
        return false;

    merge(self, &known);
    known.full = self->gate.full;
    known.closed = self->closed = self->gate.closed;
    apd_courier_remember(courier, &known);
    return apd_ledger_put_destination(ledger, channel, &known, error);
}
