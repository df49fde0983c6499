#include "app/rules_load.h"

#include <string.h>

#include "io/ini.h"

typedef struct {
    ApdRules *rules;
    const char *path;
    GString *problems;
} Loading;

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    Loading *self = user_data;
    g_autoptr(GError) error = NULL;

    if (!apd_rules_add(self->rules, section, key, value, &error))
        apd_ini_complain(self->problems, self->path, line, "[%s] %s: %s", section, key,
                         error->message);
}

static void
load_folder(Loading *self, const char *path)
{
    static const ApdIniEvents events = { NULL, on_entry };
    g_autoptr(GPtrArray) files = apd_ini_files(path);

    for (guint i = 0; i < files->len; i++) {
        self->path = files->pdata[i];
        apd_ini_read(self->path, &events, self, self->problems);
    }
}

ApdRules *
apd_rules_load(const char *dir, const char *user_dir, GError **error)
{
    g_autoptr(ApdRules) rules = apd_rules_new();
    g_autoptr(GString) problems = g_string_new(NULL);
    Loading loading = { rules, dir, problems };

    load_folder(&loading, dir);
    if (apd_rules_names(rules, "category")->len == 0 && problems->len == 0)
        g_string_append_printf(problems, "%s: no rules here\n", dir);
    if (user_dir != NULL)
        load_folder(&loading, user_dir);
    if (!apd_ini_conclude(problems, error) || !apd_rules_finish(rules, error))
        return NULL;
    return g_steal_pointer(&rules);
}
