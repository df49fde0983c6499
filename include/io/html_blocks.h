/* Collects the text of HTML into blocks: paragraphs, headings, items, cells,
 * buttons; joins what inline tags only split. */
#pragma once

#include "model/document.h"

typedef struct ApdHtmlBlocks ApdHtmlBlocks;

/* @document is borrowed. */
ApdHtmlBlocks *apd_html_blocks_new(ApdDocument *document);

/* Ends the last block. */
void apd_html_blocks_free(ApdHtmlBlocks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdHtmlBlocks, apd_html_blocks_free)

/* Adds a character; blanks collapse. */
void apd_html_blocks_add(ApdHtmlBlocks *self, const char *text, gsize size);

/* The text so far is a block of its own. */
void apd_html_blocks_break(ApdHtmlBlocks *self);

typedef enum {
    APD_HTML_BOLD,
    APD_HTML_HEADING,
    APD_HTML_ITEM,
    APD_HTML_QUOTE,
    APD_HTML_PRE,
} ApdHtmlMark;

/* An element begins or ends (@by 1, -1) that says what its text is. */
void apd_html_blocks_mark(ApdHtmlBlocks *self, ApdHtmlMark mark, int by);

void apd_html_blocks_table(ApdHtmlBlocks *self, bool opens);
void apd_html_blocks_row(ApdHtmlBlocks *self);
void apd_html_blocks_cell(ApdHtmlBlocks *self, bool opens);

/* @href: (NULL: the link ends).  @button: it is drawn as one. */
void apd_html_blocks_link(ApdHtmlBlocks *self, const char *href, bool button);

/* An image stands here. */
void apd_html_blocks_image(ApdHtmlBlocks *self);

/* A tag leads to @href without words of its own; @seen: people see it. */
void apd_html_blocks_lone_link(ApdHtmlBlocks *self, const char *href, bool seen);

/* Whether what was said last announces a quotation ("On ... wrote:"). */
bool apd_html_blocks_announce_quote(ApdHtmlBlocks *self);
