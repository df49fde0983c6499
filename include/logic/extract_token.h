/* What may be a reference in a line of text: runs of letters and digits with marks
 * inside, and which of them are dates, parcels, dockets.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Offsets are bytes of the folded form; counts are of characters. */
typedef struct {
    size_t start, end;
    int digits, letters, marks;
} ApdToken;

/* The next token of folded @text from *@at on; moves *@at behind it.  Returns: false
 * when there is none. */
bool apd_token_next(const char *text, size_t n, size_t *at, ApdToken *ret_token);

/* Returns: (transfer full): @token as it was written.  @at: how far the tokens before
 * it have come in @shown, where all stand in the same order. */
char *apd_token_shown(const char *shown, const char *folded, const ApdToken *token, size_t *at);

/* "1:25-cv-01234", "25-cv-01234": a docket of a US court. */
bool apd_token_is_docket(const char *text);

/* Whether it has the shape of a reference: no date, time, amount, address, parcel. */
bool apd_token_is_reference(const char *text, const ApdToken *token);

/* "IPR1", "W-3": a reference only right behind a label. */
bool apd_token_is_short_reference(const char *text, const ApdToken *token);

/* "AE" of "AE 2026 0012": capital letters, no word for "number". */
bool apd_token_is_prefix(const char *text, const ApdToken *token);

/* "00231/26 KB-ho", "ECH 24-778 (b)": a value that is one reference in several words.
 * Returns: its length in bytes; 0 when it is none. */
size_t apd_token_whole_value(const char *shown);

/* "정지-1204-7", "F-1020/凍": @token with the syllables that a mark joins to it in @shown.
 * Returns: (transfer full). */
char *apd_token_with_syllables(const char *shown, const char *token);

/* "7 O 118/26": the whole of a court's docket number of which @token is the last part in @shown.
 * Returns: (transfer full): NULL when it is none. */
char *apd_token_court_docket(const char *shown, const char *token);

/* "货字〔2025〕第0708号": the number of a Chinese official letter in @shown.
 * Returns: (transfer full): NULL when there is none. */
char *apd_token_document_number(const char *shown);
