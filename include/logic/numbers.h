/* Numerals in words: Chinese ones by rule, those of other languages by table
 * (dates_words) and addition ("twenty four", "setenta y dos").  Pure. */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Reads a run of Chinese numerals at the start of @text (UTF-8, @n bytes):
 * 十五 15, 二十三 23, 一百八十 180, 二〇二六 2026, 两 2.  Returns its length in bytes,
 * 0 when none stands there. */
size_t apd_numbers_chinese(const char *text, size_t n, int64_t *ret_number, int *ret_digits);
