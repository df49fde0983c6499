#include "logic/sentence.h"

#include <string.h>

/* A line of plain text this wide was broken by the sender's program. */
#define WRAP_WIDTH 50

/* A narrower one too when the next goes on in small letters. */
#define NARROW_WIDTH 28

/* Words whose dot ends no sentence, folded to lower case. */
static const char *const abbreviations[] = {
    "no",     "nr",   "nos", "n",    "num",  "núm",   "art",  "arts", "abs", "bzw",     "ca",
    "tel",    "inc",  "ltd", "co",   "corp", "mr",    "mrs",  "ms",   "dr",  "vs",      "v",
    "approx", "jan",  "feb", "mar",  "apr",  "jun",   "jul",  "aug",  "sep", "sept",    "oct",
    "okt",    "nov",  "dec", "dez",  "mär",  "fév",   "févr", "janv", "avr", "juil",    "déc",
    "ene",    "abr",  "ago", "dic",  "gen",  "mag",   "giu",  "lug",  "set", "ott",     "ст",
    "руб",    "им",   "янв", "фев",  "мар",  "апр",   "авг",  "сент", "сен", "окт",     "ноя",
    "дек",    "godz", "ok",  "pkt",  "pt",   "sig",   "ecc",  "ext",  "sra", "sr",      "av",
    "pág",    "stk",  "usw", "inkl", "ggf",  "evtl",  "max",  "min",  "st",  "ul",      "tzn",
    "np",     "tys",  "ref", "fig",  "fri",  "mon",   "tue",  "wed",  "thu", "sat",     "sun",
    "uds",    "ud",   "fr",  "pp",   "cit",  "al",    "est",  "hr",   "hrs", "einschl", "incl",
    "mrz",    "мин",  "сек", "раб",  "р",    "к",     "в",    "т",    "д",   "п",       "е",
    "ч",      "sn",   "yr",  "md",   "vb",   "örn",   "may",  "mer",  "jeu", "ven",     "sam",
    "dim",    "lun",  "śr",  "czw",  "sob",  "niedz", "pon",  "lav",  "mié", "jue",     "vie",
    "sáb",    "seg",  "qua", "qui",  "sex",  "gio",
};

/* Bytes of the longest of them, and more for capitals that are longer. */
#define ABBREVIATION 12

static bool
is_abbreviation(const char *word, size_t n)
{
    if (n == 0 || n > ABBREVIATION)
        return false;

    g_autofree char *small = g_utf8_strdown(word, (gssize) n);
    for (size_t i = 0; i < G_N_ELEMENTS(abbreviations); i++)
        if (small[0] == abbreviations[i][0] && strcmp(small, abbreviations[i]) == 0)
            return true;

    return false;
}

static bool
is_blank_or_closing(const char *p, const char *end)
{
    return p >= end || *p == ' ' || *p == '"' || *p == ')' || *p == '\'' || *p == ']'
           || (unsigned char) *p >= 0xE2;
}

/* "5. Januar": German months are nouns. */
static bool
is_month(const char *word)
{
    static const char *const months[] = {
        "Jan", "Jän", "Feb", "Mär", "Maerz", "Mrz", "Apr", "Mai", "Jun",     "Jul",     "Aug",
        "Sep", "Okt", "Nov", "Dez", "May",   "Oct", "Dec", "Mar", "Werktag", "Kalender"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(months); i++)
        if (g_str_has_prefix(word, months[i]))
            return true;

    return false;
}

/* "2026. 3. 18." of Korean and Hungarian: the dots are part of the date.  @word
 * is what stands before the dot, of @n bytes. */
static bool
is_dotted_date(const char *text, const char *word, size_t n, const char *next, const char *end)
{
    size_t digits = strspn(word, "0123456789");
    bool goes_on = next < end
                   && (g_ascii_isdigit(*next) || (unsigned char) *next >= 0xE3
                       || strchr("(~-", *next) != NULL);
    if (n >= 8 && word[0] == '2' && strspn(word, "0123456789.") >= n)
        return goes_on;
    if (n == 0 || digits < n)
        return false;
    if (n == 4 && word[0] == '2')
        return g_ascii_isdigit(*next);
    if (n > 2 || word < text + 6 || word[-1] != ' ' || word[-2] != '.'
        || !g_ascii_isdigit(word[-3]))
        return false;
    return goes_on;
}

