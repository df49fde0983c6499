/* A message as the rules see it: segments, each with the zone it stands in, in
 * a form for people and in a form for patterns (see logic/normalise.h).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Where in the layout a segment stands: what it says weighs accordingly. */
typedef enum {
    APD_ZONE_SUBJECT,
    APD_ZONE_HEADING,
    APD_ZONE_LABEL, /* the left of "Label: value", or the label cell of a row */
    APD_ZONE_VALUE, /* what a label is about, or a cell of a table with a header row */
    APD_ZONE_BODY,
    APD_ZONE_ITEM,
    APD_ZONE_BUTTON,
    APD_ZONE_FOOTER, /* greeting lines, legal text, unsubscribe lines at the end */
    APD_N_ZONES,
} ApdZone;

/* A sentence, a table cell, a heading, a button. */
typedef struct {
    ApdZone zone;
    int depth;          /* 0: the sender's own words; 1 and more: quoted or attached */
    int paragraph;      /* segments of one block share a number; it grows in reading order */
    int row;            /* cells of one table row share a number; -1 outside tables */
    int column;         /* in its row; -1 outside tables */
    int pair;           /* of a value: index of the segment that is its label; else -1 */
    const char *shown;  /* borrowed from the text: for people */
    const char *folded; /* borrowed from the text, ends with NUL: for patterns and dates */
    size_t n;           /* bytes of @folded */
} ApdSegment;

typedef struct {
    GArray *segments;  /* owned, element-type ApdSegment, in reading order; the subject first */
    GString *shown;    /* owned: all shown forms, NUL after each */
    GString *folded;   /* owned: a NUL, then all folded forms, a NUL after each */
    char *quoted_from; /* owned: address in the header block of what is quoted; or NULL */
    bool is_reply;     /* own words answer something quoted below them */
    bool is_forward;   /* almost no own words: read by what is quoted or attached */
    bool is_cut;       /* a bound cut something off */
} ApdText;

ApdText *apd_text_new(void);
void apd_text_free(ApdText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdText, apd_text_free)

static inline const ApdSegment *
apd_text_at(const ApdText *self, guint i)
{
    return &g_array_index(self->segments, ApdSegment, i);
}

/* Byte offset of a segment's folded form within self->folded->str. */
static inline size_t
apd_text_offset(const ApdText *self, const ApdSegment *segment)
{
    return (size_t) (segment->folded - self->folded->str);
}

/* A word, in folded text, is a run of these bytes; all else is blank or ASCII
 * punctuation. */
static inline bool
apd_text_is_word_byte(char c)
{
    /* Asked of every byte, several times. */
    static const bool is_word[256] = {
        ['0' ... '9'] = true,
        ['_'] = true,
        ['a' ... 'z'] = true,
        [0x80 ... 0xff] = true,
    };

    return is_word[(unsigned char) c];
}
