/* The style sheets of a mail, as far as they say what is seen: rules for a tag, a
 * class or an id alone.  Those in @media are for other screens than most.
 */
#pragma once

#include "io/html_style.h"

typedef struct ApdHtmlSheet ApdHtmlSheet;

ApdHtmlSheet *apd_html_sheet_new(void);
void apd_html_sheet_free(ApdHtmlSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdHtmlSheet, apd_html_sheet_free)

/* Adds the rules of a style sheet. */
void apd_html_sheet_read(ApdHtmlSheet *self, const char *text, gsize size);

bool apd_html_sheet_is_empty(const ApdHtmlSheet *self);

/* Some rule colours what it does not name by tag, class or id: the colour below a text
 * cannot be told. */
bool apd_html_sheet_is_unclear(const ApdHtmlSheet *self);

/* What the rules say of a tag (@kind 't'), and of each of the classes ('c') or ids ('i')
 * in @names, over what @style has. */
void apd_html_sheet_apply(const ApdHtmlSheet *self, char kind, const char *names, gsize size,
                          ApdHtmlStyle *style);
