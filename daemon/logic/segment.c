#include "logic/segment.h"

#include <string.h>

#include "logic/normalise.h"
#include "logic/quote.h"
#include "logic/sentence.h"

#define MAX_BYTES       (512 * 1024)
#define MAX_SEGMENTS    8000
#define MAX_ATTACHED    8
#define MAX_LABEL_BYTES 160
#define FEW_OWN_WORDS   45

/* A text being made.  Pointers into the buffers are set at the end, when they no
 * longer move; until then the offsets stand here. */
typedef struct {
    ApdText *text;
    GArray *offsets; /* element-type size_t: shown and folded of each segment */
    int paragraph;
    int quoted;     /* added to depth: a mark of quotation has been seen */
    bool in_header; /* in the header block of something quoted */
    bool forward_mark, reply_mark, forward_subject, reply_subject;
    int label; /* a label whose value is to come, or -1 */
} Maker;

typedef struct {
    ApdZone zone;
    int depth, row, column, pair;
} Place;

static int
add_segment(Maker *self, const char *shown, size_t n, Place place)
{
    ApdText *text = self->text;

    while (n > 0 && shown[n - 1] == ' ')
        n--;
    if (n == 0)
        return -1;
    if (text->segments->len >= MAX_SEGMENTS || text->folded->len + n > MAX_BYTES) {
        text->is_cut = true;
        return -1;
    }

    size_t offsets[2] = { text->shown->len, text->folded->len };
    g_string_append_len(text->shown, shown, (gssize) n);
    g_string_append_c(text->shown, '\0');
    apd_normalise_fold(shown, n, text->folded);
    ApdSegment segment = { place.zone, place.depth,  self->paragraph,
                           place.row,  place.column, place.pair,
                           NULL,       NULL,         text->folded->len - offsets[1] };
    g_string_append_c(text->folded, '\0');
    g_array_append_val(text->segments, segment);
    g_array_append_vals(self->offsets, offsets, 2);
    return (int) text->segments->len - 1;
}

static void
add_sentences(Maker *self, const char *shown, size_t n, Place place)
{
    while (n > 0) {
        size_t length = apd_sentence_length(shown, n);
        add_segment(self, shown, length, place);
        shown += length;
        n -= length;
        if (place.row < 0 && place.zone == APD_ZONE_VALUE) {
            place.zone = APD_ZONE_BODY;
            place.pair = -1;
        }
    }
}

/* "Case: AE1, points: 2": each label with its value.  Returns: whether it was one. */
static bool
add_pairs(Maker *self, const char *shown, size_t n, Place place)
{
    size_t label, value;

    if (!apd_sentence_label(shown, n, &label, &value))
        return false;

    Place at = place;
    at.zone = APD_ZONE_LABEL;
    int index = add_segment(self, shown, label, at);
    if (value >= n) {
        self->label = index;
        return true;
    }

    const char *rest = shown + value;
    size_t left = n - value, length = apd_sentence_value_length(rest, left);
    at.zone = APD_ZONE_VALUE;
    at.pair = index;
    add_sentences(self, rest, length, at);
    if (length < left) {
        rest += length + strspn(rest + length, " ");
        if (!add_pairs(self, rest, (size_t) (shown + n - rest), place))
            add_sentences(self, rest, (size_t) (shown + n - rest), place);
    }
    return true;
}

/* One logical line in shown form. */
static void
add_shown(Maker *self, const char *shown, size_t n, Place place)
{
    int label = self->label;

    self->label = -1;
    if (n == 0 || (place.zone == APD_ZONE_BUTTON && add_segment(self, shown, n, place) >= 0))
        return;
    if (add_pairs(self, shown, n, place))
        return;
    if (label >= 0 && place.depth == apd_text_at(self->text, (guint) label)->depth && n < 200) {
        place.zone = APD_ZONE_VALUE;
        place.pair = label;
    }
    add_sentences(self, shown, n, place);
}

