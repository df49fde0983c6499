/* A case: one matter between the platform and a store, from notice to answer. */
#pragma once

#include "model/verdict.h"

typedef enum {
    APD_STATE_OPEN,         /* nobody has answered yet */
    APD_STATE_ACKNOWLEDGED, /* a person took it: only the last two steps alert */
    APD_STATE_APPEALED,     /* waits for the decision */
    APD_STATE_WON,
    APD_STATE_LOST,
    APD_STATE_CLOSED,  /* no action needed */
    APD_STATE_EXPIRED, /* the deadline passed unanswered */
    APD_N_STATES,
} ApdState;

const char *apd_state_name(ApdState state);
bool apd_state_parse(const char *name, ApdState *ret_state);

/* Whether the case still wants something of a person. */
bool apd_state_runs(ApdState state);

/* All strings owned; NULL where unknown unless said otherwise. */
typedef struct {
    int64_t id;  /* 0 until the ledger gave one; shown as "#12" */
    char *store; /* never NULL; "" for the only store */
    ApdKind kind;
    char *category;     /* never NULL */
    ApdOutcome outcome; /* of the latest decision */
    ApdState state;
    int points; /* hundredths, or APD_NO_POINTS */
    char *case_ref;
    char **orders;    /* never NULL */
    char **products;  /* never NULL */
    ApdTime deadline; /* APD_NEVER for none */
    ApdBasis basis;
    char **derivation; /* never NULL */
    ApdAuthenticity authenticity;
    ApdSeverity severity;
    char *language;
    char *subject; /* never NULL */
    char *sender;
    char *excerpt;
    char *appeal_url;
    char *source;    /* where it was first seen: "imap office" */
    ApdTime noticed; /* Date: of the first notice */
    ApdTime opened;  /* when the case was opened */
    ApdTime asked;   /* since when it waits for an answer of a person's; moves when it is asked
                        for again, not when a question that nobody answered changes */
    ApdTime updated;
    ApdTime snoozed_until; /* 0 when not snoozed */
    int round; /* grows each time the deadline is set anew, so that its steps are owed again */
    char *note;
} ApdCase;

ApdCase *apd_case_new(void);
void apd_case_free(ApdCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdCase, apd_case_free)

/* Whether the platform's own record spoke of it first, not a message. */
bool apd_case_is_of_record(const ApdCase *self);

/* Returns: (transfer full): a new open case of what @verdict says. */
ApdCase *apd_case_from_verdict(const ApdVerdict *verdict, const char *store, const char *source,
                               ApdTime now);

/* Opens @self, or opens it again: a person is asked for an answer. */
void apd_case_ask(ApdCase *self, ApdTime now);

/* --- lists of cases (element-type ApdCase) --- */

/* Returns: (transfer full): an empty list that owns its cases. */
GPtrArray *apd_cases_new(void);

/* Whether one of @cases is number @id. */
bool apd_cases_hold(const GPtrArray *cases, int64_t id);

/* The soonest deadline first; of the same the older case. */
void apd_cases_sort(GPtrArray *cases);
