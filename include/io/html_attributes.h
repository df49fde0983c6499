/* The attributes of one HTML tag: where it leads, what it says, whether it is seen. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "io/html_style.h"

typedef struct {
    char *href;   /* owned */
    char *action; /* owned: where a form, or a page that goes on by itself, leads */
    char *alt;    /* owned */
    ApdHtmlStyle style;
    const char *class_names, *id; /* borrowed from the text, not NUL-terminated; may be NULL */
    gsize class_size, id_size;
    bool hidden;     /* by the attribute itself */
    bool cites;      /* says that it quotes another message */
    bool holds_page; /* set before: its "src" or "data" is where it leads */
} ApdHtmlAttributes;

#define APD_HTML_ATTRIBUTES_NONE                                                                   \
    {                                                                                              \
        .style = APD_HTML_STYLE_NONE                                                               \
    }

/* @at stands behind the name of the tag.  Returns: where the text goes on, behind '>'. */
const char *apd_html_attributes_read(const char *at, const char *end, ApdHtmlAttributes *into);
void apd_html_attributes_clear(ApdHtmlAttributes *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdHtmlAttributes, apd_html_attributes_clear)

/* Looks for the charset that the beginning of a page names (html.spec.whatwg.org,
 * "prescan").  Returns: (transfer full): NULL when it names none. */
char *apd_html_charset(const char *html, gsize size);
