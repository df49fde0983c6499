/* Tables that fit the terminal: columns as wide as their text, the last of the
 * wide ones cut; Chinese characters count twice; colour only on a terminal. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct ApdTable ApdTable;

/* @headings: NULL-terminated; one column each.  @flexible: the column that is cut
 * when the terminal is narrow. */
ApdTable *apd_table_new(const char *const *headings, guint flexible);
void apd_table_free(ApdTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdTable, apd_table_free)

/* Adds a row of copies of @cells (one for each heading).  @urgent: shown bold. */
void apd_table_add(ApdTable *self, const char *const *cells, bool urgent);

/* Prints to standard output. */
void apd_table_print(const ApdTable *self);

/* How many columns of a terminal @text takes. */
guint apd_table_width(const char *text);

/* Whether standard output wants colours (a terminal, and no NO_COLOR). */
bool apd_table_colours(void);
