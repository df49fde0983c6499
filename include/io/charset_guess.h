/* Which charset unlabelled bytes are written in: the one in which they make the words
 * of a language that sellers write.
 *
 * Ours and not libuchardet: subjects and notices are short, the languages known, and the
 * sandboxed reader need not carry a C++ library.  Each candidate decodes the text; what
 * comes out is held against how often its language writes which characters.
 */
#pragma once

#include <glib.h>

/* @data is no UTF-8.  Returns a charset as iconv names it, static; "UTF-8" for one that
 * is damaged; NULL when nothing makes sense. */
const char *apd_charset_guess(const guint8 *data, gsize size);
