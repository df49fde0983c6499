/* Cutting shown text: into logical lines, labels and values, sentences. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Length of the first sentence of @n bytes of shown text, its end mark and the
 * blank after it included. */
size_t apd_sentence_length(const char *shown, size_t n);

/* Whether @shown is "Label: value".  @ret_label: bytes of the label; @ret_value:
 * where the value begins (n when it is empty). */
bool apd_sentence_label(const char *shown, size_t n, size_t *ret_label, size_t *ret_value);

/* Length of the value at @shown before another "label: value" that follows it on the
 * same line after a comma, semicolon or bar; n when none does. */
size_t apd_sentence_value_length(const char *shown, size_t n);

/* Returns: (transfer full) (element-type utf8): the logical lines of a block of raw
 * text: hard wraps joined, paragraphs, bullets and labels kept apart. */
GPtrArray *apd_sentence_lines(const char *text);
