#include "io/html_style.h"

#include <string.h>

#define MAX_SHEET_NAMES 256

/* clang-format off */
static const struct { const char *name; int colour; } names[] = {
    { "white", 0xffffff }, { "black", 0 }, { "transparent", APD_COLOUR_UNSET }, { "inherit", APD_COLOUR_UNSET },
    { "initial", APD_COLOUR_UNSET }, { "none", APD_COLOUR_UNSET }, { "red", 0xff0000 }, { "gray", 0x808080 },
    { "grey", 0x808080 }, { "silver", 0xc0c0c0 }, { "orange", 0xffa500 }, { "blue", 0x0000ff },
    { "whitesmoke", 0xf5f5f5 }, { "snow", 0xfffafa },
};
/* clang-format on */

int
apd_html_colour(const char *text, gsize size)
{
    while (size > 0 && g_ascii_isspace(*text)) {
        text++;
        size--;
    }
    if (size >= 4 && *text == '#') {
        int value = 0, n = 0;
        for (; n < 6 && (gsize) n + 1 < size && g_ascii_isxdigit(text[n + 1]); n++)
            value = value * 16 + g_ascii_xdigit_value(text[n + 1]);
        if (n == 3)
            return (value >> 8 & 15) * 0x110000 + (value >> 4 & 15) * 0x1100 + (value & 15) * 0x11;
        return n == 6 ? value : APD_COLOUR_UNKNOWN;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize n = strlen(names[i].name);
        if (size >= n && g_ascii_strncasecmp(text, names[i].name, n) == 0
            && (size == n || !g_ascii_isalpha(text[n])))
            return names[i].colour;
    }
    return APD_COLOUR_UNKNOWN;
}

static bool
begins(const char *text, gsize size, const char *word)
{
    gsize n = strlen(word);

    return size >= n && g_ascii_strncasecmp(text, word, n) == 0;
}

/* "0", "0px", "0.0em", ".1px": nothing that can be read. */
static bool
is_zero(const char *text, gsize size)
{
    gsize i = 0;

    while (i < size && (text[i] == '0' || text[i] == '.'))
        i++;
    return i > 0 && (i == size || !g_ascii_isdigit(text[i]));
}

static bool
is_tiny(const char *text, gsize size)
{
    return is_zero(text, size)
           || (size >= 3 && (begins(text, size, "1px") || begins(text, size, "1pt")));
}

/* One declaration: what it hides or colours. */
static void
apply(const char *key, gsize key_size, const char *value, gsize size, ApdHtmlStyle *style)
{
    char name[24];

    if (key_size >= sizeof name)
        return;
    for (gsize i = 0; i < key_size; i++)
        name[i] = g_ascii_tolower(key[i]);
    name[key_size] = '\0';

    if (g_str_equal(name, "display"))
        style->hidden |= begins(value, size, "none");
    else if (g_str_equal(name, "visibility"))
        style->hidden |= begins(value, size, "hidden") || begins(value, size, "collapse");
    else if (g_str_equal(name, "opacity") || g_str_equal(name, "max-height"))
        style->hidden |= is_zero(value, size);
    else if (g_str_equal(name, "font-size"))
        style->hidden |= is_tiny(value, size);
    else if (g_str_equal(name, "mso-hide"))
        style->hidden |= begins(value, size, "all");
    else if (g_str_equal(name, "text-indent") || g_str_equal(name, "left")
             || g_str_equal(name, "top"))
        style->hidden |= size > 4 && *value == '-' && strspn(value + 1, "0123456789") >= 3;
    else if (g_str_equal(name, "color"))
        style->colour = apd_html_colour(value, size);
    else if (g_str_equal(name, "background-color") || g_str_equal(name, "background"))
        style->background = apd_html_colour(value, size);
    else if (g_str_equal(name, "background-image"))
        style->background = APD_COLOUR_UNKNOWN;
    else if (begins(name, key_size, "padding") && !is_zero(value, size))
        style->button = true;
}

void
apd_html_style_read(const char *text, gsize size, ApdHtmlStyle *style)
{
    const char *end = text + size;

    while (text < end) {
        const char *stop = memchr(text, ';', (gsize) (end - text));
        const char *last = stop ? stop : end;
        const char *colon = memchr(text, ':', (gsize) (last - text));

        if (colon != NULL) {
            const char *key = text, *value = colon + 1, *key_end = colon;
            while (key < key_end && g_ascii_isspace(*key))
                key++;
            while (key_end > key && g_ascii_isspace(key_end[-1]))
                key_end--;
            while (value < last && g_ascii_isspace(*value))
                value++;
            apply(key, (gsize) (key_end - key), value, (gsize) (last - value), style);
        }
        text = last + 1;
    }
}

/* Names of ".a, .b span, #c": only selectors of a single class or id count. */
static void
add_names(const char *text, gsize size, GHashTable *hidden)
{
    g_autofree char *list = g_strndup(text, MIN(size, 1024));
    g_auto(GStrv) selectors = g_strsplit(list, ",", 16);

    for (char **selector = selectors; *selector != NULL; selector++) {
        char *name = g_strstrip(*selector);
        char *mark = strpbrk(name, ".#");
        if (mark == NULL || strpbrk(mark + 1, " .#:>+[*") != NULL
            || g_hash_table_size(hidden) >= MAX_SHEET_NAMES)
            continue;
        g_hash_table_add(hidden, g_strdup_printf("%c:%s", *mark == '.' ? 'c' : 'i', mark + 1));
    }
}

void
apd_html_sheet_read(const char *text, gsize size, GHashTable *hidden)
{
    const char *end = text + size;

    while (text < end) {
        const char *open = memchr(text, '{', (gsize) (end - text));
        if (open == NULL)
            return;

        int depth = 1;
        const char *close = open + 1;
        for (; close < end && depth > 0; close++)
            depth += *close == '{' ? 1 : *close == '}' ? -1 : 0;

        /* @media is for other screens than most. */
        const char *first = text;
        while (first < open && (g_ascii_isspace(*first) || *first == '}'))
            first++;
        ApdHtmlStyle style = { false, APD_COLOUR_UNSET, APD_COLOUR_UNSET, false };
        if (*first != '@')
            apd_html_style_read(open + 1, (gsize) (close - open - 1), &style);
        if (style.hidden)
            add_names(first, (gsize) (open - first), hidden);
        text = close;
    }
}
