/* A channel carries one alert to one place: a chat, a webhook, the terminal.
 *
 * Most are HTTP: then a type is two pure functions, one that builds the request
 * and one that judges the answer.  To add one: write channel_<name>.c with an
 * ApdChannelType, list it in the table in channel.c, its keys in the table of
 * io/config_keys.c, and its page in appeald.conf(5).
 */
#pragma once

#include <stdbool.h>

#include "io/config.h"
#include "io/http.h"
#include "model/alert.h"

typedef enum {
    APD_TAKEN,     /* the far side's own success test passed */
    APD_TRY_AGAIN, /* later: @wait, or by backoff */
    APD_REFUSED,   /* for good: a person must mend the channel */
} ApdTaking;

typedef struct {
    ApdTaking taking;
    ApdTime wait; /* the far side asked for this pause; 0: it did not */
    char *text;   /* owned; what it said, no secret in it; NULL when taken */
} ApdJudgement;

/* What a channel is given to send. */
typedef struct {
    const ApdAlert *alert;     /* borrowed */
    const ApdWording *wording; /* borrowed */
    const char *idempotency;   /* borrowed: the same through all tries of a delivery */
    ApdTime now;               /* of this attempt: signatures are made anew each time */
    const char *url;           /* borrowed: where to; a secret; NULL when the type needs none */
    const char *secret;        /* borrowed: to sign with; NULL when there is none */
} ApdParcel;

typedef struct {
    const char *name; /* as in `type =` */

    /* HTTP channels.  Fills @request (empty, owned by the caller).  Pure.  Fails
     * with APD_ERROR_CONFIG when the url or secret is of no use. */
    bool (*build)(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                  GError **error);

    /* Judges what came back; @response->status 0 with an error is judged by the
     * caller as APD_TRY_AGAIN and never gets here. */
    void (*judge)(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement);

    /* Channels that are not HTTP and end at once (terminal); TRANSIENT: try again. */
    bool (*put)(const ApdChannelConfig *config, const ApdParcel *parcel, GError **error);

    /* Taken by another program from the ledger (desktop): appeald only owes. */
    bool elsewhere;
} ApdChannelType;

extern const ApdChannelType apd_channel_desktop;
extern const ApdChannelType apd_channel_feishu;
extern const ApdChannelType apd_channel_slack;
extern const ApdChannelType apd_channel_terminal;
extern const ApdChannelType apd_channel_webhook;

/* NULL when there is no such type. */
const ApdChannelType *apd_channel_find(const char *name);
