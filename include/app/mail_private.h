/* Shared by the files of app/mail: who waits for what. */
#pragma once

#include <stdatomic.h>
#include <time.h>

#include "app/mailbox.h"
#include "io/vault.h"

/* Mailboxes of one server that may be at work at once: enough to be quick, and
 * no herd after an outage. */
#define APD_MAIL_PER_HOST 8

/* In all; they wait for servers, not for the processor. */
#define APD_MAIL_WORKERS 64

typedef struct {
    char *name;     /* owned: "host:port" */
    guint running;  /* mailboxes at work */
    guint lost;     /* mailboxes that pause because it was out of reach */
    ApdTime silent; /* when a session was last found dead, and nobody was let in since; 0: none */
    GQueue waiting; /* element-type uint32_t: ids */
} ApdMailHost;

/* A user at a server: one wrong password must be one try, however many folders
 * are watched. */
typedef struct {
    bool proven;     /* a login went through since the last trouble */
    uint32_t prober; /* the mailbox that tries; 0: none */
    ApdTime blocked; /* no try before */
    guint refused;   /* hash of the password that was; a new one is tried at once */
    GVariant *why;   /* owned; (us): what to say of those that wait; NULL: nothing */
    GQueue waiting;  /* element-type uint32_t: ids */
} ApdMailAccount;

typedef enum {
    APD_SLOT_RESTING, /* parked or pausing: by socket, @due or poke */
    APD_SLOT_WAITING, /* for its host or its account */
    APD_SLOT_RUNNING, /* a worker has it */
    APD_SLOT_STARVED, /* for acks */
} ApdSlotState;

/* One mailbox as the main thread sees it. */
typedef struct {
    uint32_t id;
    ApdMailbox *box;         /* owned; a worker's while RUNNING */
    ApdMailHost *host;       /* borrowed */
    ApdMailAccount *account; /* borrowed */
    const char *password;    /* owned, in the vault */
    const char *renewed;     /* owned, there too: to take its place when the step ends; or NULL */
    ApdSlotState state;
    bool connected;
    bool lost;    /* counted in the host's */
    bool look;    /* poked: do not wait for the server */
    bool looking; /* of the running step: it was */
    bool dropped; /* to be freed when its step ends */
    ApdTime due;
    ApdTime started;
    atomic_bool at_work; /* a worker is in its step; then these two hold: */
    clockid_t clock;     /* of that worker's time of processor */
    ApdTime used;        /* of it, when the step began */
    pid_t thread;        /* that worker */
    ApdTime asleep;   /* as seen at the last look: since when it had to fetch, and slept; 0: not */
    size_t grant;     /* of the running step */
    size_t in_flight; /* bytes sent and not yet acked */
    ApdMailboxStep step; /* filled by the worker */
} ApdMailSlot;

typedef struct {
    int fd;    /* borrowed: the parent */
    int epoll; /* owned */
    int timer; /* owned; CLOCK_BOOTTIME: goes on through suspend */
    int ended; /* owned; eventfd: a step ended */
    ApdTime armed;
    GThreadPool *pool;    /* owned */
    GAsyncQueue *done;    /* owned; element-type ApdMailSlot */
    GHashTable *slots;    /* owned; id to ApdMailSlot */
    GHashTable *hosts;    /* owned; name to ApdMailHost */
    GHashTable *accounts; /* owned; "user\nhost:port" to ApdMailAccount */
    GHashTable *trusts;   /* owned; CA file to ApdTrust */
    ApdVault *vault;      /* owned */
    size_t credit;
} ApdMail;

/* Returns: the time of processor of a thread; 0 when it is gone. */
ApdTime apd_mail_used(clockid_t clock);

/* To the parent; exits when it is gone. */
void apd_mail_send(ApdMail *self, const char *word, GVariant *content);

/* @slot has reason to move on; does so as soon as host, account and workers
 * allow. */
void apd_mail_ready(ApdMail *self, ApdMailSlot *slot);

/* There is reason to look at @slot now, whatever its server says; soon, if that was out
 * of reach. */
void apd_mail_poke(ApdMail *self, ApdMailSlot *slot);

/* The step of @slot is over: tells the parent, lets others go, rests. */
void apd_mail_finish(ApdMail *self, ApdMailSlot *slot);

/* @id's messages of @bytes are dealt with. */
void apd_mail_ack(ApdMail *self, ApdMailSlot *slot, size_t bytes);

/* @password (in the vault; taken) is for the next login of @slot. */
void apd_mail_renew(ApdMail *self, ApdMailSlot *slot, const char *password);

/* The timer is over. */
void apd_mail_tick(ApdMail *self);

/* Forgets @slot now, or when its step ends. */
void apd_mail_drop(ApdMail *self, ApdMailSlot *slot);
