/* Text as phrases are compared with it: folded (logic/normalise.h), without
 * quotation marks, with hyphens and slashes as blanks, a NUL at both ends.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/text.h"

/* Appends @folded, prepared.  @map (element-type guint32; NULL: not wanted) gets for each
 * byte of the result its place in @folded, and one entry more for the end. */
void apd_prepared_append(GString *prepared, const char *folded, size_t n, GArray *map);

/* Ideographs, kana and Hangul: words there are not told by blanks. */
static inline bool
apd_prepared_is_dense(const char *p)
{
    unsigned char u = (unsigned char) *p;
    return u >= 0xE3 && u <= 0xED;
}

/* Ideographs and kana: no blank is left between what is dense and one of them. */
static inline bool
apd_prepared_joins_dense(const char *p)
{
    unsigned char u = (unsigned char) *p;
    return u >= 0xE3 && u < 0xEA;
}

/* Whether the character that ends before @at is dense. */
static inline bool
apd_prepared_ends_dense(const char *text, size_t at)
{
    size_t i = at;

    while (i > 0 && ((unsigned char) text[i - 1] & 0xC0) == 0x80)
        i--;
    return i > 0 && i < at && apd_prepared_is_dense(text + i - 1);
}

/* Whether a word may begin or end at @at. */
static inline bool
apd_prepared_is_boundary(const char *text, size_t at)
{
    if (!apd_text_is_word_byte(text[at]) || at == 0 || !apd_text_is_word_byte(text[at - 1]))
        return true;

    return apd_prepared_is_dense(text + at) || apd_prepared_ends_dense(text, at);
}
