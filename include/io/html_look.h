/* Whether an element of a mail, and the text in it, is seen. */
#pragma once

#include "io/html_attributes.h"
#include "io/html_sheet.h"
#include "io/html_tags.h"

typedef struct {
    bool hidden;     /* nothing within is seen */
    ApdSeen visible; /* of text, unless an element within undoes it */
    ApdSeen size;    /* likewise */
    int colour, background;
} ApdHtmlLook;

/* Of an element in one that looks like @outer, by sheets and its own attributes. */
ApdHtmlLook apd_html_look(const ApdHtmlLook *outer, const ApdHtmlSheet *sheet, const char *name,
                          ApdTag tag, const ApdHtmlAttributes *attributes);

bool apd_html_look_shows_text(const ApdHtmlLook *self, const ApdHtmlSheet *sheet);