/* "| Case | AE1 |" in plain text. */
static bool
add_bars(Maker *self, const char *shown, Place place)
{
    g_auto(GStrv) cells = g_strsplit(shown, "|", 12);
    int label = -1, n = 0;

    if (g_strv_length(cells) < 3)
        return false;
    for (char **p = cells; *p != NULL; p++)
        n += *g_strstrip(*p) != '\0';
    for (char **p = cells; *p != NULL; p++) {
        if (**p == '\0')
            continue;
        Place at = place;
        at.zone = n == 2 && label < 0 ? APD_ZONE_LABEL : APD_ZONE_VALUE;
        at.pair = label;
        int index = add_segment(self, *p, strlen(*p), at);
        label = label < 0 ? index : label;
    }
    return true;
}

/* Marks of quotation.  Returns: whether the line is one, and no text. */
static bool
take_quote(Maker *self, const char *line, size_t n, Place *place)
{
    ApdQuote quote = apd_quote_of(line);
    bool after_mark = self->in_header;

    (void) n;
    if (quote == APD_QUOTE_FORWARD || quote == APD_QUOTE_REPLY) {
        self->forward_mark |= quote == APD_QUOTE_FORWARD && self->quoted == 0;
        self->reply_mark |= quote == APD_QUOTE_REPLY && self->quoted == 0;
        self->quoted = MAX(self->quoted, 1);
        self->in_header = true;
        return true;
    }
    if (quote == APD_QUOTE_NO || !after_mark) {
        self->in_header = false;
        return false;
    }
    if (quote == APD_QUOTE_FROM && self->text->quoted_from == NULL)
        self->text->quoted_from = g_strdup(strchr(line, ':') + 1);
    if (quote == APD_QUOTE_SUBJECT) {
        const char *value = strchr(line, ':') + 1;
        value += strspn(value, " *");
        place->zone = APD_ZONE_HEADING;
        place->depth += self->quoted;
        add_segment(self, value, strlen(value), *place);
    }
    return true;
}

/* Outlook sets no mark: "From: ... Sent: ... Subject: ..." in a row are one; those who
 * forward by hand may keep the first and the last. */
static bool
starts_header_block(const Maker *self, const GPtrArray *lines, guint at)
{
    int headers = 0, subjects = 0;

    for (guint i = at; i < lines->len && i < at + 6; i++) {
        ApdQuote quote = apd_quote_of(lines->pdata[i]);
        if (quote != APD_QUOTE_FROM && quote != APD_QUOTE_HEADER && quote != APD_QUOTE_SUBJECT)
            break;
        headers += quote == APD_QUOTE_HEADER;
        headers += quote == APD_QUOTE_FROM ? (self->forward_subject ? 2 : 1) : 0;
        subjects += quote == APD_QUOTE_SUBJECT;
    }
    return headers >= 2 && subjects >= 1;
}

static void
add_line(Maker *self, const char *line, Place place)
{
    int marks = 0;

    while (*line == '>') {
        marks++;
        line += 1 + strspn(line + 1, " ");
    }
    place.depth += marks;
    if (take_quote(self, line, strlen(line), &place))
        return;

    place.depth += self->quoted;
    if (strspn(line, "-=_*~# ") == strlen(line))
        return;
    if (strchr(line, '|') == NULL || !add_bars(self, line, place))
        add_shown(self, line, strlen(line), place);
}

static char *
show(const char *text)
{
    GString *shown = g_string_new(NULL);

    apd_normalise_show(text, strlen(text), shown);
    return g_string_free(shown, FALSE);
}

static void
add_text_block(Maker *self, const ApdBlock *block, ApdZone zone)
{
    Place place = { zone, block->depth, -1, -1, -1 };
    g_autoptr(GPtrArray) raw = apd_sentence_lines(block->text);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < raw->len; i++)
        g_ptr_array_add(lines, show(raw->pdata[i]));
    for (guint i = 0; i < lines->len; i++) {
        if (!self->in_header && starts_header_block(self, lines, i)) {
            self->forward_mark |= self->quoted == 0;
            self->quoted = MAX(self->quoted, 1);
            self->in_header = true;
        }
        add_line(self, lines->pdata[i], place);
    }
    self->paragraph++;
}

