#include "io/html_attributes.h"

#include <string.h>

#include "io/html_entity.h"

#define MAX_HREF  4096
#define MAX_VALUE 4096

/* Entities decoded; blanks and controls have no place in an address. */
static char *
read_value(const char *value, gsize size, bool address)
{
    GString *text = g_string_new(NULL);
    gsize limit = MIN(size, address ? MAX_HREF : MAX_VALUE);

    for (gsize i = 0; i < limit;) {
        if (value[i] == '&')
            i += apd_html_entity(value + i, limit - i, text);
        else if (address && (guchar) value[i] <= ' ')
            i++;
        else
            g_string_append_c(text, value[i++]);
    }
    g_autofree char *whole = g_string_free(text, FALSE);
    return g_utf8_make_valid(whole, -1); /* the limit may cut a character */
}

static bool
is_hidden_by_sheet(GHashTable *sheet, char kind, const char *value, gsize size)
{
    if (g_hash_table_size(sheet) == 0)
        return false;

    g_autofree char *text = g_strndup(value, MIN(size, MAX_VALUE));
    g_auto(GStrv) names = g_strsplit_set(text, " \t\r\n", 32);
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *key = g_strdup_printf("%c:%s", kind, *name);
        if (g_hash_table_contains(sheet, key))
            return true;
    }
    return false;
}

static bool
is_name(const char *name, gsize size, const char *wanted)
{
    return size == strlen(wanted) && g_ascii_strncasecmp(name, wanted, size) == 0;
}

static void
take_attribute(GHashTable *sheet, const char *name, gsize n, const char *value, gsize size,
               ApdHtmlAttributes *into)
{
    if (is_name(name, n, "style"))
        apd_html_style_read(value, MIN(size, MAX_VALUE), &into->style);
    else if (is_name(name, n, "href") && into->href == NULL)
        into->href = read_value(value, size, true);
    else if (is_name(name, n, "alt") && into->alt == NULL)
        into->alt = read_value(value, size, false);
    else if (is_name(name, n, "bgcolor"))
        into->style.background = apd_html_colour(value, size);
    else if (is_name(name, n, "background"))
        into->style.background = APD_COLOUR_UNKNOWN;
    else if (is_name(name, n, "color"))
        into->style.colour = apd_html_colour(value, size);
    else if (is_name(name, n, "hidden"))
        into->hidden = true;
    else if (is_name(name, n, "class"))
        into->hidden |= is_hidden_by_sheet(sheet, 'c', value, size);
    else if (is_name(name, n, "id"))
        into->hidden |= is_hidden_by_sheet(sheet, 'i', value, size);
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && g_ascii_isspace(*at))
        at++;
    return at;
}

/* @at stands behind '='.  Returns where the next attribute may begin. */
static const char *
read_quoted(const char *at, const char *end, const char **ret_value, gsize *ret_size)
{
    bool quoted = at < end && (*at == '"' || *at == '\'');
    const char *value = at + quoted, *stop = value;

    if (quoted)
        stop = memchr(value, *at, (gsize) (end - value));
    else
        while (stop < end && !g_ascii_isspace(*stop) && *stop != '>')
            stop++;
    if (stop == NULL)
        stop = end;
    *ret_value = value;
    *ret_size = (gsize) (stop - value);
    return quoted && stop < end ? stop + 1 : stop;
}

static bool
ends_name(char c)
{
    return g_ascii_isspace(c) || c == '=' || c == '>' || c == '/';
}

const char *
apd_html_attributes_read(const char *at, const char *end, GHashTable *sheet,
                         ApdHtmlAttributes *into)
{
    while (at < end && *at != '>') {
        const char *name = at, *value = "";
        gsize size = 0;

        while (at < end && !ends_name(*at))
            at++;
        gsize n = (gsize) (at - name);
        if (n == 0) { /* a blank, a slash, a stray '=' */
            at++;
            continue;
        }
        const char *equals = skip_blanks(at, end);
        if (equals < end && *equals == '=')
            at = read_quoted(skip_blanks(equals + 1, end), end, &value, &size);
        take_attribute(sheet, name, n, value, size, into);
    }
    return at < end ? at + 1 : at;
}

void
apd_html_attributes_clear(ApdHtmlAttributes *self)
{
    g_clear_pointer(&self->href, g_free);
    g_clear_pointer(&self->alt, g_free);
}
