/* A channel carries one alert to one place: a chat, a webhook, a command.
 *
 * Most are HTTP: then a type is a pure function that builds the request and a table
 * of verdicts on the answer.  To add one: write channel_<name>.c with an
 * ApdChannelType, list it in the table in channel.c, its keys in the table of
 * io/config_keys.c, and its page in appeald.conf(5).
 */
#pragma once

#include <stdbool.h>

#include "io/command.h"
#include "io/config.h"
#include "io/http.h"
#include "logic/rate.h"
#include "model/alert.h"

typedef enum {
    APD_TAKEN,     /* the far side's own success test passed */
    APD_TRY_AGAIN, /* later: @wait, or by backoff */
    APD_REFUSED,   /* for good: a person must mend the channel */
} ApdTaking;

typedef struct {
    ApdTaking taking;
    ApdTime wait; /* the far side asked for this pause; 0: it did not */
    char *text;   /* owned; what it said; NULL when taken without a remark */
    char *answer; /* owned; its answer as it came, for a person who tests; NULL: none */
    bool plainer; /* refused for its form: the plain form may do */
    char *moved;  /* owned; the place has a new name, for parcels to come; else NULL */

    /* Of several addressees not all were reached: @taking is of the rest. */
    char **reached; /* owned; who has it now; NULL: all or nobody */
    char **rest;    /* owned; who does not, when the service alone knows them; else NULL */
    char *refused;  /* owned; who is refused for good; NULL: nobody in particular */
} ApdJudgement;

/* What a channel is given to send. */
typedef struct {
    const ApdAlert *alert;     /* borrowed */
    const ApdWording *wording; /* borrowed */
    const char *idempotency;   /* borrowed: the same through all tries of a delivery */
    ApdTime now;               /* of this attempt: signatures are made anew each time */
    const char *url;           /* borrowed: where to; a secret; NULL when the type needs none */
    const char *secret;        /* borrowed: to sign with; NULL when there is none */
    const char *token;         /* borrowed: to log in with, a secret; NULL when there is none */
    const char *moved;         /* borrowed: of an earlier judgement; else NULL */
    char *const *told;         /* borrowed: addressees who have it already; NULL: none */
    char *const *rest;         /* borrowed: the only ones who do not; NULL: not known */
    bool plain;                /* the rich form was refused, or is too large: text alone */
} ApdParcel;

struct ApdVerdicts;

typedef struct {
    const char *name; /* as in `type =` */

    /* What the service takes, with a margin; a burst becomes one message, unless
     * it keeps an account of each case. */
    ApdRate rate;
    bool one_by_one;
    bool keeps_account;    /* of each case, which stays open until it is told of its end */
    bool idempotent;       /* it drops what comes under an @idempotency that it knows */
    bool spare_half_hours; /* it asks that what can wait avoids full and half hours */

    /* HTTP and mail.  Fills @request (empty, owned by the caller).  Pure.  Fails
     * with APD_ERROR_CONFIG when the url, token or secret is of no use. */
    bool (*build)(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                  GError **error);

    /* Judges what came back; @response->status 0 with an error is judged by the
     * caller as APD_TRY_AGAIN and never gets here.  NULL: by @verdicts alone. */
    const struct ApdVerdicts *verdicts;
    void (*judge)(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement);

    /* Whether it has a plain form for when the rich one is refused, or its body is
     * larger than @max_body (0: no such limit). */
    bool has_plain;
    size_t max_body;

    /* The option that names the place, where the service may move it: a place that
     * is configured anew has not moved.  NULL: none. */
    const char *place;

    /* Programs of the user's: what to run and what to give it.  Pure. */
    bool (*command)(const ApdChannelConfig *config, const ApdParcel *parcel,
                    ApdCommandRequest *request, GError **error);
    void (*judge_command)(const ApdCommandEnd *end, ApdJudgement *judgement);

    /* Channels that are not HTTP and end at once (terminal); TRANSIENT: try again. */
    bool (*put)(const ApdChannelConfig *config, const ApdParcel *parcel, GError **error);

    /* Taken by another program from the ledger (desktop): appeald only owes. */
    bool elsewhere;

    /* Its success test proves that the alert was taken over, not that it can be
     * seen: a person who tests the channel is asked. */
    bool unseen;
} ApdChannelType;

extern const ApdChannelType apd_channel_alertmanager;
extern const ApdChannelType apd_channel_bark;
extern const ApdChannelType apd_channel_command;
extern const ApdChannelType apd_channel_desktop;
extern const ApdChannelType apd_channel_dingtalk;
extern const ApdChannelType apd_channel_discord;
extern const ApdChannelType apd_channel_email;
extern const ApdChannelType apd_channel_feishu;
extern const ApdChannelType apd_channel_googlechat;
extern const ApdChannelType apd_channel_gotify;
extern const ApdChannelType apd_channel_lark;
extern const ApdChannelType apd_channel_mattermost;
extern const ApdChannelType apd_channel_matrix;
extern const ApdChannelType apd_channel_ntfy;
extern const ApdChannelType apd_channel_pagerduty;
extern const ApdChannelType apd_channel_pushover;
extern const ApdChannelType apd_channel_rocketchat;
extern const ApdChannelType apd_channel_serverchan;
extern const ApdChannelType apd_channel_slack;
extern const ApdChannelType apd_channel_teams;
extern const ApdChannelType apd_channel_telegram;
extern const ApdChannelType apd_channel_terminal;
extern const ApdChannelType apd_channel_webhook;
extern const ApdChannelType apd_channel_wecom;

void apd_judgement_clear(ApdJudgement *self);

/* By the type's table, or its own function. */
void apd_channel_judge(const ApdChannelType *self, const ApdHttpResponse *response, ApdTime now,
                       ApdJudgement *judgement);

/* NULL when there is no such type. */
const ApdChannelType *apd_channel_find(const char *name);
