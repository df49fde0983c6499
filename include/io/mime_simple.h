/* A message that is one text and written as the standards say: it needs no parser of MIME, which
 * would take half of the time that decoding takes.  Private to io/mime*.c and their tests. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "model/document.h"

/* Reads @data into @document.  Returns: false, and nothing is done, when the message has several
 * parts, is a file, or is written in any way that leaves room for doubt: GMime decides then. */
bool apd_mime_simple_read(const char *data, gsize size, ApdDocument *document);
