/* Whether a server tells an idling session of new mail, shown by a message of our own: in a
 * folder that is made for it, and removed again.
 */
#pragma once

#include "io/imap.h"

typedef enum {
    APD_PUSH_CAME,
    APD_PUSH_LATE, /* nothing within half a minute */
    APD_PUSH_OPEN, /* no such folder can be made, or no message put into it */
} ApdPush;

/* @watcher: a session that is to idle, @other: one that puts the message there; both logged
 * in.  @watcher has that folder open afterwards.  @ret_took: of CAME.  OPEN with @error. */
ApdPush apd_imap_push_prove(ApdImap *watcher, ApdImap *other, ApdTime *ret_took, GError **error);
