#include "io/html.h"

#include <string.h>

#include "io/html_attributes.h"
#include "io/html_blocks.h"
#include "io/html_entity.h"
#include "io/html_look.h"
#include "io/html_sheet.h"
#include "io/html_tags.h"

/* Elements open at once that are told apart; deeper ones inherit. */
#define MAX_DEPTH 512

typedef struct {
    ApdTag tag;
    char name[12];
    bool marked; /* its beginning was told to the blocks */
    ApdHtmlLook look;
} Element;

typedef struct {
    const char *at, *end;
    ApdHtmlBlocks *blocks; /* owned */
    ApdHtmlSheet *sheet;   /* owned */
    GString *scratch;      /* owned */
    char *base;            /* owned: what relative addresses are relative to; or NULL */
    Element open[MAX_DEPTH];
    int depth; /* may exceed MAX_DEPTH */
} Html;

static const Element *
top(const Html *self)
{
    static const Element page = { .look = { .colour = 0, .background = 0xffffff } };
    int depth = MIN(self->depth, MAX_DEPTH);

    return depth > 0 ? &self->open[depth - 1] : &page;
}

/* --- opening and closing elements ------------------------------------------------- */

/* An element of @tag begins (@by 1) or ends (-1). */
static void
mark(Html *self, ApdTag tag, int by)
{
    switch (tag) {
    case APD_TAG_BLOCK:
        apd_html_blocks_break(self->blocks);
        break;
    case APD_TAG_BOLD:
        apd_html_blocks_mark(self->blocks, APD_HTML_BOLD, by);
        break;
    case APD_TAG_HEADING:
    case APD_TAG_ITEM:
    case APD_TAG_QUOTE:
    case APD_TAG_PRE:
        apd_html_blocks_break(self->blocks);
        apd_html_blocks_mark(self->blocks,
                             (ApdHtmlMark) (APD_HTML_HEADING + (tag - APD_TAG_HEADING)), by);
        break;
    case APD_TAG_TABLE:
        apd_html_blocks_table(self->blocks, by > 0);
        break;
    case APD_TAG_ROW:
        apd_html_blocks_row(self->blocks);
        break;
    case APD_TAG_CELL:
        apd_html_blocks_cell(self->blocks, by > 0);
        break;
    case APD_TAG_LINK: /* its beginning needs the address: push() */
        if (by < 0)
            apd_html_blocks_link(self->blocks, NULL, false);
        break;
    default:
        break;
    }
}

static void
pop(Html *self)
{
    if (self->depth <= MAX_DEPTH) {
        Element element = self->open[self->depth - 1];
        self->depth--;
        if (element.marked)
            mark(self, element.tag, -1);
    } else {
        self->depth--;
    }
}

/* How far down an element may be closed: a table closes nothing outside itself. */
static int
find_open(const Html *self, const char *name, ApdTag tag)
{
    for (int i = MIN(self->depth, MAX_DEPTH) - 1; i >= 0; i--) {
        if (self->open[i].name[0] == *name && strcmp(self->open[i].name, name) == 0)
            return i;
        if (self->open[i].tag == APD_TAG_TABLE && tag != APD_TAG_TABLE)
            return -1;
        if (self->open[i].tag == APD_TAG_CELL && tag != APD_TAG_TABLE && tag != APD_TAG_ROW
            && tag != APD_TAG_CELL && tag != APD_TAG_BLOCK)
            return -1;
    }
    return -1;
}

static void
close_to(Html *self, int depth)
{
    while (self->depth > depth)
        pop(self);
}

/* Tags whose end may be left out (HTML standard, "optional tags"). */
static void
close_implied(Html *self, const char *name, ApdTag tag)
{
    int at = -1;

    if (tag == APD_TAG_CELL || tag == APD_TAG_ROW || tag == APD_TAG_ITEM || g_str_equal(name, "p"))
        at = find_open(self, name, tag);
    if (tag == APD_TAG_CELL && at < 0)
        at = find_open(self, g_str_equal(name, "td") ? "th" : "td", tag);
    if (at < 0)
        return;
    if (tag == APD_TAG_ITEM || g_str_equal(name, "p"))
        for (int i = MIN(self->depth, MAX_DEPTH) - 1; i > at; i--)
            if (self->open[i].tag == APD_TAG_BLOCK || self->open[i].tag == APD_TAG_TABLE
                || self->open[i].tag == APD_TAG_CELL)
                return; /* a list or box stands between: it is another one */
    close_to(self, at);
}

/* --- links ---------------------------------------------------------------------------- */

/* Returns: (transfer full): @href as it leads from the page (RFC 3986, as far as hosts
 * are concerned). */
static char *
resolve(const Html *self, const char *href)
{
    gsize scheme = strcspn(href, ":/?#");

    if (self->base == NULL || *href == '#' || *href == '\0' || href[scheme] == ':'
        || g_str_has_prefix(href, "//"))
        return g_strdup(href);
    const char *host = strstr(self->base, "//");
    gsize n = host != NULL ? (gsize) (host - self->base) + 2 : 0;
    n += strcspn(self->base + n, "/\\?#");
    return g_strdup_printf("%.*s%s%s", (int) n, self->base, *href == '/' ? "" : "/", href);
}

