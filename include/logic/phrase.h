/* The phrases of the rules, taken apart (the language is told in logic/match.h).
 *
 * A phrase is a row of slots, with a blank or a gap before each; in a slot stands an
 * element, "shipment*" or "(false|fake)": one of several choices, each a row of literals,
 * stars, gaps and numbers.  Choices of different elements are not multiplied, and elements
 * that phrases have in common are there once.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    APD_PART_LITERAL,
    APD_PART_STAR,   /* the rest of a word */
    APD_PART_GAP,    /* up to 6 words */
    APD_PART_NUMBER, /* digits with . or , inside */
} ApdPartKind;

typedef struct {
    const char *text; /* of a literal: borrowed from the book */
    guint16 n;        /* its bytes, ... */
    char head, tail;  /* ... the first and the last of them */
    guint8 kind;      /* ApdPartKind */
    guint32 ending;   /* the bytes of the word that it ends with, or in: see apd_phrase_bit() */
} ApdPart;

/* Ranges within the book's arrays. */
typedef struct {
    guint32 first; /* part */
    guint16 n;     /* 0: the element may be missing */
    bool is_ascii; /* every literal is */
    guint32 heads; /* what it may begin with (apd_phrase_head()), ... */
    guint32 tails; /* ... and end with (apd_phrase_bit()); none of one without parts */
} ApdChoice;

typedef struct {
    guint32 first; /* choice */
    guint16 n;
    bool may_miss; /* one of the choices has no parts, ... */
    bool has_word; /* ... else: each has a literal of two bytes or more */
    bool has_edge; /* a choice begins or ends with a gap */
    bool is_ascii; /* every choice is */
    bool is_other; /* none is */
    guint32 heads; /* of all its choices */
    guint32 tails;
} ApdElement;

typedef struct {
    guint32 element;
    bool after_gap; /* else: after a blank */
} ApdSlot;

typedef struct {
    guint32 first; /* slot */
    guint16 n;
} ApdPhrase;

typedef struct {
    GArray *parts;       /* owned, element-type ApdPart */
    GArray *choices;     /* owned, element-type ApdChoice */
    GArray *elements;    /* owned, element-type ApdElement */
    GArray *slots;       /* owned, element-type ApdSlot */
    GStringChunk *chunk; /* owned: literals, elements as written */
    GHashTable *known;   /* owned: element as written -> number + 1 */
} ApdPhraseBook;

ApdPhraseBook *apd_phrase_book_new(void);
void apd_phrase_book_free(ApdPhraseBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdPhraseBook, apd_phrase_book_free)

/* Takes in @text.  Returns: (transfer full) (element-type ApdPhrase): one, or several when
 * @text is a choice of phrases.  Of each at least one element has a word in each of its choices;
 * all choices of a phrase with several elements are of one script, ASCII or not, or some element
 * is of other script throughout.  NULL and APD_ERROR_CONFIG when @text is not well formed, has
 * no such word, or an element has too many choices. */
GArray *apd_phrase_book_add(ApdPhraseBook *self, const char *text, GError **error);

/* Sets of bytes: a bit for the low five bits of each. */
static inline guint32
apd_phrase_bit(char c)
{
    return (guint32) 1 << (c & 31);
}

/* The bit of the character at @p (NUL or UTF-8): of its last byte, for the first is the same in
 * all of a script. */
static inline guint32
apd_phrase_head(const char *p)
{
    unsigned char u = (unsigned char) *p;

    for (unsigned char lead = 0xC0; u >= lead && p[1] != '\0'; lead |= lead >> 1)
        p++;
    return apd_phrase_bit(*p);
}

static inline const ApdPart *
apd_phrase_part(const ApdPhraseBook *self, guint i)
{
    return &g_array_index(self->parts, ApdPart, i);
}

static inline const ApdChoice *
apd_phrase_choice(const ApdPhraseBook *self, guint i)
{
    return &g_array_index(self->choices, ApdChoice, i);
}

static inline const ApdSlot *
apd_phrase_slot(const ApdPhraseBook *self, const ApdPhrase *phrase, int i)
{
    return &g_array_index(self->slots, ApdSlot, phrase->first + (guint) i);
}

static inline const ApdElement *
apd_phrase_element(const ApdPhraseBook *self, const ApdPhrase *phrase, int i)
{
    return &g_array_index(self->elements, ApdElement, apd_phrase_slot(self, phrase, i)->element);
}
