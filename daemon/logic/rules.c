#include "logic/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

struct ApdRules {
    ApdMatcher *matcher;
    ApdWeights *weights;
    GHashTable *values; /* owned: "type/name/key" -> value */
    GHashTable *names;  /* owned: type -> GPtrArray of names */
    GPtrArray *nothing; /* owned: for types that do not exist */
    GArray *signals;    /* owned, element-type ApdSignalInfo */
    GStringChunk *chunk;
};

/* What may stand in a section, besides phrases: a typing error is told. */
static const struct {
    const char *type;
    const char *keys;
} known[] = {
    { "category", "name ledger severity evidence step parent window" },
    { "act", "kind" },
    { "answer", "" },
    { "mod", "" },
    { "speaker", "domains" },
    { "address", "" },
    { "points", "" },
    { "ref", "" },
    { "zone", "" },
    { "language", "" },
    { "label", "" },
    { "sender", "domains marketing brands names" },
    { "link", NULL },
    { "number", "" },
    { "clock", NULL },
    { "month", NULL },
    { "weekday", NULL },
    { "window", NULL },
    { "time", NULL },
};

static void
unref_array(void *data)
{
    g_ptr_array_unref(data);
}

ApdRules *
apd_rules_new(void)
{
    ApdRules *self = g_new0(ApdRules, 1);

    self->matcher = apd_matcher_new();
    self->weights = apd_weights_new();
    self->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
    self->nothing = g_ptr_array_new();
    self->signals = g_array_new(FALSE, TRUE, sizeof(ApdSignalInfo));
    self->chunk = g_string_chunk_new(1024);
    return self;
}

void
apd_rules_free(ApdRules *self)
{
    if (self == NULL)
        return;

    apd_matcher_free(self->matcher);
    apd_weights_free(self->weights);
    g_hash_table_unref(self->values);
    g_hash_table_unref(self->names);
    g_ptr_array_unref(self->nothing);
    g_array_unref(self->signals);
    g_string_chunk_free(self->chunk);
    g_free(self);
}

static bool
complain(GError **error, const char *format, const char *word, const char *type)
{
    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, format, word, type);
    return false;
}

static bool
check_key(const char *type, const char *key, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(known[i].type, type) != 0)
            continue;
        if (known[i].keys == NULL)
            return true;
        g_auto(GStrv) keys = g_strsplit(known[i].keys, " ", -1);
        if (g_strv_contains((const char *const *) keys, key))
            return true;
        return complain(error, "there is no key '%s' in a section of type '%s'", key, type);
    }
    return complain(error, "there is no section of type '%s'%s", type, "");
}

static void
note_name(ApdRules *self, const char *type, const char *name)
{
    GPtrArray *names = g_hash_table_lookup(self->names, type);

    if (names == NULL) {
        names = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(self->names, g_strdup(type), names);
    }
    for (guint i = 0; i < names->len; i++)
        if (strcmp(names->pdata[i], name) == 0)
            return;
    g_ptr_array_add(names, g_strdup(name));
}

static bool
add_phrase(ApdRules *self, const char *signal_name, const char *language, const char *key,
           const char *value, GError **error)
{
    int signal = apd_matcher_intern(self->matcher, signal_name);

    if (strcmp(key, "remove") == 0) {
        if (apd_matcher_remove(self->matcher, signal, value))
            return true;
        return complain(error, "'%s' is no phrase of '%s' that could be removed", value,
                        signal_name);
    }
    const char *number = key + strlen("phrase");
    int weight = *number == '\0' ? 100 : atoi(number);
    if (*number != '\0' && (*number != ' ' || weight < 1 || weight > 1000))
        return complain(error, "'%s' is not 'phrase' or 'phrase 1' to 'phrase 1000'%s", key, "");
    apd_matcher_set_language(self->matcher, language);
    return apd_matcher_add(self->matcher, signal, value, weight, error);
}

/* English words stand in messages of every language: the platform's own names of things.  But
 * its "no" and "if" are other words elsewhere. */
static const char *
language_of(char **words)
{
    if (strcmp(words[0], "language") == 0)
        return words[1];
    if (words[2] == NULL || (strcmp(words[2], "en") == 0 && strcmp(words[0], "mod") != 0))
        return NULL;
    return words[2];
}

