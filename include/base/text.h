/* Small text tools that every floor needs: durations, nearest words, safe
 * cutting of UTF-8.  Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

/* Reads "72h", "1h30m", "30d", "15m", "90s", "2w"; a bare number is refused.
 * False when senseless or longer than ten years. */
bool apd_duration_parse(const char *text, ApdTime *ret_duration);

/* Returns: (transfer full): the shortest form that apd_duration_parse() reads
 * back: "3d", "1h30m", "0s". */
char *apd_duration_format(ApdTime duration);

/* Returns the word of @words (NULL-terminated) most like @word, for "did you
 * mean"; NULL when none is near. */
const char *apd_text_nearest(const char *word, const char *const *words);

/* Whether any of @words (NULL-terminated) stands in @text, in the same case. */
bool apd_text_has_any(const char *text, const char *const *words);

/* Returns: (transfer full): @text cut to at most @max bytes at a character
 * boundary, with an ellipsis when something was cut. */
char *apd_text_cut(const char *text, size_t max);

/* Returns: (transfer full): @text as one line that a terminal or a log can
 * show: valid UTF-8, controls and bidi overrides out, blanks collapsed. */
char *apd_text_line(const char *text);

/* Adds a copy of @text to the NULL-terminated *@list, which is owned. */
void apd_text_list_add(char ***list, const char *text);

/* Returns: (transfer full): "2026-01-05T12:00:00Z"; NULL for APD_NEVER. */
char *apd_time_iso(ApdTime when);
