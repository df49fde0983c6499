#include "io/config_oauth.h"

#include <arpa/inet.h>

void
apd_config_oauth_fill(ApdOAuthConfig *self, const ApdProvider *provider)
{
    const struct {
        char **to;
        const char *from;
    } fields[] = {
        { &self->auth_url, provider->auth_url },   { &self->device_url, provider->device_url },
        { &self->scope, provider->scope },         { &self->redirect, provider->redirect },
        { &self->token_url, provider->token_url },
    };

    /* Addresses of one server must not be mixed with those of another. */
    bool own = self->token_url != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (*fields[i].to == NULL && (!own || fields[i].to == &self->scope))
            *fields[i].to = g_strdup(fields[i].from);
}

static bool
has_password(const ApdSourceConfig *source)
{
    const ApdSecretConfig *password = &source->password;

    return password->file != NULL || password->command != NULL || password->credential != NULL;
}

bool
apd_config_oauth_is_wanted(const ApdSourceConfig *source)
{
    if (g_str_equal(source->auth, "auto"))
        return source->oauth.client_id != NULL;
    return g_str_equal(source->auth, "xoauth2") || g_str_equal(source->auth, "oauthbearer");
}

static bool
is_this_machine(const char *host)
{
    struct in_addr v4;

    return g_str_equal(host, "localhost") || g_str_equal(host, "::1")
           || (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

/* RFC 6749 section 3.1, 3.2: TLS, and no fragment. */
bool
apd_config_oauth_is_safe(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);

    if (uri == NULL || g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0'
        || g_uri_get_fragment(uri) != NULL || g_uri_get_userinfo(uri) != NULL)
        return false;
    return g_str_equal(g_uri_get_scheme(uri), "https")
           || (g_str_equal(g_uri_get_scheme(uri), "http") && is_this_machine(g_uri_get_host(uri)));
}

char *
apd_config_oauth_check(const ApdSourceConfig *source, const char **ret_key)
{
    const ApdOAuthConfig *oauth = &source->oauth;
    const struct {
        const char *key, *url;
    } urls[] = {
        { "token-url", oauth->token_url },
        { "auth-url", oauth->auth_url },
        { "device-url", oauth->device_url },
    };

    *ret_key = "client-id";
    if (oauth->client_id == NULL)
        return g_strdup_printf("is missing: OAuth 2.0 (auth = %s) needs it (register appeald with "
                               "the provider; see README, Gmail and Outlook)",
                               source->auth);
    if (has_password(source))
        return g_strdup("stands beside a password (remove one of them)");
    *ret_key = "token-url";
    if (oauth->token_url == NULL)
        return g_strdup("is missing (it is known of the providers gmail and outlook)");
    if (oauth->auth_url == NULL && oauth->device_url == NULL) {
        *ret_key = "auth-url";
        return g_strdup("is missing (or device-url)");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(urls); i++)
        if (urls[i].url != NULL && !apd_config_oauth_is_safe(urls[i].url)) {
            *ret_key = urls[i].key;
            return g_strdup("must begin with https:// and have no user or fragment in it");
        }
    return NULL;
}

void
apd_config_oauth_use(ApdSourceConfig *source, const char *state_dir)
{
    g_autofree char *safe = g_uri_escape_string(source->name, " ", TRUE);
    g_autofree char *name = g_strconcat(safe, ".token", NULL);

    if (g_str_equal(source->auth, "auto")) {
        g_free(source->auth);
        source->auth = g_strdup("oauth");
    }
    if (source->oauth.redirect == NULL)
        source->oauth.redirect = g_strdup("http://127.0.0.1");
    source->token_file = g_build_filename(state_dir, "tokens", name, NULL);
}
