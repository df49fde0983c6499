/* The platform's endpoints as a source, in two parts; private to port/source_aliexpress.c,
 * which asks and hands over, and port/aliexpress_rounds.c, which ends rounds and does what
 * answers ask for. */
#pragma once

#include "io/api_question.h"
#include "logic/api_answer.h"
#include "port/aliexpress_topics.h"
#include "port/source_clock.h"

typedef struct {
    ApdSource source;              /* first member */
    const ApdSourceConfig *config; /* borrowed */
    ApdLedger *ledger;             /* borrowed */
    ApdSourceEvents events;
    void *user_data;           /* borrowed */
    ApdHttp *http;             /* owned */
    char *host;                /* owned: of the gateway */
    GArray *topics;            /* owned, element-type Topic */
    ApdAliexpressTopic *topic; /* borrowed: whose turn it is; NULL: none's */
    ApdApiQuestion question;
    ApdSourceClock clock;
    bool summarised; /* what the first looks found */
    bool asking;     /* an answer is on its way */
    bool handed;     /* a record is with the receiver */
    bool handing;    /* hand_over() runs */
    guint timer;     /* owned */
} ApdAliexpress;

/* --- port/source_aliexpress.c --- */

/* What is to be handed over is; then the next question is asked, or the round ends. */
void apd_aliexpress_go_on(ApdAliexpress *self);

/* Sends the present question. */
bool apd_aliexpress_send(ApdAliexpress *self, GError **error);

void apd_aliexpress_wake_soon(ApdAliexpress *self);

/* --- port/aliexpress_rounds.c; each ends the turn of the present topic --- */

/* The round goes on where it stopped, after @pause. */
void apd_aliexpress_end_turn(ApdAliexpress *self, ApdTime pause);

void apd_aliexpress_end_round(ApdAliexpress *self, ApdTime pause);

/* Nothing more is to be asked. */
void apd_aliexpress_finish(ApdAliexpress *self);

/* The round is lost, as its topic says. */
void apd_aliexpress_end_lost(ApdAliexpress *self);

/* Trouble that a person must mend. */
void apd_aliexpress_refuse(ApdAliexpress *self, const char *text);

/* Its ban lasts from before this start. */
void apd_aliexpress_sit_out(ApdAliexpress *self);

/* The question gets no answer. */
void apd_aliexpress_lose_question(ApdAliexpress *self, int code, const char *text);

/* Does what @answer, which is not good, asks for. */
void apd_aliexpress_take_remedy(ApdAliexpress *self, const ApdHttpResponse *response,
                                const ApdApiAnswer *answer);
