#include "logic/extract_token.h"

#include <string.h>

#include "logic/normalise.h"

/* Bytes between a token and the one before it, in the shown form: what is not found so
 * far is not looked for in all of a hostile text. */
#define MAX_SEARCH 4096

/* Bytes of the letter or digit at @i that a reference may hold: Latin (folded to ASCII)
 * or Cyrillic.  0: it is none. */
static size_t
sign_length(const char *text, size_t i)
{
    unsigned char u = (unsigned char) text[i];

    if (g_ascii_isalnum(text[i]))
        return 1;
    return u >= 0xD0 && u <= 0xD3 && text[i + 1] != '\0' ? 2 : 0;
}

static bool
is_sign_before(const char *text, size_t i)
{
    return i > 0
           && (g_ascii_isalnum(text[i - 1])
               || (i > 1 && (unsigned char) text[i - 2] >= 0xD0
                   && (unsigned char) text[i - 2] <= 0xD3));
}

/* A mark inside a reference: "AE-1", "7/26", "1:25-cv-1". */
static bool
is_joint(const char *text, size_t i)
{
    if (text[i] == '\0' || !is_sign_before(text, i) || sign_length(text, i + 1) == 0)
        return false;
    if (text[i] == ':')
        return g_ascii_isdigit(text[i - 1]) && g_ascii_isdigit(text[i + 1]);
    if (text[i] == '#')
        return g_ascii_isdigit(text[i + 1]);
    return strchr("-/_.&*", text[i]) != NULL;
}

bool
apd_token_next(const char *text, size_t n, size_t *at, ApdToken *ret_token)
{
    size_t i = *at;

    while (i < n && sign_length(text, i) == 0)
        i++;
    if (i >= n)
        return false;

    ApdToken token = { .start = i };
    while (i < n) {
        size_t length = sign_length(text, i);
        if (length == 0 && !is_joint(text, i))
            break;
        token.digits += g_ascii_isdigit(text[i]);
        token.letters += length > 0 && !g_ascii_isdigit(text[i]);
        token.marks += length == 0;
        i += MAX(length, 1);
    }
    token.end = i;
    *at = i;
    *ret_token = token;
    return true;
}

static bool
is_shown_joint(const char *p, gunichar c)
{
    if (c == ':')
        return g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]);
    if (c == '#')
        return g_ascii_isdigit(p[1]);
    return (c < 0x80 && strchr("-/_.&*", (int) c) != NULL) || (c >= 0x2010 && c <= 0x2015)
           || c == 0xB7 || c == 0x2027;
}

/* One run of what a token may hold, in the shown form. */
static size_t
shown_run(const char *p)
{
    const char *from = p;

    for (gunichar c; (c = g_utf8_get_char(p)) != 0; p = g_utf8_next_char(p)) {
        bool letter = (c < 0x250 || (c >= 0x400 && c < 0x530)) && g_unichar_isalnum(c);
        if (!letter && (p == from || !is_shown_joint(p, c)))
            break;
    }
    return (size_t) (p - from);
}

char *
apd_token_shown(const char *shown, const char *folded, const ApdToken *token, size_t *at)
{
    size_t n = token->end - token->start;

    const char *limit = shown + *at + MAX_SEARCH;

    for (const char *p = shown + *at; *p != '\0' && p < limit;) {
        size_t run = shown_run(p);
        if (run == 0) {
            p = g_utf8_next_char(p);
            continue;
        }
        /* Marks at the end belong to the sentence. */
        size_t length = run;
        while (length > 0 && strchr("-/_.&#", p[length - 1]) != NULL)
            length--;
        g_autoptr(GString) fold = g_string_new(NULL);
        apd_normalise_fold(p, length, fold);
        if (fold->len == n && memcmp(fold->str, folded + token->start, n) == 0) {
            *at = (size_t) (p - shown) + length;
            return g_strndup(p, length);
        }
        p += run;
    }
    return g_strndup(folded + token->start, n);
}

