#include "logic/envelope.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define MAX_HEADER 65536u
#define MAX_VALUE  2048u /* of a field, as it stands */
#define MAX_SHOWN  200u

#define ELLIPSIS "\xe2\x80\xa6"

static const char *const names[] = { "From", "Subject", "Date" };

static bool
is_folded(char c)
{
    return c == ' ' || c == '\t';
}

/* The end of the field that begins at @text: that of its last folded line. */
static const char *
field_end(const char *text)
{
    const char *end = text + strcspn(text, "\n");

    while (*end == '\n' && is_folded(end[1]))
        end += 1 + strcspn(end + 1, "\n");
    return end;
}

/* The value of the first field called @name, or NULL. */
static char *
find_field(const char *header, const char *name)
{
    size_t n = strlen(name);

    while (*header != '\0' && *header != '\n' && *header != '\r') {
        const char *end = field_end(header);
        if (g_ascii_strncasecmp(header, name, n) == 0 && header[n] == ':') {
            size_t size = (size_t) (end - header) - n - 1;
            return g_strndup(header + n + 1, MIN(size, MAX_VALUE));
        }
        header = *end == '\n' ? end + 1 : end;
    }
    return NULL;
}

static int
hex_pair(const char *at)
{
    int high = g_ascii_xdigit_value(at[0]);
    int low = high >= 0 ? g_ascii_xdigit_value(at[1]) : -1;

    return low >= 0 ? high * 16 + low : -1;
}

static void
decode_quoted(GString *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int byte = text[i] == '=' && i + 2 < n ? hex_pair(text + i + 1) : -1;
        if (byte > 0)
            i += 2;
        g_string_append_c(out, byte > 0 ? (char) byte : text[i] == '_' ? ' ' : text[i]);
    }
}

static void
decode_base64(GString *out, const char *text, size_t n)
{
    g_autofree char *copy = g_strndup(text, n);
    gsize size;
    g_autofree guchar *bytes = g_base64_decode(copy, &size);

    g_string_append_len(out, (const char *) bytes, (gssize) size);
}

/* An encoded word at @text, without its "=?", is added; returns its end, or NULL
 * when it is none. */
static const char *
take_word(GString *out, const char *text)
{
    const char *encoding = strchr(text, '?');
    const char *content = encoding != NULL && encoding[1] != '\0' ? encoding + 3 : NULL;
    const char *end = content != NULL && content[-1] == '?' ? strstr(content, "?=") : NULL;

    if (end == NULL)
        return NULL;
    size_t n = (size_t) (end - content);
    bool known = g_ascii_strncasecmp(text, "utf-8?", 6) == 0
                 || g_ascii_strncasecmp(text, "us-ascii?", 9) == 0;
    if (known && g_ascii_tolower(encoding[1]) == 'q')
        decode_quoted(out, content, n);
    else if (known && g_ascii_tolower(encoding[1]) == 'b')
        decode_base64(out, content, n);
    else
        g_string_append(out, ELLIPSIS);
    return end + 2;
}

/* Blanks between two encoded words are none. */
static char *
decode(const char *value)
{
    GString *out = g_string_new(NULL);
    bool after_word = false;
    const char *word;

    while ((word = strstr(value, "=?")) != NULL) {
        g_autoptr(GString) text = g_string_new(NULL);
        const char *end = take_word(text, word + 2);
        size_t gap = (size_t) (word - value);

        if (!after_word || end == NULL || strspn(value, " \t\r\n") < gap)
            g_string_append_len(out, value, (gssize) gap);
        g_string_append(out, end != NULL ? text->str : "=?");
        after_word = end != NULL;
        value = end != NULL ? end : word + 2;
    }
    g_string_append(out, value);
    return g_string_free(out, FALSE);
}

char *
apd_envelope_describe(const void *bytes, size_t size)
{
    g_autofree char *header = g_strndup(bytes, MIN(size, MAX_HEADER));
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = find_field(header, names[i]);
        if (value == NULL)
            continue;
        g_autofree char *decoded = decode(value);
        g_autofree char *line = apd_text_line(decoded);
        g_autofree char *shown = apd_text_cut(line, MAX_SHOWN);
        if (*shown != '\0')
            g_string_append_printf(text, "%s%s: %s", text->len > 0 ? "\n" : "", names[i], shown);
    }
    return g_string_free(text, FALSE);
}
