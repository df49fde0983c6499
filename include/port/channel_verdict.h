/* What an answer means: a table per service, read from top to bottom.
 *
 * Services that answer 200 to everything put their verdict into the body, so a
 * row may ask for a status, for the body's own code and for words in it.  What no
 * row names: 408, 429 and 5xx pass by themselves, other 3xx and 4xx are for a person
 * to mend, and a 2xx that is no known success is tried again.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "port/channel.h"

typedef struct {
    int status;         /* 0: any */
    const char *code;   /* what the body's member must be, as text; NULL: any */
    const char *says;   /* words somewhere in the body; NULL: any */
    ApdTaking taking;   /* APD_REFUSED with @plainer: the form was refused */
    bool plainer;       /* send it anew as plain text, at once */
    ApdTime wait;       /* least pause: how long a ban lasts; 0: as the service says */
    const char *remedy; /* what a person can do; NULL: nothing to add */
} ApdRuling;

typedef struct ApdVerdicts {
    const char *code;  /* member that holds the verdict, as "errcode"; NULL: none */
    const char *said;  /* member that holds its words; NULL: the beginning of the body */
    const char *wait;  /* member with the asked pause in seconds, as "parameters.retry_after" */
    bool milliseconds; /* ... in thousandths of them */
    const ApdRuling *rows;
    size_t n;
} ApdVerdicts;

void apd_verdicts_judge(const ApdVerdicts *self, const ApdHttpResponse *response, ApdTime now,
                        ApdJudgement *judgement);

/* The pause that a header asks for: seconds, also with a fraction, or a date. */
ApdTime apd_verdicts_wait(const char *header, ApdTime now);

/* Returns: (transfer full): the body as JSON; NULL when it is none, or holds more
 * than an answer does. */
JsonNode *apd_verdicts_parse(const ApdHttpResponse *response);

/* Returns: (transfer full): a member of the body as text ("0", "true", "ok"),
 * "a.b" being b within a; NULL when the body is no JSON object or has none. */
char *apd_verdicts_member(const ApdHttpResponse *response, const char *path);
