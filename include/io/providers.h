/* Mail providers of sellers (conf/providers.conf): where their IMAP server is,
 * what it needs, and what a person must know to log in. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "io/config.h"

typedef struct {
    char *name; /* "163" */
    char *host;
    int port;
    ApdTls tls;
    bool send_id;      /* RFC 2971 ID after login */
    char *junk;        /* name of the junk folder where the server does not mark it; or NULL */
    char *authserv_id; /* what it writes first in Authentication-Results; or NULL */
    char **domains;    /* mail domains it serves; never NULL */
    char *token_url;   /* OAuth 2.0: as in ApdOAuthConfig; or NULL */
    char *auth_url;
    char *device_url;
    char *scope;
    char *redirect;
    char *hint; /* what a person needs to know to log in; or NULL */
} ApdProvider;

void apd_provider_free(ApdProvider *self);

/* Returns: (transfer full) (element-type ApdProvider); NULL and
 * APD_ERROR_CONFIG with every mistake when the file is wrong. */
GPtrArray *apd_providers_load(const char *path, GError **error);

/* By name, alias or mail domain ("163", "yeah.net"); NULL when unknown. */
const ApdProvider *apd_provider_find(const GPtrArray *providers, const char *name);
