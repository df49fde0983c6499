/* Who sent a message, as far as it can be proved (DOMAIN.md §6 of the facts: the
 * topmost trusted Authentication-Results, registrable domains, every link).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/origin_names.h"
#include "model/document.h"
#include "model/text.h"
#include "model/verdict.h"

typedef enum {
    APD_SPEAKER_STRANGER,    /* a person, a firm, a law firm: claims to be nobody else */
    APD_SPEAKER_PLATFORM,    /* claims to be the platform, rightly or not */
    APD_SPEAKER_MARKETING,   /* the platform's marketing senders */
    APD_SPEAKER_MARKETPLACE, /* another marketplace */
} ApdSpeaker;

typedef struct {
    ApdSpeaker speaker;
    ApdAuthenticity authenticity;
    bool from_platform; /* the address of From: is of the platform's domains */
    char *why;          /* owned: what decided on authenticity */
    char *call;         /* owned: the link a seller is asked to follow, on the platform's
                           domains; NULL when there is none */
    char *channel_id;   /* owned: of the store, from backend links; NULL when absent */
} ApdOrigin;

/* Returns: (transfer full). */
ApdOrigin *apd_origin_judge(const ApdOriginContext *context, const ApdDocument *document,
                            const ApdText *text);
void apd_origin_free(ApdOrigin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdOrigin, apd_origin_free)
