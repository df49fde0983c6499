#include "logic/message_key.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/* In the order in which they are digested. */
static const char *const names[] = { "message-id", "date", "from", "subject" };

#define N_NAMES G_N_ELEMENTS(names)

/* A stretch of the message: borrowed. */
typedef struct {
    const char *at;
    size_t n;
} Span;

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes the next line off @rest, its line end included. */
static Span
take_line(Span *rest)
{
    const char *end = memchr(rest->at, '\n', rest->n);
    Span line = { rest->at, end ? (size_t) (end - rest->at) + 1 : rest->n };

    rest->at += line.n;
    rest->n -= line.n;
    return line;
}

static Span
trim_end(Span line)
{
    while (line.n > 0 && is_blank(line.at[line.n - 1]))
        line.n--;
    return line;
}

/* Takes a header field with its folded lines; empty at the end of the header. */
static Span
take_field(Span *rest)
{
    Span field = take_line(rest);

    if (trim_end(field).n == 0)
        return (Span){ field.at, 0 };
    while (rest->n > 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
        field.n += take_line(rest).n;
    return field;
}

static bool
is_named(Span field, const char *name)
{
    size_t n = strlen(name);

    return field.n > n && field.at[n] == ':' && g_ascii_strncasecmp(field.at, name, n) == 0;
}

/* The words of @text with one blank between them, however it was folded. */
static void
digest_words(GChecksum *sum, Span text)
{
    for (size_t i = 0; i < text.n;) {
        size_t start = i;
        while (i < text.n && !is_blank(text.at[i]))
            i++;
        if (i > start) {
            g_checksum_update(sum, (const guchar *) text.at + start, (gssize) (i - start));
            g_checksum_update(sum, (const guchar *) " ", 1);
        }
        while (i < text.n && is_blank(text.at[i]))
            i++;
    }
    g_checksum_update(sum, (const guchar *) "\n", 1);
}

/* Reads the header off @rest; of each name the first field counts. */
static void
find_fields(Span *rest, Span found[N_NAMES])
{
    while (rest->n > 0) {
        Span field = take_field(rest);
        if (field.n == 0)
            return;
        for (size_t i = 0; i < N_NAMES; i++)
            if (found[i].at == NULL && is_named(field, names[i])) {
                size_t skip = strlen(names[i]) + 1;
                found[i] = (Span){ field.at + skip, field.n - skip };
            }
    }
}

/* Blank lines are digested only once text follows them: stores differ in how
 * many end a message. */
static void
digest_body(GChecksum *sum, Span rest)
{
    size_t blank_lines = 0;

    while (rest.n > 0) {
        Span line = trim_end(take_line(&rest));
        if (line.n == 0) {
            blank_lines++;
            continue;
        }
        for (; blank_lines > 0; blank_lines--)
            g_checksum_update(sum, (const guchar *) "\n", 1);
        g_checksum_update(sum, (const guchar *) line.at, (gssize) line.n);
        g_checksum_update(sum, (const guchar *) "\n", 1);
    }
}

char *
apd_message_key(const void *bytes, size_t size)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    Span rest = { bytes, size };
    Span found[N_NAMES] = { 0 };

    find_fields(&rest, found);
    for (size_t i = 0; i < N_NAMES; i++)
        digest_words(sum, found[i]);
    digest_body(sum, rest);

    char *key = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return key;
}
