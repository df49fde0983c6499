/* The attributes of one HTML tag: where it leads, what it says, whether it is seen. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "io/html_style.h"

typedef struct {
    char *href, *alt; /* owned */
    ApdHtmlStyle style;
    bool hidden; /* by the attribute itself, or by a class or id of the sheet */
} ApdHtmlAttributes;

#define APD_HTML_ATTRIBUTES_NONE                                                                   \
    {                                                                                              \
        NULL, NULL, { false, APD_COLOUR_UNSET, APD_COLOUR_UNSET, false }, false                    \
    }

/* @at stands behind the name of the tag.  @sheet: of apd_html_sheet_read().
 * Returns: where the text goes on, behind '>'. */
const char *apd_html_attributes_read(const char *at, const char *end, GHashTable *sheet,
                                     ApdHtmlAttributes *into);
void apd_html_attributes_clear(ApdHtmlAttributes *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdHtmlAttributes, apd_html_attributes_clear)
