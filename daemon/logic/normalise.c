#include "logic/normalise.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint16_t from, to;
} Pair;

/* clang-format off */
static const Pair han[] = {
#include "han_table.inc"
};

/* U+00C0..U+017F without marks, in lower case; "" is a sign. */
static const char latin[][3] = {
    "a","a","a","a","a","a","ae","c","e","e","e","e","i","i","i","i",
    "d","n","o","o","o","o","o","","o","u","u","u","u","y","th","ss",
    "a","a","a","a","a","a","ae","c","e","e","e","e","i","i","i","i",
    "d","n","o","o","o","o","o","","o","u","u","u","u","y","th","y",
    "a","a","a","a","a","a","c","c","c","c","c","c","c","c","d","d",
    "d","d","e","e","e","e","e","e","e","e","e","e","g","g","g","g",
    "g","g","g","g","h","h","h","h","i","i","i","i","i","i","i","i",
    "i","i","ij","ij","j","j","k","k","k","l","l","l","l","l","l","l",
    "l","l","l","n","n","n","n","n","n","n","n","n","o","o","o","o",
    "o","o","oe","oe","r","r","r","r","r","r","s","s","s","s","s","s",
    "s","s","t","t","t","t","t","t","u","u","u","u","u","u","u","u",
    "u","u","u","u","w","w","y","y","y","z","z","z","z","z","z","s",
};

/* Signs that mean the same as an ASCII one. */
static const struct {
    gunichar c;
    char ascii;
} signs[] = {
    { 0x00AB, '"' }, { 0x00B7, '-' }, { 0x00BB, '"' }, { 0x2010, '-' }, { 0x2011, '-' },
    { 0x2012, '-' }, { 0x2013, '-' }, { 0x2014, '-' }, { 0x2015, '-' }, { 0x2018, '\'' },
    { 0x2019, '\'' }, { 0x201A, '\'' }, { 0x201B, '\'' }, { 0x201C, '"' }, { 0x201D, '"' },
    { 0x201E, '"' }, { 0x201F, '"' }, { 0x2022, '*' }, { 0x2027, '-' }, { 0x2032, '\'' }, { 0x2033, '"' },
    { 0x2039, '"' }, { 0x2044, '/' }, { 0x203A, '"' }, { 0x2212, '-' }, { 0x3001, ',' }, { 0x3002, '.' },
    { 0x3008, '"' }, { 0x3009, '"' }, { 0x300A, '"' }, { 0x300B, '"' }, { 0x300C, '"' },
    { 0x300D, '"' }, { 0x300E, '"' }, { 0x300F, '"' }, { 0x3010, '[' }, { 0x3011, ']' },
    { 0x3014, '(' }, { 0x3015, ')' }, { 0x3016, '[' }, { 0x3017, ']' }, { 0x301C, '~' },
    { 0x30FB, '-' },
};
/* clang-format on */

