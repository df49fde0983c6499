#include "io/config_check.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "io/config_json.h"
#include "io/config_keys.h"
#include "io/config_oauth.h"
#include "io/config_platform.h"
#include "io/ini.h"
#include "io/phrases.h"
#include "io/providers.h"

typedef struct {
    ApdConfig *config;    /* borrowed */
    GHashTable *set;      /* borrowed */
    GString *problems;    /* borrowed */
    GPtrArray *providers; /* owned; NULL: not loaded */
} Check;

static int
line_of(const Check *self, const char *section, const char *key)
{
    g_autofree char *mark = g_strdup_printf("%s\n%s", section, key);
    return GPOINTER_TO_INT(g_hash_table_lookup(self->set, mark));
}

static bool
is_set(const Check *self, const char *section, const char *key)
{
    return line_of(self, section, key) != 0;
}

/* Most words that a "did you mean" chooses from. */
#define MAX_WORDS 64

#define COMPLAIN(self, line, ...)                                                                  \
    apd_ini_complain((self)->problems, (self)->config->path, (line), __VA_ARGS__)

static void
fill_from(const Check *self, ApdSourceConfig *source, const ApdProvider *provider)
{
    if (!is_set(self, source->section, "host"))
        source->host = g_strdup(provider->host);
    if (!is_set(self, source->section, "tls"))
        source->tls = provider->tls;
    if (!is_set(self, source->section, "port"))
        source->port = provider->port;
    if (!is_set(self, source->section, "send-id"))
        source->send_id = provider->send_id;
    if (!is_set(self, source->section, "authserv-id"))
        source->authserv_id = g_strdup(provider->authserv_id);
    source->hint = g_strdup(provider->hint);
    apd_config_oauth_fill(&source->oauth, provider);
}

static const char *
nearest_provider(const GPtrArray *providers, const char *name)
{
    const char *words[MAX_WORDS] = { NULL };
    size_t n = 0;

    for (guint i = 0; i < providers->len && n < MAX_WORDS - 1; i++)
        words[n++] = ((const ApdProvider *) providers->pdata[i])->name;
    return apd_text_nearest(name, words);
}

static void
use_provider(Check *self, ApdSourceConfig *source)
{
    g_autofree char *path = g_build_filename(self->config->rules_dir, "providers.conf", NULL);
    g_autoptr(GError) error = NULL;
    int line = line_of(self, source->section, "provider");

    if (self->providers == NULL)
        self->providers = apd_providers_load(path, &error);
    if (self->providers == NULL) {
        COMPLAIN(self, line, "[%s] provider: %s", source->section, error->message);
        return;
    }

    const ApdProvider *provider = apd_provider_find(self->providers, source->provider);
    const char *near = nearest_provider(self->providers, source->provider);
    if (provider != NULL)
        fill_from(self, source, provider);
    else
        COMPLAIN(self, line,
                 near ? "[%s] provider: '%s' is not in %s (did you mean %s? else set host)"
                      : "[%s] provider: '%s' is not in %s (set host instead)",
                 source->section, source->provider, path, near);
}

static bool
is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, host, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return g_str_equal(host, "localhost");
}

/* Exactly one of -file, -command and -credential. */
static void
check_secret(const Check *self, const ApdSecretConfig *secret, const char *section, int line,
             const char *what, bool needed)
{
    int n = (secret->file != NULL) + (secret->command != NULL) + (secret->credential != NULL);

    if (n == 0 && needed)
        COMPLAIN(self, line, "[%s]: %s-file is missing (or %s-command, or %s-credential)", section,
                 what, what, what);
    if (n > 1)
        COMPLAIN(self, line, "[%s]: more than one of %s-file, %s-command and %s-credential is set",
                 section, what, what, what);
}

/* At the line of @key, else of the section. */
static void
complain_of_key(const ApdSourceConfig *source, const char *key, const char *text, void *user_data)
{
    const Check *self = user_data;
    int line = line_of(self, source->section, key);

    COMPLAIN(self, line != 0 ? line : source->line, "[%s] %s: %s", source->section, key, text);
}

