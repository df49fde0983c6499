/* Numbers of points as they are written: "2", "0.5", "1 1/2", "due", beside their noun.
 *
 * All values are in hundredths, -1 for none; offsets are bytes of the folded form.
 */
#pragma once

#include "logic/classify.h"

/* Reads the @n bytes at @text: "2", "0.5", "0,25", "1/2", "1 1/2". */
int apd_number_read(const char *text, int n);

/* Whether byte @i of @text is part of a number. */
bool apd_number_has_byte(const char *text, int i);

/* The digits that end right before @to, blanks, a hyphen and brackets between them
 * left out: "2 points", "12-point", "(2) points". */
int apd_number_before(const char *text, int to, int *ret_start);

/* The digits right after @from: "points: 2", "points -2". */
int apd_number_after(const char *text, int from, int *ret_end);

/* Words from @from to @to; each ideograph counts as one. */
int apd_number_words_between(const char *text, int from, int to);

/* The number word before the points word [from, to), at most one word between, or about
 * it ("due punti"); of several the nearest and longest. */
int apd_number_word(const ApdInput *input, int segment, int from, int to, int *ret_start);

/* The number word right behind @from: "punti due". */
int apd_number_word_after(const ApdInput *input, int segment, int from, int *ret_end);
