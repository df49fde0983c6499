#include "io/config.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "io/config_check.h"
#include "io/config_values.h"
#include "io/ini.h"

/* Most words that a "did you mean" chooses from. */
#define MAX_WORDS 64

/* State of one load. */
typedef struct {
    ApdConfig *config; /* borrowed */
    char *folder;      /* owned: of the file */
    GString *problems; /* owned */
    GHashTable *set;   /* owned: "section\nkey" -> line */
    const char *kind;  /* borrowed: of the section we are in; NULL: an unknown one */
    void *object;      /* borrowed: what its keys fill */
} Loading;

static void
free_store(void *data)
{
    ApdStore *store = data;

    g_free(store->name);
    g_free(store->platform);
    g_free(store->channel_id);
    g_free(store);
}

static void
clear_secret(ApdSecretConfig *secret)
{
    g_free(secret->file);
    g_free(secret->command);
    g_free(secret->credential);
}

static void
clear_oauth(ApdOAuthConfig *oauth)
{
    g_free(oauth->client_id);
    clear_secret(&oauth->client_secret);
    g_free(oauth->token_url);
    g_free(oauth->auth_url);
    g_free(oauth->device_url);
    g_free(oauth->scope);
    g_free(oauth->redirect);
    g_free(oauth->ca_file);
}

static void
free_source(void *data)
{
    ApdSourceConfig *source = data;

    g_free(source->type);
    g_free(source->name);
    g_free(source->section);
    g_free(source->store);
    g_free(source->authserv_id);
    g_free(source->provider);
    g_free(source->hint);
    g_free(source->host);
    g_free(source->ca_file);
    g_free(source->user);
    g_free(source->auth);
    clear_secret(&source->password);
    clear_oauth(&source->oauth);
    g_free(source->token_file);
    g_strfreev(source->folders);
    g_free(source->path);
    g_free(source->gateway);
    clear_secret(&source->url);
    clear_secret(&source->headers);
    g_hash_table_unref(source->keys);
    g_free(source);
}

static void
free_channel(void *data)
{
    ApdChannelConfig *channel = data;

    g_free(channel->name);
    g_free(channel->section);
    g_free(channel->type);
    clear_secret(&channel->url);
    clear_secret(&channel->secret);
    clear_secret(&channel->token);
    g_free(channel->ca_file);
    g_free(channel->language);
    g_strfreev(channel->stores);
    g_strfreev(channel->categories);
    g_strfreev(channel->kinds);
    g_strfreev(channel->fallback);
    g_hash_table_unref(channel->options);
    g_free(channel);
}

void
apd_config_free(ApdConfig *self)
{
    if (self == NULL)
        return;

    g_free(self->path);
    g_free(self->language);
    g_free(self->timezone);
    g_clear_pointer(&self->zone, g_time_zone_unref);
    clear_secret(&self->heartbeat_url);
    g_free(self->heartbeat_ca_file);
    g_free(self->state_dir);
    g_free(self->rules_dir);
    g_free(self->user_rules_dir);
    g_clear_pointer(&self->steps, g_array_unref);
    g_clear_pointer(&self->escalate, g_ptr_array_unref);
    g_ptr_array_unref(self->stores);
    g_ptr_array_unref(self->sources);
    g_ptr_array_unref(self->channels);
    apd_platform_free(self->platform);
    g_free(self);
}

static void
set_defaults(Loading *self, const char *kind, void *object)
{
    for (size_t i = 0; i < apd_n_config_keys; i++)
        if (g_str_equal(apd_config_keys[i].section, kind))
            apd_config_value_default(&apd_config_keys[i], object, self->folder);
}

static void *
new_store(Loading *self, const char *name)
{
    ApdStore *store = g_new0(ApdStore, 1);

    store->name = g_strdup(name);
    g_ptr_array_add(self->config->stores, store);
    return store;
}

static void *
new_source(Loading *self, const char *kind, const char *name, const char *section, int line)
{
    ApdSourceConfig *source = g_new0(ApdSourceConfig, 1);

    source->type = g_strdup(kind);
    source->name = g_strdup(name);
    source->section = g_strdup(section);
    source->line = line;
    source->folders = g_new0(char *, 1);
    source->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add(self->config->sources, source);
    return source;
}

static void *
new_channel(Loading *self, const char *name, const char *section, int line)
{
    ApdChannelConfig *channel = g_new0(ApdChannelConfig, 1);

    channel->name = g_strdup(name);
    channel->section = g_strdup(section);
    channel->line = line;
    channel->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add(self->config->channels, channel);
    return channel;
}

static const ApdConfigSection *
find_section(const char *kind)
{
    for (size_t i = 0; i < apd_n_config_sections; i++)
        if (g_str_equal(apd_config_sections[i].name, kind))
            return &apd_config_sections[i];

    return NULL;
}

