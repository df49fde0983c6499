/* Plain text of mails -> blocks (a paragraph each, its line breaks kept) and links. */
#pragma once

#include "model/document.h"

/* @text: valid UTF-8.  Appends to @document. */
void apd_plain_read(const char *text, ApdDocument *document);

/* Adds the addresses that stand in @text as such. */
void apd_plain_links(const char *text, int depth, ApdDocument *document);
