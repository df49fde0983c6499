/* Where the links of a message that claims to be the platform lead: every one is
 * judged, for a known forgery had only genuine ones but its button.
 */
#pragma once

#include "logic/origin_names.h"
#include "model/document.h"
#include "model/text.h"

typedef enum {
    APD_LINKS_CLEAN,    /* to the platform, or to a text that a notice may quote */
    APD_LINKS_DOUBTFUL, /* elsewhere, for a purpose that cannot be told */
    APD_LINKS_FORGED,   /* a call to action elsewhere, or a disguise */
} ApdOriginLinks;

/* @ret_why: (transfer full): the link and what is wrong with it; NULL when clean. */
ApdOriginLinks apd_origin_judge_links(const ApdOriginContext *context, const ApdDocument *document,
                                      const ApdText *text, char **ret_why);

/* Whether @href leads to the domains that the platform sends from, and nowhere further. */
bool apd_origin_leads_to_sender(const ApdOriginContext *context, const char *href);
