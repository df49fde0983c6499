/* An alert: one thing a person is to be told, before it is put into words. */
#pragma once

#include "model/kase.h"

typedef enum {
    APD_ALERT_CASE,       /* a new case, a step of its ladder, or a change of it */
    APD_ALERT_SUMMARY,    /* several cases in one: the first look back, a digest */
    APD_ALERT_BLIND,      /* a source cannot be read */
    APD_ALERT_SIGHT,      /* it can be read again */
    APD_ALERT_UNREADABLE, /* a message could not be read: look yourself */
    APD_ALERT_REFUSED,    /* a channel refused an alert for good */
    APD_ALERT_TEST,
    APD_ALERT_WELL,   /* the daily note */
    APD_ALERT_LOGIN,  /* a login was ended, or will end: log in again */
    APD_ALERT_CLOCK,  /* this machine's clock is wrong */
    APD_ALERT_SCARCE, /* a mailbox is nearly full */
    APD_ALERT_FULL,   /* it is full: new mail is sent back */
    APD_ALERT_ROOM,   /* there is room again */
    APD_ALERT_SAID,   /* a mail server wants a person to read something */
    APD_N_ALERTS,
} ApdAlertType;

const char *apd_alert_type_name(ApdAlertType type);
bool apd_alert_type_parse(const char *name, ApdAlertType *ret_type);

/* Why a case alert goes out, apart from its step. */
typedef enum {
    APD_REASON_NEW,
    APD_REASON_STEP,    /* time left reached a step of [reminders] */
    APD_REASON_CHANGED, /* deadline, state or outcome changed by a later message */
    APD_REASON_DECISION,
    APD_REASON_EXPIRED,   /* the deadline has passed unanswered */
    APD_REASON_ESCALATED, /* nobody has acknowledged it for long: told to somebody else */
    APD_N_REASONS,
} ApdReason;

const char *apd_reason_name(ApdReason reason);
bool apd_reason_parse(const char *name, ApdReason *ret_reason);

/* A row of the ledger's alerts, with its case where it has one. */
typedef struct {
    int64_t id;
    char *key; /* unique: what makes "each step once" true, such as "case/12/0/step/24h" */
    ApdAlertType type;
    ApdReason reason;
    ApdSeverity severity;
    ApdCase *kase;    /* owned; APD_ALERT_CASE only; as it stands now, not as it stood then */
    GPtrArray *cases; /* owned, element-type ApdCase; APD_ALERT_SUMMARY only, soonest first */
    char *subject;    /* source, channel or message the alert is about; NULL for cases */
    char *text;       /* what is wrong, for the types that say so; NULL else */
    ApdTime created;
} ApdAlert;

ApdAlert *apd_alert_new(void);
void apd_alert_free(ApdAlert *self);

/* Returns: (transfer full): the source of a blindness, or "SOURCE (room)" of a full mailbox;
 * NULL: @self is none of those. */
char *apd_alert_blind_source(const ApdAlert *self);

/* Returns: (transfer full): "SOURCE/SINCE" of the same: what its reminders and its end share,
 * whatever folders they name, and no other spell of that source; NULL: @self is none of those. */
char *apd_alert_blind_spell(const ApdAlert *self);

/* Whether @self tells the end of such a trouble. */
bool apd_alert_is_end(const ApdAlert *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdAlert, apd_alert_free)

/* An alert in the words of one language, before a channel dresses it.
 * Everything that came from mail is plain text here: no markup, no controls,
 * links only in @url.  Channels escape it for their own markup. */
typedef struct {
    char *label; /* owned, as are all of these */
    char *value;
    const char *key; /* borrowed for ever: "deadline", "case" ... (wording.c) */
} ApdFact;

typedef struct {
    char *title;      /* one line: "Trademark complaint: appeal within 2 d 5 h" */
    char *body;       /* one to three sentences */
    GPtrArray *facts; /* element-type ApdFact: deadline, points, products ... in order */
    char *url;        /* the appeal page, genuine notices only; else NULL */
    char *url_label;
    char *footer;         /* "appeald, case #12" */
    ApdSeverity severity; /* colour and urgency; grows as the deadline nears */
    char *language;
} ApdWording;

void apd_wording_free(ApdWording *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdWording, apd_wording_free)
