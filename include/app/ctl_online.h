/* appealctl check --online: what can be shown of each source and channel now,
 * without changing a mailbox and without sending an alert.
 */
#pragma once

#include "app/tokens.h"
#include "io/config.h"
#include "io/http.h"
#include "io/proof.h"

typedef struct ApdOnline ApdOnline;

/* One thing shown, or not. */
typedef struct {
    ApdProof proof;
    char *what, *text, *remedy; /* owned */
} ApdOnlineStep;

/* A source, a channel, or the clock. */
typedef struct {
    ApdOnline *owner; /* borrowed */
    char *name;       /* owned: "imap office" */
    GPtrArray *steps; /* owned, element-type ApdOnlineStep */
    guint pending;    /* answers waited for */
} ApdOnlineSubject;

struct ApdOnline {
    const ApdConfig *config; /* borrowed */
    ApdHttp *http;           /* owned */
    ApdTokens *tokens;       /* owned; or NULL */
    GMainLoop *loop;         /* owned */
    GPtrArray *subjects;     /* owned, element-type ApdOnlineSubject, in the order of printing */
    GPtrArray *looks;        /* owned: at mail servers (ctl_online_source.c); NULL: none */
    guint looking;           /* of these: under way */
    guint late;              /* owned: gives up when nothing comes any more */
    GArray *skews;           /* owned, element-type ApdTime: ours less a server's */
    GHashTable *lost;        /* owned: section to why its token could not be renewed */
    guint printed;           /* subjects */
    bool json;
    bool push; /* is to be shown, by a message of ours */
};

void apd_online_add(ApdOnlineSubject *self, ApdProof proof, const char *what, const char *remedy,
                    const char *format, ...) G_GNUC_PRINTF(5, 6);

/* One answer less is waited for. */
void apd_online_done(ApdOnlineSubject *self);

/* Asks the server of @url (a secret; not its path) with GET, which tells of name,
 * connection and certificate, and whose clock is compared; one answer more is
 * waited for.  @what: names the step. */
void apd_online_ask_server(ApdOnlineSubject *self, const char *what, const char *url,
                           const char *ca_file);

/* Takes what a server says is its time. */
void apd_online_take_date(ApdOnline *self, const ApdHttpResponse *response);

/* Start what there is to show; steps follow from the main context. */
void apd_online_source(ApdOnlineSubject *self, const ApdSourceConfig *source);
void apd_online_platform(ApdOnlineSubject *self, const ApdSourceConfig *source);
void apd_online_channel(ApdOnlineSubject *self, const ApdChannelConfig *channel);

/* Shows what is known of this machine's clock, when all else is. */
void apd_online_clock(ApdOnlineSubject *self);

/* Returns the exit status. */
int apd_online_run(const ApdConfig *config, bool json, bool push);
