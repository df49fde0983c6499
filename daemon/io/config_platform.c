#include "io/config_platform.h"

#include <string.h>

#include "base/text.h"
#include "io/config_oauth.h"
#include "io/platform.h"
#include "logic/json_mail.h"

static char *
check_topics(char **topics)
{
    if (topics == NULL || *topics == NULL)
        return g_strdup("names nothing to ask for");

    for (; *topics != NULL; topics++) {
        if (g_strv_contains(apd_platform_topics, *topics))
            continue;
        const char *near = apd_text_nearest(*topics, apd_platform_topics);
        return near != NULL ? g_strdup_printf("'%s' is nothing that can be asked for (did you "
                                              "mean %s?)",
                                              *topics, near)
                            : g_strdup_printf("'%s' is nothing that can be asked for (write for "
                                              "example diagnosis, disputes)",
                                              *topics);
    }
    return NULL;
}

/* Returns: (transfer full): what is wrong; NULL: nothing. */
static char *
use_platform(ApdSourceConfig *source, ApdConfig *config)
{
    g_autoptr(GError) error = NULL;

    if (config->platform == NULL)
        config->platform =
            apd_platform_load(config->rules_dir, config->user_rules_dir, source->type, &error);
    source->platform = config->platform;
    return error ? g_strdup(error->message) : NULL;
}

char *
apd_config_platform_use(ApdSourceConfig *source, ApdConfig *config, const char **ret_key)
{
    ApdOAuthConfig *oauth = &source->oauth;
    g_autofree char *safe = g_uri_escape_string(source->name, " ", TRUE);
    g_autofree char *file = g_strconcat("aliexpress@", safe, ".token", NULL);

    while (g_str_has_suffix(source->gateway, "/"))
        source->gateway[strlen(source->gateway) - 1] = '\0';
    source->user = g_strdup(oauth->client_id);
    oauth->token_url = g_strconcat(source->gateway, "/rest/auth/token/refresh", NULL);
    oauth->auth_url = g_strconcat(source->gateway, "/oauth/authorize", NULL);
    oauth->ca_file = g_strdup(source->ca_file);
    source->authserv_id = g_strdup(APD_JSON_AUTHSERV); /* of our own mails of its messages */
    source->token_file = g_build_filename(config->state_dir, "tokens", file, NULL);

    *ret_key = "app-key";
    g_autofree char *text = use_platform(source, config);
    if (text != NULL)
        return g_steal_pointer(&text);
    *ret_key = "gateway";
    if (!apd_config_oauth_is_safe(source->gateway))
        return g_strdup("must begin with https:// and have no user or fragment in it");
    *ret_key = "redirect";
    if (oauth->redirect == NULL)
        return g_strdup("is missing (the callback address of your app, as its console has it)");
    if (!g_uri_is_valid(oauth->redirect, G_URI_FLAGS_NONE, NULL))
        return g_strdup("is no address (write it as https://example.com/callback)");
    *ret_key = "watch";
    return check_topics(source->folders);
}
