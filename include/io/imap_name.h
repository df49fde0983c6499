/* Folder names: UTF-8 to people, modified UTF-7 on the wire (RFC 3501 section
 * 5.1.3).  Pure. */
#pragma once

/* Returns: (transfer full): @name for the wire; NULL when it is no valid UTF-8
 * or holds a control character. */
char *apd_imap_name_encode(const char *name);

/* Returns: (transfer full): @wire for people; a malformed name comes back as it
 * is, made valid UTF-8. */
char *apd_imap_name_decode(const char *wire);
