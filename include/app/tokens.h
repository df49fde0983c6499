/* Keeps the access tokens of all sources that log in by OAuth 2.0 fresh: each is
 * renewed well before it expires, by whoever holds its lock, and on disk before it
 * is used.  A login that was ended, or will end, is an alert.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

typedef struct ApdTokens ApdTokens;

typedef struct {
    /* Another token of @source than before is on disk. */
    void (*renewed)(const ApdSourceConfig *source, void *user_data);

    /* None can be had, and the old one is over.  @why: TRANSIENT or REFUSED. */
    void (*lost)(const ApdSourceConfig *source, const GError *why, void *user_data);

    /* Something else changed: call apd_tokens_run() soon. */
    void (*changed)(void *user_data);
} ApdTokensEvents;

/* Returns: NULL when no source of @config needs it; @ledger (NULL: nobody is to be
 * told of logins that end, and nothing is logged) and @config are borrowed.
 * Events come from the main context and from apd_tokens_run(). */
ApdTokens *apd_tokens_new(ApdLedger *ledger, const ApdConfig *config, const ApdTokensEvents *events,
                          void *user_data);
void apd_tokens_free(ApdTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdTokens, apd_tokens_free)

/* Starts what is due at @now, raises alerts of logins that end, and brings @next
 * forward to when to call again.  False: the ledger failed. */
bool apd_tokens_run(ApdTokens *self, ApdTime now, ApdTime *next, GError **error);

/* The server refused the token of @section: it is renewed now, unless it is new. */
void apd_tokens_doubt(ApdTokens *self, const char *section);

/* Whether an answer is waited for. */
bool apd_tokens_are_busy(const ApdTokens *self);
