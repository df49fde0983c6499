#include "io/html.h"

#include <string.h>

#include "io/html_attributes.h"
#include "io/html_blocks.h"
#include "io/html_entity.h"

/* Elements open at once that are told apart; deeper ones inherit. */
#define MAX_DEPTH 512

typedef enum {
    TAG_OTHER, /* inline: splits no word */
    TAG_BLOCK,
    TAG_VOID_BLOCK, /* hr */
    TAG_BR,
    TAG_BOLD,
    TAG_HEADING,
    TAG_ITEM,
    TAG_QUOTE,
    TAG_PRE,
    TAG_TABLE,
    TAG_ROW,
    TAG_CELL,
    TAG_LINK,
    TAG_IMAGE,
    TAG_VOID,
    TAG_RAW, /* script: its content is no text */
    TAG_STYLE,
    TAG_HIDDEN, /* title, template ... */
} Tag;

/* clang-format off */
static const struct { const char *name; Tag tag; } tags[] = {
    { "a", TAG_LINK }, { "address", TAG_BLOCK }, { "area", TAG_VOID }, { "article", TAG_BLOCK }, { "aside", TAG_BLOCK },
    { "b", TAG_BOLD }, { "base", TAG_VOID }, { "blockquote", TAG_QUOTE }, { "body", TAG_BLOCK }, { "br", TAG_BR },
    { "button", TAG_BLOCK }, { "caption", TAG_BLOCK }, { "center", TAG_BLOCK }, { "col", TAG_VOID }, { "dd", TAG_BLOCK },
    { "div", TAG_BLOCK }, { "dl", TAG_BLOCK }, { "dt", TAG_BLOCK }, { "embed", TAG_VOID }, { "fieldset", TAG_BLOCK },
    { "figure", TAG_BLOCK }, { "footer", TAG_BLOCK }, { "form", TAG_BLOCK }, { "h1", TAG_HEADING }, { "h2", TAG_HEADING },
    { "h3", TAG_HEADING }, { "h4", TAG_HEADING }, { "h5", TAG_HEADING }, { "h6", TAG_HEADING }, { "header", TAG_BLOCK },
    { "hr", TAG_VOID_BLOCK }, { "img", TAG_IMAGE }, { "input", TAG_VOID }, { "li", TAG_ITEM }, { "link", TAG_VOID },
    { "main", TAG_BLOCK }, { "meta", TAG_VOID }, { "nav", TAG_BLOCK }, { "ol", TAG_BLOCK }, { "option", TAG_BLOCK },
    { "p", TAG_BLOCK }, { "pre", TAG_PRE }, { "script", TAG_RAW }, { "section", TAG_BLOCK }, { "select", TAG_HIDDEN },
    { "source", TAG_VOID }, { "strong", TAG_BOLD }, { "style", TAG_STYLE }, { "table", TAG_TABLE }, { "tbody", TAG_BLOCK },
    { "td", TAG_CELL }, { "template", TAG_HIDDEN }, { "tfoot", TAG_BLOCK }, { "th", TAG_CELL }, { "thead", TAG_BLOCK },
    { "title", TAG_RAW }, { "tr", TAG_ROW }, { "ul", TAG_BLOCK }, { "wbr", TAG_VOID }, { "textarea", TAG_RAW },
};
/* clang-format on */

typedef struct {
    Tag tag;
    char name[12];
    bool hidden;
    int background;
} Element;

typedef struct {
    const char *at, *end;
    ApdHtmlBlocks *blocks; /* owned */
    GHashTable *sheet;     /* owned: hidden classes and ids */
    GString *scratch;      /* owned */
    Element open[MAX_DEPTH];
    int depth; /* may exceed MAX_DEPTH */
} Html;

static Tag
find_tag(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        if (tags[i].name[0] == *name && strcmp(tags[i].name, name) == 0)
            return tags[i].tag;

    return TAG_OTHER;
}

static const Element *
top(const Html *self)
{
    static const Element page = { TAG_OTHER, "", false, 0xffffff };
    int depth = MIN(self->depth, MAX_DEPTH);

    return depth > 0 ? &self->open[depth - 1] : &page;
}

/* --- opening and closing elements ------------------------------------------------- */

/* An element of @tag begins (@by 1) or ends (-1). */
static void
mark(Html *self, Tag tag, int by)
{
    switch (tag) {
    case TAG_BLOCK:
        apd_html_blocks_break(self->blocks);
        break;
    case TAG_BOLD:
        apd_html_blocks_mark(self->blocks, APD_HTML_BOLD, by);
        break;
    case TAG_HEADING:
    case TAG_ITEM:
    case TAG_QUOTE:
    case TAG_PRE:
        apd_html_blocks_break(self->blocks);
        apd_html_blocks_mark(self->blocks, (ApdHtmlMark) (APD_HTML_HEADING + (tag - TAG_HEADING)),
                             by);
        break;
    case TAG_TABLE:
        apd_html_blocks_table(self->blocks, by > 0);
        break;
    case TAG_ROW:
        apd_html_blocks_row(self->blocks);
        break;
    case TAG_CELL:
        apd_html_blocks_cell(self->blocks, by > 0);
        break;
    case TAG_LINK: /* its beginning needs the address: push() */
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
        if (!element.hidden)
            mark(self, element.tag, -1);
    } else {
        self->depth--;
    }
}

