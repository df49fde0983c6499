#include "app/table.h"

#include <string.h>

#include "base/text.h"

#define GAP 2u

typedef struct {
    char **cells; /* owned */
    ApdPaint paint;
} Row;

struct ApdTable {
    const ApdColumn *columns; /* borrowed */
    guint n;
    GPtrArray *rows; /* owned, element-type Row */
};

static void
free_row(void *data)
{
    Row *row = data;

    g_strfreev(row->cells);
    g_free(row);
}

ApdTable *
apd_table_new(const ApdColumn *columns)
{
    ApdTable *self = g_new0(ApdTable, 1);

    self->columns = columns;
    while (columns[self->n].heading != NULL)
        self->n++;
    self->rows = g_ptr_array_new_with_free_func(free_row);
    return self;
}

void
apd_table_free(ApdTable *self)
{
    if (self == NULL)
        return;

    g_ptr_array_unref(self->rows);
    g_free(self);
}

void
apd_table_add(ApdTable *self, const char *const *cells, ApdPaint paint)
{
    Row *row = g_new0(Row, 1);

    row->cells = g_new0(char *, self->n + 1);
    row->paint = paint;
    for (guint i = 0; i < self->n; i++)
        row->cells[i] = apd_text_line(cells[i]);
    g_ptr_array_add(self->rows, row);
}

/* Fills @widths with what each column needs; 0: nothing stands in it. */
static void
measure(const ApdTable *self, guint *widths)
{
    for (guint i = 0; i < self->n; i++) {
        widths[i] = 0;
        for (guint j = 0; j < self->rows->len; j++)
            widths[i] =
                MAX(widths[i], apd_screen_columns(((const Row *) self->rows->pdata[j])->cells[i]));
        if (widths[i] > 0 || self->columns[i].rank == 0)
            widths[i] = MAX(widths[i], apd_screen_columns(self->columns[i].heading));
    }
}

static guint
total(const ApdTable *self, const guint *widths)
{
    guint sum = 0, n = 0;

    for (guint i = 0; i < self->n; i++) {
        sum += widths[i];
        n += widths[i] > 0;
    }
    return n > 0 ? sum + GAP * (n - 1) : 0;
}

/* The column in sight with the greatest rank below @below; -1: none. */
static int
weakest(const ApdTable *self, const guint *widths, guint below)
{
    int found = -1;

    for (guint i = 0; i < self->n; i++) {
        guint rank = self->columns[i].rank;
        if (widths[i] > 0 && rank > 0 && rank < below
            && (found < 0 || rank > self->columns[found].rank))
            found = (int) i;
    }
    return found;
}

/* Cuts columns, weakest first, until all fit into @room. */
static bool
shrink(const ApdTable *self, guint *widths, guint room)
{
    guint sum = total(self, widths);

    for (int i = weakest(self, widths, G_MAXUINT); i >= 0 && sum > room;
         i = weakest(self, widths, self->columns[i].rank)) {
        guint least = self->columns[i].least;
        if (least == 0 || widths[i] <= least)
            continue;
        guint cut = MIN(sum - room, widths[i] - least);
        widths[i] -= cut;
        sum -= cut;
    }
    return sum <= room;
}

/* Leaves out columns, weakest first, until what stays can be made to fit. */
static void
arrange(const ApdTable *self, guint *widths, guint room)
{
    g_autofree guint *natural = NULL;

    measure(self, widths);
    natural = g_memdup2(widths, self->n * sizeof *widths);
    while (room > 0 && !shrink(self, widths, room)) {
        int out = weakest(self, natural, G_MAXUINT);
        if (out < 0)
            return;
        natural[out] = 0;
        memcpy(widths, natural, self->n * sizeof *widths);
    }
}

static void
add_cell(GString *line, const char *text, guint width, bool right)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    guint used = apd_screen_fit(cell, text, width);

    if (line->len > 0)
        g_string_append_printf(line, "%*s", (int) GAP, "");
    if (right)
        g_string_append_printf(line, "%*s", (int) (width - used), "");
    g_string_append(line, cell->str);
    if (!right)
        g_string_append_printf(line, "%*s", (int) (width - used), "");
}

static void
add_row(const ApdTable *self, GString *text, char *const *cells, const guint *widths,
        ApdPaint paint)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < self->n; i++)
        if (widths[i] > 0)
            add_cell(line, cells ? cells[i] : self->columns[i].heading, widths[i],
                     self->columns[i].right);
    g_string_append_printf(text, "%s%s%s\n", apd_screen_on(paint), g_strchomp(line->str),
                           apd_screen_off(paint));
}

char *
apd_table_render(const ApdTable *self, guint width)
{
    GString *text = g_string_new(NULL);
    g_autofree guint *widths = g_new0(guint, self->n);

    arrange(self, widths, width);
    add_row(self, text, NULL, widths, APD_PAINT_DIM);
    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = self->rows->pdata[i];
        add_row(self, text, row->cells, widths, row->paint);
    }
    return g_string_free(text, FALSE);
}

void
apd_table_print(const ApdTable *self)
{
    g_autofree char *text = apd_table_render(self, apd_screen_width());
    g_print("%s", text);
}
