#include "io/config_values.h"

#include <string.h>

#include "base/text.h"
#include "io/config.h"

static bool wrong(char **ret_wrong, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
wrong(char **ret_wrong, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    *ret_wrong = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return false;
}

static bool
set_text(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    size_t length = strlen(value);

    if ((int64_t) length < key->min)
        return wrong(ret_wrong, length == 0 ? "is empty" : "'%s' is too short", value);
    if ((int64_t) length > key->max)
        return wrong(ret_wrong, "is too long (at most %" G_GINT64_FORMAT " bytes)", key->max);

    char **text = field;
    g_free(*text);
    *text = g_strdup(value);
    return true;
}

static bool
set_word(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    g_auto(GStrv) words = g_strsplit(key->words, "|", -1);

    if (!g_strv_contains((const char *const *) words, value)) {
        g_autofree char *all = g_strjoinv(", ", words);
        return wrong(ret_wrong, "'%s' is not known (one of: %s)", value, all);
    }

    char **text = field;
    g_free(*text);
    *text = g_strdup(value);
    return true;
}

static bool
set_number(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    gint64 number;

    if (!g_ascii_string_to_signed(value, 10, key->min, key->max, &number, NULL))
        return wrong(ret_wrong, "'%s' is no number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                     value, key->min, key->max);

    *(int *) field = (int) number;
    return true;
}

static bool
read_duration(const ApdConfigKey *key, const char *value, ApdTime *ret_duration, char **ret_wrong)
{
    ApdTime duration;

    if (!apd_duration_parse(value, &duration))
        return wrong(ret_wrong, "'%s' is no duration (write 90s, 15m, 72h, 30d or 1h30m)", value);
    if (duration < key->min || duration > key->max) {
        g_autofree char *least = apd_duration_format(key->min);
        g_autofree char *most = apd_duration_format(key->max);
        return wrong(ret_wrong, "'%s' is out of bounds (%s to %s)", value, least, most);
    }

    *ret_duration = duration;
    return true;
}

static bool
set_duration(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    return read_duration(key, value, field, ret_wrong);
}

static char **
split_list(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ",", -1);
    GPtrArray *kept = g_ptr_array_new();

    for (char **part = parts; *part != NULL; part++)
        if (*g_strstrip(*part) != '\0')
            g_ptr_array_add(kept, g_strdup(*part));

    g_ptr_array_add(kept, NULL);
    return (char **) g_ptr_array_free(kept, FALSE);
}

static int
longest_first(const void *a, const void *b)
{
    ApdTime x = *(const ApdTime *) a, y = *(const ApdTime *) b;
    return (x < y) - (x > y);
}

static bool
set_durations(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    g_auto(GStrv) parts = split_list(value);
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ApdTime));

    for (char **part = parts; *part != NULL; part++) {
        ApdTime duration;
        if (!read_duration(key, *part, &duration, ret_wrong))
            return false;
        g_array_append_val(list, duration);
    }
    if (list->len == 0)
        return wrong(ret_wrong, "is empty (write for example 72h, 24h, 6h, 1h)");

    g_array_sort(list, longest_first);
    for (guint i = 1; i < list->len; i++)
        if (g_array_index(list, ApdTime, i) == g_array_index(list, ApdTime, i - 1))
            return wrong(ret_wrong, "names a step twice");

    GArray **array = field;
    g_clear_pointer(array, g_array_unref);
    *array = g_steal_pointer(&list);
    return true;
}

static bool
set_list(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    g_auto(GStrv) parts = split_list(value);

    (void) key;
    if (parts[0] == NULL)
        return wrong(ret_wrong, "is empty (names, separated by commas)");

    char ***list = field;
    g_strfreev(*list);
    *list = g_steal_pointer(&parts);
    return true;
}

static bool
set_bool(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    bool yes = g_str_equal(value, "yes");

    (void) key;
    if (!yes && !g_str_equal(value, "no"))
        return wrong(ret_wrong, "'%s' is neither yes nor no", value);

    *(bool *) field = yes;
    return true;
}

static bool
set_path(void *field, const char *value, const char *folder, char **ret_wrong)
{
    char **path = field;

    if (*value == '\0')
        return wrong(ret_wrong, "is empty");

    g_free(*path);
    if (g_str_has_prefix(value, "~/"))
        *path = g_build_filename(g_get_home_dir(), value + 2, NULL);
    else
        *path = g_canonicalize_filename(value, folder);
    return true;
}

static bool
set_zone(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    /* GLib takes "GMT+8" with the sign of POSIX, the opposite of what people
     * mean: only names of the tz database are let through. */
    g_autoptr(GTimeZone) zone = strchr(value, '/') != NULL || g_str_equal(value, "UTC")
                                    ? g_time_zone_new_identifier(value)
                                    : NULL;

    (void) key;
    if (zone == NULL)
        return wrong(ret_wrong, "'%s' is no time zone (write for example Asia/Shanghai)", value);

    char **text = field;
    g_free(*text);
    *text = g_strdup(value);
    return true;
}

