/* What of a message the learnt weights speak of (logic/weights.h): of each signal how strongly and
 * how it is there, and some facts of the message as a whole.
 *
 * A trait has a number, stable as long as the rules are, and a name that is written in
 * conf/rules/weights.conf: "act/measure", "act/measure +subject", "message stranger".
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/match.h"

/* How a signal is there. */
typedef enum {
    APD_ASPECT_BEST,
    APD_ASPECT_SUM,
    APD_ASPECT_SUBJECT,
    APD_ASPECT_FIRM,
    APD_ASPECT_MAYBE,
    APD_ASPECT_DENIED,
    APD_ASPECT_FIRST, /* of a category: no other is there as strongly */
    APD_N_ASPECTS,
} ApdAspect;

/* Of the message as a whole. */
typedef enum {
    APD_WHOLE_STRANGER,
    APD_WHOLE_PLATFORM,
    APD_WHOLE_REPLY,
    APD_WHOLE_FORWARD,
    APD_WHOLE_BULK,
    APD_WHOLE_LIST,
    APD_WHOLE_REFERENCE, /* a case, an order or a product is named by its number */
    APD_WHOLE_POINTS,    /* a label says how many points it costs */
    APD_WHOLE_SUM,       /* points came to a sum that has consequences */
    APD_WHOLE_LINK,      /* leads to the platform */
    APD_WHOLE_LENGTH,
    APD_WHOLE_NO_ACT, /* nothing says what was done, asked or decided */
    APD_N_WHOLES,
} ApdWhole;

typedef struct {
    guint number;
    int value; /* percent, 1 to 400 */
} ApdTrait;

/* How many numbers there are, with the signals of @matcher. */
guint apd_traits_count(const ApdMatcher *matcher);

/* The number of @signal's being there as @aspect says; that of the message's own is @whole itself.
 */
static inline guint
apd_trait_number(int signal, ApdAspect aspect)
{
    return APD_N_WHOLES + (guint) signal * APD_N_ASPECTS + aspect;
}

/* Returns: (transfer full). */
char *apd_trait_name(const ApdMatcher *matcher, guint number);

/* Returns: false: there is no trait of this name. */
bool apd_trait_find(const ApdMatcher *matcher, const char *name, guint *ret_number);

/* The number of the signal that the trait @number is of; -1: it is of the message. */
int apd_trait_signal(guint number);