/* "2026-03-19", "19.03.26", "19-mar-2026", "18:00", "18h00": digits and marks as of
 * a date, or a month's name between two numbers. */
static bool
is_moment(const char *text)
{
    size_t first = strspn(text, "0123456789");
    const char *rest = text + first;

    if (first == 4 && *rest == '-' && strspn(rest + 1, "0123456789") == 2 && rest[3] == '-'
        && strspn(rest + 4, "0123456789") == 2 && g_ascii_tolower(rest[6]) == 't')
        return true;
    if (first == 0 || first > 4)
        return false;
    if (g_ascii_tolower(*rest) == 'h' && strspn(rest + 1, "0123456789") == 2 && rest[3] == '\0')
        return true;
    if (*rest == '\0' || strchr("-./:", *rest) == NULL)
        return false;
    size_t letters = 0;
    for (const char *p = rest + 1; g_ascii_isalpha(*p) || (unsigned char) *p >= 0x80; p++)
        letters++;
    const char *after = rest + 1 + letters;
    if (letters >= 3 && first <= 2 && *after == *rest) {
        size_t year = strspn(after + 1, "0123456789");
        return (year == 2 || year == 4) && after[1 + year] == '\0';
    }
    return false;
}

static bool
is_address(const char *text)
{
    return strstr(text, "://") != NULL || strstr(text, ".com") != NULL
           || strstr(text, ".example") != NULL || strstr(text, "www.") != NULL;
}

/* Numbers of parcels by the form of the postal union, or of the platform's carrier. */
static bool
is_tracking(const char *text, const ApdToken *token)
{
    if (token->marks > 0)
        return false;
    if (token->letters == 4 && token->digits >= 9 && token->digits <= 16 && g_ascii_isalpha(text[0])
        && g_ascii_isalpha(text[1]) && strspn(text + 2, "0123456789") == (size_t) token->digits)
        return true;
    return token->letters == 2 && token->digits >= 14;
}

bool
apd_token_is_docket(const char *text)
{
    const char *p = text + strspn(text, "0123456789");

    if (*p == ':')
        p += 1 + strspn(p + 1, "0123456789");
    return p - text <= 5 && g_ascii_strncasecmp(p, "-cv-", 4) == 0 && g_ascii_isdigit(p[4]);
}

/* "12-445/26", "26.1140.3", "12-34/2026": three numbers, and the second is no month, or the
 * marks between them differ. */
static bool
is_wider_than_day(const char *text)
{
    size_t first = strspn(text, "0123456789");
    size_t second = text[first] != '\0' ? strspn(text + first + 1, "0123456789") : 0;
    const char *after = text + first + 1 + second;

    return first > 0 && second > 0 && text[first] != ':' && *after != '\0' && *after != ':'
           && g_ascii_isdigit(after[1]) && (second > 2 || text[first] != *after);
}

bool
apd_token_is_reference(const char *text, const ApdToken *token)
{
    size_t n = token->end - token->start;

    if (apd_token_is_docket(text))
        return true;
    if (token->digits < 2 || n < 4 || n > 60 || is_moment(text) || is_address(text)
        || is_tracking(text, token))
        return false;
    if (token->letters > 0)
        return true;
    if (token->marks == 0)
        return token->digits >= 5;

    int dots = 0, dashes = 0;
    for (const char *p = text; *p != '\0'; p++) {
        dots += *p == '.' || *p == ':';
        dashes += *p == '-' || *p == '/';
    }
    if (is_wider_than_day(text))
        return true;
    return (dots == 0 || token->digits >= 9) && !(dashes == 2 && token->digits <= 8 && n <= 10);
}

bool
apd_token_is_short_reference(const char *text, const ApdToken *token)
{
    size_t n = token->end - token->start;
    bool upper = false;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        if (g_unichar_islower(g_utf8_get_char(p)))
            return false;
        upper |= g_unichar_isupper(g_utf8_get_char(p));
    }
    return upper && token->digits > 0 && n >= 3 && n <= 12
           && (token->letters >= 2 || token->marks > 0);
}