/* "г." and "r.", of a year. */
static bool
is_year_word(const char *word, size_t n)
{
    return (n == strlen("г") && memcmp(word, "г", n) == 0) || (n == 1 && *word == 'r');
}

/* Whether the dot at @dot ends a sentence. */
static bool
dot_ends(const char *text, const char *dot, const char *end)
{
    const char *word = dot;

    if (!is_blank_or_closing(dot + 1, end))
        return false;
    while (word > text && word[-1] != ' ' && word[-1] != '(' && word[-1] != '"')
        word--;
    size_t n = (size_t) (dot - word);

    const char *next = dot + 1;
    while (next < end && (*next == ' ' || *next == '"' || *next == ')'))
        next++;
    if (next >= end)
        return true;
    if (is_dotted_date(text, word, n, next, end))
        return false;
    /* "18. Mrz. 2026" */
    if (n <= 10 && next + 4 <= end && next[0] == '2' && next[1] == '0'
        && strspn(next, "0123456789") == 4)
        return false;
    /* "18.03.2026 r. (czasu polskiego)", "10 марта 2026 г. 18:00" */
    if (*next == '(' && n <= 2)
        return false;
    if (n <= 2 && is_year_word(word, n) && g_ascii_isdigit(*next))
        return false;
    gunichar first = g_utf8_get_char(next);
    if (g_unichar_islower(first))
        return false;
    /* "5. Januar", "12. madde"; "1. Open the page" */
    if (n > 0 && n <= 2 && strspn(word, "0123456789") >= n && (word == text || is_month(next)))
        return false;
    /* "U.S. Court", "z.B. Marken", "p.m. Beijing", initials */
    if (g_utf8_strlen(word, (gssize) n) == 1 && g_unichar_isalpha(g_utf8_get_char(word))
        && g_unichar_islower(g_utf8_get_char(word)) == FALSE)
        return false;
    if (memchr(word, '.', n) != NULL && n <= 5)
        return false;
    return !is_abbreviation(word, n);
}

size_t
apd_sentence_length(const char *shown, size_t n)
{
    const char *end = shown + n;

    for (const char *p = shown; p < end; p = g_utf8_next_char(p)) {
        bool stop = false;
        if (*p == '.')
            stop = dot_ends(shown, p, end);
        else if (*p == '!' || *p == '?')
            stop = is_blank_or_closing(p + 1, end);
        else if (*p == ';')
            stop =
                is_blank_or_closing(p + 1, end)
                && !(p > shown && g_ascii_isdigit(p[-1]) && p + 2 < end && g_ascii_isdigit(p[2]));
        else if ((unsigned char) *p >= 0xE2)
            stop = g_utf8_get_char(p) == 0x3002;
        if (!stop)
            continue;

        p = g_utf8_next_char(p);
        while (p < end && strchr(".!?\"')] ", *p) != NULL)
            p++;
        return (size_t) (p - shown);
    }
    return n;
}

/* The width of text: an ideograph is as wide as two letters. */
static size_t
width_of(const char *text, size_t n)
{
    size_t width = 0;

    for (const char *p = text; p < text + n; p = g_utf8_next_char(p))
        width += (unsigned char) *p >= 0xE3 ? 2 : 1;
    return width;
}

static bool
is_label(const char *text, size_t n, size_t max_width)
{
    int words = 1;

    while (n > 0 && text[n - 1] == ' ')
        n--;
    if (n == 0 || width_of(text, n) > max_width || g_ascii_isdigit(text[n - 1]))
        return false;
    for (size_t i = 0; i < n; i++) {
        words += text[i] == ' ';
        if (strchr("!?;@=", text[i]) != NULL || (i + 1 < n && memcmp(text + i, "//", 2) == 0)
            || (text[i] == '.' && i + 1 < n && text[i + 1] == ' ')
            || (i > 0 && (unsigned char) text[i - 1] == 0xE3 && (unsigned char) text[i] == 0x80
                && (unsigned char) text[i + 1] == 0x82))
            return false;
    }
    return words <= 8;
}

