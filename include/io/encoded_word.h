/* Header values -> text: encoded words (RFC 2047), parameter values of RFC 2231
 * left to the MIME library.
 *
 * Neighbouring words of one charset are decoded together, since senders cut
 * them in the middle of a character; the packaged GMime loses everything after
 * a padded word.
 */
#pragma once

#include <glib.h>

/* Returns: (transfer full): one line of valid UTF-8 without controls. */
char *apd_encoded_word_decode(const char *raw);