static bool
has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* A run of cells: rows @from..@to (exclusive) of one table. */
typedef struct {
    const ApdBlock *cells;
    guint n;
} Table;

static guint
row_length(const Table *table, guint at)
{
    guint n = 0;

    while (at + n < table->n && table->cells[at + n].row == table->cells[at].row)
        n++;
    return n;
}

/* Whether the first row names the columns of those below it. */
static bool
has_header_row(const Table *table)
{
    guint columns = row_length(table, 0);

    if (columns < 2 || columns >= table->n || row_length(table, columns) < columns)
        return false;
    for (guint i = 0; i < columns; i++)
        if (strlen(table->cells[i].text) > MAX_LABEL_BYTES || has_digit(table->cells[i].text))
            return false;
    const char *below = table->cells[columns].text;
    return columns > 2 || strspn(below, "0123456789 #.-") > strlen(below) / 2;
}

static void
add_cell(Maker *self, const ApdBlock *cell, ApdZone zone, int pair, int *ret_index)
{
    g_autofree char *shown = show(cell->text);
    size_t n = strlen(shown);
    Place place = { zone, cell->depth + self->quoted, cell->row, cell->column, pair };

    *ret_index = -1;
    while (zone == APD_ZONE_LABEL && n > 0 && (shown[n - 1] == ':' || shown[n - 1] == ' '))
        n--;
    if (zone == APD_ZONE_LABEL)
        *ret_index = add_segment(self, shown, n, place);
    else if (pair >= 0 || !add_pairs(self, shown, n, place))
        add_sentences(self, shown, n, place);
}

static void
add_row(Maker *self, const ApdBlock *cells, guint n, const int *headers, guint n_headers)
{
    int index, label = -1;

    for (guint i = 0; i < n; i++) {
        bool names =
            n_headers == 0 && label < 0 && i + 1 < n && strlen(cells[i].text) <= MAX_LABEL_BYTES;
        int pair = n_headers > 0 ? (i < n_headers ? headers[i] : -1) : label;
        add_cell(self, &cells[i], names ? APD_ZONE_LABEL : APD_ZONE_VALUE, names ? -1 : pair,
                 &index);
        label = names ? index : i % 2 == 1 && n % 2 == 0 ? -1 : label;
    }
    self->paragraph++;
}

static void
add_table(Maker *self, const ApdBlock *cells, guint n)
{
    Table table = { cells, n };
    guint columns = row_length(&table, 0), at = 0;
    int headers[32];
    bool has_headers = columns <= G_N_ELEMENTS(headers) && has_header_row(&table);

    if (has_headers) {
        for (guint i = 0; i < columns; i++)
            add_cell(self, &cells[i], APD_ZONE_LABEL, -1, &headers[i]);
        at = columns;
    }
    while (at < n) {
        guint length = row_length(&table, at);
        if (cells[at].column == cells[at + length - 1].column)
            for (guint i = at; i < at + length; i++)
                add_text_block(self, &cells[i], APD_ZONE_BODY);
        else
            add_row(self, cells + at, length, headers, has_headers ? columns : 0);
        at += length;
    }
}

static ApdZone
zone_of(const ApdBlock *block)
{
    switch (block->kind) {
    case APD_BLOCK_HEADING:
        return APD_ZONE_HEADING;
    case APD_BLOCK_ITEM:
        return APD_ZONE_ITEM;
    case APD_BLOCK_BUTTON:
        return APD_ZONE_BUTTON;
    case APD_BLOCK_CELL:
    case APD_BLOCK_TEXT:
        break;
    }
    return APD_ZONE_BODY;
}