/* Where a tag leads that is no link with words: a form, a map of an image, a button that is
 * drawn for one mail program alone. */
static void
add_lone_link(Html *self, const char *href, bool seen)
{
    if (href == NULL || *href == '\0')
        return;
    g_autofree char *address = resolve(self, href);
    apd_html_blocks_lone_link(self->blocks, address, seen);
}

static void
begin_link(Html *self, bool seen, const ApdHtmlAttributes *attributes)
{
    const ApdHtmlStyle *style = &attributes->style;
    bool drawn = style->padded && style->background >= APD_COLOUR_UNKNOWN;

    if (attributes->href == NULL)
        return;
    if (!seen) {
        add_lone_link(self, attributes->href, false);
        return;
    }
    g_autofree char *address = resolve(self, attributes->href);
    apd_html_blocks_link(self->blocks, address, drawn);
}

/* Who quotes another says so: a bare blockquote only sets off what he says himself. */
static bool
quotes_other(Html *self, const ApdHtmlAttributes *attributes)
{
    g_autofree char *names = g_ascii_strdown(attributes->class_names ? attributes->class_names : "",
                                             (gssize) attributes->class_size);

    return attributes->cites || strstr(names, "quote") != NULL || strstr(names, "cite") != NULL
           || apd_html_blocks_announce_quote(self->blocks);
}

static void
push(Html *self, const char *name, ApdTag tag, const ApdHtmlAttributes *attributes)
{
    Element element = { .tag = tag,
                        .look =
                            apd_html_look(&top(self)->look, self->sheet, name, tag, attributes) };
    bool seen = !element.look.hidden;

    if (tag == APD_TAG_QUOTE && !quotes_other(self, attributes))
        element.tag = tag = APD_TAG_BLOCK;
    element.marked = seen;
    if (seen)
        mark(self, tag, 1);
    if (tag == APD_TAG_LINK)
        begin_link(self, seen, attributes);
    else
        add_lone_link(self, attributes->href, seen);
    add_lone_link(self, attributes->action, seen);
    self->depth++;
    if (self->depth > MAX_DEPTH)
        return;

    g_strlcpy(element.name, name, sizeof element.name);
    self->open[self->depth - 1] = element;
}

/* --- text --------------------------------------------------------------------------- */

static void
add_text(Html *self, const char *text, gsize size)
{
    if (!apd_html_look_shows_text(&top(self)->look, self->sheet))
        return;

    g_string_truncate(self->scratch, 0);
    for (gsize i = 0; i < size;) {
        const char *amp = memchr(text + i, '&', size - i);
        gsize plain = amp ? (gsize) (amp - text) - i : size - i;
        g_string_append_len(self->scratch, text + i, (gssize) plain);
        i += plain;
        if (i < size)
            i += apd_html_entity(text + i, size - i, self->scratch);
    }
    apd_html_blocks_add(self->blocks, self->scratch->str, self->scratch->len);
}

/* --- tags ------------------------------------------------------------------------------- */

/* Skips to the end tag of @name, whose content is no text.  Returns the content. */
static const char *
skip_raw(Html *self, const char *name, gsize *ret_size)
{
    const char *start = self->at;
    gsize n = strlen(name);

    while (self->at < self->end) {
        const char *open = memchr(self->at, '<', (gsize) (self->end - self->at));
        if (open == NULL)
            break;
        self->at = open + 1;
        if ((gsize) (self->end - self->at) > n && *self->at == '/'
            && g_ascii_strncasecmp(self->at + 1, name, n) == 0) {
            self->at = open;
            *ret_size = (gsize) (open - start);
            return start;
        }
    }
    self->at = self->end;
    *ret_size = (gsize) (self->end - start);
    return start;
}

/* An image says its words; those of invisible ones are not for people. */
static void
add_image(Html *self, const ApdHtmlAttributes *attributes)
{
    ApdHtmlLook look =
        apd_html_look(&top(self)->look, self->sheet, "img", APD_TAG_IMAGE, attributes);

    apd_html_blocks_image(self->blocks);
    if (attributes->alt == NULL || look.hidden || look.visible == APD_SEEN_NO)
        return;
    apd_html_blocks_add(self->blocks, " ", 1);
    apd_html_blocks_add(self->blocks, attributes->alt, strlen(attributes->alt));
    apd_html_blocks_add(self->blocks, " ", 1);
}

