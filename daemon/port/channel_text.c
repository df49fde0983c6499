#include "port/channel_text.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* U+200B: shows nothing, and parts what would be a mention or an address. */
#define NOTHING "\xe2\x80\x8b"

/* clang-format off */
const ApdSwap apd_swaps_entities[] = {
    { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { 0 },
};

const ApdSwap apd_swaps_lookalike[] = {
    { '*', "\xe2\x88\x97" }, { '`', "\xcb\x8b" }, { '~', "\xe2\x88\xbc" }, { '|', "\xef\xbd\x9c" },
    { '<', "\xe2\x80\xb9" }, { '>', "\xe2\x80\xba" }, { '#', "\xef\xbc\x83" }, { '[', "\xef\xbc\xbb" },
    { ']', "\xef\xbc\xbd" }, { '\\', "\xef\xbc\xbc" }, { 0 },
};

const ApdSwap apd_swaps_markdown_url[] = {
    { '(', "%28" }, { ')', "%29" }, { '<', "%3C" }, { '>', "%3E" }, { ' ', "%20" }, { '\\', "%5C" }, { 0 },
};
/* clang-format on */

static const ApdSwap swaps_plain[] = {
    { '<', "<" NOTHING }, /* of <at>, <@user>, <!channel> */
    { 0 },
};

#define PLAIN(of_unit, is_inert)                                                                   \
    {                                                                                              \
        .unit = (of_unit), .inert = (is_inert), .swaps = (is_inert) ? swaps_plain : NULL,          \
        .title = "{text}", .fact = "{label}: {value}", .link = "{label}: {url}", .line = "\n"      \
    }

const ApdMarkup apd_markup_plain_bytes = PLAIN(APD_UNIT_BYTES, true);
const ApdMarkup apd_markup_plain_utf16 = PLAIN(APD_UNIT_UTF16, true);
const ApdMarkup apd_markup_plain_points = PLAIN(APD_UNIT_POINTS, true);
const ApdMarkup apd_markup_raw = PLAIN(APD_UNIT_BYTES, false);

const ApdMarkup apd_markup_html = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = apd_swaps_entities,
    .url = apd_swaps_entities,
    .title = "<b>{text}</b>",
    .fact = "<b>{label}:</b> {value}",
    .link = "<a href=\"{url}\">{label}</a>",
    .line = "<br>\n",
};

const ApdMarkup apd_markup_markdown = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .backslash = "\\`*_{}[]()<>#+-!|~",
    .url = apd_swaps_markdown_url,
    .title = "**{text}**",
    .fact = "**{label}:** {value}",
    .link = "[{label}]({url})",
    .line = "  \n",
};

size_t
apd_unit_size(ApdUnit unit, const char *text)
{
    size_t size = 0;

    if (unit == APD_UNIT_BYTES)
        return strlen(text);
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        size += unit == APD_UNIT_UTF16 && g_utf8_get_char(p) > 0xffff ? 2 : 1;
    return size;
}

static const char *
find_swap(const ApdSwap *swaps, char c)
{
    for (; swaps != NULL && swaps->from != '\0'; swaps++)
        if (swaps->from == c)
            return swaps->to;

    return NULL;
}

/* Appends @size bytes of @text as the markup writes them. */
static void
append_escaped(const ApdMarkup *self, GString *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char *swap = find_swap(self->swaps, text[i]);
        if (swap != NULL) {
            g_string_append(out, swap);
            continue;
        }
        if (text[i] == '\n' && self->line != NULL) {
            g_string_append(out, self->line);
            continue;
        }
        if (self->backslash != NULL && strchr(self->backslash, text[i]) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, text[i]);
    }
}

static bool
is_letter(char c)
{
    return g_ascii_isalpha(c) || (guchar) c >= 0x80;
}

/* Whether the dot at @p is followed by what could end the name of a host: letters alone. */
static bool
ends_host(const char *p)
{
    const char *end = p + 1;

    while (is_letter(*end))
        end++;
    return end - p > 2 && !g_ascii_isdigit(*end) && *end != '-' && *end != '_' && *end != '@';
}

/* Valid text in which no "@name" and no address is found, with or without a scheme:
 * services look for them in plain text, too.  Mail addresses stay as they are. */