/* One word of a reference that is written in several. */
static bool
is_part(const char *word, size_t n)
{
    bool digit = false, upper = false, lower = false, letter = false;
    int marks = 0;

    for (const char *p = word; p < word + n; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0x2010 && c <= 0x2015)
            c = '-';
        digit |= g_unichar_isdigit(c);
        upper |= g_unichar_isupper(c);
        lower |= g_unichar_islower(c);
        letter |= g_unichar_isalpha(c);
        marks += !g_unichar_isalnum(c);
        if (c >= 0x530
            || (c < 0x80 && !g_ascii_isalnum((char) c) && strchr("-/_.#&()", (int) c) == NULL))
            return false;
    }
    return digit || (upper && !lower && n <= 6) || (upper && marks > 0 && n <= 6)
           || (*word == '(' && n == 3) || !letter;
}

/* "18 JUN 2026" */
static bool
is_day(const char *shown, size_t n)
{
    size_t day = strspn(shown, "0123456789");

    return day <= 2 && n > day + 8 && shown[day] == ' ' && g_ascii_isalpha(shown[day + 1])
           && shown[n - 5] == ' ' && strspn(shown + n - 4, "0123456789") >= 4;
}

size_t
apd_token_whole_value(const char *shown)
{
    size_t n = strlen(shown), at = 0;
    int words = 0, digits = 0;

    while (n > 0 && strchr(". ", shown[n - 1]) != NULL)
        n--;
    if (n < 3 || n > 32 || is_day(shown, n))
        return 0;
    for (; at < n; words++) {
        size_t length = strcspn(shown + at, " ");
        length = MIN(length, n - at);
        g_autofree char *word = g_strndup(shown + at, length);
        if (!is_part(word, length) || is_moment(word))
            return 0;
        at += length + 1;
    }
    for (size_t i = 0; i < n; i++)
        digits += g_ascii_isdigit(shown[i]);
    return words >= 2 && words <= 4 && digits >= 3 ? n : 0;
}

/* "案号", "编号为": what ends a label rather than begins a number. */
static bool
ends_label(gunichar c)
{
    return c == 0x53F7 || c == 0x865F || c == 0x4E3A || c == 0x70BA || c == 0x662F;
}

/* Where the ideographs before @at begin, six at most. */
static const char *
ideographs_before(const char *text, const char *at)
{
    for (int i = 0; i < 6 && at > text; i++) {
        const char *p = g_utf8_prev_char(at);
        gunichar c = g_utf8_get_char(p);
        if (c < 0x3400 || c > 0x9FFF || ends_label(c))
            break;
        at = p;
    }
    return at;
}

/* Where "(2026)" before @at begins; @at when there is none. */
static const char *
bracketed_year_before(const char *text, const char *at)
{
    if (at - text < 6 || at[-1] != ')' || at[-6] != '(' || strspn(at - 5, "0123456789") != 4)
        return at;
    return at - 6;
}

static bool
is_syllabic(gunichar c)
{
    return (c >= 0x3007 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3);
}

static bool
is_part_of_word(gunichar c)
{
    return is_syllabic(c) && !ends_label(c);
}

/* Whether it begins, or ends, the word: no more of its script beside it. */
static bool
is_edge(gunichar c)
{
    return c == 0 || !is_syllabic(c);
}

