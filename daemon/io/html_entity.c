#include "io/html_entity.h"

#include <stdlib.h>
#include <string.h>

/* The names that mail uses, sorted for bsearch (html.spec.whatwg.org/#named-character-references).
 */
/* clang-format off */
typedef struct { const char *name; gunichar c; } Entity;
static const Entity entities[] = {
    { "AElig", 0xc6 }, { "Aacute", 0xc1 }, { "Acirc", 0xc2 }, { "Agrave", 0xc0 }, { "Aring", 0xc5 },
    { "Atilde", 0xc3 }, { "Auml", 0xc4 }, { "Ccedil", 0xc7 }, { "Eacute", 0xc9 }, { "Ecirc", 0xca },
    { "Egrave", 0xc8 }, { "Euml", 0xcb }, { "Iacute", 0xcd }, { "Icirc", 0xce }, { "Igrave", 0xcc },
    { "Iuml", 0xcf }, { "Ntilde", 0xd1 }, { "OElig", 0x152 }, { "Oacute", 0xd3 }, { "Ocirc", 0xd4 },
    { "Ograve", 0xd2 }, { "Oslash", 0xd8 }, { "Otilde", 0xd5 }, { "Ouml", 0xd6 }, { "Scaron", 0x160 },
    { "Uacute", 0xda }, { "Ucirc", 0xdb }, { "Ugrave", 0xd9 }, { "Uuml", 0xdc }, { "Yacute", 0xdd },
    { "aacute", 0xe1 }, { "acirc", 0xe2 }, { "acute", 0xb4 }, { "aelig", 0xe6 }, { "agrave", 0xe0 },
    { "amp", '&' }, { "apos", '\'' }, { "aring", 0xe5 }, { "atilde", 0xe3 }, { "auml", 0xe4 },
    { "bdquo", 0x201e }, { "brvbar", 0xa6 }, { "bull", 0x2022 }, { "ccedil", 0xe7 }, { "cedil", 0xb8 },
    { "cent", 0xa2 }, { "colon", ':' }, { "comma", ',' }, { "copy", 0xa9 }, { "curren", 0xa4 },
    { "darr", 0x2193 }, { "deg", 0xb0 }, { "divide", 0xf7 }, { "eacute", 0xe9 }, { "ecirc", 0xea },
    { "egrave", 0xe8 }, { "emsp", 0x2003 }, { "ensp", 0x2002 }, { "eth", 0xf0 }, { "euml", 0xeb },
    { "euro", 0x20ac }, { "excl", '!' }, { "frac12", 0xbd }, { "frac14", 0xbc }, { "frac34", 0xbe },
    { "gt", '>' }, { "hellip", 0x2026 }, { "iacute", 0xed }, { "icirc", 0xee }, { "iexcl", 0xa1 },
    { "igrave", 0xec }, { "iquest", 0xbf }, { "iuml", 0xef }, { "laquo", 0xab }, { "larr", 0x2190 },
    { "ldquo", 0x201c }, { "lpar", '(' }, { "lrm", 0x200e }, { "lsaquo", 0x2039 }, { "lsquo", 0x2018 },
    { "lt", '<' }, { "macr", 0xaf }, { "mdash", 0x2014 }, { "micro", 0xb5 }, { "middot", 0xb7 },
    { "minus", 0x2212 }, { "nbsp", 0xa0 }, { "ndash", 0x2013 }, { "not", 0xac }, { "ntilde", 0xf1 },
    { "num", '#' }, { "oacute", 0xf3 }, { "ocirc", 0xf4 }, { "oelig", 0x153 }, { "ograve", 0xf2 },
    { "ordf", 0xaa }, { "ordm", 0xba }, { "oslash", 0xf8 }, { "otilde", 0xf5 }, { "ouml", 0xf6 },
    { "para", 0xb6 }, { "percnt", '%' }, { "period", '.' }, { "plusmn", 0xb1 }, { "pound", 0xa3 },
    { "prime", 0x2032 }, { "quot", '"' }, { "raquo", 0xbb }, { "rarr", 0x2192 }, { "rdquo", 0x201d },
    { "reg", 0xae }, { "rlm", 0x200f }, { "rpar", ')' }, { "rsaquo", 0x203a }, { "rsquo", 0x2019 },
    { "sbquo", 0x201a }, { "scaron", 0x161 }, { "sect", 0xa7 }, { "shy", 0xad }, { "sol", '/' },
    { "sup1", 0xb9 }, { "sup2", 0xb2 }, { "sup3", 0xb3 }, { "szlig", 0xdf }, { "thinsp", 0x2009 },
    { "thorn", 0xfe }, { "times", 0xd7 }, { "trade", 0x2122 }, { "uacute", 0xfa }, { "uarr", 0x2191 },
    { "ucirc", 0xfb }, { "ugrave", 0xf9 }, { "uml", 0xa8 }, { "uuml", 0xfc }, { "yacute", 0xfd },
    { "yen", 0xa5 }, { "yuml", 0xff }, { "zwj", 0x200d }, { "zwnj", 0x200c },
};
/* clang-format on */

#define MAX_NAME 8

static gunichar
sane(guint32 value)
{
    /* 128-159 are what Windows-1252 has there (the HTML standard says so). */
    static const gunichar windows[] = { 0x20ac, 0xfffd, 0x201a, 0x192,  0x201e, 0x2026, 0x2020,
                                        0x2021, 0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0xfffd,
                                        0x17d,  0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d,
                                        0x2022, 0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a,
                                        0x153,  0xfffd, 0x17e,  0x178 };

    if (value >= 0x80 && value <= 0x9f)
        return windows[value - 0x80];
    if (value == 0 || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0xfffd;
    return value;
}

static gsize
numeric(const char *text, gsize size, GString *out)
{
    gsize i = 2;
    int base = 10;
    guint32 value = 0;

    if (i < size && (text[i] == 'x' || text[i] == 'X')) {
        base = 16;
        i++;
    }

    gsize start = i;
    for (; i < size && i - start < 8; i++) {
        int digit = base == 16 ? g_ascii_xdigit_value(text[i]) : g_ascii_digit_value(text[i]);
        if (digit < 0)
            break;
        value = value * (guint32) base + (guint32) digit;
    }
    if (i == start)
        return 0;

    g_string_append_unichar(out, sane(value));
    return i < size && text[i] == ';' ? i + 1 : i;
}

static int
compare(const void *key, const void *entity)
{
    return strcmp(key, ((const Entity *) entity)->name);
}

static gsize
named(const char *text, gsize size, GString *out)
{
    char name[MAX_NAME + 1];
    gsize n = 0;

    while (n < MAX_NAME && n + 1 < size && g_ascii_isalnum(text[n + 1])) {
        name[n] = text[n + 1];
        n++;
    }

    /* Without a semicolon ("&copy2026") the longest name counts. */
    for (; n >= 2; n--) {
        name[n] = '\0';
        const Entity *found =
            bsearch(name, entities, G_N_ELEMENTS(entities), sizeof *entities, compare);
        if (found != NULL) {
            g_string_append_unichar(out, found->c);
            return n + 1 < size && text[n + 1] == ';' ? n + 2 : n + 1;
        }
    }
    return 0;
}

gsize
apd_html_entity(const char *text, gsize size, GString *out)
{
    gsize used = size > 2 && text[1] == '#' ? numeric(text, size, out) : named(text, size, out);

    if (used > 0)
        return used;

    g_string_append_c(out, '&');
    return 1;
}
