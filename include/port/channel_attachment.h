/* The attachment that Mattermost and Rocket.Chat took over from early Slack: a
 * coloured bar, a title that links, text and fields.
 */
#pragma once

#include "port/channel_tools.h"

/* Returns: (transfer full): @wording, its texts in @markup. */
JsonNode *apd_attachment_make(const ApdWording *wording, const ApdMarkup *markup);
