#include "io/html_attributes.h"

#include <string.h>

#include "io/html_entity.h"

#define MAX_HREF  4096
#define MAX_VALUE 4096
#define MAX_HEAD  1024

/* Bytes at the beginning of @value that stand for themselves. */
static gsize
plain_length(const char *value, gsize size, bool address)
{
    gsize n = 0;

    while (n < size && value[n] != '&' && !(address && (guchar) value[n] <= ' '))
        n++;
    return n;
}

/* Entities decoded; blanks and controls have no place in an address. */
static char *
read_value(const char *value, gsize size, bool address)
{
    gsize limit = MIN(size, address ? MAX_HREF : MAX_VALUE);
    GString *text = g_string_sized_new(limit);

    for (gsize i = 0; i < limit;) {
        gsize n = plain_length(value + i, limit - i, address);
        g_string_append_len(text, value + i, (gssize) n);
        i += n;
        if (i < limit && value[i] == '&')
            i += apd_html_entity(value + i, limit - i, text);
        else
            i++;
    }
    if (limit == size)
        return g_string_free(text, FALSE);
    g_autofree char *cut = g_string_free(text, FALSE);
    return g_utf8_make_valid(cut, -1); /* the limit may cut a character */
}

static G_ALWAYS_INLINE inline bool
is_name(const char *name, gsize size, const char *wanted)
{
    return size == strlen(wanted) && (*name | 0x20) == *wanted
           && g_ascii_strncasecmp(name, wanted, size) == 0;
}

/* "0; url=https://..." of a page that goes on by itself. */
static char *
read_refresh(const char *value, gsize size)
{
    g_autofree char *text = read_value(value, size, true);
    g_autofree char *lower = g_ascii_strdown(text, -1);
    const char *url = strstr(lower, ";url=");

    return url != NULL ? g_strdup(text + (url - lower) + 5) : NULL;
}

static void
take_address(const char *name, gsize n, const char *value, gsize size, ApdHtmlAttributes *into)
{
    if ((is_name(name, n, "href") || is_name(name, n, "xlink:href")) && into->href == NULL)
        into->href = read_value(value, size, true);
    else if ((is_name(name, n, "action") || is_name(name, n, "formaction")) && into->action == NULL)
        into->action = read_value(value, size, true);
    else if (into->holds_page && (is_name(name, n, "src") || is_name(name, n, "data"))
             && into->action == NULL)
        into->action = read_value(value, size, true);
    else if (is_name(name, n, "content") && into->action == NULL)
        into->action = read_refresh(value, size);
}

static void
take_attribute(const char *name, gsize n, const char *value, gsize size, ApdHtmlAttributes *into)
{
    if (is_name(name, n, "style")) {
        apd_html_style_read(value, MIN(size, MAX_VALUE), &into->style);
    } else if (is_name(name, n, "class")) {
        into->class_names = value;
        into->class_size = MIN(size, MAX_VALUE);
    } else if (is_name(name, n, "id")) {
        into->id = value;
        into->id_size = MIN(size, MAX_VALUE);
    } else if (is_name(name, n, "alt") && into->alt == NULL) {
        into->alt = read_value(value, size, false);
    } else if (is_name(name, n, "bgcolor")) {
        into->style.background = apd_html_colour(value, size);
    } else if (is_name(name, n, "background")) {
        into->style.background = APD_COLOUR_UNKNOWN;
    } else if (is_name(name, n, "color")) {
        into->style.colour = apd_html_colour(value, size);
    } else if (is_name(name, n, "hidden")) {
        into->hidden = true;
    } else if (is_name(name, n, "cite")
               || (is_name(name, n, "type") && is_name(value, size, "cite"))) {
        into->cites = true;
    } else {
        take_address(name, n, value, size, into);
    }
}

static const char *
skip_blanks(const char *at, const char *end)
{
    while (at < end && g_ascii_isspace(*at))
        at++;
    return at;
}

/* A value in which tags stand has lost its closing mark, but for those that are words. */
static bool
holds_tags(const char *name, gsize n, const char *value, const char *stop)
{
    const char *close = memchr(value, '>', (gsize) (stop - value));

    if (close == NULL || memchr(close, '<', (gsize) (stop - close)) == NULL)
        return false;
    return !is_name(name, n, "alt") && !is_name(name, n, "title") && !is_name(name, n, "content")
           && !is_name(name, n, "value") && !is_name(name, n, "summary")
           && !(n > 2 && g_ascii_strncasecmp(name, "on", 2) == 0);
}

/* @at stands behind '='.  Returns where the next attribute may begin; at a '<', where the
 * tag has lost its end. */
static const char *
read_quoted(const char *name, gsize n, const char *at, const char *end, const char **ret_value,
            gsize *ret_size)
{
    bool quoted = at < end && (*at == '"' || *at == '\''), lost = false;
    const char *value = at + quoted;
    const char *stop = quoted ? memchr(value, *at, (gsize) (end - value)) : NULL;

    if (quoted && (stop == NULL || holds_tags(name, n, value, stop)))
        lost = true;
    if (!quoted || lost)
        for (stop = value;
             stop < end && !g_ascii_isspace(*stop) && *stop != '>' && !(lost && *stop == '<');)
            stop++;
    *ret_value = value;
    *ret_size = (gsize) (stop - value);
    return quoted && !lost ? stop + 1 : stop;
}

static bool
ends_name(char c)
{
    return g_ascii_isspace(c) || c == '=' || c == '>' || c == '/';
}

const char *
apd_html_attributes_read(const char *at, const char *end, ApdHtmlAttributes *into)
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
            at = read_quoted(name, n, skip_blanks(equals + 1, end), end, &value, &size);
        take_attribute(name, n, value, size, into);
        if (at < end && *at == '<')
            return at;
    }
    return at < end ? at + 1 : at;
}

void
apd_html_attributes_clear(ApdHtmlAttributes *self)
{
    g_clear_pointer(&self->href, g_free);
    g_clear_pointer(&self->action, g_free);
    g_clear_pointer(&self->alt, g_free);
}

/* The end of "charset=" in @size bytes at @text; NULL when it is not there. */
static const char *
behind_charset(const char *text, gsize size)
{
    const char *end = text + size;

    for (const char *p = text; p + 8 < end; p++) {
        if ((*p | 0x20) != 'c' || g_ascii_strncasecmp(p, "charset", 7) != 0)
            continue;
        p += 7;
        while (p < end && *p == ' ')
            p++;
        return p < end && *p == '=' ? p + 1 : NULL;
    }
    return NULL;
}

char *
apd_html_charset(const char *html, gsize size)
{
    const char *end = html + MIN(size, MAX_HEAD), *at = html;

    while ((at = memchr(at, '<', (gsize) (end - at))) != NULL) {
        at++;
        if (end - at < 5 || g_ascii_strncasecmp(at, "meta", 4) != 0)
            continue;
        const char *stop = memchr(at, '>', (gsize) (end - at));
        const char *name = behind_charset(at, (gsize) ((stop != NULL ? stop : end) - at));
        while (name != NULL && name < end && strchr(" \"'", *name) != NULL)
            name++;
        gsize n = 0;
        while (name != NULL && name + n < end
               && (g_ascii_isalnum(name[n]) || strchr("-_", name[n])))
            n++;
        if (n > 0 && n < 40)
            return g_strndup(name, n);
    }
    return NULL;
}
