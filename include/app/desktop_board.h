/* The board: everything of ours that stands on this desktop, kept in step with
 * the ledger, the clock and the notification server.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

typedef struct ApdDesktopBoard ApdDesktopBoard;

/* All borrowed.  Begins at once with what is owed.  APD_ERROR_CONFIG when the
 * texts of a channel's language are wrong, APD_ERROR_LEDGER. */
ApdDesktopBoard *apd_desktop_board_new(ApdLedger *ledger, const ApdConfig *config, GError **error);
void apd_desktop_board_free(ApdDesktopBoard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDesktopBoard, apd_desktop_board_free)