/* By password, or by OAuth 2.0. */
static void
check_login(Check *self, ApdSourceConfig *source)
{
    const ApdSecretConfig *password = &source->password;
    g_autofree char *text = NULL;
    const char *key = NULL;

    if (!apd_config_oauth_is_wanted(source)) {
        if (source->oauth.token_url != NULL && password->file == NULL && password->command == NULL
            && password->credential == NULL)
            COMPLAIN(self, source->line,
                     "[%s]: password-file is missing (or password-command, or "
                     "password-credential; or client-id, for OAuth 2.0)",
                     source->section);
        else
            check_secret(self, password, source->section, source->line, "password", true);
        return;
    }
    check_secret(self, &source->oauth.client_secret, source->section, source->line, "client-secret",
                 false);
    text = apd_config_oauth_check(source, &key);
    if (text != NULL)
        complain_of_key(source, key, text, self);
    apd_config_oauth_use(source, self->config->state_dir);
}

static void
check_imap(Check *self, ApdSourceConfig *source)
{
    if (source->provider != NULL)
        use_provider(self, source);
    else if (source->host == NULL)
        COMPLAIN(self, source->line, "[%s]: host is missing (or provider)", source->section);

    if (source->port == 0)
        source->port = source->tls == APD_TLS_IMPLICIT ? 993 : 143;
    if (source->user == NULL)
        COMPLAIN(self, source->line, "[%s]: user is missing", source->section);
    if (source->tls == APD_TLS_NONE && source->host != NULL && !is_loopback(source->host))
        COMPLAIN(self, line_of(self, source->section, "tls"),
                 "[%s] tls: none would send the password readably to %s (write implicit or "
                 "starttls)",
                 source->section, source->host);
    check_login(self, source);
}

static void
check_aliexpress(Check *self, ApdSourceConfig *source)
{
    const char *key = NULL;

    if (source->oauth.client_id == NULL)
        COMPLAIN(self, source->line,
                 "[%s]: app-key is missing (make an app in the console of the AliExpress Open "
                 "Platform)",
                 source->section);
    check_secret(self, &source->oauth.client_secret, source->section, source->line, "app-secret",
                 true);
    g_autofree char *text = apd_config_platform_use(source, self->config, &key);
    if (text != NULL)
        complain_of_key(source, key, text, self);
}

static bool
store_is_known(const Check *self, const char *name)
{
    for (guint i = 0; i < self->config->stores->len; i++)
        if (g_str_equal(((const ApdStore *) self->config->stores->pdata[i])->name, name))
            return true;

    return *name == '\0';
}

static void
check_source(Check *self, ApdSourceConfig *source)
{
    if (!store_is_known(self, source->store))
        COMPLAIN(self, line_of(self, source->section, "store"),
                 "[%s] store: there is no [store %s]", source->section, source->store);

    if (g_str_equal(source->type, "imap"))
        check_imap(self, source);
    else if (g_str_equal(source->type, "aliexpress"))
        check_aliexpress(self, source);
    else if (g_str_equal(source->type, "json"))
        apd_config_json_check(source, complain_of_key, self);
    else if (source->path == NULL)
        COMPLAIN(self, source->line, "[%s]: path is missing", source->section);
    else if (!g_file_test(source->path, G_FILE_TEST_IS_DIR))
        COMPLAIN(self, line_of(self, source->section, "path"), "[%s] path: there is no folder '%s'",
                 source->section, source->path);
}

/* A language without texts would be English in silence. */
static void
check_language(const Check *self, const char *section, const char *language)
{
    const ApdConfig *config = self->config;

    if (language == NULL || apd_phrases_exist(config->rules_dir, config->user_rules_dir, language))
        return;

    g_autofree char *all = apd_phrases_languages(config->rules_dir, config->user_rules_dir);
    COMPLAIN(self, line_of(self, section, "language"),
             "[%s] language: there are no alert texts in '%s' (one of: %s; or write your own as "
             "alerts/%s.conf in user-rules-dir)",
             section, language, all, language);
}

static const ApdChannelNeeds *
find_type(const char *name)
{
    for (size_t i = 0; i < apd_n_channel_needs; i++)
        if (g_str_equal(apd_channel_needs[i].name, name))
            return &apd_channel_needs[i];

    return NULL;
}

static bool
is_word_of(const char *word, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, "|", -1);
    return g_strv_contains((const char *const *) words, word);
}

/* Keys with -file, -command and -credential, and where they are kept. */
static const struct {
    const char *what;
    size_t offset;
} secrets[] = {
    { "url", offsetof(ApdChannelConfig, url) },
    { "secret", offsetof(ApdChannelConfig, secret) },
    { "token", offsetof(ApdChannelConfig, token) },
    { "user", offsetof(ApdChannelConfig, secret) },
    { "password", offsetof(ApdChannelConfig, token) },
};

