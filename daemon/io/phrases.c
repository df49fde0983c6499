#include "io/phrases.h"

#include <string.h>

#include "io/ini.h"

#define FALLBACK "en"
#define SUFFIX   ".conf"

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    (void) line;
    apd_phrases_set(user_data, section, key, value);
}

static char *
path_of(const char *folder, const char *language)
{
    g_autofree char *file = g_strconcat(language, SUFFIX, NULL);
    return g_build_filename(folder, "alerts", file, NULL);
}

static void
read_language(ApdPhrases *self, const char *folder, const char *language, GString *problems)
{
    const ApdIniEvents events = { NULL, on_entry };
    g_autofree char *path = path_of(folder, language);

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

/* Regions that write traditional characters (CLDR likely subtags). */
static const char *
file_of(const char *language)
{
    static const char *const traditional[] = { "zh-TW", "zh-HK", "zh-MO", NULL };

    for (size_t i = 0; traditional[i] != NULL; i++)
        if (g_ascii_strcasecmp(language, traditional[i]) == 0)
            return "zh-Hant";

    return language;
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
            read_both(self, rules_dir, user_rules_dir, file_of(language), problems);
    }
    if (g_hash_table_size(self->texts) == 0)
        apd_ini_complain(problems, rules_dir, 0,
                         "there are no alert texts (alerts/en.conf) in this folder");
    return apd_ini_conclude(problems, error) ? g_steal_pointer(&self) : NULL;
}

static bool
has_file(const char *folder, const char *language)
{
    if (folder == NULL)
        return false;

    g_autofree char *path = path_of(folder, language);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

bool
apd_phrases_exist(const char *rules_dir, const char *user_rules_dir, const char *language)
{
    g_autofree char *base = g_strndup(language, strcspn(language, "-"));

    if (!is_language(language))
        return false;
    return has_file(rules_dir, file_of(language)) || has_file(user_rules_dir, file_of(language))
           || has_file(rules_dir, base) || has_file(user_rules_dir, base);
}

static void
list_folder(GTree *languages, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "alerts", NULL);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (g_str_has_suffix(name, SUFFIX)) {
            char *language = g_strndup(name, strlen(name) - strlen(SUFFIX));
            g_tree_replace(languages, language, language);
        }
}

static int
by_name(const void *a, const void *b, void *user_data)
{
    (void) user_data;
    return strcmp(a, b);
}

char *
apd_phrases_languages(const char *rules_dir, const char *user_rules_dir)
{
    g_autoptr(GTree) languages = g_tree_new_full(by_name, NULL, g_free, NULL);
    GString *all = g_string_new(NULL);

    list_folder(languages, rules_dir);
    if (user_rules_dir != NULL)
        list_folder(languages, user_rules_dir);
    for (GTreeNode *node = g_tree_node_first(languages); node; node = g_tree_node_next(node))
        g_string_append_printf(all, "%s%s", all->len > 0 ? ", " : "",
                               (const char *) g_tree_node_key(node));
    return g_string_free(all, FALSE);
}
