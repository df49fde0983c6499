/* Content transfer encodings (RFC 2045 section 6), as mail really uses them.
 *
 * Ours and not GMime's: the packaged one stops at the first '=' of concatenated
 * base64 and loses the last bytes where the padding is missing.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Appends at most @limit bytes to @out.  Whatever is no base64 is skipped; '='
 * ends a quantum and a new one may follow. */
void apd_base64_decode(const char *text, gsize size, gsize limit, GByteArray *out);

/* Whether @text, said to be base64, is text that was never encoded. */
bool apd_base64_is_plain(const char *text, gsize size);

/* @header: '_' is a blank (RFC 2047 section 4.2).  What is no escape stays as it is. */
void apd_quoted_printable_decode(const char *text, gsize size, bool header, gsize limit,
                                 GByteArray *out);
