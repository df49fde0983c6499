/* What a style says about being seen. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define APD_COLOUR_UNKNOWN (-1) /* an image, a gradient, a name we do not know */
#define APD_COLOUR_UNSET   (-2)

typedef struct {
    bool hidden;
    int colour;     /* 0xrrggbb or one of the above */
    int background; /* likewise */
    bool button;    /* padded and coloured: drawn as a button */
} ApdHtmlStyle;

/* Reads declarations ("display:none; color:#fff"). */
void apd_html_style_read(const char *text, gsize size, ApdHtmlStyle *style);

/* A colour as attributes write it ("#fff", "white"). */
int apd_html_colour(const char *text, gsize size);

/* Collects from a style sheet the classes and ids ("c:name", "i:name") that are
 * not displayed, outside of @media. */
void apd_html_sheet_read(const char *text, gsize size, GHashTable *hidden);
