/* What a style says about being seen. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define APD_COLOUR_UNKNOWN (-1) /* an image, a gradient, a name we do not know */
#define APD_COLOUR_UNSET   (-2)

typedef enum { APD_SEEN_UNSET, APD_SEEN_NO, APD_SEEN_YES } ApdSeen;

typedef struct {
    ApdSeen display;    /* of the whole element; nothing within it can undo a no */
    ApdSeen visibility; /* elements within may undo this */
    ApdSeen size;       /* of the letters; likewise */
    bool gone;          /* transparent, without height, or outside of the page */
    bool flat, clipped; /* gone if both */
    int colour;         /* 0xrrggbb or one of the above */
    int background;     /* likewise */
    bool padded;        /* with a background: drawn as a button */
} ApdHtmlStyle;

#define APD_HTML_STYLE_NONE                                                                        \
    {                                                                                              \
        .colour = APD_COLOUR_UNSET, .background = APD_COLOUR_UNSET                                 \
    }

/* Reads declarations ("display:none; color:#fff") over what @style has. */
void apd_html_style_read(const char *text, gsize size, ApdHtmlStyle *style);

/* What @over sets, over what @style has. */
void apd_html_style_merge(ApdHtmlStyle *style, const ApdHtmlStyle *over);

/* A colour as attributes write it ("#fff", "white"). */
int apd_html_colour(const char *text, gsize size);

/* Whether text of one colour on another cannot be read. */
bool apd_html_colours_match(int colour, int background);