static bool
set_clock(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    static const char *const form = "^([01]?[0-9]|2[0-3]):[0-5][0-9]$";

    (void) key;
    if (!g_regex_match_simple(form, value, G_REGEX_DEFAULT, 0))
        return wrong(ret_wrong, "'%s' is no time of day (write for example 09:00)", value);

    const char *minutes = strchr(value, ':') + 1;
    *(ApdTime *) field = g_ascii_strtoll(value, NULL, 10) * APD_HOUR
                         + g_ascii_strtoll(minutes, NULL, 10) * APD_MINUTE;
    return true;
}

static bool
set_hours(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    (void) key;
    return apd_hours_parse(value, field)
           || wrong(ret_wrong,
                    "'%s' are no hours (write for example Mon-Fri 09:00-18:00, Sat "
                    "10:00-14:00, or 22:00-08:00)",
                    value);
}

static bool
set_kinds(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    g_auto(GStrv) parts = split_list(value);
    ApdKind kind;

    for (char **part = parts; *part != NULL; part++)
        if (!apd_kind_parse(*part, &kind) || kind == APD_KIND_NONE)
            return wrong(ret_wrong,
                         "'%s' is not known (penalty, complaint, request, warning, "
                         "decision, policy)",
                         *part);
    return set_list(key, field, value, ret_wrong);
}

static void
free_escalation(void *data)
{
    ApdEscalation *self = data;

    g_free(self->channel);
    g_free(self);
}

static int
soonest_first(const void *a, const void *b)
{
    ApdTime x = (*(const ApdEscalation *const *) a)->after;
    ApdTime y = (*(const ApdEscalation *const *) b)->after;
    return (x > y) - (x < y);
}

static bool
set_escalations(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    g_auto(GStrv) parts = split_list(value);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_escalation);

    for (char **part = parts; *part != NULL; part++) {
        const char *to = strstr(*part, " to ");
        if (to == NULL)
            return wrong(ret_wrong, "'%s' is no escalation (write for example 6h to boss)", *part);

        g_autofree char *after = g_strndup(*part, (gsize) (to - *part));
        ApdEscalation *one = g_new0(ApdEscalation, 1);
        g_ptr_array_add(all, one);
        one->channel = g_strstrip(g_strdup(to + strlen(" to ")));
        if (!read_duration(key, g_strstrip(after), &one->after, ret_wrong))
            return false;
    }
    if (all->len == 0)
        return wrong(ret_wrong, "is empty (write for example 6h to boss)%s", "");

    g_ptr_array_sort(all, soonest_first);
    GPtrArray **array = field;
    g_clear_pointer(array, g_ptr_array_unref);
    *array = g_steal_pointer(&all);
    return true;
}

static bool
set_severity(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    (void) key;
    return apd_severity_parse(value, field)
           || wrong(ret_wrong, "'%s' is not known (one of: low, medium, high, critical)", value);
}

static bool
set_tls(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    static const char *const names[] = { "implicit", "starttls", "none" };

    (void) key;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(value, names[i])) {
            *(ApdTls *) field = (ApdTls) i;
            return true;
        }

    return wrong(ret_wrong, "'%s' is not known (one of: implicit, starttls, none)", value);
}

static bool
set_option(const ApdConfigKey *key, void *field, const char *value, char **ret_wrong)
{
    GHashTable **options = field;

    if ((int64_t) strlen(value) < key->min || (int64_t) strlen(value) > key->max)
        return wrong(ret_wrong, "is empty or too long (at most %" G_GINT64_FORMAT " bytes)",
                     key->max);

    g_hash_table_replace(*options, g_strdup(key->key), g_strdup(value));
    return true;
}

bool
apd_config_value_set(const ApdConfigKey *key, void *object, const char *value, const char *folder,
                     char **ret_wrong)
{
    static bool (*const setters[])(const ApdConfigKey *, void *, const char *, char **) = {
        [APD_VALUE_TEXT] = set_text,
        [APD_VALUE_WORD] = set_word,
        [APD_VALUE_NUMBER] = set_number,
        [APD_VALUE_DURATION] = set_duration,
        [APD_VALUE_LIST] = set_list,
        [APD_VALUE_DURATIONS] = set_durations,
        [APD_VALUE_BOOL] = set_bool,
        [APD_VALUE_ZONE] = set_zone,
        [APD_VALUE_SEVERITY] = set_severity,
        [APD_VALUE_TLS] = set_tls,
        [APD_VALUE_OPTION] = set_option,
        [APD_VALUE_CLOCK] = set_clock,
        [APD_VALUE_HOURS] = set_hours,
        [APD_VALUE_KINDS] = set_kinds,
        [APD_VALUE_ESCALATIONS] = set_escalations,
    };
    void *field = G_STRUCT_MEMBER_P(object, key->offset);

    if (key->type == APD_VALUE_PATH)
        return set_path(field, value, folder, ret_wrong);

    return setters[key->type](key, field, value, ret_wrong);
}

void
apd_config_value_default(const ApdConfigKey *key, void *object, const char *folder)
{
    g_autofree char *text = NULL;

    if (key->fallback != NULL && !apd_config_value_set(key, object, key->fallback, folder, &text))
        g_error("the default of [%s] %s %s", key->section, key->key, text); /* our bug */
}
