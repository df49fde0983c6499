#include "io/platform.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "io/ini.h"
#include "model/verdict.h"

typedef struct {
    ApdPlatform *platform; /* borrowed */
    const char *path;      /* borrowed */
    GString *problems;     /* borrowed */
} Loading;

/* --- what values look like --------------------------------------------------------------- */

static bool
is_remedy(const char *value)
{
    ApdRemedy remedy;
    return apd_remedy_parse(value, &remedy);
}

static bool
is_kind(const char *value)
{
    ApdKind kind;
    return apd_kind_parse(value, &kind);
}

static bool
is_severity(const char *value)
{
    ApdSeverity severity;
    return apd_severity_parse(value, &severity);
}

static bool
is_span(const char *value)
{
    ApdTime span;
    return apd_duration_parse(value, &span) && span >= APD_SECOND;
}

static bool
is_size(const char *value)
{
    guint64 size;
    return g_ascii_string_to_unsigned(value, 10, 1, 100, &size, NULL);
}

static bool
is_transport(const char *value)
{
    return g_str_equal(value, "sync") || g_str_equal(value, "rest");
}

static bool
is_party(const char *value)
{
    const char *const words[] = { "seller", "others", "won", "lost", "over", NULL };
    return g_strv_contains(words, value);
}

static bool
is_text(const char *value)
{
    return *value != '\0' && strlen(value) <= 255;
}

static const struct {
    const char *kind, *key;
    bool (*is_good)(const char *value);
} keys[] = {
    { "method", "name", is_text },        { "method", "transport", is_transport },
    { "method", "prefix", is_text },      { "method", "field", is_text },
    { "method", "every", is_span },       { "method", "page-size", is_size },
    { "error", "do", is_remedy },         { "level", "name", is_text },
    { "level", "kind", is_kind },         { "level", "category", is_text },
    { "level", "severity", is_severity }, { "state", "for", is_party },
    { "problem", "category", is_text },   { "problem", "severity", is_severity },
};

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    const Loading *self = user_data;
    size_t n = strcspn(section, " ");

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strlen(keys[i].kind) != n || strncmp(keys[i].kind, section, n) != 0
            || section[n] == '\0' || !g_str_equal(keys[i].key, key))
            continue;
        if (keys[i].is_good(value))
            apd_platform_set(self->platform, section, key, value);
        else
            apd_ini_complain(self->problems, self->path, line, "[%s] %s: '%s' makes no sense here",
                             section, key, value);
        return;
    }
    apd_ini_complain(self->problems, self->path, line, "[%s] %s: there is no such key", section,
                     key);
}

static void
read_file(ApdPlatform *platform, const char *path, GString *problems)
{
    const ApdIniEvents events = { NULL, on_entry };
    Loading loading = { platform, path, problems };

    apd_ini_read(path, &events, &loading, problems);
}

ApdPlatform *
apd_platform_load(const char *rules_dir, const char *user_rules_dir, const char *name,
                  GError **error)
{
    g_autoptr(ApdPlatform) self = apd_platform_new();
    g_autoptr(GString) problems = g_string_new(NULL);
    g_autofree char *file = g_strconcat(name, ".conf", NULL);
    g_autofree char *shipped = g_build_filename(rules_dir, "platforms", file, NULL);
    g_autofree char *own =
        user_rules_dir ? g_build_filename(user_rules_dir, "platforms", file, NULL) : NULL;

    read_file(self, shipped, problems);
    if (own != NULL && g_file_test(own, G_FILE_TEST_EXISTS))
        read_file(self, own, problems);
    return apd_ini_conclude(problems, error) ? g_steal_pointer(&self) : NULL;
}
