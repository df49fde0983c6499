#include "io/mime_address.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "io/encoded_word.h"

/* More than this are an attack. */
#define MAX_DOMAINS 20

#define MAX_ADDRESS 320 /* RFC 5321 section 4.5.3.1 and some room */

/* Copies without comments; quoted strings keep their marks.  @comment (may be NULL) gets
 * what the comments say. */
static char *
strip_comments(const char *text, GString *comment)
{
    GString *out = g_string_new(NULL);
    int depth = 0;
    bool quoted = false;

    for (; *text != '\0'; text++) {
        GString *into = depth == 0 ? out : comment;
        if (*text == '\\' && text[1] != '\0') {
            if (into != NULL)
                g_string_append_len(into, text, 2);
            text++;
        } else if (*text == '"' && depth == 0) {
            quoted = !quoted;
            g_string_append_c(out, *text);
        } else if (*text == '(' && !quoted) {
            depth++;
        } else if (*text == ')' && !quoted && depth > 0) {
            depth--;
        } else if (into != NULL) {
            g_string_append_c(into, *text);
        }
    }
    return g_string_free(out, FALSE);
}

/* Where the first address of a list ends: at a comma outside of quotes and <>. */
static gsize
first_length(const char *text)
{
    bool quoted = false, angle = false;
    gsize i = 0;

    for (; text[i] != '\0'; i++) {
        if (text[i] == '\\' && text[i + 1] != '\0')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '<' && !quoted)
            angle = true;
        else if (text[i] == '>' && !quoted)
            angle = false;
        else if ((text[i] == ',' || text[i] == ';') && !quoted && !angle)
            break;
    }
    return i;
}

static char *
unquote(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else if (*text == '"')
            continue;
        g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* What stands behind "Name:" of a group; @text when it is none. */
static const char *
behind_group(const char *text)
{
    bool quoted = false;

    for (const char *p = text; *p != '\0' && (quoted || strchr("<@", *p) == NULL); p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        else if (*p == '"')
            quoted = !quoted;
        else if (*p == ':' && !quoted)
            return p + 1;
    }
    return text;
}

/* Sets @ret_name to what @size bytes at @text say; left alone when they are blank. */
static void
take_name(const char *text, gsize size, char **ret_name)
{
    g_autofree char *raw = g_strndup(text, size);
    g_autofree char *name = unquote(raw);

    if (ret_name != NULL && *ret_name == NULL && *g_strstrip(name) != '\0')
        *ret_name = apd_encoded_word_decode(name);
}

/* Takes one "Name <address>" apart. */
static char *
address_of(const char *one, char **ret_name)
{
    const char *start = behind_group(one);
    const char *open = strrchr(start, '<');
    const char *close = open ? strchr(open, '>') : NULL;
    g_autofree char *address =
        open ? g_strndup(open + 1, close ? (gsize) (close - open - 1) : strlen(open + 1))
             : unquote(start);

    if (open != NULL)
        take_name(start, (gsize) (open - start), ret_name);
    else if (strchr(address, '@') == NULL) /* a name, whatever it decodes to */
        take_name(start, strlen(start), ret_name);
    if (start > one)
        take_name(one, (gsize) (start - one - 1), ret_name);
    g_autofree char *line = apd_text_line(address);
    return apd_text_cut(line, MAX_ADDRESS);
}

char *
apd_mime_address_first(const char *raw, char **ret_name)
{
    if (raw == NULL)
        return NULL;

    g_autoptr(GString) comment = g_string_new(NULL);
    g_autofree char *plain = strip_comments(raw, comment);
    g_autofree char *one = g_strndup(plain, first_length(plain));
    g_autofree char *address = address_of(one, ret_name);

    /* "address (Name)", the way of old */
    take_name(comment->str, comment->len, ret_name);
    return *address != '\0' ? g_steal_pointer(&address) : NULL;
}

/* The first '<' outside of quotes. */
static const char *
first_angle(const char *text)
{
    bool quoted = false;

    for (; *text != '\0' && (quoted || *text != '<'); text++)
        if (*text == '\\' && text[1] != '\0')
            text++;
        else if (*text == '"')
            quoted = !quoted;
    return *text == '<' ? text : NULL;
}

static void
add_domain(const char *address, GPtrArray *domains)
{
    const char *at = strrchr(address, '@');

    if (at != NULL && at[1] != '\0' && domains->len < MAX_DOMAINS)
        g_ptr_array_add(domains, g_ascii_strdown(at + 1, -1));
}

void
apd_mime_address_domains(const char *raw, GPtrArray *domains)
{
    g_autofree char *plain = raw != NULL ? strip_comments(raw, NULL) : g_strdup("");

    for (const char *p = plain; *p != '\0' && domains->len < MAX_DOMAINS;) {
        gsize n = first_length(p);
        g_autofree char *one = g_strndup(p, n);
        g_autofree char *last = address_of(one, NULL);
        add_domain(last, domains);
        /* "Name <a@x> <b@y>": some show the first. */
        const char *open = first_angle(one);
        if (open != NULL && open != strrchr(one, '<')) {
            g_autofree char *first = g_strndup(open + 1, strcspn(open + 1, ">"));
            add_domain(first, domains);
        }
        p += n + (p[n] != '\0');
    }
}
