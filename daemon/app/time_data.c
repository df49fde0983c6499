#include "app/time_data.h"

#include <string.h>

#include "base/error.h"
#include "io/ini.h"

/* One file being read. */
typedef struct {
    ApdTimeData *data;
    GString *problems;
    const char *path;
    bool calendar;
} Reading;

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    Reading *reading = user_data;
    g_autoptr(GError) error = NULL;
    bool ok;
    if (reading->calendar)
        ok = apd_calendar_add(reading->data->calendar, section, key, value, &error);
    else if (g_str_has_prefix(section, "window "))
        ok = apd_time_data_add_window(reading->data, section, key, value, &error);
    else
        ok = apd_words_add(reading->data->words, section, key, value, &error);
    if (!ok)
        apd_ini_complain(reading->problems, reading->path, line, "%s", error->message);
}

static guint
read_folder(ApdTimeData *data, const char *base, const char *below, bool calendar,
            GString *problems)
{
    static const ApdIniEvents events = { .entry = on_entry };
    g_autofree char *folder = g_build_filename(base, below, NULL);
    g_autoptr(GPtrArray) names = apd_ini_files(folder);
    for (guint i = 0; i < names->len; i++) {
        Reading reading = { data, problems, g_ptr_array_index(names, i), calendar };
        apd_ini_read(reading.path, &events, &reading, problems);
    }
    return names->len;
}

ApdTimeData *
apd_time_data_load(const char *rules_dir, const char *user_dir, GError **error)
{
    g_autoptr(ApdTimeData) data = apd_time_data_new();
    g_autoptr(GString) problems = g_string_new(NULL);

    if (read_folder(data, rules_dir, "rules/time", false, problems) == 0)
        g_string_append_printf(problems, "%s/rules/time: no words of time there\n", rules_dir);
    read_folder(data, rules_dir, "calendars", true, problems);
    if (user_dir != NULL) {
        read_folder(data, user_dir, "time", false, problems);
        read_folder(data, user_dir, "calendars", true, problems);
    }
    if (!apd_ini_conclude(problems, error))
        return NULL;
    apd_words_finish(data->words);
    return g_steal_pointer(&data);
}
