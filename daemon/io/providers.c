#include "io/providers.h"

#include "io/config_values.h"
#include "io/ini.h"

#define AT(field) offsetof(ApdProvider, field)

/* clang-format off */
static const ApdConfigKey keys[] = {
    { "provider", "host",        APD_VALUE_TEXT,   AT(host),        NULL,       1, 255,   NULL, NULL },
    { "provider", "port",        APD_VALUE_NUMBER, AT(port),        "993",      1, 65535, NULL, NULL },
    { "provider", "tls",         APD_VALUE_TLS,    AT(tls),         "implicit", 0, 0,     NULL, NULL },
    { "provider", "send-id",     APD_VALUE_BOOL,   AT(send_id),     "no",       0, 0,     NULL, NULL },
    { "provider", "junk",        APD_VALUE_TEXT,   AT(junk),        NULL,       1, 255,   NULL, NULL },
    { "provider", "authserv-id", APD_VALUE_TEXT,   AT(authserv_id), NULL,       1, 255,   NULL, NULL },
    { "provider", "domains",     APD_VALUE_LIST,   AT(domains),     NULL,       0, 0,     NULL, NULL },
    { "provider", "token-url",   APD_VALUE_TEXT,   AT(token_url),   NULL,       8, 1024,  NULL, NULL },
    { "provider", "auth-url",    APD_VALUE_TEXT,   AT(auth_url),    NULL,       8, 1024,  NULL, NULL },
    { "provider", "device-url",  APD_VALUE_TEXT,   AT(device_url),  NULL,       8, 1024,  NULL, NULL },
    { "provider", "scope",       APD_VALUE_TEXT,   AT(scope),       NULL,       1, 1024,  NULL, NULL },
    { "provider", "redirect",    APD_VALUE_WORD,   AT(redirect),    NULL,       0, 0, "http://localhost|http://127.0.0.1", NULL },
    { "provider", "hint",        APD_VALUE_TEXT,   AT(hint),        NULL,       1, 1024,  NULL, NULL },
};
/* clang-format on */
#undef AT

typedef struct {
    const char *path; /* borrowed */
    GPtrArray *providers;
    GString *problems;
} Loading;

void
apd_provider_free(ApdProvider *self)
{
    if (self == NULL)
        return;

    g_free(self->name);
    g_free(self->host);
    g_free(self->junk);
    g_free(self->authserv_id);
    g_strfreev(self->domains);
    g_free(self->token_url);
    g_free(self->auth_url);
    g_free(self->device_url);
    g_free(self->scope);
    g_free(self->redirect);
    g_free(self->hint);
    g_free(self);
}

static void
free_provider(void *data)
{
    apd_provider_free(data);
}

static void
on_section(const char *section, int line, void *user_data)
{
    Loading *self = user_data;
    ApdProvider *provider = g_new0(ApdProvider, 1);

    (void) line;
    provider->name = g_strdup(section);
    provider->domains = g_new0(char *, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        apd_config_value_default(&keys[i], provider, "/");
    g_ptr_array_add(self->providers, provider);
}

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    Loading *self = user_data;
    g_autofree char *text = NULL;

    if (self->providers->len == 0)
        return;

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (g_str_equal(keys[i].key, key)) {
            ApdProvider *provider = self->providers->pdata[self->providers->len - 1];
            if (!apd_config_value_set(&keys[i], provider, value, "/", &text))
                apd_ini_complain(self->problems, self->path, line, "[%s] %s %s", section, key,
                                 text);
            return;
        }

    apd_ini_complain(self->problems, self->path, line, "[%s] %s: there is no such key", section,
                     key);
}

GPtrArray *
apd_providers_load(const char *path, GError **error)
{
    g_autoptr(GPtrArray) providers = g_ptr_array_new_with_free_func(free_provider);
    g_autoptr(GString) problems = g_string_new(NULL);
    Loading loading = { path, providers, problems };
    const ApdIniEvents events = { on_section, on_entry };

    apd_ini_read(path, &events, &loading, problems);
    for (guint i = 0; i < providers->len; i++) {
        const ApdProvider *provider = providers->pdata[i];
        if (provider->host == NULL)
            apd_ini_complain(problems, path, 0, "[%s] host is missing", provider->name);
    }
    return apd_ini_conclude(problems, error) ? g_steal_pointer(&providers) : NULL;
}

const ApdProvider *
apd_provider_find(const GPtrArray *providers, const char *name)
{
    for (guint i = 0; i < providers->len; i++) {
        const ApdProvider *provider = providers->pdata[i];
        if (g_str_equal(provider->name, name)
            || g_strv_contains((const char *const *) provider->domains, name))
            return provider;
    }
    return NULL;
}
