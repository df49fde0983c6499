#include "model/phrases.h"

ApdPhrases *
apd_phrases_new(const char *language)
{
    ApdPhrases *self = g_new0(ApdPhrases, 1);

    self->language = g_strdup(language);
    self->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return self;
}

void
apd_phrases_free(ApdPhrases *self)
{
    if (self == NULL)
        return;

    g_free(self->language);
    g_hash_table_unref(self->texts);
    g_free(self);
}

void
apd_phrases_set(ApdPhrases *self, const char *section, const char *key, const char *text)
{
    g_hash_table_replace(self->texts, g_strdup_printf("%s.%s", section, key), g_strdup(text));
}

const char *
apd_phrases_get(const ApdPhrases *self, const char *section, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s.%s", section, key);

    return g_hash_table_lookup(self->texts, name);
}
