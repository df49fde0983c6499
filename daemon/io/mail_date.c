#include "io/mail_date.h"

#include <glib.h>
#include <string.h>

/* Words of a date: numbers, names, clock and zone. */
#define MAX_WORDS 12

static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun",
                                      "jul", "aug", "sep", "oct", "nov", "dec" };

/* clang-format off */
static const struct { const char *name; int hours; } zones[] = {
    { "ut", 0 }, { "utc", 0 }, { "gmt", 0 }, { "z", 0 }, { "est", -5 }, { "edt", -4 }, { "cst", -6 },
    { "cdt", -5 }, { "mst", -7 }, { "mdt", -6 }, { "pst", -8 }, { "pdt", -7 }, { "msk", 3 }, { "cet", 1 },
    { "cest", 2 },
};
/* clang-format on */

typedef struct {
    int year, month, day, hour, minute, second;
    int offset; /* minutes east of Greenwich */
    bool has_clock, has_zone;
} Parts;

static bool
read_month(const char *word, Parts *parts)
{
    for (int i = 0; i < 12; i++)
        if (g_ascii_strncasecmp(word, months[i], 3) == 0) {
            parts->month = i + 1;
            return true;
        }

    return false;
}

static bool
read_clock(const char *word, Parts *parts)
{
    char *end;

    if (strchr(word, ':') == NULL || !g_ascii_isdigit(*word))
        return false;

    parts->hour = (int) g_ascii_strtoull(word, &end, 10);
    parts->minute = *end == ':' ? (int) g_ascii_strtoull(end + 1, &end, 10) : 0;
    parts->second = *end == ':' ? (int) g_ascii_strtoull(end + 1, &end, 10) : 0;
    parts->has_clock = true;
    return true;
}

static bool
read_zone(const char *word, Parts *parts)
{
    /* "GMT+0800", as some programs write it. */
    if (g_ascii_strncasecmp(word, "GMT", 3) == 0 || g_ascii_strncasecmp(word, "UTC", 3) == 0)
        word += strlen(word) > 3 ? 3 : 0;
    bool signed_zone = (*word == '+' || *word == '-') && g_ascii_isdigit(word[1]);

    if (signed_zone) {
        char *end;
        guint64 value = g_ascii_strtoull(word + 1, &end, 10);
        /* "+08:00", as in ISO 8601. */
        if (*end == ':' && value <= 14)
            value = value * 100 + g_ascii_strtoull(end + 1, NULL, 10);
        int minutes = end - word <= 3 && *end != ':' ? (int) value * 60
                                                     : (int) (value / 100 * 60 + value % 100);
        parts->offset = *word == '-' ? -minutes : minutes;
        parts->has_zone = true;
        return value <= 1400;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++)
        if (g_ascii_strcasecmp(word, zones[i].name) == 0) {
            parts->offset = zones[i].hours * 60;
            parts->has_zone = true;
            return true;
        }
    return false;
}

static void
read_number(const char *word, Parts *parts)
{
    char *end;
    guint64 n = g_ascii_strtoull(word, &end, 10);

    if (*end != '\0' || end == word)
        return;
    if (parts->day == 0 && n >= 1 && n <= 31 && end - word <= 2)
        parts->day = (int) n;
    else if (parts->year == 0 && n < 10000)
        parts->year = n < 50 ? (int) n + 2000 : n < 1000 ? (int) n + 1900 : (int) n;
}

/* Comments in brackets are no part of it: "... -0700 (PDT)". */
static char *
without_comments(const char *text)
{
    GString *out = g_string_new(NULL);
    int depth = 0;

    for (; *text != '\0' && out->len < 128; text++) {
        if (*text == '(')
            depth++;
        else if (*text == ')' && depth > 0)
            depth--;
        else if (depth == 0)
            g_string_append_c(out, *text == ',' ? ' ' : *text);
    }
    return g_string_free(out, FALSE);
}

bool
apd_mail_date_parse(const char *text, ApdTime *ret_when, bool *ret_zone_known)
{
    g_autofree char *plain = without_comments(text);
    g_autoptr(GTimeZone) greenwich = g_time_zone_new_utc();
    g_autoptr(GDateTime) iso = g_date_time_new_from_iso8601(g_strstrip(plain), greenwich);
    if (iso != NULL) {
        *ret_when = g_date_time_to_unix(iso) * APD_SECOND;
        *ret_zone_known = true;
        return true;
    }
    g_auto(GStrv) words = g_strsplit_set(plain, " \t\r\n", MAX_WORDS);
    Parts parts = { 0 };

    for (char **word = words; *word != NULL; word++)
        if (**word != '\0' && !read_clock(*word, &parts)
            && !(parts.has_clock && !parts.has_zone && read_zone(*word, &parts))
            && !(parts.month == 0 && g_ascii_isalpha(**word) && read_month(*word, &parts)))
            read_number(*word, &parts);

    g_autoptr(GDateTime) utc =
        parts.day == 0 || parts.month == 0 || parts.year < 1970
            ? NULL
            : g_date_time_new_utc(parts.year, parts.month, parts.day, parts.hour, parts.minute,
                                  MIN(parts.second, 59));
    if (utc == NULL)
        return false;

    *ret_when = g_date_time_to_unix(utc) * APD_SECOND - parts.offset * APD_MINUTE;
    *ret_zone_known = parts.has_zone;
    return true;
}
