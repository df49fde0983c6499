/* An alert as a mail (RFC 5322): plain text and HTML, marked as made by a machine.
 *
 * The Message-ID stays through all tries, so that a mail sent twice shows once in most
 * clients; mails of one case are one thread.
 */
#pragma once

#include "port/channel_tools.h"

/* Returns: (transfer full): the whole message, with CRLF.  @from and @to are mail
 * addresses and nothing else. */
GBytes *apd_mail_make(const ApdParcel *parcel, const char *from, char **to);
