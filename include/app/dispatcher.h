/* The dispatcher: what is owed, to every channel, until it is taken.
 *
 * Each channel has its own courier and its own queue, so that a slow or dead one
 * delays no other.  A delivery is a row of the ledger before it is a request and
 * is marked done only when the far side's own success test passed.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

typedef struct ApdDispatcher ApdDispatcher;

typedef struct {
    /* The ledger was changed by a verdict: look what is due. */
    void (*changed)(void *user_data);

    /* The ledger can no longer be written: stop. */
    void (*failed)(const GError *error, void *user_data);
} ApdDispatcherEvents;

/* @ledger and @config are borrowed.  Fails with APD_ERROR_CONFIG. */
ApdDispatcher *apd_dispatcher_new(ApdLedger *ledger, const ApdConfig *config,
                                  const ApdDispatcherEvents *events, void *user_data,
                                  GError **error);
void apd_dispatcher_free(ApdDispatcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDispatcher, apd_dispatcher_free)

/* Starts what is due at @now.  @ret_next: the earliest later try, APD_NEVER when
 * there is none. */
bool apd_dispatcher_run(ApdDispatcher *self, ApdTime now, ApdTime *ret_next, GError **error);

/* Everything owed is tried at once again: a person has mended something. */
bool apd_dispatcher_retry_all(ApdDispatcher *self, GError **error);

/* Whether a delivery is under way, or due and held only by the rate of its service. */
bool apd_dispatcher_is_busy(const ApdDispatcher *self);