static const char *
nearest_section(const char *kind)
{
    const char *words[MAX_WORDS] = { NULL };
    size_t n = 0;

    for (size_t i = 0; i < apd_n_config_sections && n < MAX_WORDS - 1; i++)
        words[n++] = apd_config_sections[i].name;
    return apd_text_nearest(kind, words);
}

static const ApdConfigSection *
check_section(Loading *self, const char *section, const char *kind, const char *name, int line)
{
    const ApdConfigSection *known = find_section(kind);
    const char *near = nearest_section(kind);

    if (known == NULL)
        apd_ini_complain(self->problems, self->config->path, line,
                         near ? "[%s]: there is no such section (did you mean [%s]?)"
                              : "[%s]: there is no such section",
                         section, near);
    else if (known->named && *name == '\0')
        apd_ini_complain(self->problems, self->config->path, line,
                         "[%s]: a name is missing (write for example [%s office])", section, kind);
    else if (!known->named && *name != '\0')
        apd_ini_complain(self->problems, self->config->path, line,
                         "[%s]: this section takes no name (write [%s])", section, kind);
    else
        return known;

    return NULL;
}

static void
on_section(const char *section, int line, void *user_data)
{
    Loading *self = user_data;
    const char *blank = strchr(section, ' ');
    g_autofree char *kind =
        blank ? g_strndup(section, (gsize) (blank - section)) : g_strdup(section);
    g_autofree char *name = g_strstrip(g_strdup(blank ? blank + 1 : ""));
    g_autofree char *mark = g_strdup_printf("%s\n", section);
    const ApdConfigSection *known = check_section(self, section, kind, name, line);

    self->kind = known ? known->name : NULL;
    self->object = NULL;
    if (known == NULL)
        return;

    int before = GPOINTER_TO_INT(g_hash_table_lookup(self->set, mark));
    if (before != 0) {
        apd_ini_complain(self->problems, self->config->path, line,
                         "[%s]: this section stands in line %d already", section, before);
        self->kind = NULL;
        return;
    }
    g_hash_table_insert(self->set, g_steal_pointer(&mark), GINT_TO_POINTER(line));

    if (g_str_equal(kind, "store"))
        self->object = new_store(self, name);
    else if (g_str_equal(kind, "imap") || g_str_equal(kind, "maildir")
             || g_str_equal(kind, "aliexpress") || g_str_equal(kind, "json"))
        self->object = new_source(self, kind, name, section, line);
    else if (g_str_equal(kind, "channel"))
        self->object = new_channel(self, name, section, line);

    if (self->object != NULL)
        set_defaults(self, known->name, self->object);
    else
        self->object = self->config;
}

static const ApdConfigKey *
find_key(const char *kind, const char *key)
{
    for (size_t i = 0; i < apd_n_config_keys; i++)
        if (g_str_equal(apd_config_keys[i].section, kind)
            && g_str_equal(apd_config_keys[i].key, key))
            return &apd_config_keys[i];

    return NULL;
}

static void
complain_of_key(Loading *self, const char *section, const char *key, int line)
{
    const char *words[MAX_WORDS] = { NULL };
    size_t n = 0;

    for (size_t i = 0; i < apd_n_config_keys && n < MAX_WORDS - 1; i++)
        if (g_str_equal(apd_config_keys[i].section, self->kind))
            words[n++] = apd_config_keys[i].key;

    /* The value itself never goes into a configuration. */
    const char *near = g_str_equal(key, "password")                                ? "password-file"
                       : g_str_equal(key, "url")                                   ? "url-file"
                       : g_str_equal(key, "headers") || g_str_equal(key, "header") ? "headers-file"
                       : g_str_equal(key, "secret")                                ? "secret-file"
                       : g_str_equal(key, "token")                                 ? "token-file"
                                                   : apd_text_nearest(key, words);
    apd_ini_complain(self->problems, self->config->path, line,
                     near ? "[%s] %s: there is no such key (did you mean %s?)"
                          : "[%s] %s: there is no such key",
                     section, key, near);
}

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    Loading *self = user_data;
    g_autofree char *mark = g_strdup_printf("%s\n%s", section, key);
    g_autofree char *text = NULL;

    if (*section == '\0')
        apd_ini_complain(self->problems, self->config->path, line,
                         "%s: stands before the first [section]", key);
    if (self->kind == NULL)
        return;

    const ApdConfigKey *known = find_key(self->kind, key);
    if (known == NULL) {
        complain_of_key(self, section, key, line);
        return;
    }

    int before = GPOINTER_TO_INT(g_hash_table_lookup(self->set, mark));
    if (before != 0)
        apd_ini_complain(self->problems, self->config->path, line,
                         "[%s] %s: is set in line %d already", section, key, before);
    else if (!apd_config_value_set(known, self->object, value, self->folder, &text))
        apd_ini_complain(self->problems, self->config->path, line, "[%s] %s: %s%s", section, key,
                         text,
                         strstr(value, " ;") || strstr(value, " #")
                             ? "; a comment must stand on a line of its own"
                             : "");
    g_hash_table_insert(self->set, g_steal_pointer(&mark), GINT_TO_POINTER(line));
}