char *
apd_token_with_syllables(const char *shown, const char *token)
{
    const char *at = strstr(shown, token);

    if (at == NULL)
        return g_strdup(token);

    const char *from = at, *end = at + strlen(token);
    if (at - shown >= 4 && strchr("-/", at[-1]) != NULL) {
        const char *p = at - 1;
        int n = 0;
        for (; n < 4 && p > shown && is_part_of_word(g_utf8_get_char(g_utf8_prev_char(p))); n++)
            p = g_utf8_prev_char(p);
        if (n > 0 && (p == shown || !is_part_of_word(g_utf8_get_char(g_utf8_prev_char(p)))))
            from = p;
    }
    if (*end != '\0' && strchr("-/", *end) != NULL) {
        const char *p = end + 1;
        int n = 0;
        for (; n < 3 && is_syllabic(g_utf8_get_char(p)); n++)
            p = g_utf8_next_char(p);
        if (n > 0 && is_edge(g_utf8_get_char(p)))
            end = p;
        /* "2026-가-1123" */
        size_t digits =
            n > 0 && *p != '\0' && strchr("-/", *p) != NULL ? strspn(p + 1, "0123456789") : 0;
        if (digits > 0)
            end = p + 1 + digits;
    }
    /* "PO(2026)0817-3" */
    const char *year = bracketed_year_before(shown, from);
    if (year < from && year > shown && g_ascii_isalnum(year[-1]))
        for (from = year; from > shown && year - from < 6 && g_ascii_isalnum(from[-1]);)
            from--;
    return g_strndup(from, (size_t) (end - from));
}

/* Where the number of a letter ends: "0708号". NULL: it is none. */
static const char *
number_end(const char *digits)
{
    const char *end = digits + strspn(digits, "0123456789");
    bool closed = g_str_has_prefix(end, "号") || g_str_has_prefix(end, "號");

    return end > digits && closed ? end + strlen("号") : NULL;
}

char *
apd_token_document_number(const char *shown)
{
    for (const char *p = shown; (p = strstr(p, "第")) != NULL; p += strlen("第")) {
        const char *end = number_end(p + strlen("第"));
        if (end == NULL || p == shown)
            continue;
        if (g_str_has_prefix(g_utf8_prev_char(p), "字")) {
            const char *start = bracketed_year_before(shown, ideographs_before(shown, p));
            return g_strndup(start, (size_t) (end - start));
        }
        /* "禁字2026第118号" */
        const char *plain = p - 4, *name = p - shown > 4 ? ideographs_before(shown, plain) : plain;
        if (name < plain && strspn(plain, "0123456789") == 4)
            return g_strndup(name, (size_t) (end - name));
        const char *close = g_utf8_prev_char(p), *year = close - 4;
        if (year <= shown || strspn(year, "0123456789") != 4
            || g_unichar_isalnum(g_utf8_get_char(close)))
            continue;
        const char *open = g_utf8_prev_char(year), *from = ideographs_before(shown, open);
        if (from < open && !g_unichar_isalnum(g_utf8_get_char(open)))
            return g_strndup(from, (size_t) (end - from));
    }
    return NULL;
}

bool
apd_token_is_prefix(const char *text, const ApdToken *token)
{
    static const char *const labels[] = { "NO", "NR", "N", "ID", "REF", "NUM", "CASE", "AZ" };

    if (token->digits > 0 || token->marks > 0 || token->letters < 2 || token->letters > 5)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        if (strcmp(text, labels[i]) == 0)
            return false;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        if (!g_unichar_isupper(g_utf8_get_char(p)))
            return false;
    return true;
}

char *
apd_token_court_docket(const char *shown, const char *token)
{
    const char *at = strstr(shown, token), *slash = strchr(token, '/');
    if (at == NULL || slash == NULL || strspn(token, "0123456789/") != strlen(token)
        || at - shown < 4 || at[-1] != ' ' || strlen(slash) > 5)
        return NULL;

    const char *name = at - 1;
    while (name > shown && g_ascii_isupper(name[-1]))
        name--;
    if (name == at - 1 || at - name > 4 || name - shown < 2 || name[-1] != ' ')
        return NULL;
    const char *from = name - 1;
    while (from > shown && g_ascii_isdigit(from[-1]))
        from--;
    bool whole = from == shown || !g_unichar_isalnum(g_utf8_get_char(g_utf8_prev_char(from)));
    if (from == name - 1 || name - from > 4 || !whole)
        return NULL;
    return g_strndup(from, (size_t) (at - from) + strlen(token));
}
