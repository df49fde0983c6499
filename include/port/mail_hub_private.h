/* Shared by the files of port/mail_hub: children, and what they watch. */
#pragma once

#include "io/child.h"
#include "logic/doubt.h"
#include "port/mail_hub.h"
#include "port/mail_secret.h"

typedef struct {
    ApdMailHub *hub;    /* borrowed */
    ApdChild *process;  /* owned; NULL: not running */
    GPtrArray *watches; /* element-type ApdMailWatch, borrowed */
    guint timer;        /* owned; 0: none */
    gint64 timer_at;    /* g_get_monotonic_time() */
    guint failures;     /* in a row */
    ApdTime started;
    uint32_t culprit; /* mailbox that named itself in its last word; 0: none did */
    guint pulse;      /* owned: when a sign of life is due; 0: no timer */
    gint64 pulse_at;  /* g_get_monotonic_time() */
    guint unanswered; /* looks since it was asked for one; 0: it was not, or has given one */
    bool hung;        /* it gave none, and was killed */
} ApdMailChild;

struct ApdMailHub {
    int references;
    ApdLedger *ledger;   /* borrowed: the key it hangs on */
    GHashTable *watches; /* number to ApdMailWatch, borrowed */
    GPtrArray *children; /* element-type ApdMailChild, owned; the first is shared by most */
    uint32_t last_id;
};

struct ApdMailWatch {
    uint32_t id;
    ApdMailChild *child;           /* borrowed */
    const ApdSourceConfig *config; /* borrowed */
    char *folder;
    ApdCursor cursor; /* as far as messages have come here */
    ApdTime look_back;
    ApdMailWatchEvents events;
    void *user_data;
    int deaths;
    ApdDoubts doubts;
    ApdMailSecret *asking; /* owned: what it logs in with is being read; NULL: it is not */
    bool refused;          /* a person must act */
    bool sent;             /* the running child knows it */
    bool well;             /* its last word was that it is in sight */
    gint64 heard;    /* its last word of any kind: g_get_monotonic_time(), which suspend stops */
    gint64 asked_at; /* when the child last answered that it lives */
    guint token;     /* hash of what it was given to log in with */
    uint64_t acked;  /* bytes that came from an earlier child: not to be acked */
    uint64_t due;    /* bytes that came from this one and are not yet acked */
};

/* The folder is out of sight, and why (@code: APD_ERROR_REFUSED: a person must act). */
void apd_mail_watch_lose(ApdMailWatch *self, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