/* /var/lib for a configuration of the system, else the user's own folder. */
static char *
default_state_dir(const ApdConfig *self)
{
    const char *given = g_getenv("STATE_DIRECTORY"); /* set by systemd */

    if (given != NULL && *given == '/')
        return g_strdup(given);
    if (g_str_has_prefix(self->path, APD_SYSCONFDIR "/"))
        return g_strdup("/var/lib/appeald");
    return g_build_filename(g_get_user_state_dir(), "appeald", NULL);
}

char *
apd_config_rules_dir(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    char *build = self ? g_strrstr(self, "/build") : NULL;

    if (build != NULL) {
        *build = '\0';
        g_autofree char *rules = g_build_filename(self, "conf", "rules", NULL);
        if (g_file_test(rules, G_FILE_TEST_IS_DIR))
            return g_path_get_dirname(rules);
    }
    return g_strdup(APD_DATADIR);
}

static void
set_folders(Loading *self)
{
    ApdConfig *config = self->config;

    if (config->state_dir == NULL)
        config->state_dir = default_state_dir(config);
    if (config->rules_dir == NULL)
        config->rules_dir = apd_config_rules_dir();
    if (config->user_rules_dir == NULL)
        config->user_rules_dir = g_build_filename(self->folder, "rules", NULL);
}

static ApdConfig *
new_config(const char *path)
{
    ApdConfig *self = g_new0(ApdConfig, 1);

    self->path = g_canonicalize_filename(path, NULL);
    self->daily_at = -1;
    self->stores = g_ptr_array_new_with_free_func(free_store);
    self->sources = g_ptr_array_new_with_free_func(free_source);
    self->channels = g_ptr_array_new_with_free_func(free_channel);
    return self;
}

ApdConfig *
apd_config_load(const char *path, GError **error)
{
    g_autoptr(ApdConfig) config = new_config(path);
    g_autofree char *folder = g_path_get_dirname(config->path);
    g_autoptr(GString) problems = g_string_new(NULL);
    g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Loading loading = { config, folder, problems, set, NULL, NULL };
    const ApdIniEvents events = { on_section, on_entry };

    set_defaults(&loading, "appeald", config);
    set_defaults(&loading, "reminders", config);
    set_defaults(&loading, "heartbeat", config);
    if (!apd_ini_read(config->path, &events, &loading, problems)
        && !g_file_test(config->path, G_FILE_TEST_EXISTS)) {
        apd_ini_conclude(problems, error);
        return NULL;
    }

    set_folders(&loading);
    apd_config_check(config, set, problems);
    config->zone = apd_config_zone(config);
    return apd_ini_conclude(problems, error) ? g_steal_pointer(&config) : NULL;
}

char *
apd_config_path(const char *option)
{
    if (option != NULL)
        return g_strdup(option);

    g_autofree char *own =
        g_build_filename(g_get_user_config_dir(), "appeald", "appeald.conf", NULL);
    if (g_file_test(own, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&own);
    return g_strdup(APD_SYSCONFDIR "/appeald/appeald.conf");
}

GTimeZone *
apd_config_zone(const ApdConfig *self)
{
    if (self->zone != NULL)
        return g_time_zone_ref(self->zone); /* else a file is read each time */

    GTimeZone *zone = self->timezone ? g_time_zone_new_identifier(self->timezone) : NULL;

    return zone ? zone : g_time_zone_new_local();
}

char *
apd_config_ledger_path(const ApdConfig *self)
{
    return g_build_filename(self->state_dir, "ledger.db", NULL);
}

const ApdChannelConfig *
apd_config_channel(const ApdConfig *self, const char *name)
{
    for (guint i = 0; i < self->channels->len; i++) {
        const ApdChannelConfig *channel = self->channels->pdata[i];
        if (g_str_equal(channel->name, name))
            return channel;
    }
    return NULL;
}

const ApdSourceConfig *
apd_config_source(const ApdConfig *self, const char *section)
{
    for (guint i = 0; i < self->sources->len; i++) {
        const ApdSourceConfig *source = self->sources->pdata[i];
        if (g_str_equal(source->section, section))
            return source;
    }
    return NULL;
}
