#include "io/html_blocks.h"

#include <string.h>

#include "io/plain.h"
#include "logic/quote.h"

/* Bounds on what one message may become. */
#define MAX_BLOCKS 20000
#define MAX_LINKS  2000
#define MAX_TABLES 32
#define MAX_LONE   100

/* A row whose cells are longer than this is a layout, not data. */
#define MAX_CELL 300

/* A bold line longer than this is emphasis, not a heading. */
#define MAX_HEADING 120

/* A link without words. */
typedef struct {
    char *href; /* owned */
    int depth;
    bool seen;
} Lone;

/* An open table. */
typedef struct {
    guint row_start; /* first block of the row */
    int column;      /* of the cell; -1: none yet */
    bool nested;     /* a table stands inside the row: it is a layout */
} Table;

struct ApdHtmlBlocks {
    ApdDocument *document; /* borrowed */
    GString *text;         /* owned: of the block that grows */
    int marks[APD_HTML_PRE + 1];
    bool has_plain; /* text that is not bold */
    Table tables[MAX_TABLES];
    int n_tables;     /* may exceed MAX_TABLES: deeper ones are not told apart */
    int rows;         /* data rows so far: numbers them */
    char *href;       /* owned: of the open link; NULL: none */
    gsize link_start; /* in text */
    bool link_button, link_image;
    guint links_before; /* links of the document when the block began */
    GArray *lone;       /* owned, element-type Lone: added at the end, where they disturb nothing */
};

static void
clear_lone(void *data)
{
    Lone *lone = data;
    g_free(lone->href);
}

ApdHtmlBlocks *
apd_html_blocks_new(ApdDocument *document)
{
    ApdHtmlBlocks *self = g_new0(ApdHtmlBlocks, 1);

    self->document = document;
    self->text = g_string_new(NULL);
    self->links_before = document->links->len;
    self->lone = g_array_new(FALSE, FALSE, sizeof(Lone));
    g_array_set_clear_func(self->lone, clear_lone);
    return self;
}

static bool
has_link(const ApdDocument *document, const char *href)
{
    for (guint i = 0; i < document->links->len; i++)
        if (g_str_equal(g_array_index(document->links, ApdLink, i).href, href))
            return true;
    return false;
}

static void
add_lone_links(ApdHtmlBlocks *self)
{
    for (guint i = 0; i < self->lone->len; i++) {
        const Lone *lone = &g_array_index(self->lone, Lone, i);
        if (!has_link(self->document, lone->href))
            apd_document_add_lone_link(self->document, lone->href, lone->depth, lone->seen);
    }
}

void
apd_html_blocks_free(ApdHtmlBlocks *self)
{
    if (self == NULL)
        return;

    apd_html_blocks_link(self, NULL, false);
    apd_html_blocks_break(self);
    add_lone_links(self);
    g_array_unref(self->lone);
    g_string_free(self->text, TRUE);
    g_free(self);
}

static Table *
table_of(ApdHtmlBlocks *self)
{
    return self->n_tables > 0 && self->n_tables <= MAX_TABLES ? &self->tables[self->n_tables - 1]
                                                              : NULL;
}

/* --- text -------------------------------------------------------------------- */

/* Bytes of the word at the beginning of @text. */
static gsize
word_length(const char *text, gsize size)
{
    gsize n = 0;

    while (n < size && text[n] != '\0' && !g_ascii_isspace(text[n]))
        n++;
    return n;
}

void
apd_html_blocks_add(ApdHtmlBlocks *self, const char *text, gsize size)
{
    for (gsize i = 0; i < size; i++) {
        gsize n = word_length(text + i, size - i);
        if (n > 0) {
            g_string_append_len(self->text, text + i, (gssize) n);
            self->has_plain |= self->marks[APD_HTML_BOLD] == 0;
            i += n;
        }
        if (i >= size)
            return;
        if (text[i] == '\n' && self->marks[APD_HTML_PRE] > 0)
            apd_html_blocks_break(self);
        else if (self->text->len > 0 && self->text->str[self->text->len - 1] != ' ')
            g_string_append_c(self->text, ' ');
    }
}

