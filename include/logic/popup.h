/* What a popup says and when it changes.  Pure: no clock, no I/O, no log.
 *
 * A popup stands on the screen for hours while time runs.  So that it never
 * tells of more time than there is, it counts in steps (hours, then ten minutes,
 * then five), shows the end of the step it is in, and changes only with it.
 */
#pragma once

#include "model/alert.h"
#include "model/phrases.h"

/* Returns: the instant to put the time left into words for: @now, moved to the
 * end of the present step towards @deadline. */
ApdTime apd_popup_worded_at(ApdTime deadline, ApdTime now);

/* Returns: the next instant at which the popup of @deadline says something
 * else; APD_NEVER when it never will. */
ApdTime apd_popup_next(ApdTime deadline, ApdTime now);

/* What the server that shows it can do. */
typedef struct {
    bool markup;  /* body-markup: text must be escaped, labels are bold */
    bool buttons; /* actions: else the commands of appealctl stand in the body */
    bool click;   /* no room for a third button: the body says that a click opens the page */
} ApdPopupServer;

/* Returns: (transfer full): the body: deadline first, then what to do, then the
 * rest.  @case_id: 0: the alert is not about one case. */
char *apd_popup_body(const ApdPhrases *phrases, const ApdWording *wording,
                     const ApdPopupServer *server, int64_t case_id);

/* Whether a popup shown when its case was in @shown is settled by its being in
 * @state now: a person or the platform has answered. */
bool apd_popup_is_settled(ApdState shown, ApdState state);
