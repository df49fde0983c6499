/* Character references of HTML ("&amp;", "&#8212;"). */
#pragma once

#include <glib.h>

/* @text points at '&'.  Appends what it stands for and returns how many bytes it
 * takes; appends '&' and returns 1 when it is none. */
gsize apd_html_entity(const char *text, gsize size, GString *out);