/* Whether the whole of @text is the words of one link. */
static bool
is_one_link(const ApdHtmlBlocks *self, const char *text)
{
    if (self->document->links->len != self->links_before + 1)
        return false;

    const ApdLink *link = &g_array_index(self->document->links, ApdLink, self->links_before);
    return g_str_equal(link->text, text);
}

static ApdBlockKind
kind_of(ApdHtmlBlocks *self, const char *text)
{
    if (is_one_link(self, text)) {
        g_array_index(self->document->links, ApdLink, self->links_before).button = true;
        return APD_BLOCK_BUTTON;
    }
    if (self->marks[APD_HTML_HEADING] > 0)
        return APD_BLOCK_HEADING;
    if (self->marks[APD_HTML_ITEM] > 0)
        return APD_BLOCK_ITEM;
    if (!self->has_plain && strlen(text) <= MAX_HEADING)
        return APD_BLOCK_HEADING;
    return APD_BLOCK_TEXT;
}

void
apd_html_blocks_break(ApdHtmlBlocks *self)
{
    Table *table = table_of(self);

    /* A link that spans blocks keeps its words so far. */
    if (self->href != NULL) {
        g_autofree char *href = g_strdup(self->href);
        bool button = self->link_button, image = self->link_image;
        apd_html_blocks_link(self, NULL, false);
        self->href = g_steal_pointer(&href);
        self->link_button = button;
        self->link_image = image;
    }

    g_strchomp(self->text->str);
    self->text->len = strlen(self->text->str);
    if (self->text->len > 0) {
        if (self->document->links->len == self->links_before)
            apd_plain_links(self->text->str, self->marks[APD_HTML_QUOTE], self->document);
        if (self->document->blocks->len < MAX_BLOCKS)
            apd_document_add_block(self->document, kind_of(self, self->text->str),
                                   self->marks[APD_HTML_QUOTE], -1, table ? table->column : -1,
                                   self->text->str);
        else
            self->document->is_truncated = true;
    }
    g_string_truncate(self->text, 0);
    self->link_start = 0;
    self->has_plain = false;
    self->links_before = self->document->links->len;
}

void
apd_html_blocks_mark(ApdHtmlBlocks *self, ApdHtmlMark mark, int by)
{
    self->marks[mark] = MAX(self->marks[mark] + by, 0);
}

/* --- tables -------------------------------------------------------------------- */

/* "Label:", "Label: value": a line of its own. */
static bool
has_label(const char *text)
{
    for (const char *p = text; (p = strchr(p, ':')) != NULL; p++)
        if (p[1] == '\0' || p[1] == ' ')
            return true;
    return strstr(text, "：") != NULL;
}

static bool
goes_on(const ApdBlock *before, const ApdBlock *block)
{
    return before->column == block->column && before->row == block->row
           && before->depth == block->depth && before->kind != APD_BLOCK_BUTTON
           && block->kind != APD_BLOCK_BUTTON && block->kind != APD_BLOCK_ITEM
           && strlen(before->text) <= MAX_CELL && !has_label(before->text)
           && !has_label(block->text);
}

/* Lines of one cell are one text, but for those with a label of their own. */
static void
join_lines(GArray *blocks, guint start)
{
    guint kept = start;

    for (guint i = start; i < blocks->len; i++) {
        ApdBlock *block = &g_array_index(blocks, ApdBlock, i);
        ApdBlock *before = kept > start ? &g_array_index(blocks, ApdBlock, kept - 1) : NULL;
        ApdBlock moved = *block;

        block->text = NULL;
        if (before != NULL && goes_on(before, &moved)) {
            char *both = g_strconcat(before->text, " ", moved.text, NULL);
            g_free(before->text);
            g_free(moved.text);
            before->text = both;
        } else {
            g_array_index(blocks, ApdBlock, kept++) = moved;
        }
    }
    g_array_set_size(blocks, kept);
}

