/* What one message means to a seller: the reader's answer.
 *
 * The words of each enum (apd_kind_name() and so on) are stable interfaces:
 * `appealctl explain --json`, the ledger and the rules use them.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

typedef enum {
    APD_KIND_NONE, /* not for this product: order mail, marketing, another business */
    APD_KIND_PENALTY,
    APD_KIND_COMPLAINT,
    APD_KIND_REQUEST,
    APD_KIND_WARNING,
    APD_KIND_DECISION,
    APD_KIND_POLICY,
    APD_N_KINDS,
} ApdKind;

typedef enum {
    APD_OUTCOME_NONE, /* no decision */
    APD_OUTCOME_UPHELD,
    APD_OUTCOME_REVERSED,
    APD_OUTCOME_RECEIVED,
    APD_OUTCOME_MORE_EVIDENCE,
    APD_N_OUTCOMES,
} ApdOutcome;

/* Where a deadline comes from. */
typedef enum {
    APD_BASIS_NONE,      /* there is none */
    APD_BASIS_STATED,    /* the notice names the instant or the day */
    APD_BASIS_RELATIVE,  /* the notice names a window */
    APD_BASIS_ESTIMATED, /* the category's usual window: nothing was stated */
    APD_N_BASES,
} ApdBasis;

typedef enum {
    APD_AUTHENTICITY_GENUINE,
    APD_AUTHENTICITY_UNVERIFIED,
    APD_AUTHENTICITY_FORGED,
    APD_N_AUTHENTICITIES,
} ApdAuthenticity;

typedef enum {
    APD_SEVERITY_LOW,      /* to know: policy, appeal received */
    APD_SEVERITY_MEDIUM,   /* to answer */
    APD_SEVERITY_HIGH,     /* points or a measure at stake */
    APD_SEVERITY_CRITICAL, /* freeze, closure, court order */
    APD_N_SEVERITIES,
} ApdSeverity;

/* Who says it, and so what it may do to the case it belongs to. */
typedef enum {
    APD_BEARING_MESSAGE, /* a message: all that this is not */
    APD_BEARING_STATE,   /* the platform's own record: opens a case, or joins that of its matter */
    APD_BEARING_NEWS,    /* the same, and worse than before: told even when it joins */
    APD_BEARING_MOVE,    /* the same, but of no case it makes none */
    APD_BEARING_END,     /* the same, and the matter is over: nothing is left to do */
    APD_N_BEARINGS,
} ApdBearing;

/* "penalty", "more-evidence", "stated", "genuine", "high"; NULL for the NONE
 * of outcomes. */
const char *apd_kind_name(ApdKind kind);
const char *apd_outcome_name(ApdOutcome outcome);
const char *apd_basis_name(ApdBasis basis);
const char *apd_authenticity_name(ApdAuthenticity authenticity);
const char *apd_severity_name(ApdSeverity severity);

/* False for an unknown name. */
bool apd_kind_parse(const char *name, ApdKind *ret_kind);
bool apd_outcome_parse(const char *name, ApdOutcome *ret_outcome);
bool apd_basis_parse(const char *name, ApdBasis *ret_basis);
bool apd_authenticity_parse(const char *name, ApdAuthenticity *ret_authenticity);
bool apd_severity_parse(const char *name, ApdSeverity *ret_severity);

/* Points in hundredths: 0.5 points are 50.  The platform uses halves. */
#define APD_NO_POINTS (-1)

/* Returns: (transfer full): "6", "0.5"; "" for none. */
char *apd_points_text(int points);

/* What decided, in the message's own words. */
typedef struct {
    char *what; /* "kind", "category", "points", "deadline", "authenticity", ... and why */
    char *text; /* the text that decided */
} ApdEvidence;

typedef struct {
    ApdKind kind;
    char *category; /* key of the taxonomy; NULL for none */
    ApdOutcome outcome;
    int points; /* hundredths, or APD_NO_POINTS */
    char *case_ref;
    char **orders;    /* never NULL */
    char **products;  /* never NULL */
    ApdTime deadline; /* APD_NEVER for none */
    ApdBasis basis;
    ApdAuthenticity authenticity;
    ApdSeverity severity;
    ApdBearing bearing;
    char *language; /* of the text: "en", "zh", "zh-Hant", ... */

    char *message_id;    /* NULL when absent */
    char *subject;       /* decoded; "" when absent */
    char *sender;        /* address of From: */
    ApdTime date;        /* of the message; APD_NEVER when it has none */
    char *channel_id;    /* of the store, from backend links; NULL when absent */
    char *appeal_url;    /* only of genuine notices and only on the platform's domains */
    char *excerpt;       /* the sentence that says most, for alerts */
    char **derivation;   /* the deadline step by step; never NULL */
    GPtrArray *evidence; /* element-type ApdEvidence */
} ApdVerdict;

ApdVerdict *apd_verdict_new(void);
void apd_verdict_free(ApdVerdict *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdVerdict, apd_verdict_free)

void apd_verdict_add_evidence(ApdVerdict *self, const char *what, const char *text);

/* For the way between processes and into the ledger: a{sv}, floating. */
GVariant *apd_verdict_to_variant(const ApdVerdict *self);

/* NULL when @variant is no verdict or breaks a bound: it may come from a
 * reader that hostile mail took over. */
ApdVerdict *apd_verdict_from_variant(GVariant *variant);
