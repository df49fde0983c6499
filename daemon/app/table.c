#include "app/table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP 2u

/* Narrower than this no column is cut. */
#define MIN_FLEXIBLE 8u

typedef struct {
    char **cells; /* owned */
    bool urgent;
} Row;

struct ApdTable {
    char **headings; /* owned */
    guint n;
    guint flexible;
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
apd_table_new(const char *const *headings, guint flexible)
{
    ApdTable *self = g_new0(ApdTable, 1);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (; *headings != NULL; headings++)
        g_strv_builder_add(builder, *headings);
    self->headings = g_strv_builder_end(builder);
    self->n = g_strv_length(self->headings);
    self->flexible = flexible;
    self->rows = g_ptr_array_new_with_free_func(free_row);
    return self;
}

void
apd_table_free(ApdTable *self)
{
    if (self == NULL)
        return;

    g_strfreev(self->headings);
    g_ptr_array_unref(self->rows);
    g_free(self);
}

void
apd_table_add(ApdTable *self, const char *const *cells, bool urgent)
{
    Row *row = g_new0(Row, 1);

    row->cells = g_new0(char *, self->n + 1);
    row->urgent = urgent;
    for (guint i = 0; i < self->n; i++)
        row->cells[i] = g_strdup(cells[i]);
    g_ptr_array_add(self->rows, row);
}

static guint
char_width(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

guint
apd_table_width(const char *text)
{
    guint width = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text))
        width += char_width(g_utf8_get_char(text));
    return width;
}

bool
apd_table_colours(void)
{
    const char *term = g_getenv("TERM");

    return isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL && g_strcmp0(term, "dumb") != 0;
}

/* 0: not a terminal, nothing is cut. */
static guint
terminal_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static void
measure(const ApdTable *self, guint *widths)
{
    guint sum = GAP * (self->n - 1), room = terminal_width();

    for (guint i = 0; i < self->n; i++) {
        widths[i] = apd_table_width(self->headings[i]);
        for (guint j = 0; j < self->rows->len; j++)
            widths[i] =
                MAX(widths[i], apd_table_width(((const Row *) self->rows->pdata[j])->cells[i]));
        sum += widths[i];
    }
    if (room > 0 && sum > room) {
        guint over = sum - room, *width = &widths[self->flexible];
        *width = MAX(*width > over ? *width - over : 0, MIN(*width, MIN_FLEXIBLE));
    }
}

/* Prints @text in exactly @width columns, cut with an ellipsis. */
static void
print_cell(GString *line, const char *text, guint width)
{
    guint used = 0;
    bool cut = apd_table_width(text) > width;

    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        guint w = char_width(g_utf8_get_char(text));
        if (used + w > (cut ? width - 1 : width))
            break;
        g_string_append_len(line, text, g_utf8_next_char(text) - text);
        used += w;
    }
    if (cut) {
        g_string_append(line, "\xe2\x80\xa6");
        used++;
    }
    for (; used < width; used++)
        g_string_append_c(line, ' ');
}

static void
print_row(const ApdTable *self, char *const *cells, const guint *widths, const char *on,
          const char *off)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (guint i = 0; i < self->n; i++) {
        print_cell(line, cells[i], widths[i]);
        if (i + 1 < self->n)
            g_string_append_printf(line, "%*s", (int) GAP, "");
    }
    g_print("%s%s%s\n", on, g_strchomp(line->str), off);
}

void
apd_table_print(const ApdTable *self)
{
    g_autofree guint *widths = g_new0(guint, self->n);
    bool colours = apd_table_colours();

    measure(self, widths);
    print_row(self, self->headings, widths, colours ? "\033[2m" : "", colours ? "\033[0m" : "");
    for (guint i = 0; i < self->rows->len; i++) {
        const Row *row = self->rows->pdata[i];
        bool bold = colours && row->urgent;
        print_row(self, row->cells, widths, bold ? "\033[1;31m" : "", bold ? "\033[0m" : "");
    }
}
