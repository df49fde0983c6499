#include "base/text.h"

#include <glib.h>
#include <string.h>

/* clang-format off */
static const struct { char letter; ApdTime length; } units[] = {
    { 'w', 7 * APD_DAY }, { 'd', APD_DAY }, { 'h', APD_HOUR }, { 'm', APD_MINUTE }, { 's', APD_SECOND },
};
/* clang-format on */

#define MAX_DURATION (3660 * APD_DAY)

static ApdTime
unit_length(char letter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (units[i].letter == letter)
            return units[i].length;

    return 0;
}

bool
apd_duration_parse(const char *text, ApdTime *ret_duration)
{
    ApdTime sum = 0;

    if (*text == '\0')
        return false;

    while (*text != '\0') {
        char *end;
        guint64 n = g_ascii_strtoull(text, &end, 10);
        ApdTime unit = unit_length(*end);

        if (!g_ascii_isdigit(*text) || unit == 0 || n > (guint64) (MAX_DURATION / unit))
            return false;
        sum += (ApdTime) n * unit;
        text = end + 1;
    }
    if (sum > MAX_DURATION)
        return false;

    *ret_duration = sum;
    return true;
}

char *
apd_duration_format(ApdTime duration)
{
    GString *text = g_string_new(NULL);

    /* Weeks are read, not written: "14d" says more than "2w" beside "10d". */
    for (size_t i = 1; i < G_N_ELEMENTS(units); i++) {
        ApdTime n = duration / units[i].length;
        if (n > 0)
            g_string_append_printf(text, "%" G_GINT64_FORMAT "%c", n, units[i].letter);
        duration -= n * units[i].length;
    }
    if (text->len == 0)
        g_string_append(text, "0s");
    return g_string_free(text, FALSE);
}

/* Levenshtein distance, bounded: words of a configuration are short. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[65];
    size_t n = MIN(strlen(b), 64), m = MIN(strlen(a), 64);

    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned) j;
    for (size_t i = 1; i <= m; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned) i;
        for (size_t j = 1; j <= n; j++) {
            unsigned cost = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = MIN(cost, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

const char *
apd_text_nearest(const char *word, const char *const *words)
{
    const char *best = NULL;
    unsigned least = (unsigned) MIN(strlen(word) / 2, 3) + 1;

    for (; *words != NULL; words++) {
        unsigned d = distance(word, *words);
        if (d < least) {
            least = d;
            best = *words;
        }
    }
    return best;
}

bool
apd_text_has_any(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strstr(text, *words) != NULL)
            return true;
    return false;
}

char *
apd_text_cut(const char *text, size_t max)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    size_t n = strlen(text);

    if (n <= max)
        return g_strdup(text);

    n = max > sizeof ellipsis - 1 ? max - (sizeof ellipsis - 1) : 0;
    while (n > 0 && ((unsigned char) text[n] & 0xc0) == 0x80)
        n--;
    return g_strdup_printf("%.*s%s", (int) n, text, max >= sizeof ellipsis - 1 ? ellipsis : "");
}

static bool
is_unsafe(gunichar c)
{
    return g_unichar_iscntrl(c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
           || c == 0x200e || c == 0x200f || c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

char *
apd_text_line(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *line = g_string_sized_new(strlen(valid));

    for (const char *p = valid, *next; *p != '\0'; p = next) {
        gunichar c = g_utf8_get_char(p);
        next = g_utf8_next_char(p);
        if (c > ' ' && c < 0x7f) {
            g_string_append_c(line, *p);
        } else if (g_unichar_isspace(c) || c == '\n') {
            if (line->len > 0 && line->str[line->len - 1] != ' ')
                g_string_append_c(line, ' ');
        } else if (!is_unsafe(c)) {
            g_string_append_len(line, p, next - p);
        }
    }
    if (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    return g_string_free(line, FALSE);
}

void
apd_text_list_add(char ***list, const char *text)
{
    guint n = g_strv_length(*list);

    *list = g_renew(char *, *list, n + 2);
    (*list)[n] = g_strdup(text);
    (*list)[n + 1] = NULL;
}

char *
apd_time_iso(ApdTime when)
{
    if (when == APD_NEVER)
        return NULL;

    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when / APD_SECOND);
    return date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}
