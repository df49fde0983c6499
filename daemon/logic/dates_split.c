#include <string.h>

#include "logic/dates.h"
#include "logic/numbers.h"

/* A segment is a sentence; one with more is no language. */
#define MAX_TOKENS 1500
#define MAX_DIGITS 18

static bool
is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

static size_t
take_digits(const char *text, size_t n, ApdToken *token)
{
    size_t at = 0;
    int64_t number = 0;
    while (at < n && text[at] >= '0' && text[at] <= '9') {
        if (at < MAX_DIGITS)
            number = number * 10 + (text[at] - '0');
        at++;
    }
    token->is_number = token->is_digits = true;
    token->digits = (int) MIN(at, 100);
    token->number = number;
    return at;
}

static size_t
take_character(const char *text, size_t n)
{
    size_t at = 1;
    while (at < n && ((unsigned char) text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static size_t
take_letters(const ApdWords *words, const char *text, size_t n, guint32 languages, ApdToken *token)
{
    size_t length = 0;
    token->word = apd_words_find(words, text, n, languages, &length);
    if (token->word != NULL) {
        int number = token->word->value[APD_WORD_NUMBER];
        token->is_number = number != APD_WORD_ABSENT;
        token->number = number;
        return length;
    }

    if (apd_words_is_dense((unsigned char) text[0])) {
        length = apd_numbers_chinese(text, n, &token->number, &token->digits);
        token->is_number = token->chinese = length > 0;
        return length > 0 ? length : take_character(text, n);
    }
    while (length < n && is_letter((unsigned char) text[length])
           && !apd_words_is_dense((unsigned char) text[length]))
        length++;
    token->word = apd_words_find_end(words, text, length, languages);
    return MAX(length, 1);
}

void
apd_dates_split(const ApdWords *words, const char *text, size_t n, ApdDates *dates)
{
    size_t at = 0;
    bool glued = false;

    while (at < n && dates->tokens->len < MAX_TOKENS) {
        unsigned char c = (unsigned char) text[at];
        if (c <= ' ') {
            at++;
            glued = false;
            continue;
        }
        ApdToken token = { .start = (int) at, .glued = glued, .number = -1 };
        if (c >= '0' && c <= '9') {
            at += take_digits(text + at, n - at, &token);
        } else if (is_letter(c)) {
            at += take_letters(words, text + at, n - at, dates->languages, &token);
        } else {
            token.sign = (char) c;
            at++;
        }
        token.end = (int) at;
        g_array_append_val(dates->tokens, token);
        glued = true;
    }
}
