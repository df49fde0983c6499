/* Blindness: a source that cannot be read is an alert of its own, told once nothing
 * was seen of it for blind-limit, again daily, and its end is told too.
 *
 * One spell of a source is one matter, however many of its folders are dark.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

/* Raises what is due at @now, and brings @next forward to when it will be. */
bool apd_blindness_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
                       GError **error);

/* @folder of @source will not be readable, for the reason @text: told once, and no
 * blindness of the source.  One transaction. */
bool apd_blindness_gone(ApdLedger *ledger, const ApdConfig *config, const char *source,
                        const char *folder, const char *text, ApdTime now, GError **error);

/* What stands for a folder in a sight that is of this machine's clock. */
#define APD_SIGHT_CLOCK "clock"

/* What stands for a source where the heartbeat's server shows it. */
#define APD_SIGHT_HEARTBEAT "heartbeat"

/* Whether @sight is of what @config still has. */
bool apd_blindness_concerns(const ApdConfig *config, const ApdSight *sight);

/* This machine's clock is wrong, as @source shows: @text says by how much, and is told once
 * a day; NULL: it is right.  No blindness of the source.  One transaction. */
bool apd_blindness_clock(ApdLedger *ledger, const ApdConfig *config, const char *source,
                         const char *text, ApdTime now, GError **error);

/* What a source said of itself: proved readable at @when, or not readable. */
typedef struct {
    char *source, *folder; /* owned */
    GError *why;           /* owned; NULL: it can be read */
    ApdTime when;
} ApdSightNote;

/* @notes (element-type ApdSightNote): in their order, in one transaction.  A blindness
 * that was told of has its end told. */
bool apd_blindness_note_all(ApdLedger *ledger, const ApdConfig *config, const GPtrArray *notes,
                            GError **error);
