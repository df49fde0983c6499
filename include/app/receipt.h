/* What a channel's verdict means for the deliveries it settles: their state, the journal, and
 * who else hears of a refusal.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"
#include "port/channel.h"

/* Writes it into @delivery.  @own: its alert tells of this very channel, and is done
 * once anybody there has it.  @next: when to try again what was not taken. */
void apd_receipt_note(ApdDelivery *delivery, const ApdJudgement *judgement, bool own, ApdTime now,
                      ApdTime next);

/* @deliveries (element-type ApdDelivery): noted; not empty. */
void apd_receipt_log(const char *channel, const GPtrArray *deliveries,
                     const ApdJudgement *judgement, ApdTime now);

/* A channel that refuses is told of on the others, at most once a day; when it
 * refuses some addressees, on all. */
bool apd_receipt_tell(ApdLedger *ledger, const ApdConfig *config, const char *channel,
                      const ApdJudgement *judgement, ApdTime now, GError **error);
