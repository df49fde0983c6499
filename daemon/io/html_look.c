#include "io/html_look.h"

#include <string.h>

/* What sheets and the style of the element itself say together. */
static ApdHtmlStyle
style_of(const ApdHtmlSheet *sheet, const char *name, const ApdHtmlAttributes *attributes)
{
    ApdHtmlStyle style = APD_HTML_STYLE_NONE;

    if (!apd_html_sheet_is_empty(sheet)) {
        apd_html_sheet_apply(sheet, 't', name, strlen(name), &style);
        if (attributes->class_size > 0)
            apd_html_sheet_apply(sheet, 'c', attributes->class_names, attributes->class_size,
                                 &style);
        if (attributes->id_size > 0)
            apd_html_sheet_apply(sheet, 'i', attributes->id, attributes->id_size, &style);
    }
    apd_html_style_merge(&style, &attributes->style);
    return style;
}

ApdHtmlLook
apd_html_look(const ApdHtmlLook *outer, const ApdHtmlSheet *sheet, const char *name, ApdTag tag,
              const ApdHtmlAttributes *attributes)
{
    ApdHtmlStyle style = style_of(sheet, name, attributes);
    ApdHtmlLook look = *outer;

    look.hidden |= attributes->hidden || style.display == APD_SEEN_NO || style.gone
                   || (style.flat && style.clipped) || tag == APD_TAG_HIDDEN;
    if (style.visibility != APD_SEEN_UNSET)
        look.visible = style.visibility;
    if (style.size != APD_SEEN_UNSET)
        look.size = style.size;
    if (style.colour != APD_COLOUR_UNSET)
        look.colour = style.colour;
    else if (tag == APD_TAG_LINK)
        look.colour = APD_COLOUR_UNKNOWN; /* links have one of their own */
    if (style.background != APD_COLOUR_UNSET)
        look.background = style.background;
    return look;
}

bool
apd_html_look_shows_text(const ApdHtmlLook *self, const ApdHtmlSheet *sheet)
{
    /* A sheet that colours things in ways that we do not follow may colour this one. */
    bool unclear = apd_html_sheet_is_unclear(sheet);

    return !self->hidden && self->visible != APD_SEEN_NO && self->size != APD_SEEN_NO
           && (unclear || !apd_html_colours_match(self->colour, self->background));
}
