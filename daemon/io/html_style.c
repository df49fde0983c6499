#include "io/html_style.h"

#include <stdlib.h>
#include <string.h>

/* Letters that differ from what is below them by less than this, of 255, are not read. */
#define MAX_DIFFERENCE 6

/* clang-format off */
static const struct { const char *name; int colour; } names[] = {
    { "white", 0xffffff }, { "black", 0 }, { "transparent", APD_COLOUR_UNSET }, { "inherit", APD_COLOUR_UNSET },
    { "initial", APD_COLOUR_UNSET }, { "none", APD_COLOUR_UNSET }, { "red", 0xff0000 }, { "gray", 0x808080 },
    { "grey", 0x808080 }, { "silver", 0xc0c0c0 }, { "orange", 0xffa500 }, { "blue", 0x0000ff },
    { "whitesmoke", 0xf5f5f5 }, { "snow", 0xfffafa },
};
/* clang-format on */

/* "255, 255, 255" of "rgb(" or "rgba("; a see-through one is no colour of its own. */
static int
read_rgb(const char *text, gsize size)
{
    g_autofree char *copy = g_strndup(text, MIN(size, 64));
    int part[3] = { 0 };
    char *at = copy;

    for (int i = 0; i < 3; i++) {
        at += strcspn(at, "0123456789");
        if (*at == '\0')
            return APD_COLOUR_UNKNOWN;
        part[i] = (int) MIN(strtoul(at, &at, 10), 255ul);
    }
    at += strcspn(at, "0123456789.");
    bool clear = *at != '\0' && g_ascii_strtod(at, NULL) <= 0;
    return clear ? APD_COLOUR_UNSET : part[0] << 16 | part[1] << 8 | part[2];
}

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
    if (size > 4 && g_ascii_strncasecmp(text, "rgb", 3) == 0)
        return read_rgb(text + 3, size - 3);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize n = strlen(names[i].name);
        if (size >= n && g_ascii_strncasecmp(text, names[i].name, n) == 0
            && (size == n || !g_ascii_isalpha(text[n])))
            return names[i].colour;
    }
    return APD_COLOUR_UNKNOWN;
}

bool
apd_html_colours_match(int colour, int background)
{
    if (colour < 0 || background < 0)
        return false;
    for (int shift = 0; shift <= 16; shift += 8)
        if (ABS((colour >> shift & 255) - (background >> shift & 255)) > MAX_DIFFERENCE)
            return false;
    return true;
}

static bool
begins(const char *text, gsize size, const char *word)
{
    gsize n = strlen(word);

    return size >= n && g_ascii_strncasecmp(text, word, n) == 0;
}

/* "0", "0px", "0.0em", ".0px": nothing that can be read. */
static bool
is_zero(const char *text, gsize size)
{
    gsize i = 0;

    while (i < size && (text[i] == '0' || text[i] == '.'))
        i++;
    return i > 0 && (i == size || !g_ascii_isdigit(text[i]));
}

/* Parts of a size of letters depend on that of the element around. */
static ApdSeen
seen_at_size(const char *text, gsize size)
{
    gsize n = 0;

    if (is_zero(text, size)
        || (size >= 3 && (begins(text, size, "1px") || begins(text, size, "1pt"))))
        return APD_SEEN_NO;
    while (n < size && (g_ascii_isdigit(text[n]) || text[n] == '.'))
        n++;
    if (n == 0) /* a name: "small", "inherit" */
        return begins(text, size, "inherit") || begins(text, size, "larger")
                       || begins(text, size, "smaller")
                   ? APD_SEEN_UNSET
                   : APD_SEEN_YES;
    bool relative = n < size && (text[n] == '%' || begins(text + n, size - n, "em"));
    return relative ? APD_SEEN_UNSET : APD_SEEN_YES;
}

/* "italic bold 12px/1.6 Arial": the first that is a length. */
static ApdSeen
seen_at_font(const char *text, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        bool starts = i == 0 || text[i - 1] == ' ';
        gsize n = 0;
        while (starts && i + n < size && (g_ascii_isdigit(text[i + n]) || text[i + n] == '.'))
            n++;
        if (n > 0 && (text[i] == '0' || (i + n < size && g_ascii_isalpha(text[i + n]))))
            return seen_at_size(text + i, size - i);
    }
    return APD_SEEN_UNSET;
}

typedef enum {
    PROPERTY_OTHER,
    PROPERTY_DISPLAY,
    PROPERTY_VISIBILITY,
    PROPERTY_GONE, /* at zero */
    PROPERTY_FLAT, /* likewise */
    PROPERTY_CLIP,
    PROPERTY_FONT,
    PROPERTY_SIZE,
    PROPERTY_PLACE,
    PROPERTY_COLOUR,
    PROPERTY_BACKGROUND,
    PROPERTY_IMAGE,
    PROPERTY_PADDING,
} Property;

