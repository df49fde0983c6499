/* Who wrote a message and about what, for an alert about one that could not be
 * read.  The reader's care for every charset is not repeated here: that may be
 * what failed.
 */
#pragma once

#include <stddef.h>

/* Returns: (transfer full): up to three lines, "From: ...", "Subject: ...",
 * "Date: ...", each short, valid UTF-8 and without controls; "" when nothing of
 * it is there.  Encoded words (RFC 2047) are decoded when they are UTF-8, else
 * shown as an ellipsis.  Looks at the first 64 KiB alone. */
char *apd_envelope_describe(const void *bytes, size_t size);
