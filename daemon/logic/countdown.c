#include "logic/countdown.h"

#include <stdbool.h>
#include <string.h>

static bool
is_language(const char *language, const char *code)
{
    size_t n = strlen(code);

    return strncmp(language, code, n) == 0 && (language[n] == '\0' || language[n] == '-');
}

static ApdPlural
slavic(int64_t n, bool polish)
{
    int64_t tens = n % 100, ones = n % 10;

    if (polish ? n == 1 : ones == 1 && tens != 11)
        return APD_PLURAL_ONE;
    if (ones >= 2 && ones <= 4 && (tens < 12 || tens > 14))
        return APD_PLURAL_FEW;
    return APD_PLURAL_MANY;
}

ApdPlural
apd_plural(const char *language, int64_t n)
{
    if (is_language(language, "ru"))
        return slavic(n, false);
    if (is_language(language, "pl"))
        return slavic(n, true);
    if (is_language(language, "zh") || is_language(language, "ko"))
        return APD_PLURAL_MANY;
    if (is_language(language, "fr") || is_language(language, "pt"))
        return n <= 1 ? APD_PLURAL_ONE : APD_PLURAL_MANY;
    return n == 1 ? APD_PLURAL_ONE : APD_PLURAL_MANY;
}

/* clang-format off */
static const struct { const char *name; ApdTime length; } units[] = {
    { "day", APD_DAY }, { "hour", APD_HOUR }, { "minute", APD_MINUTE }, { "second", APD_SECOND },
};
/* clang-format on */

const char *
apd_phrase_counted(const ApdPhrases *phrases, const char *section, const char *key, int64_t n)
{
    static const char *const forms[] = { "one", "few", "many" };
    g_autofree char *form = g_strdup_printf("%s.%s", key, forms[apd_plural(phrases->language, n)]);
    g_autofree char *general = g_strdup_printf("%s.many", key);
    const char *text = apd_phrases_get(phrases, section, form);

    return text ? text : apd_phrases_get(phrases, section, general);
}

static char *
one_unit(const ApdPhrases *phrases, const char *unit, int64_t n, bool in_short)
{
    g_autofree char *key = g_strdup_printf("%s.short", unit);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, n);
    const char *template = in_short ? apd_phrases_get(phrases, "time", key)
                                    : apd_phrase_counted(phrases, "time", unit, n);
    const char *const names[] = { "n", number, NULL };

    return apd_phrase_fill(template ? template : "{n}", names);
}

static char *
words(const ApdPhrases *phrases, ApdTime left, bool in_short)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(units) - 1 && left < units[i].length)
        i++;

    int64_t n = MAX(left, 0) / units[i].length;
    g_autofree char *first = one_unit(phrases, units[i].name, n, in_short);

    /* Two days and more: hours still help; minutes beside days do not. */
    if (i + 1 >= G_N_ELEMENTS(units) - 1)
        return g_steal_pointer(&first);

    int64_t rest = (left - n * units[i].length) / units[i + 1].length;
    if (rest == 0)
        return g_steal_pointer(&first);

    g_autofree char *second = one_unit(phrases, units[i + 1].name, rest, in_short);
    const char *join = apd_phrases_get(phrases, "time", "join");
    const char *const names[] = { "a", first, "b", second, NULL };
    return apd_phrase_fill(join ? join : "{a} {b}", names);
}

char *
apd_countdown_words(const ApdPhrases *phrases, ApdTime left)
{
    return words(phrases, left, false);
}

char *
apd_countdown_short(const ApdPhrases *phrases, ApdTime left)
{
    return words(phrases, left, true);
}

/* The @n-th (from 1) of a list separated by commas. */
static char *
nth(const char *list, int n)
{
    g_auto(GStrv) parts = g_strsplit(list ? list : "", ",", -1);

    if (n < 1 || (guint) n > g_strv_length(parts))
        return g_strdup_printf("%d", n);
    return g_strdup(g_strstrip(parts[n - 1]));
}

/* A zone the way people of the language call it, else by its identifier. */
static const char *
zone_name(const ApdPhrases *phrases, GTimeZone *zone)
{
    const char *id = g_time_zone_get_identifier(zone);
    const char *name = apd_phrases_get(phrases, "zones", id);

    return name ? name : id;
}

char *
apd_countdown_date(const ApdPhrases *phrases, ApdTime when, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(when / APD_SECOND);
    if (utc == NULL)
        return g_strdup("?");

    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    g_autofree char *year = g_date_time_format(local, "%Y");
    g_autofree char *month =
        nth(apd_phrases_get(phrases, "time", "months"), g_date_time_get_month(local));
    g_autofree char *day = g_strdup_printf("%d", g_date_time_get_day_of_month(local));
    g_autofree char *weekday =
        nth(apd_phrases_get(phrases, "time", "weekdays"), g_date_time_get_day_of_week(local));
    g_autofree char *clock = g_date_time_format(local, "%H:%M");
    g_autofree char *offset = g_date_time_format(local, "%:z");
    const char *const names[] = { "year",   year,   "month",   month,
                                  "day",    day,    "weekday", weekday,
                                  "clock",  clock,  "zone",    zone_name(phrases, zone),
                                  "offset", offset, NULL };
    const char *template = apd_phrases_get(phrases, "time", "date");
    return apd_phrase_fill(template ? template : "{year}-{month}-{day} {clock} {zone}", names);
}

static const char *
lookup(const char *const *names, const char *name, size_t length)
{
    for (; *names != NULL; names += 2)
        if (strncmp(names[0], name, length) == 0 && names[0][length] == '\0')
            return names[1];

    return NULL;
}

char *
apd_phrase_fill(const char *template, const char *const *names)
{
    GString *text = g_string_new(NULL);

    while (*template != '\0') {
        const char *end = *template == '{' ? strchr(template, '}') : NULL;
        const char *value = end ? lookup(names, template + 1, (size_t) (end - template - 1)) : NULL;

        if (value != NULL) {
            g_string_append(text, value);
            template = end + 1;
        } else {
            g_string_append_c(text, *template ++);
        }
    }
    return g_string_free(text, FALSE);
}
