/* Shared by the files of logic/match. */
#pragma once

#include "logic/literals.h"
#include "logic/match.h"
#include "logic/phrase.h"
#include "logic/trigger.h"

/* What a phrase means. */
typedef struct {
    const char *source; /* borrowed from the chunk: as it was written */
    int signal;
    int weight;
    int language; /* 1 and more: counts in a text of this language alone; 0: in any */
} ApdMeaning;

/* What is asked of the signal of every hit. */
typedef struct {
    bool is_mark;     /* a small word that tells a language */
    bool is_modifier; /* "mod/..." */
} ApdSignalTrait;

/* What is asked of a trigger first, close together: most go no further. */
typedef struct {
    guint32 before, after; /* as in the trigger */
    guint16 skip, length;
    guint8 language; /* 0: any */
    guint8 need;     /* ApdNeed */
} ApdGate;

/* How much of its language must be in a text: a bit each. */
typedef enum {
    APD_NEED_NOTHING = 0, /* it tells the language itself */
    APD_NEED_SHARE = 1,
    APD_NEED_MODIFIER_SHARE = 2,
} ApdNeed;

struct ApdMatcher {
    GPtrArray *names;      /* owned, element-type utf8: signals */
    GHashTable *by_name;   /* owned: borrowed name -> number + 1 */
    GArray *traits;        /* owned, element-type ApdSignalTrait: of signals */
    ApdPhraseBook *book;   /* owned */
    GArray *phrases;       /* owned, element-type ApdPhrase: without slots when removed */
    GArray *meanings;      /* owned, element-type ApdMeaning: of phrases */
    GStringChunk *chunk;   /* owned: phrases as written */
    GPtrArray *languages;  /* owned, element-type utf8: 1 is the first */
    int language;          /* of the phrases being added */
    ApdTriggers *triggers; /* owned */
    GArray *gates;         /* owned, element-type ApdGate: of triggers */
    bool *has_mark;        /* owned: of literals, whether a trigger of it tells a language */
    ApdLiterals *literals; /* owned */
};
