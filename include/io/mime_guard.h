/* Cuts from the bytes of a message what GMime does not survive.  Private to io/mime*.c. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A giant header block is cut to its first lines, which hold what is read, and giant
 * lists of addresses, wherever they stand, to their beginning: groups within groups are
 * read by recursion, also those of an attached message.
 * Returns: (transfer full): borrows @data when nothing had to go.  @ret_cut is set to true
 * when something went, else left alone. */
GBytes *apd_mime_guard(const char *data, gsize size, bool *ret_cut);

/* Returns the size of the header block. */
gsize apd_mime_guard_header_size(const char *data, gsize size);