static bool
is_invisible(gunichar c)
{
    return c == 0xAD || c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 || c == 0x17B4
           || c == 0x17B5 || (c >= 0x180B && c <= 0x180F) || (c >= 0x200B && c <= 0x200F)
           || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x3164
           || c == 0xFEFF || c == 0xFFA0 || (c >= 0xFE00 && c <= 0xFE0F)
           || (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool
is_ideograph(gunichar c)
{
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF)
           || (c >= 0x20000 && c <= 0x3FFFF) || c == 0x3007;
}

/* Kana, which stand between ideographs without blanks too. */
static bool
is_kana(gunichar c)
{
    return c >= 0x3041 && c <= 0x30FF && c != 0x30FB;
}

/* Characters of which NFKC makes nothing else, whatever stands beside them:
 * most of what real mail holds, and 50 times cheaper than asking. */
static bool
is_inert(gunichar c)
{
    return c < 0xA0
           || (c >= 0xC0 && c <= 0x17E && c != 0x132 && c != 0x133 && c != 0x13F && c != 0x140
               && c != 0x149)
           || (c >= 0x400 && c <= 0x482) || (c >= 0x48A && c <= 0x52F)
           || (c >= 0x2010 && c <= 0x201F && c != 0x2011 && c != 0x2017)
           || (c >= 0x3001 && c <= 0x3030) || (c >= 0x3041 && c <= 0x3096)
           || (c >= 0x30A1 && c <= 0x30FE) || (c >= 0x3400 && c <= 0x9FFF)
           || (c >= 0xAC00 && c <= 0xD7A3);
}

static bool
is_combining(gunichar c)
{
    return (c >= 0x300 && c <= 0x36F) || c == 0x3099 || c == 0x309A || (c >= 0x1100 && c <= 0x11FF)
           || (c > 0x36F && g_unichar_combining_class(c) != 0);
}

static void
put_blank(GString *out, size_t from)
{
    if (out->len > from && out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
}

/* No script puts more marks on one letter; sorting them takes the square of their
 * number (UAX #15, Stream-Safe Text Format, allows 30). */
#define MAX_MARKS   8
#define MAX_STRETCH 256 /* bytes */

static char *
without_surplus_marks(const char *text, size_t n)
{
    GString *out = g_string_sized_new(n);
    int marks = 0;

    for (const char *p = text; p < text + n; p = g_utf8_next_char(p)) {
        marks = g_unichar_combining_class(g_utf8_get_char(p)) != 0 ? marks + 1 : 0;
        if (marks <= MAX_MARKS)
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
    }
    return g_string_free(out, FALSE);
}

/* Shows one stretch that NFKC may change. */
static void
show_stretch(const char *text, size_t n, GString *shown, size_t from)
{
    g_autofree char *sane = n > MAX_STRETCH ? without_surplus_marks(text, n) : NULL;
    g_autofree char *normal =
        g_utf8_normalize(sane ? sane : text, sane ? -1 : (gssize) n, G_NORMALIZE_ALL_COMPOSE);

    for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (is_invisible(c))
            continue;
        if (g_unichar_isspace(c) || g_unichar_iscntrl(c))
            put_blank(shown, from);
        else
            g_string_append_len(shown, p, g_utf8_next_char(p) - p);
    }
    /* "№5510293" is a word and a number. */
    if (n >= strlen("№") && memcmp(text + n - strlen("№"), "№", strlen("№")) == 0)
        put_blank(shown, from);
}

/* Where the stretch that began before @p ends, which NFKC must see as a whole: before
 * an inert character; a long one, whose composing takes the square of its length,
 * before any letter. */
static const char *
stretch_end(const char *p, const char *end)
{
    const char *long_from = p + MAX_STRETCH;

    while (p < end) {
        gunichar c = g_utf8_get_char(p);
        if (!is_combining(c) && (is_inert(c) || p >= long_from))
            break;
        p = g_utf8_next_char(p);
    }
    return p;
}

/* Groups of an order's number, as they are read out: "8206 6190 3347 1825". */
#define GROUP    4
#define N_GROUPS 4

/* Whether the groups of one number, and no more than these, begin at @p. */
static bool
is_grouped(const char *p)
{
    for (int i = 0; i < N_GROUPS; i++) {
        if (i > 0 && *p++ != ' ')
            return false;
        if (strspn(p, "0123456789") != GROUP)
            return false;
        p += GROUP;
    }
    return !g_ascii_isalpha(*p) && !(*p == ' ' && g_ascii_isdigit(p[1]));
}

/* Whether no number and no word goes on at @at of @text. */
static bool
starts_number(const char *text, size_t at)
{
    if (!g_ascii_isdigit(text[at]))
        return false;
    if (at == 0 || (at == 1 && text[0] == ' '))
        return true;
    return !g_ascii_isalnum(text[at - 1])
           && !(text[at - 1] == ' ' && g_ascii_isdigit(text[at - 2]));
}

/* Joins what was written in groups, from @from on. */
static void
join_groups(GString *shown, size_t from)
{
    for (size_t i = from; i < shown->len; i++)
        if (starts_number(shown->str + from, i - from) && is_grouped(shown->str + i))
            for (int k = 1; k < N_GROUPS; k++)
                g_string_erase(shown, (gssize) (i + (size_t) k * GROUP), 1);
}

/* Whether the character before @next carries a mark. */
static bool
is_marked(const char *next, const char *end)
{
    return next < end && (unsigned char) *next >= 0xCC && is_combining(g_utf8_get_char(next));
}

static bool
is_plain(char c)
{
    return c > ' ' && c < 0x7F;
}

/* Bytes of ASCII at @p that are shown as they are: words, and the single blanks between them. */
static size_t
plain_length(const char *p, const char *end)
{
    const char *q = p;

    while (
        q < end
        && (is_plain(*q) || (*q == ' ' && q > p && q[-1] != ' ' && q + 1 < end && is_plain(q[1]))))
        q++;
    return (size_t) (q - p) - (q > p && is_marked(q, end));
}

/* Whether NFKC leaves the character at @p, no ASCII, as it is, whatever stands beside it. */
static bool
stands_alone(const char *p, const char *end)
{
    gunichar c;

    return (unsigned char) *p >= 0x80 && (c = g_utf8_get_char(p)) >= 0xA0 && is_inert(c)
           && !is_marked(g_utf8_next_char(p), end);
}

void
apd_normalise_show(const char *text, size_t n, GString *shown)
{
    const char *end = text + n;
    size_t from = shown->len;

    for (const char *p = text; p < end;) {
        size_t plain = plain_length(p, end);
        if (plain > 0) {
            g_string_append_len(shown, p, (gssize) plain);
            p += plain;
            continue;
        }
        unsigned char u = (unsigned char) *p;
        const char *next = g_utf8_next_char(p);
        if (u <= ' ' || u == 0x7F) {
            put_blank(shown, from);
            p = next;
        } else if (stands_alone(p, end)) {
            while (next < end && stands_alone(next, end))
                next = g_utf8_next_char(next);
            g_string_append_len(shown, p, next - p);
            p = next;
        } else {
            const char *stop = stretch_end(next, end);
            show_stretch(p, (size_t) (stop - p), shown, from);
            p = stop;
        }
    }
    if (shown->len > from && shown->str[shown->len - 1] == ' ')
        g_string_truncate(shown, shown->len - 1);
    join_groups(shown, from);
}

/* Where the characters of each 256 begin in the table; one more. */
static const guint16 *
han_pages(void)
{
    static guint16 pages[0x100 + 1];
    static gsize made;

    if (g_once_init_enter(&made)) {
        for (size_t page = 0, at = 0; page <= 0x100; page++) {
            while (at < G_N_ELEMENTS(han) && han[at].from >> 8 < page)
                at++;
            pages[page] = (guint16) at;
        }
        g_once_init_leave(&made, 1);
    }
    return pages;
}

static gunichar
simplified(gunichar c)
{
    if (c > 0xFFFF)
        return c;

    const guint16 *pages = han_pages();
    size_t low = pages[c >> 8], high = pages[(c >> 8) + 1], end = high;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (han[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && han[low].from == c ? han[low].to : c;
}

bool
apd_normalise_is_traditional(gunichar c)
{
    return simplified(c) != c;
}

/* Two ways to write one word, both of them simplified: 帐户 账户, 回覆 回复. */
static gunichar
without_variant(gunichar c)
{
    return c == 0x5E10 ? 0x8D26 : c == 0x8986 ? 0x590D : c;
}

static char
sign_of(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (signs[i].c == c)
            return signs[i].ascii;

    return g_unichar_ispunct(c) && (c >= 0xFE10 && c < 0xFE70) ? '-' : ' ';
}

/* ё й ї ў have marks of their own; the rest of Cyrillic has case alone. */
static gunichar
plain_cyrillic(gunichar c)
{
    if (c >= 0x410 && c <= 0x42F)
        c += 0x20;
    else if (c >= 0x400 && c <= 0x40F)
        c += 0x50;
    return c == 0x451 ? 0x435 : c == 0x439 ? 0x438 : c == 0x457 ? 0x456 : c == 0x45E ? 0x443 : c;
}

/* Everything rarer: case and marks as Unicode says. */
static void
fold_rare(gunichar c, GString *folded)
{
    gunichar base = g_unichar_tolower(c), rest;

    while (g_unichar_decompose(base, &base, &rest))
        continue;
    base = g_unichar_tolower(base);
    if (base >= 0xC0 && base <= 0x17F)
        g_string_append(folded, latin[base - 0xC0]);
    else
        g_string_append_unichar(folded, base);
}

typedef enum { LAST_OTHER, LAST_WORD, LAST_HAN } Last;

static void
separate(GString *folded, size_t from, Last last, Last now)
{
    if ((last == LAST_WORD && now == LAST_HAN) || (last == LAST_HAN && now == LAST_WORD)) {
        put_blank(folded, from);
    } else if (last == LAST_HAN && now == LAST_HAN && folded->str[folded->len - 1] == ' ') {
        g_string_truncate(folded, folded->len - 1);
    }
}

/* Appends one character that is no ASCII.  Returns: what it was. */
static Last
fold_one(gunichar c, GString *folded, size_t from, Last last)
{
    if (is_ideograph(c) || is_kana(c)) {
        separate(folded, from, last, LAST_HAN);
        g_string_append_unichar(folded, is_kana(c) ? c : without_variant(simplified(c)));
        return LAST_HAN;
    }
    if (is_combining(c) && !(c >= 0x1100 && c <= 0x11FF))
        return last;
    if (!g_unichar_isalnum(c)) {
        char sign = sign_of(c);
        if (sign == ' ')
            put_blank(folded, from);
        else
            g_string_append_c(folded, sign);
        return sign == ' ' ? last : LAST_OTHER;
    }
    if (c >= 0xAC00 && c <= 0xD7A3) {
        g_string_append_unichar(folded, c);
        return LAST_OTHER;
    }
    separate(folded, from, last, LAST_WORD);
    if (c >= 0xC0 && c <= 0x17F)
        g_string_append(folded, latin[c - 0xC0]);
    else if (c >= 0x400 && c <= 0x45F)
        g_string_append_unichar(folded, plain_cyrillic(c));
    else
        fold_rare(c, folded);
    return LAST_WORD;
}

/* Appends the letters and digits of ASCII at @p, in small letters.  Returns: their number. */
static size_t
fold_word(const char *p, const char *end, GString *folded)
{
    size_t n = 0, at = folded->len;

    while (p + n < end && g_ascii_isalnum(p[n]))
        n++;
    g_string_append_len(folded, p, (gssize) n);
    for (char *c = folded->str + at; c < folded->str + folded->len; c++)
        *c = (char) (*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
    return n;
}

void
apd_normalise_fold(const char *shown, size_t n, GString *folded)
{
    const char *end = shown + n;
    size_t from = folded->len;
    Last last = LAST_OTHER;

    for (const char *p = shown; p < end;) {
        char c = *p;
        if (g_ascii_isalnum(c)) {
            separate(folded, from, last, LAST_WORD);
            p += fold_word(p, end, folded);
            last = LAST_WORD;
            continue;
        }
        if ((unsigned char) c >= 0x80) {
            last = fold_one(g_utf8_get_char(p), folded, from, last);
        } else if (c == ' ') {
            put_blank(folded, from);
        } else {
            g_string_append_c(folded, c == '`' ? '\'' : c);
            last = LAST_OTHER;
        }
        p = g_utf8_next_char(p);
    }
    if (folded->len > from && folded->str[folded->len - 1] == ' ')
        g_string_truncate(folded, folded->len - 1);
}

char *
apd_normalise(const char *text)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    GString *folded = g_string_new(NULL);

    apd_normalise_show(text, strlen(text), shown);
    apd_normalise_fold(shown->str, shown->len, folded);
    return g_string_free(folded, FALSE);
}