bool
apd_rules_add(ApdRules *self, const char *section, const char *key, const char *value,
              GError **error)
{
    g_auto(GStrv) words = g_strsplit(section, " ", 4);
    guint n = g_strv_length(words);

    if (n < 2 || n > 3)
        return complain(error, "'[%s]' is not '[TYPE NAME]' or '[TYPE NAME LANGUAGE]'%s", section,
                        "");
    if (strcmp(words[0], "weights") == 0)
        return apd_weights_add(self->weights, words[1], key, value, error);

    g_autofree char *name = g_strconcat(words[0], "/", words[1], NULL);
    note_name(self, words[0], words[1]);
    if (g_str_has_prefix(key, "phrase") || strcmp(key, "remove") == 0)
        return add_phrase(self, name, language_of(words), key, value, error);
    if (!check_key(words[0], key, error))
        return false;

    g_hash_table_replace(self->values, g_strconcat(name, "/", key, NULL), g_strdup(value));
    return true;
}

static bool
fill_act(const ApdRules *self, ApdSignalInfo *info, GError **error)
{
    const char *kind = apd_rules_value(self, "act", info->name, "kind");

    if (kind != NULL && !apd_kind_parse(kind, &info->kind))
        return complain(error, "'%s' is no kind, in [act %s]", kind, info->name);
    return true;
}

static unsigned
what_it_tells(const ApdSignalInfo *info)
{
    bool label = strcmp(info->type, "label") == 0, category = strcmp(info->type, "category") == 0;
    bool points = strcmp(info->type, "points") == 0 && strcmp(info->name, "word") == 0;
    bool act = info->kind != APD_KIND_NONE || label || strcmp(info->type, "answer") == 0;
    bool right = info->kind == APD_KIND_COMPLAINT || label
                 || (category && g_str_has_prefix(info->name, "ip."))
                 || strcmp(info->name, "rights-holder") == 0;

    return (act ? APD_TELLS_ACT : 0U) | (right ? APD_TELLS_RIGHT : 0U)
           | (category || points ? APD_TELLS_MATTER : 0U);
}

bool
apd_rules_finish(ApdRules *self, GError **error)
{
    int n = apd_matcher_n_signals(self->matcher);

    for (int i = 0; i < n; i++) {
        const char *name = apd_matcher_name(self->matcher, i);
        const char *slash = strchr(name, '/');
        g_autofree char *type = g_strndup(name, (gsize) (slash - name));
        ApdSignalInfo info = { .type = g_intern_string(type),
                               .name = g_string_chunk_insert(self->chunk, slash + 1) };
        if (strcmp(type, "act") == 0 && !fill_act(self, &info, error))
            return false;
        info.tells = what_it_tells(&info);
        g_array_append_val(self->signals, info);
    }
    apd_matcher_compile(self->matcher);
    apd_weights_finish(self->weights, self->matcher);
    return true;
}

const ApdMatcher *
apd_rules_matcher(const ApdRules *self)
{
    return self->matcher;
}

const ApdWeights *
apd_rules_weights(const ApdRules *self)
{
    return self->weights;
}

const ApdSignalInfo *
apd_rules_signal(const ApdRules *self, int signal)
{
    return &g_array_index(self->signals, ApdSignalInfo, (guint) signal);
}

/* Appends @word and @mark, the NUL of the last too.  Returns: behind @word; NULL: no room. */
static char *
put_word(char *at, const char *end, const char *word, char mark)
{
    size_t room = at != NULL ? (size_t) (end - at) : 0;
    size_t n = room > 1 ? g_strlcpy(at, word, room) : room;

    if (n + 1 >= room)
        return NULL;
    at[n] = mark;
    return at + n + 1;
}

/* Every mail asks some twenty times: the path is put together in place. */
const char *
apd_rules_value(const ApdRules *self, const char *type, const char *name, const char *key)
{
    char path[256], *end = path + sizeof path;
    char *at = put_word(put_word(put_word(path, end, type, '/'), end, name, '/'), end, key, '\0');

    if (at != NULL)
        return g_hash_table_lookup(self->values, path);
    g_autofree char *long_path = g_strconcat(type, "/", name, "/", key, NULL);
    return g_hash_table_lookup(self->values, long_path);
}

bool
apd_rules_lists(const ApdRules *self, const char *type, const char *name, const char *key,
                const char *word)
{
    const char *list = apd_rules_value(self, type, name, key);
    size_t n = strlen(word);

    for (const char *p = list; p != NULL && n > 0 && (p = strstr(p, word)) != NULL; p += n) {
        bool starts = p == list || p[-1] == ' ' || p[-1] == ',';
        if (starts && (p[n] == '\0' || p[n] == ',' || p[n] == ' '))
            return true;
    }
    return false;
}

const GPtrArray *
apd_rules_names(const ApdRules *self, const char *type)
{
    const GPtrArray *names = g_hash_table_lookup(self->names, type);
    return names != NULL ? names : self->nothing;
}