static char *
make_inert(const char *text)
{
    GString *out = g_string_sized_new(strlen(text) + 16);
    bool inside_word = false, inside_name = false, inside_mail = false;

    for (const char *p = text; *p != '\0'; p++) {
        bool name = !inside_word && (*p == '@' || (*p == '/' && g_ascii_isalpha(p[1])));
        bool scheme = *p == ':' && p[1] == '/' && p[2] == '/';
        bool host = *p == '.' && inside_name && !inside_mail && ends_host(p);

        inside_name = is_letter(*p) || g_ascii_isdigit(*p);
        g_string_append_c(out, *p);
        if (name || scheme || host)
            g_string_append(out, NOTHING);
        inside_mail =
            *p == '@' ? inside_word : inside_mail && (inside_name || strchr(".-", *p) != NULL);
        inside_word = g_ascii_isalnum(*p) || *p == '.' || *p == '_' || *p == '-' || *p == '/';
    }
    return g_string_free(out, FALSE);
}

/* --- graphemes (UAX #29; the \X of PCRE2 10.42 joins all emoji in a row) ------ */

static bool
is_regional(gunichar c)
{
    return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool
extends(gunichar c)
{
    return g_unichar_ismark(c) || c == 0x200c || c == 0x200d /* joiners */
           || (c >= 0x1f3fb && c <= 0x1f3ff)                 /* skin colours */
           || (c >= 0xe0020 && c <= 0xe007f);                /* tags */
}

static bool
is_one_syllable(gunichar before, gunichar c)
{
    GUnicodeBreakType a = g_unichar_break_type(before), b = g_unichar_break_type(c);

    switch (a) {
    case G_UNICODE_BREAK_HANGUL_L_JAMO:
        return b == G_UNICODE_BREAK_HANGUL_L_JAMO || b == G_UNICODE_BREAK_HANGUL_V_JAMO
               || b == G_UNICODE_BREAK_HANGUL_LV_SYLLABLE
               || b == G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE;
    case G_UNICODE_BREAK_HANGUL_V_JAMO:
    case G_UNICODE_BREAK_HANGUL_LV_SYLLABLE:
        return b == G_UNICODE_BREAK_HANGUL_V_JAMO || b == G_UNICODE_BREAK_HANGUL_T_JAMO;
    case G_UNICODE_BREAK_HANGUL_T_JAMO:
    case G_UNICODE_BREAK_HANGUL_LVT_SYLLABLE:
        return b == G_UNICODE_BREAK_HANGUL_T_JAMO;
    default:
        return false;
    }
}

/* Returns where the grapheme that begins at @text ends. */
static const char *
grapheme_end(const char *text)
{
    gunichar before = g_utf8_get_char(text);
    const char *p = g_utf8_next_char(text);

    if (is_regional(before) && is_regional(g_utf8_get_char(p))) {
        before = 0; /* a flag is two */
        p = g_utf8_next_char(p);
    }
    for (; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!extends(c) && before != 0x200d && !is_one_syllable(before, c)
            && !(before == '\r' && c == '\n'))
            break;
        before = c;
    }
    return p;
}

/* The longest beginning of @text, in whole graphemes, that takes at most @max. */
static char *
cut(const ApdMarkup *self, const char *text, size_t max)
{
    GString *out = g_string_new(NULL);
    size_t used = 0, kept = 0, end = apd_unit_size(self->unit, ELLIPSIS);

    while (*text != '\0') {
        const char *next = grapheme_end(text);
        append_escaped(self, out, text, (size_t) (next - text));
        used += apd_unit_size(self->unit, out->str + kept);
        if (used + end > max)
            break;
        kept = out->len;
        text = next;
    }
    g_string_truncate(out, kept);
    if (end <= max)
        g_string_append(out, ELLIPSIS);
    return g_string_free(out, FALSE);
}

char *
apd_markup_fit(const ApdMarkup *self, const char *text, size_t max)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autofree char *inert = self->inert ? make_inert(valid) : g_steal_pointer(&valid);
    GString *whole = g_string_new(NULL);

    append_escaped(self, whole, inert, strlen(inert));
    if (apd_unit_size(self->unit, whole->str) <= max)
        return g_string_free(whole, FALSE);

    g_string_free(whole, TRUE);
    return cut(self, inert, max);
}

char *
apd_markup_url(const ApdMarkup *self, const char *url)
{
    GString *out = g_string_new(NULL);

    for (; *url != '\0'; url++) {
        const char *swap = find_swap(self->url, *url);
        if (swap != NULL)
            g_string_append(out, swap);
        else
            g_string_append_c(out, *url);
    }
    return g_string_free(out, FALSE);
}