static bool
type_knows(const char *type, const char *name)
{
    for (size_t i = 0; i < apd_n_config_keys; i++)
        if (g_str_equal(apd_config_keys[i].section, "channel")
            && g_str_equal(apd_config_keys[i].key, name))
            return apd_config_keys[i].words == NULL || is_word_of(type, apd_config_keys[i].words);

    return false;
}

static const ApdSecretConfig *
secret_at(const ApdChannelConfig *channel, size_t offset)
{
    return (const ApdSecretConfig *) (const void *) ((const char *) channel + offset);
}

static void
check_secrets(const Check *self, const ApdChannelConfig *channel, const ApdChannelNeeds *needs)
{
    for (size_t i = 0; i < G_N_ELEMENTS(secrets); i++) {
        g_autofree char *key = g_strconcat(secrets[i].what, "-file", NULL);
        if (type_knows(channel->type, key))
            check_secret(self, secret_at(channel, secrets[i].offset), channel->section,
                         channel->line, secrets[i].what, is_word_of(secrets[i].what, needs->needs));
    }
}

/* Needed keys that are no secrets. */
static void
check_needs(const Check *self, const ApdChannelConfig *channel, const ApdChannelNeeds *needs)
{
    g_auto(GStrv) words = g_strsplit(needs->needs, "|", -1);

    for (char **word = words; *word != NULL; word++)
        if (type_knows(channel->type, *word) && !is_set(self, channel->section, *word))
            COMPLAIN(self, channel->line, "[%s]: %s is missing (a channel of type %s needs it)",
                     channel->section, *word, channel->type);
}

static void
check_server(const Check *self, const ApdChannelConfig *channel)
{
    const char *server = g_hash_table_lookup(channel->options, "server");
    bool mail = g_str_equal(channel->type, "email");
    g_autofree char *scheme = server ? g_uri_parse_scheme(server) : NULL;
    g_autofree char *host = NULL;

    if (server == NULL)
        return;
    if (scheme != NULL)
        g_uri_split_network(server, G_URI_FLAGS_NONE, NULL, &host, NULL, NULL);
    if (host == NULL || *host == '\0' || !is_word_of(scheme, mail ? "smtp|smtps" : "http|https"))
        COMPLAIN(self, line_of(self, channel->section, "server"),
                 "[%s] server: '%s' is no address of a server (write for example %s)",
                 channel->section, server,
                 mail ? "smtps://smtp.example.com" : "https://chat.example.com");
}

/* What further keys of channels must look like. */
/* clang-format off */
#define ADDRESS "[^@ <>,;\"]+@[^@ <>,;\"]+"
static const struct { const char *key, *pattern, *remedy; } shapes[] = {
    { "chat",   "^(-?[0-9]+|@[A-Za-z0-9_]+)$", "is neither the number of a chat nor @name of a channel" },
    { "thread", "^[0-9]+$",                    "is not the number of a topic" },
    { "room",   "^![^ /]+$",                   "is no internal ID of a room (write it as !abc:example.com, from the room's advanced settings)" },
    { "from",   "^" ADDRESS "$",               "is no mail address (write it as name@example.com)" },
    { "to",     "^ *" ADDRESS "( *, *" ADDRESS ")* *$", "is no list of mail addresses (write it as a@example.com, b@example.com)" },
};
/* clang-format on */

static void
check_shapes(const Check *self, const ApdChannelConfig *channel)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        const char *value = g_hash_table_lookup(channel->options, shapes[i].key);
        if (value != NULL && !g_regex_match_simple(shapes[i].pattern, value, G_REGEX_RAW, 0))
            COMPLAIN(self, line_of(self, channel->section, shapes[i].key), "[%s] %s: '%s' %s",
                     channel->section, shapes[i].key, value, shapes[i].remedy);
    }
}

static void
check_command(const Check *self, const ApdChannelConfig *channel)
{
    const char *command = g_hash_table_lookup(channel->options, "command");
    g_auto(GStrv) argv = NULL;
    g_autoptr(GError) error = NULL;

    if (command == NULL)
        return;
    if (!g_shell_parse_argv(command, NULL, &argv, &error)) {
        COMPLAIN(self, line_of(self, channel->section, "command"), "[%s] command: %s",
                 channel->section, error->message);
        return;
    }

    g_autofree char *path = g_find_program_in_path(argv[0]);
    if (path == NULL || (strchr(argv[0], '/') != NULL && *argv[0] != '/'))
        COMPLAIN(self, line_of(self, channel->section, "command"),
                 "[%s] command: there is no program '%s' (write its whole path; it must be "
                 "executable)",
                 channel->section, argv[0]);
}

