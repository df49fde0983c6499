/* A courier takes alerts to one channel and brings back its verdict.
 *
 * It knows the channel's secrets (read when first needed, read anew after a
 * refusal) and the language of its texts.
 */
#pragma once

#include "io/config.h"
#include "io/http.h"
#include "io/ledger.h"
#include "port/channel.h"

typedef struct ApdCourier ApdCourier;

/* @channel, @config and @http are borrowed.  Fails with APD_ERROR_CONFIG when the
 * alert texts cannot be read. */
ApdCourier *apd_courier_new(const ApdChannelConfig *channel, const ApdConfig *config, ApdHttp *http,
                            GError **error);

/* No verdict follows any more. */
void apd_courier_free(ApdCourier *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdCourier, apd_courier_free)

/* Whether another program delivers for this channel (desktop). */
bool apd_courier_is_elsewhere(const ApdCourier *self);

/* Whether a person alone can say that what was taken can be seen. */
bool apd_courier_is_unseen(const ApdCourier *self);

/* Where @channel is now by what is @known of it (borrowed), NULL: where its
 * configuration says, which may be newer. */
const char *apd_courier_new_place(const ApdChannelConfig *channel, const ApdDestination *known);

/* What is known of places goes in at first and is to be kept across restarts. */
void apd_courier_recall(ApdCourier *self, const ApdDestination *known);
void apd_courier_remember(const ApdCourier *self, ApdDestination *known);

/* What the channel's service takes. */
const ApdRate *apd_courier_rate(const ApdCourier *self);

/* Whether a burst becomes one message there: people read it, and it is paced. */
bool apd_courier_takes_digests(const ApdCourier *self);

/* Whether the service drops what comes under a key of idempotency that it knows, and is
 * told digests, which are not the same at each try. */
bool apd_courier_is_sticky(const ApdCourier *self);
bool apd_courier_spares_half_hours(const ApdCourier *self);

/* Whether a delivery is under way: one at a time keeps the order. */
bool apd_courier_is_busy(const ApdCourier *self);

/* @judgement is borrowed; its text holds no secret. */
typedef void (*ApdCourierDone)(const ApdJudgement *judgement, void *user_data);

/* Sends @alert (borrowed until it returns) unless busy; the verdict comes from
 * the main context, never from in here.  @idempotency: the same through all
 * tries of one delivery; @told, @rest: addressees who have it already, and the only
 * ones who do not; NULL: none, and not known. */
void apd_courier_send(ApdCourier *self, const ApdAlert *alert, const char *idempotency,
                      char *const *told, char *const *rest, ApdTime now, ApdCourierDone done,
                      void *user_data);
