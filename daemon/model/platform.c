#include "model/platform.h"

#include <stdbool.h>
#include <string.h>

static const char *const remedies[APD_N_REMEDIES] = {
    "none", "retry", "wait", "renew", "login", "clock", "forbidden", "gone", "app", "fix",
};

const char *const apd_platform_topics[] = { "diagnosis", "disputes", "products",
                                            "orders",    "messages", NULL };

const char *
apd_remedy_name(ApdRemedy remedy)
{
    return remedies[remedy];
}

bool
apd_remedy_parse(const char *name, ApdRemedy *ret_remedy)
{
    for (unsigned i = 1; i < APD_N_REMEDIES; i++)
        if (g_strcmp0(remedies[i], name) == 0) {
            *ret_remedy = (ApdRemedy) i;
            return true;
        }
    return false;
}

ApdPlatform *
apd_platform_new(void)
{
    ApdPlatform *self = g_new0(ApdPlatform, 1);

    self->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->order = g_ptr_array_new_with_free_func(g_free);
    return self;
}

void
apd_platform_free(ApdPlatform *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->values);
    g_ptr_array_unref(self->order);
    g_free(self);
}

void
apd_platform_set(ApdPlatform *self, const char *section, const char *key, const char *value)
{
    bool known = false;

    for (guint i = 0; i < self->order->len && !known; i++)
        known = g_str_equal(self->order->pdata[i], section);
    if (!known)
        g_ptr_array_add(self->order, g_strdup(section));
    g_hash_table_insert(self->values, g_strconcat(section, "\n", key, NULL), g_strdup(value));
}

const char *
apd_platform_get(const ApdPlatform *self, const char *kind, const char *name, const char *key)
{
    g_autofree char *mark = g_strconcat(kind, " ", name, "\n", key, NULL);

    return g_hash_table_lookup(self->values, mark);
}

const char *
apd_platform_match(const ApdPlatform *self, const char *kind, const char *text)
{
    size_t n = strlen(kind);
    g_autofree char *upper = g_ascii_strup(text, -1);

    for (guint i = 0; i < self->order->len; i++) {
        const char *section = self->order->pdata[i];
        if (strncmp(section, kind, n) != 0 || section[n] != ' ')
            continue;
        const char *name = section + n + 1;
        g_autofree char *word = g_ascii_strup(name, -1);
        if (g_str_equal(name, "*") || strstr(upper, word) != NULL)
            return name;
    }
    return NULL;
}

ApdRemedy
apd_platform_remedy(const ApdPlatform *self, const char *code)
{
    ApdRemedy remedy = APD_REMEDY_NONE;

    apd_remedy_parse(apd_platform_get(self, "error", code, "do"), &remedy);
    return remedy;
}
