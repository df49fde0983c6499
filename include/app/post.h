/* A post: one channel of the dispatcher, its queue and what is under way to it. */
#pragma once

#include "io/config.h"
#include "io/http.h"
#include "io/ledger.h"

typedef struct ApdPost ApdPost;

typedef struct {
    /* The ledger was changed by a verdict: look what is due. */
    void (*changed)(void *user_data);

    /* The ledger can no longer be written: stop. */
    void (*failed)(const GError *error, void *user_data);
} ApdPostEvents;

/* All but @error and @ret_post are borrowed.  @ret_post: (transfer full), NULL when
 * another program delivers for @channel.  Fails with APD_ERROR_CONFIG. */
bool apd_post_new(ApdLedger *ledger, const ApdConfig *config, const ApdChannelConfig *channel,
                  ApdHttp *http, const ApdPostEvents *events, void *user_data, ApdPost **ret_post,
                  GError **error);
void apd_post_free(ApdPost *self);

/* Starts what is due at @now, unless something is under way or the gate is shut. */
bool apd_post_run(ApdPost *self, ApdTime now, GError **error);

/* @ret_next: when to look again; APD_NEVER: nothing is owed, or a verdict wakes us. */
bool apd_post_next(ApdPost *self, ApdTime now, ApdTime *ret_next, GError **error);

/* A person has mended something. */
void apd_post_open(ApdPost *self);

/* Whether something is under way, or due and held only by the rate of the service. */
bool apd_post_is_busy(const ApdPost *self);
