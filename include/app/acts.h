/* What a person does to a case, from appealctl or from a button of a popup.
 *
 * Each act is one transaction with its line of history; what was still owed of
 * the case gives way.  Doing the same twice is no error.  An act that makes no
 * sense is refused (APD_ERROR_REFUSED) in words that say what would.
 */
#pragma once

#include "io/ledger.h"
#include "logic/ladder.h"

/* @by: who acts, for the history: "person", "person (desktop)". */

/* Took notice: from now on only the last two steps alert.  Closes what asks for
 * nothing: a rule change, a forgery, an expired case. */
bool apd_acts_ack(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error);

/* Quiet until @until, or until the last step of @ladder if that is sooner;
 * @ret_until (may be NULL): which of the two. */
bool apd_acts_snooze(ApdLedger *ledger, const ApdLadder *ladder, int64_t id, ApdTime until,
                     const char *by, ApdTime now, ApdTime *ret_until, GError **error);

/* The appeal was sent: no more alerts until the decision. */
bool apd_acts_appealed(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error);

/* Nothing more is to be done. */
bool apd_acts_close(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error);

/* Opens it again; its steps are owed anew.  A deadline that has passed is
 * dropped, so that it does not expire at once: then it is told of daily. */
bool apd_acts_reopen(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error);

/* Replaces the note; NULL or "" removes it. */
bool apd_acts_note(ApdLedger *ledger, int64_t id, const char *note, const char *by, ApdTime now,
                   GError **error);
