/* Fullness: a mailbox that is full, or nearly, is told of at once and again daily, and its end
 * is told; so is, once, what a mail server wants a person to read.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"
#include "logic/room.h"

/* What stands for a folder in a sight that is of a mailbox's room. */
#define APD_SIGHT_ROOM "(room)"

/* Whether @sight says that new mail is sent back. */
bool apd_fullness_is_full(const ApdSight *sight);

/* @source is so full, by the figures or words of @text.  @ret_new: that was told of.  One
 * transaction. */
bool apd_fullness_note(ApdLedger *ledger, const ApdConfig *config, const char *source, ApdRoom room,
                       const char *text, ApdTime now, bool *ret_new, GError **error);

/* @source's server has said @text. */
bool apd_fullness_said(ApdLedger *ledger, const ApdConfig *config, const char *source,
                       const char *text, ApdTime now, bool *ret_new, GError **error);
