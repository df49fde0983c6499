/* An alert as one text, for services that show a text: what matters most always
 * survives the cut.  Pure.
 */
#pragma once

#include "port/channel_text.h"

typedef enum {
    APD_SHEET_ALL = 0,
    APD_SHEET_NO_TITLE = 1 << 0, /* the service has a place of its own for it */
    APD_SHEET_NO_LINK = 1 << 1,  /* likewise */
} ApdSheetFlags;

/* Returns: (transfer full): @wording in @markup, at most @max of its units.
 * Title, deadline, case number, link and footer are there always (the link unless
 * it alone takes more than half); the rest as far as there is room, whole or cut. */
char *apd_sheet_make(const ApdWording *wording, const ApdMarkup *markup, size_t max,
                     ApdSheetFlags flags);
