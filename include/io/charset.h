/* Bytes of any charset -> UTF-8. */
#pragma once

#include <glib.h>

/* Opens a converter of every charset that mail uses: iconv loads its modules from
 * files, which a sandbox forbids later.  Once per process. */
void apd_charset_init(void);

/* Returns: (transfer full): valid UTF-8 without NULs.  The declared @charset, or the one
 * that the text itself names, @inner (both may be NULL), if the bytes fit it; else UTF-8;
 * else what a label can make of it; unlabelled bytes as charset_guess.h says.  @ret_used
 * (may be NULL): a static name of what was used. */
char *apd_charset_to_utf8(const guint8 *data, gsize size, const char *charset, const char *inner,
                          const char **ret_used);