/* "Case ....... AE1", "Points . . . . 2": bytes of dots and blanks at the beginning of
 * @text, 0 when they are too few to lead anywhere. */
static size_t
leader_length(const char *text, size_t n)
{
    size_t length = 0, dots = 0;

    for (; length < n && (text[length] == '.' || text[length] == '_' || text[length] == ' ');
         length++)
        dots += text[length] != ' ';
    return dots >= 4 ? length : 0;
}

/* "type=penalty", as programs write it: one word, and no address or formula. */
static bool
is_key(const char *shown, size_t n, size_t equals)
{
    return equals > 1 && equals <= 32 && equals + 1 < n && shown[equals + 1] != '='
           && memchr(shown, ' ', equals) == NULL && memchr(shown, '/', equals) == NULL
           && memchr(shown, '?', equals) == NULL && memchr(shown, '&', equals) == NULL;
}

bool
apd_sentence_label(const char *shown, size_t n, size_t *ret_label, size_t *ret_value)
{
    for (size_t i = 0; i < n; i++) {
        size_t leader = i > 0 && shown[i - 1] != '.' ? leader_length(shown + i, n - i) : 0;
        if (leader > 0 && i + leader < n && shown[i + leader] != ':') {
            *ret_label = i;
            *ret_value = i + leader;
            return is_label(shown, i, 56);
        }
        bool key = shown[i] == '=' && is_key(shown, n, i);
        if (!key && (shown[i] != ':' || (i + 2 < n && shown[i + 1] == '/' && shown[i + 2] == '/')))
            continue;
        if (!is_label(shown, i, 56))
            return false;
        size_t value = i + 1;
        while (value < n && shown[value] == ' ')
            value++;
        *ret_label = i;
        *ret_value = value;
        return true;
    }
    return false;
}

size_t
apd_sentence_value_length(const char *shown, size_t n)
{
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        size_t skip = 0;
        if (strchr(",;|", shown[i]) != NULL || shown[i] == '(')
            skip = 1;
        else if (i + 2 < n && strncmp(shown + i, "、", 3) == 0)
            skip = 3;
        if (skip > 0)
            from = i + skip;
        if (shown[i] != ':' || from == 0 || (i + 1 < n && shown[i + 1] == '/'))
            continue;
        if (is_label(shown + from, i - from, 30) && shown[from - 1] != '(')
            return from;
    }
    return n;
}

static bool
is_bullet(const char *line)
{
    size_t digits = strspn(line, "0123456789");

    if (digits > 0 && digits <= 2)
        return line[digits] == ')' || (line[digits] == '.' && line[digits + 1] == ' ');
    return ((*line == '-' || *line == '*' || *line == '+') && line[1] == ' ')
           || g_str_has_prefix(line, "•") || g_str_has_prefix(line, "·")
           || g_str_has_prefix(line, "■") || g_str_has_prefix(line, "●");
}

static bool
joins(const char *line, const char *next)
{
    size_t n = strlen(line), label, value;

    if (n == 0 || *next == '\0' || is_bullet(next) || strchr(":|", line[n - 1]) != NULL
        || *next == '|' || *next == '>' || *line == '>' || strspn(next, "-=_*") > 4)
        return false;
    if (apd_sentence_label(next, strlen(next), &label, &value) && value < strlen(next))
        return false;
    size_t width = width_of(line, n);
    return width >= WRAP_WIDTH
           || (width >= NARROW_WIDTH && g_unichar_islower(g_utf8_get_char(next))
               && strchr(".!?;", line[n - 1]) == NULL);
}

GPtrArray *
apd_sentence_lines(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) raw = g_strsplit(text, "\n", -1);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *last = NULL;

    for (char **p = raw; *p != NULL; p++) {
        g_strstrip(*p);
        if (last != NULL && joins(last, *p)) {
            g_string_append_printf(line, " %s", *p);
        } else {
            if (line->len > 0)
                g_ptr_array_add(lines, g_strdup(line->str));
            g_string_assign(line, *p);
        }
        g_free(last);
        last = g_strdup(*p);
    }
    if (line->len > 0)
        g_ptr_array_add(lines, g_strdup(line->str));
    return lines;
}
