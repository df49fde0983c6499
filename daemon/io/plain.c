#include "io/plain.h"

#include <string.h>

#define MAX_BLOCKS 20000
#define MAX_LINKS  2000
#define MAX_HREF   2048

/* A line of '>' marks how deep it is quoted; blanks between them are usual. */
static int
quote_depth(const char **line)
{
    const char *p = *line;
    int depth = 0;

    while (*p == '>' || (depth > 0 && *p == ' ' && p[1] == '>')) {
        depth += *p == '>';
        p++;
    }
    if (depth > 0 && *p == ' ')
        p++;
    *line = p;
    return depth;
}

static bool
is_blank(const char *line)
{
    return line[strspn(line, " \t\r\f\v")] == '\0';
}

static void
flush(GString *paragraph, int depth, ApdDocument *document)
{
    g_strchomp(paragraph->str);
    if (*paragraph->str != '\0') {
        apd_plain_links(paragraph->str, depth, document);
        if (document->blocks->len < MAX_BLOCKS)
            apd_document_add_block(document, APD_BLOCK_TEXT, depth, -1, -1, paragraph->str);
        else
            document->is_truncated = true;
    }
    g_string_truncate(paragraph, 0);
}

/* ASCII only: Chinese text follows an address without a blank. */
static bool
is_of_address(char c)
{
    return (guchar) c > ' ' && (guchar) c < 0x7f && strchr("<>\"`{}|\\^", c) == NULL;
}

static gsize
address_length(const char *text)
{
    gsize n = 0;

    while (n < MAX_HREF && is_of_address(text[n]))
        n++;
    while (n > 0 && strchr(".,;:!?)]}'", text[n - 1]) != NULL)
        n--;
    return n;
}

/* Where the next address in @text from @p on begins: "https://" or "www."; NULL: none. */
static const char *
find_address(const char *text, const char *p)
{
    for (; (p = strpbrk(p, ":wW")) != NULL; p++) {
        const char *start = p;
        if (*p == ':') {
            while (start > text && p - start < 6 && g_ascii_isalpha(start[-1]))
                start--;
            if (strncmp(p, "://", 3) == 0
                && (g_ascii_strncasecmp(start, "http:", 5) == 0
                    || g_ascii_strncasecmp(start, "https:", 6) == 0))
                return start;
        } else if (g_ascii_strncasecmp(p, "www.", 4) == 0
                   && (p == text || !(g_ascii_isalnum(p[-1]) || strchr("/.@-_", p[-1]) != NULL))) {
            return p;
        }
    }
    return NULL;
}

void
apd_plain_links(const char *text, int depth, ApdDocument *document)
{
    for (const char *p = text;
         document->links->len < MAX_LINKS && (p = find_address(text, p)) != NULL;) {
        gsize n = address_length(p);
        bool bare = *p == 'w' || *p == 'W';

        if (n > 8) {
            g_autofree char *shown = g_strndup(p, n);
            g_autofree char *href = g_strconcat(bare ? "http://" : "", shown, NULL);
            apd_document_add_link(document, href, href, text, (gsize) (p - text), depth, false);
        }
        p += MAX(n, 4);
        while (n >= MAX_HREF - 1 && is_of_address(*p)) /* the rest of a giant one */
            p++;
    }
}

char *
apd_plain_unflow(const char *text, bool delsp)
{
    GString *out = g_string_sized_new(strlen(text));
    int open = -1; /* depth of the paragraph that goes on in the next line; -1: none does */

    while (*text != '\0') {
        gsize n = strcspn(text, "\n");
        const char *line = text, *end = text + n;
        int depth = 0;

        text += n + (text[n] == '\n');
        while (line < end && *line == '>') {
            depth++;
            line++;
        }
        if (line < end && *line == ' ')
            line++;
        if (end > line && end[-1] == '\r')
            end--;
        gsize size = (gsize) (end - line);
        bool signature = size == 3 && memcmp(line, "-- ", 3) == 0;
        bool flows = size > 0 && end[-1] == ' ' && !signature;

        if (open >= 0 && (open != depth || signature)) {
            g_string_append_c(out, '\n');
            open = -1;
        }
        for (int i = 0; open < 0 && i < depth; i++)
            g_string_append_c(out, '>');
        if (open < 0 && depth > 0)
            g_string_append_c(out, ' ');
        g_string_append_len(out, line, (gssize) (size - (flows && delsp)));
        if (!flows)
            g_string_append_c(out, '\n');
        open = flows ? depth : -1;
    }
    return g_string_free(out, FALSE);
}

void
apd_plain_read(const char *text, ApdDocument *document)
{
    g_autoptr(GString) paragraph = g_string_new(NULL);
    int depth = 0;

    while (*text != '\0') {
        gsize n = strcspn(text, "\n");
        g_autofree char *whole = g_strndup(text, n);
        const char *line = whole;
        int quoted = quote_depth(&line);

        text += n + (text[n] == '\n');
        if (is_blank(line) || quoted != depth)
            flush(paragraph, depth, document);
        depth = quoted;
        if (is_blank(line))
            continue;
        if (paragraph->len > 0)
            g_string_append_c(paragraph, '\n');
        g_string_append_len(paragraph, line, (gssize) strcspn(line, "\r"));
    }
    flush(paragraph, depth, document);
}
