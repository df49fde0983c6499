#include "io/imap_no.h"

#include <glib.h>
#include <string.h>

#include "base/text.h"

/* RFC 5530: these are never about the password. */
static const char *const codes[] = { "UNAVAILABLE", "INUSE", "SERVERBUG", "LIMIT", NULL };

/* Words of servers that give no code.  The last is Exchange's, of mailboxes on the move. */
static const char *const busy[] = { "temporar", "busy",      "simultaneous",
                                    "too many", "try again", "limit",
                                    "timeout",  "timed out", "authenticated but not connected",
                                    NULL };

/* Of a login.  Some say all at once that may be wrong, as QQ does: "password is incorrect, login
 * frequency limited, or system is busy". */
static const char *const blame[] = { "AUTHENTICATIONFAILED",
                                     "password",
                                     "credential",
                                     "incorrect",
                                     "invalid",
                                     "attempts",
                                     "locked",
                                     NULL };

static bool
has_word(const char *said, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcasestr(said, *words) != NULL)
            return true;
    return false;
}

bool
apd_imap_no_passes(const char *said, bool login)
{
    return apd_text_has_any(said, codes)
           || (has_word(said, busy) && !(login && has_word(said, blame)));
}
