/* The words by which one claims to be the platform, and by which a link says what it is for
 * (conf/rules/aliexpress.conf, conf/rules/links.conf): folded once, for every mail asks for them.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

#include "logic/rules.h"

typedef struct {
    char *folded; /* owned, never "" */
    size_t n;
    bool open;  /* the rest of the word may be anything */
    bool apart; /* of Latin or Cyrillic letters: it stands in words */
} ApdOriginWord;

typedef struct {
    GArray *brands;     /* owned, element-type ApdOriginWord: of the platform */
    GArray *signatures; /* what stands beside a brand where the platform signs: "team" */
    GArray *calls; /* "appeal*": asks to act; of all languages, as a text does not tell its own */
    GArray *hints; /* "click*" */
    GArray *laws;  /* "article*": leads to what a notice may quote */
} ApdOriginWords;

/* Returns: (transfer full). */
ApdOriginWords *apd_origin_words_new(const ApdRules *rules);
void apd_origin_words_free(ApdOriginWords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdOriginWords, apd_origin_words_free)

/* Where @folded holds one of @words last, counted from 1; 0: nowhere. */
size_t apd_origin_words_find_last(const GArray *words, const char *folded);
