#include "app/screen.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

#define LABEL 14u

/* Text in lines longer than this is hard to read. */
#define MAX_TEXT 100u
#define MIN_TEXT 16u

guint
apd_screen_width(void)
{
    const char *given = g_getenv("COLUMNS");
    guint64 columns;
    struct winsize size;

    if (!isatty(STDOUT_FILENO))
        return 0;
    if (given != NULL && g_ascii_string_to_unsigned(given, 10, 20, 1000, &columns, NULL))
        return (guint) columns;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

bool
apd_screen_colours(void)
{
    const char *no = g_getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0')
           && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

const char *
apd_screen_on(ApdPaint paint)
{
    static const char *const codes[APD_N_PAINTS] = { "",         "\033[1m",  "\033[1;31m",
                                                     "\033[33m", "\033[32m", "\033[2m" };

    return apd_screen_colours() ? codes[paint] : "";
}

const char *
apd_screen_off(ApdPaint paint)
{
    return paint != APD_PAINT_PLAIN && apd_screen_colours() ? "\033[0m" : "";
}

static guint
char_columns(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

guint
apd_screen_columns(const char *text)
{
    guint columns = 0;

    for (; *text != '\0'; text = g_utf8_next_char(text))
        columns += char_columns(g_utf8_get_char(text));
    return columns;
}

guint
apd_screen_fit(GString *line, const char *text, guint width)
{
    guint used = 0, room = width;
    bool cut = apd_screen_columns(text) > width;

    if (cut)
        room = width > 0 ? width - 1 : 0;
    for (const char *next; *text != '\0'; text = next) {
        guint columns = char_columns(g_utf8_get_char(text));
        next = g_utf8_next_char(text);
        if (used + columns > room)
            break;
        g_string_append_len(line, text, next - text);
        used += columns;
    }
    if (cut && width > 0) {
        g_string_append(line, "\xe2\x80\xa6");
        used++;
    }
    return used;
}

/* Bytes of @text that go on a line of @width columns: up to the last blank, or
 * beside a wide character; a word longer than the line is broken. */
static size_t
line_bytes(const char *text, guint width)
{
    const char *good = NULL, *p = text;
    guint used = 0;

    for (; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        guint columns = char_columns(c);
        if (c == ' ' || (columns == 2 && p > text))
            good = p;
        if (used + columns > width)
            return (size_t) ((good != NULL && good > text ? good : p) - text);
        used += columns;
    }
    return (size_t) (p - text);
}

/* The first line stands behind @label, the others behind blanks. */
static void
print_wrapped(guint indent, const char *label, const char *text, ApdPaint paint)
{
    guint screen = apd_screen_width();
    guint room = screen > indent + MIN_TEXT ? MIN(screen - indent, MAX_TEXT) : MIN_TEXT;
    g_autofree char *safe = apd_text_line(text);

    for (const char *p = safe; p == safe || *p != '\0';) {
        size_t n = screen == 0 ? strlen(p) : MAX(line_bytes(p, room), *p != '\0');
        g_print("%*s%s%.*s%s\n", -(int) indent, p == safe ? label : "", apd_screen_on(paint),
                (int) n, p, apd_screen_off(paint));
        p += n;
        while (*p == ' ')
            p++;
        if (*p == '\0')
            break;
    }
}

void
apd_screen_fact(const char *label, const char *text)
{
    g_autofree char *head = g_strdup_printf("  %s", label);
    guint indent = MAX(LABEL, apd_screen_columns(label)) + 2;

    if (text != NULL && *text != '\0')
        print_wrapped(indent + (indent > LABEL + 2), head, text, APD_PAINT_PLAIN);
}

void
apd_screen_line(const char *line, guint hang)
{
    guint n = (guint) MIN(strlen(line), hang);
    g_autofree char *label = g_strndup(line, n);

    if (line[n] == '\0')
        g_print("%s\n", line);
    else
        print_wrapped(n, label, line + n, APD_PAINT_PLAIN);
}

void
apd_screen_heading(const char *text)
{
    g_print("\n%s%s%s\n", apd_screen_on(APD_PAINT_BOLD), text, apd_screen_off(APD_PAINT_BOLD));
}

void
apd_screen_text(guint indent, const char *text, ApdPaint paint)
{
    print_wrapped(indent, "", text, paint);
}
