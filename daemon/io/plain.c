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

static gsize
address_length(const char *text)
{
    gsize n = 0;

    /* ASCII only: Chinese text follows an address without a blank. */
    while ((guchar) text[n] > ' ' && (guchar) text[n] < 0x7f
           && strchr("<>\"`{}|\\^", text[n]) == NULL)
        n++;
    while (n > 0 && strchr(".,;:!?)]}'", text[n - 1]) != NULL)
        n--;
    return MIN(n, MAX_HREF);
}

void
apd_plain_links(const char *text, int depth, ApdDocument *document)
{
    for (const char *p = text; (p = strstr(p, "://")) != NULL;) {
        const char *start = p;
        while (start > text && g_ascii_isalpha(start[-1]))
            start--;
        gsize n = address_length(start);
        bool is_web = g_ascii_strncasecmp(start, "http://", 7) == 0
                      || g_ascii_strncasecmp(start, "https://", 8) == 0;
        p += 3;
        if (!is_web || n <= 8)
            continue;

        g_autofree char *href = g_strndup(start, n);
        if (document->links->len < MAX_LINKS)
            apd_document_add_link(document, href, href, text, (gsize) (start - text), depth, false);
        p = start + n;
    }
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
