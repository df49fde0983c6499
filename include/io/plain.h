/* Plain text of mails -> blocks (a paragraph each, its line breaks kept) and links. */
#pragma once

#include "model/document.h"

/* @text: valid UTF-8.  Appends to @document. */
void apd_plain_read(const char *text, ApdDocument *document);

/* Adds the addresses that stand in @text as such. */
void apd_plain_links(const char *text, int depth, ApdDocument *document);

/* Joins the lines that a sender has broken for old displays (RFC 3676, "format=flowed").
 * @delsp: the blank at the end of such a line is no part of the text.
 * Returns: (transfer full). */
char *apd_plain_unflow(const char *text, bool delsp);
