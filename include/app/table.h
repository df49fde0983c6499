/* Tables that fit the terminal.
 *
 * A column takes the room its text needs.  Where the terminal is narrower,
 * columns give way by rank: cut down to their least width, then left out.
 * Columns in which nothing stands are left out always.
 */
#pragma once

#include "app/screen.h"

typedef struct {
    const char *heading;
    guint rank;  /* the greatest gives way first; 0: never cut, never left out */
    guint least; /* columns it is cut down to before it is left out; 0: never cut */
    bool right;  /* numbers */
} ApdColumn;

typedef struct ApdTable ApdTable;

/* @columns: borrowed, ends with a heading of NULL. */
ApdTable *apd_table_new(const ApdColumn *columns);
void apd_table_free(ApdTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdTable, apd_table_free)

/* Adds a row of copies of @cells, one for each column, made safe to show. */
void apd_table_add(ApdTable *self, const char *const *cells, ApdPaint paint);

/* Returns: (transfer full): the table in lines of at most @width columns; 0: as
 * wide as it needs. */
char *apd_table_render(const ApdTable *self, guint width);

/* Prints it to standard output. */
void apd_table_print(const ApdTable *self);
