/* Letters that nearly only one language of Latin script has: they tell it where small words
 * are few, as in a notice of two lines. */
#pragma once

#define APD_N_LETTERS 6

/* The language of the letters counted at @i: "pl", "tr", ... */
const char *apd_letters_language(int i);

/* Adds to @counts, of APD_N_LETTERS, how many letters of each language are in @shown. */
void apd_letters_count(const char *shown, int *counts);
