#include "logic/extract_number.h"

#include <string.h>

#define MAX_GAP 24 /* bytes between a number word and its points word */

/* Reads "2", "0.5", "0,25", "1/2", "1 1/2".  -1 when it is none. */
int
apd_number_read(const char *text, int n)
{
    int value = 0, i = 0;

    if (n >= 3 && strncmp(text + n - 3, "1/2", 3) == 0) {
        int whole = n > 4 && text[n - 4] == ' ' ? apd_number_read(text, n - 4) : n == 3 ? 0 : -1;
        return whole < 0 ? -1 : whole + 50;
    }
    for (; i < n && g_ascii_isdigit(text[i]) && i < 4; i++)
        value = value * 10 + (text[i] - '0');
    if (i == 0 || i > 3)
        return -1;
    value *= 100;
    if (i + 1 < n && (text[i] == '.' || text[i] == ',') && g_ascii_isdigit(text[i + 1])) {
        value += (text[i + 1] - '0') * 10;
        i += 2;
        if (i < n && g_ascii_isdigit(text[i]))
            value += text[i++] - '0';
    }
    return i == n ? value : -1;
}

bool
apd_number_has_byte(const char *text, int i)
{
    if (g_ascii_isdigit(text[i]))
        return true;
    return i > 0 && (text[i] == '.' || text[i] == ',' || text[i] == '/')
           && g_ascii_isdigit(text[i - 1]) && g_ascii_isdigit(text[i + 1]);
}

/* The digits that end right before @to, blanks, a hyphen and brackets between them
 * left out: "2 points", "12-point", "(2) points".  Returns: -1 when there are none. */
int
apd_number_before(const char *text, int to, int *ret_start)
{
    int end = to;

    while (end > 0 && end > to - 3 && strchr(" -)]", text[end - 1]) != NULL)
        end--;
    int from = end;
    while (from > 0 && apd_number_has_byte(text, from - 1))
        from--;
    if (end > from + 2 && from > 1 && text[from - 1] == ' ' && g_ascii_isdigit(text[from - 2])
        && strncmp(text + from, "1/2", 3) == 0)
        from -= 2;
    if (from > 0 && apd_text_is_word_byte(text[from - 1]) && (unsigned char) text[from - 1] < 0x80)
        return -1;
    *ret_start = from;
    return apd_number_read(text + from, end - from);
}

/* The digits right after @from: "points: 2", "points -2". */
int
apd_number_after(const char *text, int from, int *ret_end)
{
    int start = from;

    while (text[start] != '\0' && strchr(" :-=(+.", text[start]) != NULL && start < from + 8)
        start++;
    int end = start;
    while (apd_number_has_byte(text, end))
        end++;
    if (end == start || (text[end] != '\0' && strchr(" .,;)/", text[end]) == NULL))
        return -1;
    *ret_end = end;
    const char *slash = memchr(text + start, '/', (size_t) (end - start));
    int n = slash != NULL && strncmp(text + start, "1/2", 3) != 0 ? (int) (slash - text) - start
                                                                  : end - start;
    return apd_number_read(text + start, n);
}

/* "0.5" of the section [number 0.5 en]. */
static int
value_of_name(const char *name)
{
    return apd_number_read(name, (int) strlen(name));
}

/* Each ideograph counts as a word. */
int
apd_number_words_between(const char *text, int from, int to)
{
    int n = 0;

    for (int i = from; i < to; i++)
        n += (unsigned char) text[i] >= 0xE3
             || (apd_text_is_word_byte(text[i])
                 && (i == from || !apd_text_is_word_byte(text[i - 1])));
    return n;
}

/* The number word before the points word [from, to), at most one word between, or about
 * it ("due punti"); of several the nearest and longest.  -1: none. */
int
apd_number_word(const ApdInput *input, int segment, int from, int to, int *ret_start)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    const ApdHit *best = NULL;

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const ApdSignalInfo *info = apd_rules_signal(input->rules, hit->signal);
        if (strcmp(info->type, "number") != 0 || hit->start >= to || hit->end < from - MAX_GAP
            || (hit->end <= from ? apd_number_words_between(text, hit->end, from) > 1
                                 : hit->start > from && hit->end > to))
            continue;
        if (best == NULL || hit->end > best->end
            || (hit->end == best->end && hit->start < best->start))
            best = hit;
    }
    if (best == NULL)
        return -1;
    *ret_start = best->start;
    return value_of_name(apd_rules_signal(input->rules, best->signal)->name);
}

/* The number word right behind @from: "punti due".  -1: none. */
int
apd_number_word_after(const ApdInput *input, int segment, int from, int *ret_end)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const ApdSignalInfo *info = apd_rules_signal(input->rules, hit->signal);
        if (strcmp(info->type, "number") != 0 || hit->start < from || hit->start > from + 3
            || apd_number_words_between(text, from, hit->start) > 0)
            continue;
        *ret_end = hit->end;
        return value_of_name(info->name);
    }
    return -1;
}