static void
add_blocks(Maker *self, const ApdDocument *document, int depth)
{
    const ApdBlock *blocks = (const ApdBlock *) (const void *) document->blocks->data;
    guint n = document->blocks->len;

    for (guint i = 0; i < n;) {
        guint run = 0;
        while (i + run < n && blocks[i + run].kind == APD_BLOCK_CELL && blocks[i + run].row >= 0
               && (run == 0 || blocks[i + run].row - blocks[i + run - 1].row <= 1))
            run++;
        if (run > 0) {
            add_table(self, blocks + i, run);
            i += run;
        } else {
            ApdBlock block = blocks[i++];
            block.depth += depth;
            add_text_block(self, &block, zone_of(&block));
        }
    }
}

static void
add_subject(Maker *self, const ApdDocument *document, int depth)
{
    Place place = { depth == 0 ? APD_ZONE_SUBJECT : APD_ZONE_HEADING, depth, -1, -1, -1 };
    g_autofree char *shown = show(document->subject ? document->subject : "");
    bool forward = false, reply = false;
    int skip = apd_quote_prefix(shown, &forward, &reply);

    if (depth == 0) {
        self->forward_subject = forward;
        self->reply_subject = reply;
    }
    add_segment(self, shown + skip, strlen(shown + skip), place);
    self->paragraph++;
}

/* Words of the sender's own; two ideographs count as one. */
static int
own_words(const ApdText *text)
{
    int words = 0;

    for (guint i = 0; i < text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        if (segment->depth > 0 || segment->zone == APD_ZONE_SUBJECT)
            continue;
        for (size_t k = 0; k < segment->n; k++)
            words += (unsigned char) segment->folded[k] >= 0xE3
                         ? (k % 2 == 0)
                         : apd_text_is_word_byte(segment->folded[k])
                               && !apd_text_is_word_byte(segment->folded[k + 1]);
    }
    return words;
}

static void
judge_forward(const Maker *self, const ApdDocument *document)
{
    ApdText *text = self->text;
    bool has_quoted = false;

    for (guint i = 0; i < text->segments->len && !has_quoted; i++)
        has_quoted = apd_text_at(text, i)->depth > 0;
    bool few = own_words(text) <= FEW_OWN_WORDS;
    bool forward = self->forward_mark || self->forward_subject || document->is_forwarded
                   || document->attached->len > 0;
    bool reply = self->reply_mark || self->reply_subject
                 || (document->auto_submitted != NULL
                     && g_ascii_strncasecmp(document->auto_submitted, "auto-replied", 12) == 0);

    text->is_forward = has_quoted && few && forward && !reply;
    text->is_reply = has_quoted && reply && !text->is_forward;
}

static void
set_pointers(Maker *self)
{
    for (guint i = 0; i < self->text->segments->len; i++) {
        ApdSegment *segment = &g_array_index(self->text->segments, ApdSegment, i);
        segment->shown = self->text->shown->str + g_array_index(self->offsets, size_t, 2 * i);
        segment->folded = self->text->folded->str + g_array_index(self->offsets, size_t, 2 * i + 1);
    }
}

ApdText *
apd_segment_document(const ApdDocument *document)
{
    g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(size_t));
    Maker self = { .text = apd_text_new(), .offsets = offsets, .label = -1 };

    g_string_append_c(self.text->folded, '\0');
    add_subject(&self, document, 0);
    add_blocks(&self, document, 0);
    for (guint i = 0; i < document->attached->len && i < MAX_ATTACHED; i++) {
        self.quoted = 0;
        self.in_header = false;
        const ApdDocument *attached = document->attached->pdata[i];
        if (self.text->quoted_from == NULL)
            self.text->quoted_from = g_strdup(attached->from_address);
        add_subject(&self, document->attached->pdata[i], 1);
        add_blocks(&self, document->attached->pdata[i], 1);
    }
    set_pointers(&self);
    judge_forward(&self, document);
    return self.text;
}