/* clang-format off */
static const struct { const char *name; Property property; } properties[] = {
    { "background", PROPERTY_BACKGROUND }, { "background-color", PROPERTY_BACKGROUND },
    { "background-image", PROPERTY_IMAGE }, { "color", PROPERTY_COLOUR }, { "display", PROPERTY_DISPLAY },
    { "font", PROPERTY_FONT }, { "font-size", PROPERTY_SIZE }, { "height", PROPERTY_FLAT },
    { "left", PROPERTY_PLACE }, { "max-height", PROPERTY_GONE }, { "max-width", PROPERTY_FLAT },
    { "opacity", PROPERTY_GONE }, { "overflow", PROPERTY_CLIP }, { "overflow-x", PROPERTY_CLIP },
    { "overflow-y", PROPERTY_CLIP }, { "padding", PROPERTY_PADDING }, { "padding-bottom", PROPERTY_PADDING },
    { "padding-left", PROPERTY_PADDING }, { "padding-right", PROPERTY_PADDING },
    { "padding-top", PROPERTY_PADDING }, { "text-indent", PROPERTY_PLACE }, { "top", PROPERTY_PLACE },
    { "visibility", PROPERTY_VISIBILITY }, { "width", PROPERTY_FLAT },
};
/* clang-format on */

static Property
find_property(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(properties) && properties[i].name[0] <= *name; i++)
        if (properties[i].name[0] == *name && strcmp(properties[i].name, name) == 0)
            return properties[i].property;
    return PROPERTY_OTHER;
}

static void
set_seen(ApdSeen seen, ApdSeen *field)
{
    if (seen != APD_SEEN_UNSET)
        *field = seen;
}

/* One declaration: what it hides or colours. */
static void
apply(Property property, const char *value, gsize size, ApdHtmlStyle *style)
{
    bool hidden;

    switch (property) {
    case PROPERTY_DISPLAY:
        style->display = begins(value, size, "none") ? APD_SEEN_NO : APD_SEEN_YES;
        break;
    case PROPERTY_VISIBILITY:
        hidden = begins(value, size, "hidden") || begins(value, size, "collapse");
        style->visibility = hidden ? APD_SEEN_NO : APD_SEEN_YES;
        break;
    case PROPERTY_GONE:
        style->gone |= is_zero(value, size);
        break;
    case PROPERTY_FLAT:
        style->flat |= is_zero(value, size);
        break;
    case PROPERTY_CLIP:
        style->clipped |= begins(value, size, "hidden");
        break;
    case PROPERTY_FONT:
        set_seen(seen_at_font(value, size), &style->size);
        break;
    case PROPERTY_SIZE:
        set_seen(seen_at_size(value, size), &style->size);
        break;
    case PROPERTY_PLACE:
        style->gone |= size > 4 && *value == '-' && strspn(value + 1, "0123456789") >= 3;
        break;
    case PROPERTY_COLOUR:
        style->colour = apd_html_colour(value, size);
        break;
    case PROPERTY_BACKGROUND:
        style->background = apd_html_colour(value, size);
        break;
    case PROPERTY_IMAGE:
        style->background = APD_COLOUR_UNKNOWN;
        break;
    case PROPERTY_PADDING:
        style->padded |= !is_zero(value, size);
        break;
    default:
        break;
    }
}

/* One "name: value", up to @last. */
static void
read_declaration(const char *text, const char *colon, const char *last, ApdHtmlStyle *style)
{
    const char *key = text, *value = colon + 1, *end = colon;
    char name[24];
    gsize n = 0;

    while (key < end && g_ascii_isspace(*key))
        key++;
    while (end > key && g_ascii_isspace(end[-1]))
        end--;
    if (end - key >= (gssize) sizeof name)
        return;
    for (; key + n < end; n++)
        name[n] = g_ascii_isupper(key[n]) ? (char) (key[n] | 0x20) : key[n];
    name[n] = '\0';
    Property property = find_property(name);
    if (property == PROPERTY_OTHER)
        return;
    while (value < last && g_ascii_isspace(*value))
        value++;
    apply(property, value, (gsize) (last - value), style);
}

void
apd_html_style_read(const char *text, gsize size, ApdHtmlStyle *style)
{
    const char *end = text + size;

    while (text < end) {
        const char *stop = memchr(text, ';', (gsize) (end - text));
        const char *last = stop ? stop : end;
        const char *colon = memchr(text, ':', (gsize) (last - text));

        if (colon != NULL)
            read_declaration(text, colon, last, style);
        text = last + 1;
    }
}

void
apd_html_style_merge(ApdHtmlStyle *style, const ApdHtmlStyle *over)
{
    if (over->display != APD_SEEN_UNSET)
        style->display = over->display;
    if (over->visibility != APD_SEEN_UNSET)
        style->visibility = over->visibility;
    if (over->size != APD_SEEN_UNSET)
        style->size = over->size;
    if (over->colour != APD_COLOUR_UNSET)
        style->colour = over->colour;
    if (over->background != APD_COLOUR_UNSET)
        style->background = over->background;
    style->gone |= over->gone;
    style->flat |= over->flat;
    style->clipped |= over->clipped;
    style->padded |= over->padded;
}
