/* Whether a phrase stands in a text around one of its literals, and from where to where. */
#pragma once

#include "logic/phrase.h"

#define APD_MAX_EXTENTS 16

/* Which literal of which phrase: one part of one choice of one slot. */
typedef struct {
    ApdPhrase phrase;
    guint16 slot;
    guint32 choice; /* number in the book, ... */
    guint32 part;   /* ... as this */
    bool is_found;  /* nothing of it is left to compare: all of it was looked for */
} ApdPhrasePlace;

/* Where a phrase that was found may begin, and where it may end: each with each. */
typedef struct {
    size_t starts[APD_MAX_EXTENTS];
    size_t ends[APD_MAX_EXTENTS];
    guint n_starts;
    guint n_ends;
} ApdExtents;

/* Whether the phrase stands in @text (prepared, with a NUL at both ends) with its literal
 * @place at @at.  @steps: how many more choices may be tried, counted down; none is when it
 * has come to nothing. */
bool apd_phrase_check(const ApdPhraseBook *book, const ApdPhrasePlace *place, const char *text,
                      size_t at, gint64 *steps, ApdExtents *ret_extents);