static void
check_keys_of_type(const Check *self, const ApdChannelConfig *channel)
{
    for (size_t i = 0; i < apd_n_config_keys; i++) {
        const ApdConfigKey *key = &apd_config_keys[i];
        if (!g_str_equal(key->section, "channel") || key->words == NULL)
            continue;
        if (is_set(self, channel->section, key->key) && !is_word_of(channel->type, key->words))
            COMPLAIN(self, line_of(self, channel->section, key->key),
                     "[%s] %s: a channel of type %s does not know this key (remove it)",
                     channel->section, key->key, channel->type);
    }
}

static void
complain_of_type(const Check *self, const ApdChannelConfig *channel)
{
    g_autoptr(GString) all = g_string_new(apd_channel_needs[0].name);

    for (size_t i = 1; i < apd_n_channel_needs; i++)
        g_string_append_printf(all, ", %s", apd_channel_needs[i].name);
    COMPLAIN(self, line_of(self, channel->section, "type"),
             "[%s] type: '%s' is not known (one of: %s)", channel->section, channel->type,
             all->str);
}

static void
check_channel(const Check *self, const ApdChannelConfig *channel)
{
    const ApdChannelNeeds *needs = channel->type ? find_type(channel->type) : NULL;

    if (channel->type == NULL)
        COMPLAIN(self, channel->line, "[%s]: type is missing", channel->section);
    else if (needs == NULL)
        complain_of_type(self, channel);
    if (needs == NULL)
        return;

    check_keys_of_type(self, channel);
    check_language(self, channel->section, channel->language);
    check_secrets(self, channel, needs);
    check_needs(self, channel, needs);
    check_server(self, channel);
    check_command(self, channel);
    check_shapes(self, channel);
    for (char **store = channel->stores; store != NULL && *store != NULL; store++)
        if (!store_is_known(self, *store))
            COMPLAIN(self, line_of(self, channel->section, "stores"),
                     "[%s] stores: there is no [store %s]", channel->section, *store);
}

static const ApdChannelConfig *
find_channel(const Check *self, const char *name)
{
    return apd_config_channel(self->config, name);
}

static void
check_fallback(const Check *self, const ApdChannelConfig *channel)
{
    for (char **name = channel->fallback; name != NULL && *name != NULL; name++) {
        if (find_channel(self, *name) == NULL)
            COMPLAIN(self, line_of(self, channel->section, "fallback"),
                     "[%s] fallback: there is no [channel %s]", channel->section, *name);
        if (g_str_equal(*name, channel->name))
            COMPLAIN(self, line_of(self, channel->section, "fallback"),
                     "[%s] fallback: names the channel itself", channel->section);
    }
}

static void
check_escalations(const Check *self)
{
    const GPtrArray *all = self->config->escalate;

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const ApdEscalation *one = all->pdata[i];
        if (find_channel(self, one->channel) == NULL)
            COMPLAIN(self, line_of(self, "reminders", "escalate"),
                     "[reminders] escalate: there is no [channel %s]", one->channel);
    }
}

/* Reserves need somebody to stand behind. */
static void
check_reserves(const Check *self)
{
    const GPtrArray *channels = self->config->channels;

    for (guint i = 0; i < channels->len; i++)
        if (!((const ApdChannelConfig *) channels->pdata[i])->reserve)
            return;
    if (channels->len > 0)
        COMPLAIN(self, 0, "nobody is told: every channel has reserve = yes");
}

void
apd_config_check(ApdConfig *config, GHashTable *set, GString *problems)
{
    Check self = { config, set, problems, NULL };

    if (config->sources->len == 0)
        COMPLAIN(&self, 0,
                 "nothing is watched: write an [imap NAME], a [maildir NAME], an "
                 "[aliexpress NAME] or a [json NAME] section");
    if (config->channels->len == 0)
        COMPLAIN(&self, 0,
                 "nobody is told: write a [channel NAME] section (type = desktop is the "
                 "simplest)");

    check_language(&self, "appeald", config->language);
    check_secret(&self, &config->heartbeat_url, "heartbeat", 0, "url",
                 g_hash_table_contains(set, "heartbeat\n"));
    for (guint i = 0; i < config->sources->len; i++)
        check_source(&self, config->sources->pdata[i]);
    for (guint i = 0; i < config->channels->len; i++)
        check_channel(&self, config->channels->pdata[i]);
    for (guint i = 0; i < config->channels->len; i++)
        check_fallback(&self, config->channels->pdata[i]);
    check_escalations(&self);
    check_reserves(&self);

    g_clear_pointer(&self.providers, g_ptr_array_unref);
}
