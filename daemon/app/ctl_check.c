#include "app/ctl.h"

#include <string.h>

#include "app/courier.h"
#include "app/ctl_online.h"
#include "io/secret.h"

/* Secrets are read once, to say now what would otherwise be said at night. */
static int
check_secret(const char *section, const ApdSecretConfig *secret)
{
    g_autoptr(GError) error = NULL;

    if (!apd_secret_is_set(secret) || secret->credential != NULL)
        return 0; /* credentials exist inside the service only */

    char *text = apd_secret_read(secret, &error);
    bool good = text != NULL;
    apd_secret_free(text);
    if (!good)
        g_print("problem: [%s] %s\n", section, error->message);
    return !good;
}

/* The host alone: the rest of an address may be a secret. */
static int
check_json(const ApdSourceConfig *source)
{
    const char *url = g_hash_table_lookup(source->keys, "url");
    g_autofree char *bare = g_strdelimit(g_strdup(url ? url : ""), "{}", '-');
    g_autoptr(GUri) uri = g_uri_parse(bare, G_URI_FLAGS_NONE, NULL);

    g_print("watches  [%s] %s\n", source->section,
            uri ? g_uri_get_host(uri) : "an address that is a secret");
    if (!source->vouched)
        g_print("remark:  [%s] has no vouched = yes: every notice from it will be shown as "
                "unverified\n",
                source->section);
    return check_secret(source->section, &source->url)
           + check_secret(source->section, &source->headers);
}

static int
check_source(const ApdSourceConfig *source)
{
    if (g_str_equal(source->type, "json"))
        return check_json(source);
    int bad = check_secret(source->section, &source->password);

    g_print("watches  [%s] %s%s%s%s\n", source->section, source->path ? source->path : source->user,
            source->host ? " at " : "", source->host ? source->host : "",
            source->tls == APD_TLS_NONE && source->host ? " (not encrypted)" : "");
    if (source->authserv_id == NULL)
        g_print("remark:  [%s] has no authserv-id: every notice from it will be shown as "
                "unverified\n",
                source->section);
    return bad;
}

static int
check_channel(const ApdConfig *config, const ApdChannelConfig *channel, ApdHttp *http)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdCourier) courier = apd_courier_new(channel, config, http, &error);
    int bad = check_secret(channel->section, &channel->url)
              + check_secret(channel->section, &channel->secret);

    g_print("tells    [%s] %s, severity %s and above\n", channel->section, channel->type,
            apd_severity_name(channel->severity));
    if (courier == NULL)
        g_print("problem: [%s] %s\n", channel->section, error->message);
    return bad + (courier == NULL);
}

int
apd_ctl_check(const ApdCtl *ctl, char **operands)
{
    g_autofree char *path = apd_config_path(ctl->config_path);
    g_autoptr(GError) error = NULL;
    int bad = 0;

    if (operands[0] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "check: '%s' is not expected here", operands[0]);

    if (ctl->json && !ctl->online)
        return apd_ctl_complain(APD_EXIT_USAGE, "check: --json goes with --online");
    if (ctl->push && !ctl->online)
        return apd_ctl_complain(APD_EXIT_USAGE, "check: --push goes with --online");

    g_autoptr(ApdConfig) config = apd_config_load(path, &error);
    if (config == NULL) {
        g_printerr("%s\n", error->message);
        return APD_EXIT_NO;
    }
    if (ctl->online)
        return apd_online_run(config, ctl->json, ctl->push);

    g_autoptr(ApdHttp) http = apd_http_new();
    for (guint i = 0; i < config->sources->len; i++)
        bad += check_source(config->sources->pdata[i]);
    for (guint i = 0; i < config->channels->len; i++)
        bad += check_channel(config, config->channels->pdata[i], http);
    if (bad > 0)
        return APD_EXIT_NO;

    g_print("%s: good. Next: appealctl test CHANNEL sends a test alert.\n", path);
    return APD_EXIT_GOOD;
}
