/* The numbers of a notice: points, case reference, orders, products. */
#pragma once

#include "logic/classify.h"

/* Returns: the points of this matter in hundredths, or APD_NO_POINTS: not totals,
 * tariffs or thresholds.  Adds evidence to @verdict. */
int apd_extract_points(const ApdInput *input, ApdVerdict *verdict);

/* Fills case_ref, orders and products of @verdict, whose kind and category are known. */
void apd_extract_references(const ApdInput *input, ApdVerdict *verdict);

/* Returns: (transfer full): the sentence that says most, for alerts; NULL when there
 * is no text. */
char *apd_extract_excerpt(const ApdInput *input);

/* Returns: (transfer full): language of the text, "en", "zh", "zh-Hant", ...; NULL when
 * there is too little of it. */
char *apd_extract_language(const ApdInput *input);

/* Whether what stands from @start to @end in the folded form of @segment is "46/48" before
 * "points": how many of how many, no reference. */
bool apd_extract_is_tally(const ApdInput *input, int segment, size_t start, size_t end);
