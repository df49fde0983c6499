/* The two forms of text.
 *
 * Shown, for people: NFKC, invisible characters (zero width, soft hyphen,
 * direction marks, tags) removed, every kind of blank one blank.
 *
 * Folded, for patterns, in which authors of rules need not think of spelling:
 * lower case; Latin, Cyrillic and Greek without combining marks (é e, ё е, й и,
 * ı i, ß ss, ł l, ø o, æ ae, œ oe, đ d); traditional Chinese as simplified, 帐 as 账 and 覆 as 复;
 * punctuation of every script as ASCII (。. ，, 、, ：: （( “" —- ～~), other symbols
 * as blanks; a blank where a CJK ideograph meets a Latin letter or a digit, none
 * between two ideographs.  Hangul and kana stay composed.  Numerals in Chinese
 * words stay.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends the shown form of @n bytes of valid UTF-8.  Line breaks become
 * blanks. */
void apd_normalise_show(const char *text, size_t n, GString *shown);

/* Appends the folded form of @shown, which is in shown form. */
void apd_normalise_fold(const char *shown, size_t n, GString *folded);

/* Whether @c is an ideograph that simplified Chinese writes otherwise. */
bool apd_normalise_is_traditional(gunichar c);

/* Returns: (transfer full): both steps at once, for phrases and tests. */
char *apd_normalise(const char *text);
