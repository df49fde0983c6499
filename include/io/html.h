/* HTML of mails -> blocks and links of a document.
 *
 * A linear tokenizer without a tree: real mail is broken in ways that a tree
 * repairs at quadratic cost, and hostile mail is made for that.  What a reader
 * would not see (display:none, white on white, size 0 ...) is left out, so that
 * a hidden preheader cannot speak.
 */
#pragma once

#include "model/document.h"

/* @html: valid UTF-8.  Appends to @document. */
void apd_html_read(const char *html, gsize size, ApdDocument *document);
