/* Text as a service wants it: escaped for its markup, cut in the unit it counts.
 *
 * What came from mail is inert afterwards: no mention, no link, no markup, and
 * nothing is cut inside a grapheme or an escape.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/alert.h"

/* What a service counts. */
typedef enum {
    APD_UNIT_BYTES,
    APD_UNIT_UTF16,
    APD_UNIT_POINTS,
} ApdUnit;

/* A character that is written differently. */
typedef struct {
    char from;
    const char *to;
} ApdSwap;

typedef struct {
    ApdUnit unit;
    bool inert;            /* the service finds mentions and links in plain text */
    const char *backslash; /* characters that a backslash makes plain; NULL: none */
    const ApdSwap *swaps;  /* ends with {0}; NULL: none */
    const ApdSwap *url;    /* likewise, for addresses */

    /* How parts are written; {label}, {value}, {url}, {text} are filled in. */
    const char *title;
    const char *fact;
    const char *urgent; /* the fact that is the deadline; NULL: as the others */
    const char *link;
    const char *line; /* between parts */
} ApdMarkup;

/* Plain text in which nothing is markup; in bytes, UTF-16 units, code points. */
extern const ApdMarkup apd_markup_plain_bytes;
extern const ApdMarkup apd_markup_plain_utf16;
extern const ApdMarkup apd_markup_plain_points;

/* Plain text to be stored as it is, where nothing looks for mentions. */
extern const ApdMarkup apd_markup_raw;

extern const ApdMarkup apd_markup_html;     /* b, a, br */
extern const ApdMarkup apd_markup_markdown; /* with backslash escapes (CommonMark) */

/* Escapes for addresses within Markdown's parentheses. */
extern const ApdSwap apd_swaps_markdown_url[];

/* The five characters of HTML and XML. */
extern const ApdSwap apd_swaps_entities[];

/* Look-alikes, for markups that know no escape. */
extern const ApdSwap apd_swaps_lookalike[];

size_t apd_unit_size(ApdUnit unit, const char *text);

/* Returns: (transfer full): @text escaped and, where that is longer than @max
 * units, cut after a whole grapheme, with an ellipsis. */
char *apd_markup_fit(const ApdMarkup *self, const char *text, size_t max);

/* Returns: (transfer full): an address, escaped, never cut. */
char *apd_markup_url(const ApdMarkup *self, const char *url);
