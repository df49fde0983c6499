/* Wording: an alert in the phrases of one language, ready for any channel. Pure. */
#pragma once

#include "model/alert.h"
#include "model/phrases.h"

/* @zone: in which instants are shown.  Returns: (transfer full).  What is
 * estimated says so, a forged notice is called one and has no link. */
ApdWording *apd_wording_make(const ApdPhrases *phrases, const ApdAlert *alert, ApdTime now,
                             GTimeZone *zone);

/* Returns: (transfer full): the wording as plain text, a fact a line: what every
 * service can show when it refuses the fancy form. */
char *apd_wording_plain(const ApdWording *wording);

/* How urgent @kase is now: its own severity, raised as the deadline nears. */
ApdSeverity apd_wording_urgency(const ApdCase *kase, ApdTime now);
