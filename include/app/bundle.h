/* A bundle: the deliveries that one message settles, and the key it goes under.
 *
 * A burst becomes one message, a digest.  A key stands for what was sent under it: where
 * the service drops a repeat, deliveries that were sent together stay together under their
 * key until they are taken, and whatever was owed later goes under another.  Else it would
 * be dropped as known, and be counted as told.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* What bundles are made in. */
typedef struct {
    ApdLedger *ledger; /* borrowed, as are all of these */
    const ApdConfig *config;
    const ApdChannelConfig *channel;
    bool sticky; /* the service drops what comes under a key that it knows */
    ApdTime now;
} ApdBundling;

typedef struct {
    GPtrArray *deliveries; /* owned, element-type ApdDelivery: most urgent first; not empty */
    ApdAlert *alert;       /* owned: of the only one, or the digest of all */
    char *key;             /* owned: of idempotency */
} ApdBundle;

void apd_bundle_free(ApdBundle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdBundle, apd_bundle_free)

/* Until when the channel's quiet hours hold @alert back; 0: they do not. */
ApdTime apd_bundle_quiet_until(const ApdBundling *scope, const ApdAlert *alert);

/* @owed (element-type ApdDelivery): due now, the most urgent first; not empty; what does
 * not go with the first is taken out.  Returns: (transfer full): NULL on error. */
ApdBundle *apd_bundle_gather(const ApdBundling *scope, GPtrArray *owed, GError **error);

/* Before it is sent where repeats are dropped: that it was, for the next try. */
bool apd_bundle_keep(const ApdBundle *self, ApdLedger *ledger, GError **error);
