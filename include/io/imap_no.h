/* What a server's no, or BAD, means for the next try. */
#pragma once

#include <stdbool.h>

/* Whether @said, text and response code, is of trouble that passes by itself.  To a @login, in
 * doubt, it is not: a password tried again and again may lock the account. */
bool apd_imap_no_passes(const char *said, bool login);
