/* One phrase of the rules, made flat: a row of literals, stars, gaps and
 * numbers (the language is told in logic/match.h).
 *
 * A phrase with alternatives becomes several flat ones.  Each has an anchor, its
 * longest literal: the prefilter finds that, and the rest is checked around it.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    APD_PART_LITERAL,
    APD_PART_STAR,   /* the rest of a word */
    APD_PART_GAP,    /* up to 6 words */
    APD_PART_NUMBER, /* digits with . or , inside */
} ApdPartKind;

typedef struct {
    ApdPartKind kind;
    char *text; /* owned; of a literal */
    size_t n;
} ApdPart;

typedef struct {
    ApdPart *parts; /* owned */
    int n;
    int anchor; /* index of the literal to look for */
} ApdPhrase;

void apd_phrase_free(ApdPhrase *self);

/* Returns: (transfer full) (element-type ApdPhrase): the flat phrases of @text;
 * NULL and APD_ERROR_CONFIG when it is not well formed. */
GPtrArray *apd_phrase_parse(const char *text, GError **error);

/* Text as phrases are compared with it: folded, without quotation marks, with
 * hyphens and slashes as blanks.  @map (element-type guint32) gets for each byte of
 * the result its place in @folded, and one entry more for the end. */
void apd_phrase_prepare(const char *folded, size_t n, GString *prepared, GArray *map);

/* Whether a word may begin or end at @at of @text (prepared, with a NUL at both ends). */
bool apd_phrase_is_boundary(const char *text, size_t at);

/* Whether the phrase stands in @text (prepared, with a NUL at both ends) with its
 * anchor at @at.  @ret_start, @ret_end: its whole extent. */
bool apd_phrase_check(const ApdPhrase *self, const char *text, size_t at, size_t *ret_start,
                      size_t *ret_end);