/* How far down an element may be closed: a table closes nothing outside itself. */
static int
find_open(const Html *self, const char *name, Tag tag)
{
    for (int i = MIN(self->depth, MAX_DEPTH) - 1; i >= 0; i--) {
        if (self->open[i].name[0] == *name && strcmp(self->open[i].name, name) == 0)
            return i;
        if (self->open[i].tag == TAG_TABLE && tag != TAG_TABLE)
            return -1;
        if (self->open[i].tag == TAG_CELL && tag != TAG_TABLE && tag != TAG_ROW && tag != TAG_CELL
            && tag != TAG_BLOCK)
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
close_implied(Html *self, const char *name, Tag tag)
{
    int at = -1;

    if (tag == TAG_CELL || tag == TAG_ROW || tag == TAG_ITEM || g_str_equal(name, "p"))
        at = find_open(self, name, tag);
    if (tag == TAG_CELL && at < 0)
        at = find_open(self, g_str_equal(name, "td") ? "th" : "td", tag);
    if (at < 0)
        return;
    if (tag == TAG_ITEM || g_str_equal(name, "p"))
        for (int i = MIN(self->depth, MAX_DEPTH) - 1; i > at; i--)
            if (self->open[i].tag == TAG_BLOCK || self->open[i].tag == TAG_TABLE
                || self->open[i].tag == TAG_CELL)
                return; /* a list or box stands between: it is another one */
    close_to(self, at);
}

static bool
is_hidden(const Html *self, const ApdHtmlAttributes *attributes)
{
    const ApdHtmlStyle *style = &attributes->style;
    int background =
        style->background >= APD_COLOUR_UNKNOWN ? style->background : top(self)->background;

    return top(self)->hidden || attributes->hidden || style->hidden
           || (style->colour >= 0 && style->colour == background);
}

static void
push(Html *self, const char *name, Tag tag, const ApdHtmlAttributes *attributes)
{
    bool hidden = is_hidden(self, attributes) || tag == TAG_HIDDEN;
    int background = attributes->style.background >= APD_COLOUR_UNKNOWN
                         ? attributes->style.background
                         : top(self)->background;

    if (!hidden)
        mark(self, tag, 1);
    self->depth++;
    if (self->depth > MAX_DEPTH)
        return;

    Element *element = &self->open[self->depth - 1];
    element->tag = tag;
    g_strlcpy(element->name, name, sizeof element->name);
    element->hidden = hidden;
    element->background = background;
    if (tag == TAG_LINK && !hidden && attributes->href != NULL)
        apd_html_blocks_link(self->blocks, attributes->href,
                             attributes->style.button
                                 && attributes->style.background >= APD_COLOUR_UNKNOWN);
}

/* --- text --------------------------------------------------------------------------- */

static void
add_text(Html *self, const char *text, gsize size)
{
    if (top(self)->hidden)
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

static void
open_tag(Html *self, const char *name, const ApdHtmlAttributes *attributes)
{
    Tag tag = find_tag(name);
    gsize size;

    switch (tag) {
    case TAG_BR:
    case TAG_VOID_BLOCK:
        if (!top(self)->hidden)
            apd_html_blocks_break(self->blocks);
        return;
    case TAG_VOID:
        return;
    case TAG_IMAGE:
        if (attributes->alt != NULL && !is_hidden(self, attributes)) {
            apd_html_blocks_add(self->blocks, " ", 1);
            apd_html_blocks_add(self->blocks, attributes->alt, strlen(attributes->alt));
            apd_html_blocks_add(self->blocks, " ", 1);
        }
        return;
    case TAG_RAW:
        skip_raw(self, name, &size);
        return;
    case TAG_STYLE: {
        const char *sheet = skip_raw(self, name, &size);
        apd_html_sheet_read(sheet, size, self->sheet);
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
    Tag tag = find_tag(name);
    int at = find_open(self, name, tag);

    if (self->depth > MAX_DEPTH)
        self->depth--;
    else if (at >= 0)
        close_to(self, at);
    else if (g_str_equal(name, "p") || tag == TAG_BR)
        apd_html_blocks_break(self->blocks);
}

/* <!-- -->, <!DOCTYPE>, <![if]>, <?xml?> */
static void
skip_declaration(Html *self)
{
    gsize left = (gsize) (self->end - self->at);
    const char *stop;

    if (left >= 4 && memcmp(self->at, "<!--", 4) == 0) {
        stop = g_strstr_len(self->at + 4, (gssize) left - 4, "-->");
        self->at = stop ? stop + 3 : self->end;
        return;
    }
    stop = memchr(self->at, '>', left);
    self->at = stop ? stop + 1 : self->end;
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
    self->at = apd_html_attributes_read(p, self->end, self->sheet, &attributes);
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
    Html *self = g_new0(Html, 1);

    self->at = html;
    self->end = html + size;
    self->blocks = apd_html_blocks_new(document);
    self->sheet = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->scratch = g_string_new(NULL);
    read_all(self);
    apd_html_blocks_free(self->blocks);
    g_hash_table_unref(self->sheet);
    g_string_free(self->scratch, TRUE);
    g_free(self);
}
