/* What is looked for in a text to find phrases in it: of each phrase that element whose
 * words are rarest, and of each of its choices one word.
 */
#pragma once

#include "logic/literals.h"
#include "logic/phrase.h"
#include "logic/phrase_check.h"

typedef struct {
    ApdPhrasePlace place;
    guint32 number;        /* of the phrase, as given */
    guint16 skip;          /* bytes of the literal before the word, ... */
    guint16 length;        /* ... and of the word */
    guint32 before, after; /* what may stand a blank away from the word (apd_phrase_bit(),
                              apd_phrase_head()); 0: anything, even no blank */
} ApdTrigger;

typedef struct {
    GStringChunk *chunk; /* owned: the words */
    GArray *words;       /* owned, element-type ApdLiteral */
    GArray *list;        /* owned, element-type ApdTrigger: by word */
    GArray *firsts;      /* owned, element-type guint32: where those of each word begin; one more */
} ApdTriggers;

/* @phrases: (element-type ApdPhrase): of @book; those without slots are left out. */
ApdTriggers *apd_triggers_new(const ApdPhraseBook *book, const GArray *phrases);
void apd_triggers_free(ApdTriggers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdTriggers, apd_triggers_free)
