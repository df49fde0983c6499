#include "io/phrases.h"

#include <string.h>

#include "io/ini.h"

#define FALLBACK "en"

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    (void) line;
    apd_phrases_set(user_data, section, key, value);
}

static void
read_language(ApdPhrases *self, const char *folder, const char *language, GString *problems)
{
    const ApdIniEvents events = { NULL, on_entry };
    g_autofree char *file = g_strconcat(language, ".conf", NULL);
    g_autofree char *path = g_build_filename(folder, "alerts", file, NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        apd_ini_read(path, &events, self, problems);
}

/* A language becomes part of a path. */
static bool
is_language(const char *text)
{
    return *text != '\0' && strlen(text) <= 16
           && text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")] == '\0';
}

static void
read_both(ApdPhrases *self, const char *rules_dir, const char *user_rules_dir, const char *language,
          GString *problems)
{
    read_language(self, rules_dir, language, problems);
    if (user_rules_dir != NULL)
        read_language(self, user_rules_dir, language, problems);
}

ApdPhrases *
apd_phrases_load(const char *rules_dir, const char *user_rules_dir, const char *language,
                 GError **error)
{
    g_autoptr(ApdPhrases) self = apd_phrases_new(language);
    g_autoptr(GString) problems = g_string_new(NULL);
    g_autofree char *base = g_strndup(language, strcspn(language, "-"));

    read_both(self, rules_dir, user_rules_dir, FALLBACK, problems);
    if (is_language(language)) {
        read_both(self, rules_dir, user_rules_dir, base, problems);
        if (!g_str_equal(base, language))
            read_both(self, rules_dir, user_rules_dir, language, problems);
    }
    if (g_hash_table_size(self->texts) == 0)
        apd_ini_complain(problems, rules_dir, 0,
                         "there are no alert texts (alerts/en.conf) in this folder");
    return apd_ini_conclude(problems, error) ? g_steal_pointer(&self) : NULL;
}