/* The row that ends here is data when it has two cells or more, each of them one
 * short block: then they are told as cells of one row. */
static void
end_row(ApdHtmlBlocks *self, Table *table)
{
    GArray *blocks = self->document->blocks;
    bool is_data = !table->nested && table->column > 0;
    int last = -1, cells = 0;

    for (guint i = table->row_start; is_data && i < blocks->len; i++) {
        const ApdBlock *block = &g_array_index(blocks, ApdBlock, i);
        is_data = strlen(block->text) <= MAX_CELL;
        cells += block->column != last;
        last = block->column;
    }
    is_data = is_data && cells >= 2;

    for (guint i = table->row_start; i < blocks->len; i++) {
        ApdBlock *block = &g_array_index(blocks, ApdBlock, i);
        if (is_data) {
            block->row = self->rows;
            if (block->kind != APD_BLOCK_BUTTON)
                block->kind = APD_BLOCK_CELL;
        } else if (block->row < 0) {
            block->column = -1;
        }
    }
    if (is_data)
        join_lines(blocks, table->row_start);
    self->rows += is_data;
    table->row_start = blocks->len;
    table->column = -1;
    table->nested = false;
}

void
apd_html_blocks_table(ApdHtmlBlocks *self, bool opens)
{
    Table *table;

    apd_html_blocks_break(self);
    if (opens) {
        if ((table = table_of(self)) != NULL)
            table->nested = true;
        self->n_tables++;
        if ((table = table_of(self)) != NULL)
            *table = (Table){ self->document->blocks->len, -1, false };
    } else if (self->n_tables > 0) {
        if ((table = table_of(self)) != NULL)
            end_row(self, table);
        self->n_tables--;
    }
}

void
apd_html_blocks_row(ApdHtmlBlocks *self)
{
    Table *table = table_of(self);

    apd_html_blocks_break(self);
    if (table != NULL)
        end_row(self, table);
}

void
apd_html_blocks_cell(ApdHtmlBlocks *self, bool opens)
{
    Table *table = table_of(self);

    apd_html_blocks_break(self);
    if (table != NULL && opens)
        table->column++;
}

/* --- links ---------------------------------------------------------------------- */

void
apd_html_blocks_link(ApdHtmlBlocks *self, const char *href, bool button)
{
    if (self->href != NULL) {
        g_autofree char *text = g_strdup(self->text->str + MIN(self->link_start, self->text->len));
        g_strstrip(text);
        if (self->document->links->len < MAX_LINKS) {
            apd_document_add_link(self->document, self->href, text, self->text->str,
                                  MIN(self->link_start, self->text->len),
                                  self->marks[APD_HTML_QUOTE], self->link_button && *text != '\0');
            ApdLink *link =
                &g_array_index(self->document->links, ApdLink, self->document->links->len - 1);
            link->drawn = self->link_button;
            link->image = self->link_image;
        } else {
            self->document->is_truncated = true;
        }
    }
    g_free(self->href);
    self->href = g_strdup(href);
    self->link_start = self->text->len;
    self->link_button = button;
    self->link_image = false;
}

void
apd_html_blocks_image(ApdHtmlBlocks *self)
{
    self->link_image |= self->href != NULL;
}

void
apd_html_blocks_lone_link(ApdHtmlBlocks *self, const char *href, bool seen)
{
    Lone lone = { g_strdup(href), self->marks[APD_HTML_QUOTE], seen };

    if (self->lone->len < MAX_LONE)
        g_array_append_val(self->lone, lone);
    else
        g_free(lone.href);
}

bool
apd_html_blocks_announce_quote(ApdHtmlBlocks *self)
{
    const GArray *blocks = self->document->blocks;

    apd_html_blocks_break(self);
    for (guint i = 1; i <= 6 && i <= blocks->len; i++) {
        ApdQuote quote = apd_quote_of(g_array_index(blocks, ApdBlock, blocks->len - i).text);
        if (quote == APD_QUOTE_REPLY || quote == APD_QUOTE_FORWARD)
            return true;
    }
    return false;
}
