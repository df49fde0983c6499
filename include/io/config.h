/* The configuration: appeald.conf as a checked, typed tree.
 *
 * Read through inih with our own line reader, since Debian's build cuts values
 * at 197 bytes and at " ;".  Every key stands in one table (io/config_keys.h)
 * with type, bounds, default and help: the example file, the manual and
 * `appealctl check` are made from it or tested against it.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"
#include "model/hours.h"
#include "model/platform.h"
#include "model/store.h"
#include "model/verdict.h"

/* How a secret is found; exactly one is set.  Never the value itself. */
typedef struct {
    char *file;       /* must not be readable by others */
    char *command;    /* by /bin/sh -c; first line of its output */
    char *credential; /* name in $CREDENTIALS_DIRECTORY (systemd) */
} ApdSecretConfig;

typedef enum {
    APD_TLS_IMPLICIT,
    APD_TLS_STARTTLS,
    APD_TLS_NONE, /* loopback only */
} ApdTls;

/* How an access token is got (OAuth 2.0). */
typedef struct {
    char *client_id;               /* NULL: it logs in by password */
    ApdSecretConfig client_secret; /* may be unset: public clients have none */
    char *token_url;
    char *auth_url;   /* where a browser goes; or NULL */
    char *device_url; /* RFC 8628; or NULL */
    char *scope;      /* separated by blanks; or NULL */
    char *redirect;   /* "http://localhost" or "http://127.0.0.1": where a browser comes back */
    char *ca_file;    /* private CA of these servers instead of the system's, or NULL */
} ApdOAuthConfig;

/* One [imap NAME], [maildir NAME], ... */
typedef struct {
    char *type;        /* "imap", "maildir", "aliexpress", "json" */
    char *name;        /* NAME */
    char *section;     /* "imap NAME": how people see it */
    int line;          /* of the section's header, for messages */
    char *store;       /* name of a [store], or "" */
    char *authserv_id; /* NULL: no Authentication-Results header is believed */

    /* imap */
    char *provider;
    char *hint; /* what its users must know to log in; or NULL */
    char *host;
    int port;
    ApdTls tls;
    char *ca_file; /* private CA instead of the system's, or NULL */
    char *user;
    char *auth; /* "auto", "login", "plain", "xoauth2", "oauthbearer"; "oauth": either of these */
    ApdSecretConfig password;
    ApdOAuthConfig oauth;
    char *token_file; /* what `appealctl login` keeps; NULL: it logs in by password */
    char **folders;   /* UTF-8; never NULL */
    bool send_id;     /* RFC 2971 ID after login */
    ApdTime poll;     /* sweep when IDLE is silent, or NOOP where it is missing */

    /* maildir */
    char *path; /* "~" expanded */

    /* aliexpress; its app is oauth.client_id and oauth.client_secret, its topics are folders */
    char *gateway;               /* "https://api-sg.aliexpress.com" */
    const ApdPlatform *platform; /* borrowed of the configuration; NULL for other types */

    /* json; the address is in keys ("url"), or a secret */
    ApdSecretConfig url;
    ApdSecretConfig headers; /* "Name: value" lines to go with each request; may be unset */
    bool vouched;            /* all that it gives is the platform's own */
    int first_page;
    int max_pages;
    GHashTable *keys; /* owned: where things stand in its answers, text to text; see
                         logic/json_item.h */
} ApdSourceConfig;

/* One [channel NAME]. */
typedef struct {
    char *name;
    char *section; /* "channel NAME" */
    int line;
    char *type;
    ApdSecretConfig url;    /* webhook URLs are secrets: url-file, url-command, url-credential */
    ApdSecretConfig secret; /* signing secret, or the second of two keys; may be unset */
    ApdSecretConfig token;  /* what it logs in with: token, device key or password */
    ApdTime time_limit;     /* of a command */
    char *ca_file;
    char *language;       /* of its texts; NULL: [appeald] language */
    ApdSeverity severity; /* least severity it is told of */
    char **stores;        /* NULL: all */
    char **categories;    /* NULL: all; "ip.*" allowed */
    char **kinds;         /* NULL: all */
    ApdHours hours;       /* when it is told; n = 0: always */
    ApdHours quiet;       /* when what can wait waits; n = 0: never */
    bool reserve;         /* told only of what is escalated or falls back to it */
    char **fallback;      /* channels that are told when this one is not; NULL: none */
    ApdTime fallback_after;
    GHashTable *options; /* owned: further keys of this type, text to text */
} ApdChannelConfig;

/* "6h to boss" */
typedef struct {
    ApdTime after; /* unanswered for so long */
    char *channel; /* owned */
} ApdEscalation;

typedef struct {
    char *path; /* of the file read */
    char *language;
    char *timezone;       /* IANA name; NULL: the system's */
    GTimeZone *zone;      /* owned: of that name, read once; NULL: not by apd_config_load() */
    char *state_dir;      /* holds ledger.db */
    char *rules_dir;      /* shipped rules, calendars and alert texts: DIR/rules, DIR/calendars,
                             DIR/alerts */
    char *user_rules_dir; /* a user's own rules; may not exist */
    ApdTime look_back;
    ApdTime blind_limit;
    ApdTime daily_at;              /* time of day of the daily note; -1: none */
    ApdSecretConfig heartbeat_url; /* unset: no heartbeat */
    char *heartbeat_ca_file;
    ApdTime heartbeat_every;
    GArray *steps;         /* element-type ApdTime, longest first */
    ApdTime repeat;        /* how often in the last hours; 0: not */
    ApdTime repeat_last;   /* the last hours */
    GPtrArray *escalate;   /* element-type ApdEscalation, soonest first; NULL: none */
    ApdPlatform *platform; /* of the [aliexpress NAME] sections; NULL: there are none */
    GPtrArray *stores;     /* element-type ApdStore */
    GPtrArray *sources;    /* element-type ApdSourceConfig */
    GPtrArray *channels;   /* element-type ApdChannelConfig */
} ApdConfig;

/* Reads and checks @path.  On failure @error (APD_ERROR_CONFIG) holds every
 * mistake, one a line: "file:line: [section] key: what is wrong (remedy)". */
ApdConfig *apd_config_load(const char *path, GError **error);
void apd_config_free(ApdConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdConfig, apd_config_free)

/* Returns: (transfer full): @option, else $XDG_CONFIG_HOME/appeald/appeald.conf
 * when it exists, else /etc/appeald/appeald.conf. */
char *apd_config_path(const char *option);

/* Returns: (transfer full): the zone in which instants are shown. */
GTimeZone *apd_config_zone(const ApdConfig *self);

/* Returns: (transfer full): the ledger's path of this configuration. */
char *apd_config_ledger_path(const ApdConfig *self);

/* Returns: (transfer full): where what is shipped stands: conf/ beside a build
 * tree, else where `make install` put it. */
char *apd_config_rules_dir(void);

/* NULL when there is none of that name. */
const ApdChannelConfig *apd_config_channel(const ApdConfig *self, const char *name);
const ApdSourceConfig *apd_config_source(const ApdConfig *self, const char *section);
