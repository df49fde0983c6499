/* The terminal: how wide it is, what it may be sent, how text fits it.
 *
 * Chinese, Japanese and Korean characters take two columns.  Where standard
 * output is no terminal nothing is cut or wrapped and nothing coloured.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Columns of standard output; 0: no terminal.  $COLUMNS overrides. */
guint apd_screen_width(void);

/* Whether standard output wants colours: a terminal, no NO_COLOR (no-color.org). */
bool apd_screen_colours(void);

typedef enum {
    APD_PAINT_PLAIN,
    APD_PAINT_BOLD,
    APD_PAINT_URGENT, /* bold red */
    APD_PAINT_WARN,   /* yellow */
    APD_PAINT_GOOD,   /* green */
    APD_PAINT_DIM,
    APD_N_PAINTS,
} ApdPaint;

/* The sequence that begins @paint, "" where colours are not wanted. */
const char *apd_screen_on(ApdPaint paint);
const char *apd_screen_off(ApdPaint paint);

/* How many columns @text takes. */
guint apd_screen_columns(const char *text);

/* Appends @text cut to @width columns, with an ellipsis when something was cut;
 * returns the columns used. */
guint apd_screen_fit(GString *line, const char *text, guint width);

/* Prints "  label         text", made safe (text may come from mail) and wrapped
 * under itself.  NULL and "" print nothing. */
void apd_screen_fact(const char *label, const char *text);

/* Prints a line that is laid out already, wrapped so that what goes over stands
 * under its column @hang (in bytes; blanks or plain letters stand before it). */
void apd_screen_line(const char *line, guint hang);

/* Prints @text in bold after an empty line. */
void apd_screen_heading(const char *text);

/* Prints @text made safe, wrapped, each line behind @indent blanks. */
void apd_screen_text(guint indent, const char *text, ApdPaint paint);
