/* One folder of one account, watched: connect, look, fetch, idle, again.
 *
 * A mailbox is moved on in steps by whichever thread is at hand; between steps
 * it holds no thread, only its socket.  A step blocks no longer than the
 * deadlines of the few commands it gives.
 */
#pragma once

#include "app/mail_crash.h"
#include "io/config.h"
#include "io/ledger.h"
#include "io/stream.h"
#include "logic/doubt.h"

typedef struct {
    uint32_t id;
    char *host;
    int port;
    ApdTls tls;
    const ApdTrust *trust; /* borrowed; NULL when TLS is off */
    char *user;
    const char *password; /* borrowed: the vault's */
    char *auth;
    char *folder;
    bool send_id;
    ApdCursor cursor;
    ApdTime look_back;
    ApdTime poll;
    uint32_t limit;   /* bytes of a message that are fetched */
    ApdDoubts doubts; /* over which messages whoever read before us died */
} ApdMailboxConfig;

typedef struct ApdMailbox ApdMailbox;

/* Takes what @config owns. */
ApdMailbox *apd_mailbox_new(const ApdMailboxConfig *config);
void apd_mailbox_free(ApdMailbox *self);

typedef enum {
    APD_MAILBOX_PARK,    /* step again when the socket has something, or at @due */
    APD_MAILBOX_PAUSE,   /* step again at @due */
    APD_MAILBOX_AGAIN,   /* there is more to do */
    APD_MAILBOX_STARVED, /* there is more to do, once more bytes are granted */
} ApdMailboxWait;

/* A frame for the parent. */
typedef struct {
    const char *word;  /* static */
    GVariant *content; /* owned */
} ApdMailboxNews;

typedef struct {
    ApdMailboxWait wait;
    ApdTime due;    /* apd_uptime() */
    int fd;         /* -1: not connected */
    bool connected; /* a login went through in this step */
    bool lost;      /* the server could not be reached, or let go of us */
    bool silent;    /* a session that was established was found dead */
    bool refused; /* the password was: do not try again before @due, in no mailbox of the account */
    size_t used;  /* bytes of the grant */
    GArray *news; /* owned by the mailbox until the next step; element-type ApdMailboxNews */
} ApdMailboxStep;

/* @grant: bytes of messages it may fetch.  @look: do not wait for the server to
 * tell of news. */
ApdMailboxStep apd_mailbox_step(ApdMailbox *self, size_t grant, bool look);

/* Other sessions with its server are dead: whether this one is, is to be known soon.  Not
 * during a step. */
void apd_mailbox_doubt(ApdMailbox *self);

/* For the next login.  Not during a step. */
void apd_mailbox_set_password(ApdMailbox *self, const char *password);

/* What a step is at. */
const ApdMailWork *apd_mailbox_work(const ApdMailbox *self);

bool apd_mailbox_is_connected(const ApdMailbox *self);