static void
open_tag(Html *self, const char *name, const ApdHtmlAttributes *attributes)
{
    ApdTag tag = apd_html_tag(name);
    gsize size;

    switch (tag) {
    case APD_TAG_BR:
    case APD_TAG_VOID_BLOCK:
        if (!top(self)->look.hidden)
            apd_html_blocks_break(self->blocks);
        return;
    case APD_TAG_VOID:
        if (!g_str_equal(name, "link")) /* a style sheet */
            add_lone_link(self, attributes->href, true);
        add_lone_link(self, attributes->action, true);
        return;
    case APD_TAG_META:
        add_lone_link(self, attributes->action, true);
        return;
    case APD_TAG_BASE:
        if (self->base == NULL)
            self->base = g_strdup(attributes->href);
        return;
    case APD_TAG_IMAGE:
        add_image(self, attributes);
        return;
    case APD_TAG_RAW:
        skip_raw(self, name, &size);
        return;
    case APD_TAG_STYLE: {
        const char *sheet = skip_raw(self, name, &size);
        apd_html_sheet_read(self->sheet, sheet, size);
        return;
    }
    default:
        close_implied(self, name, tag);
        push(self, name, tag, attributes);
    }
}

static void
close_tag(Html *self, const char *name)
{
    ApdTag tag = apd_html_tag(name);
    int at = find_open(self, name, tag);

    if (self->depth > MAX_DEPTH)
        self->depth--;
    else if (at >= 0)
        close_to(self, at);
    else if (g_str_equal(name, "p") || tag == APD_TAG_BR)
        apd_html_blocks_break(self->blocks);
}

/* What one mail program alone shows ("<!--[if mso]>") leads where its readers are led. */
static void
read_conditional(Html *self, const char *at, const char *end)
{
    while ((at = memchr(at, '<', (gsize) (end - at))) != NULL) {
        at++;
        if (at >= end || !g_ascii_isalpha(*at))
            continue;
        g_auto(ApdHtmlAttributes) attributes = APD_HTML_ATTRIBUTES_NONE;
        while (at < end && !g_ascii_isspace(*at) && *at != '>' && *at != '/')
            at++;
        at = apd_html_attributes_read(at, end, &attributes);
        add_lone_link(self, attributes.href, true);
        add_lone_link(self, attributes.action, true);
    }
}

/* <!-- -->, <!DOCTYPE>, <![if]>, <?xml?> */
static void
skip_declaration(Html *self)
{
    gsize left = (gsize) (self->end - self->at);
    const char *stop;

    if (left >= 4 && memcmp(self->at, "<!--", 4) == 0) {
        stop = g_strstr_len(self->at + 4, (gssize) left - 4, "-->");
        if (left >= 7 && memcmp(self->at + 4, "[if", 3) == 0)
            read_conditional(self, self->at + 7, stop ? stop : self->end);
        self->at = stop ? stop + 3 : self->end;
        return;
    }
    stop = memchr(self->at, '>', left);
    self->at = stop ? stop + 1 : self->end;
}

/* Whether @name shows another page within this one. */
static bool
holds_page(const char *name)
{
    static const char *const names[] = { "iframe", "frame", "embed", "object" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i][0] == *name && g_str_equal(names[i], name))
            return true;
    return false;
}

/* False: '<' is text here. */
static bool
read_tag(Html *self)
{
    const char *p = self->at + 1;
    char name[12];
    gsize n = 0;

    if (p < self->end && (*p == '!' || *p == '?')) {
        skip_declaration(self);
        return true;
    }

    bool closes = p < self->end && *p == '/';
    p += closes;
    if (p >= self->end || !g_ascii_isalpha(*p))
        return false;
    for (; p < self->end && !g_ascii_isspace(*p) && *p != '>' && *p != '/'; p++)
        if (n < sizeof name - 1)
            name[n++] = g_ascii_tolower(*p);
    name[n] = '\0';

    g_auto(ApdHtmlAttributes) attributes = APD_HTML_ATTRIBUTES_NONE;
    attributes.holds_page = holds_page(name);
    self->at = apd_html_attributes_read(p, self->end, &attributes);
    if (closes)
        close_tag(self, name);
    else
        open_tag(self, name, &attributes);
    return true;
}

static void
read_all(Html *self)
{
    while (self->at < self->end) {
        const char *open = memchr(self->at, '<', (gsize) (self->end - self->at));
        if (open == NULL)
            open = self->end;
        if (open > self->at)
            add_text(self, self->at, (gsize) (open - self->at));
        self->at = open;
        if (open < self->end && !read_tag(self)) {
            add_text(self, "<", 1);
            self->at = open + 1;
        }
    }
    close_to(self, 0);
}

void
apd_html_read(const char *html, gsize size, ApdDocument *document)
{
    Html *self = g_new(Html, 1); /* the elements are many, and few are ever open */

    self->at = html;
    self->end = html + size;
    self->base = NULL;
    self->depth = 0;
    self->blocks = apd_html_blocks_new(document);
    self->sheet = apd_html_sheet_new();
    self->scratch = g_string_new(NULL);
    read_all(self);
    apd_html_blocks_free(self->blocks);
    apd_html_sheet_free(self->sheet);
    g_free(self->base);
    g_string_free(self->scratch, TRUE);
    g_free(self);
}
