/* What the tags of HTML do to the text of a mail. */
#pragma once

typedef enum {
    APD_TAG_OTHER, /* inline: splits no word */
    APD_TAG_BLOCK,
    APD_TAG_VOID_BLOCK, /* hr */
    APD_TAG_BR,
    APD_TAG_BOLD,
    APD_TAG_HEADING,
    APD_TAG_ITEM,
    APD_TAG_QUOTE,
    APD_TAG_PRE,
    APD_TAG_TABLE,
    APD_TAG_ROW,
    APD_TAG_CELL,
    APD_TAG_LINK,
    APD_TAG_IMAGE,
    APD_TAG_VOID,
    APD_TAG_BASE,
    APD_TAG_META,
    APD_TAG_RAW, /* script: its content is no text */
    APD_TAG_STYLE,
    APD_TAG_HIDDEN, /* title, template ... */
} ApdTag;

/* @name: in lower case. */
ApdTag apd_html_tag(const char *name);
