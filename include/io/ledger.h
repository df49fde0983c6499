/* The ledger: every message seen, case opened and alert owed, in one SQLite file.
 *
 * It is the interface between appeald, appeald-desktop and appealctl, which
 * open the same file and notice each other's commits (apd_ledger_watch).  What
 * was read and what is owed for it are written in one transaction together with
 * the source's cursor: a crash repeats reading, never skips it.  Nothing is ever
 * deleted to recover.  The only files that include <sqlite3.h> are io/ledger*.c.
 *
 * Errors are APD_ERROR_LEDGER and name the file.
 */
#pragma once

#include "model/alert.h"
#include "model/kase.h"
#include "model/message.h"
#include "model/told.h"

typedef struct ApdLedger ApdLedger;

/* Creates the file (0600; 0660 in a directory that is setgid, which shares it
 * with its group) or brings its schema up to date.  Refuses one written by a newer appeald. */
ApdLedger *apd_ledger_open(const char *path, GError **error);

/* For programs that only look and answer: refuses to create the file. */
ApdLedger *apd_ledger_open_existing(const char *path, GError **error);
void apd_ledger_close(ApdLedger *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdLedger, apd_ledger_close)

/* Transactions: BEGIN IMMEDIATE, no nesting.  Every writing function below may
 * be called inside one, or alone (then it is its own).  When one fails inside,
 * roll back: part of it may have been written. */
bool apd_ledger_begin(ApdLedger *self, GError **error);
bool apd_ledger_commit(ApdLedger *self, GError **error);

/* As apd_ledger_begin(), for what may be done again after a power cut: the commit
 * is there for all programs, also after a crash of ours, but on the disk only
 * with the next one that is. */
bool apd_ledger_begin_relaxed(ApdLedger *self, GError **error);
void apd_ledger_rollback(ApdLedger *self);

/* Ends the transaction: commits it when all in it was @good; else takes it back, and
 * returns false, leaving @error to whoever failed. */
bool apd_ledger_end(ApdLedger *self, bool good, GError **error);

/* Calls @changed from the main context after another program's commit.  One
 * watch per ledger. */
bool apd_ledger_watch(ApdLedger *self, void (*changed)(void *user_data), void *user_data,
                      GError **error);

/* Keeps commits short from now on, for a program in which somebody waits for them: costs 4 MiB
 * of disk, and a thread now and then. */
void apd_ledger_tend(ApdLedger *self);

/* --- cursors: how far each source has been read ------------------------- */

typedef struct {
    uint32_t uidvalidity; /* 0: never seen */
    uint32_t last_uid;
    bool looked_back; /* the first look is complete */
} ApdCursor;

/* A source never met gives a zero cursor. */
bool apd_ledger_get_cursor(ApdLedger *self, const char *source, const char *folder,
                           ApdCursor *ret_cursor, GError **error);
bool apd_ledger_set_cursor(ApdLedger *self, const char *source, const char *folder,
                           const ApdCursor *cursor, GError **error);

/* Maildir: names already read, so that a restart reads none twice. */
bool apd_ledger_has_name(ApdLedger *self, const char *source, const char *name, bool *ret_known,
                         GError **error);

/* Marks: what a source without a folder to count in last saw of each thing it watches,
 * written with the message that says so (ApdMessage.mark), or alone. */

/* Returns: (transfer full): name to value; NULL on error. */
GHashTable *apd_ledger_marks(ApdLedger *self, const char *source, GError **error);

/* @value NULL: the mark goes. */
bool apd_ledger_set_mark(ApdLedger *self, const char *source, const char *name, const char *value,
                         GError **error);

/* --- messages ----------------------------------------------------------- */

/* Records @message as read.  @key identifies the message wherever it stands
 * (Message-ID, Date and a hash of the content): the same mail in two folders,
 * two mailboxes, or after a UIDVALIDITY change has one key.  @verdict may be
 * NULL: it could not be read.  @ret_new: false when the key was known.
 * @ret_id: the message's row. */
bool apd_ledger_add_message(ApdLedger *self, const ApdMessage *message, const char *key,
                            const ApdVerdict *verdict, int64_t case_id, bool *ret_new,
                            int64_t *ret_id, GError **error);

/* @ret_known: whether a message of this key was recorded before. */
bool apd_ledger_has_message(ApdLedger *self, const char *key, bool *ret_known, GError **error);

/* A message of a case, for `appealctl show`. */
typedef struct {
    int64_t id;
    ApdKind kind;
    ApdAuthenticity authenticity;
    ApdTime received;
    char *sender;  /* owned, may be NULL */
    char *subject; /* owned, may be NULL */
    char **places; /* owned: "imap office: INBOX", "maildir synced" */
} ApdRecord;

void apd_record_free(ApdRecord *self);

/* Returns: (transfer full) (element-type ApdRecord), oldest first; NULL on error. */
GPtrArray *apd_ledger_messages_of_case(ApdLedger *self, int64_t case_id, GError **error);

/* --- cases -------------------------------------------------------------- */

/* Stores @kase: a new one (id 0) gets its id, a known one is replaced.  Writes
 * one line of history: @by ("mail", "platform", "person", "clock"), @what. */
bool apd_ledger_put_case(ApdLedger *self, ApdCase *kase, const char *by, const char *what,
                         ApdTime now, GError **error);

/* @ret_case: (transfer full), NULL when there is none: no error. */
bool apd_ledger_get_case(ApdLedger *self, int64_t id, ApdCase **ret_case, GError **error);

typedef enum {
    APD_CASES_RUNNING, /* open, acknowledged, appealed */
    APD_CASES_CLOCKED, /* those, and expired ones: a clock set back revives them */
    APD_CASES_ALL,
} ApdCaseFilter;

/* Returns: (transfer full) (element-type ApdCase): soonest deadline first,
 * those without one last; NULL on error. */
GPtrArray *apd_ledger_cases(ApdLedger *self, ApdCaseFilter filter, GError **error);

/* Returns: (transfer full) (element-type ApdCase): the cases of @store that a
 * new message may speak of: those that run, and those of any state with this
 * @case_ref (NULL: none) or updated at @since or later, but for those that bear
 * another reference; newest first; NULL on error. */
GPtrArray *apd_ledger_candidates(ApdLedger *self, const char *store, const char *case_ref,
                                 ApdTime since, GError **error);

typedef struct {
    ApdTime at;
    char *by;
    char *what;
} ApdHistory;

void apd_history_free(ApdHistory *self);

/* Returns: (transfer full) (element-type ApdHistory), oldest first; NULL on error. */
GPtrArray *apd_ledger_history(ApdLedger *self, int64_t case_id, GError **error);

/* --- alerts and deliveries ---------------------------------------------- */

/* Stores @alert unless its key is known, and owes it to each of @channels.
 * @ret_new: false when the key was known: then nothing is owed anew.  For
 * APD_ALERT_SUMMARY the ids of @alert->cases are stored. */
bool apd_ledger_add_alert(ApdLedger *self, ApdAlert *alert, const char *const *channels,
                          bool *ret_new, GError **error);

/* Owes @alert, which is stored, to one more channel; nothing when it is owed to
 * it already. */
bool apd_ledger_owe(ApdLedger *self, const ApdAlert *alert, const char *channel, GError **error);

/* @ret_known: whether an alert of this key exists. */
bool apd_ledger_has_alert(ApdLedger *self, const char *key, bool *ret_known, GError **error);

/* Of the present round of a case. */
bool apd_ledger_told(ApdLedger *self, int64_t case_id, ApdTold *ret_told, GError **error);

/* Returns: (transfer full) (element-type ApdTold): of the APD_CASES_CLOCKED,
 * sorted by case_id; NULL on error. */
GArray *apd_ledger_told_all(ApdLedger *self, GError **error);

/* A case found by the first look waits here for the summary alert. */
bool apd_ledger_hold_case(ApdLedger *self, int64_t case_id, const char *source, const char *folder,
                          ApdTime now, GError **error);

typedef struct {
    char *source;
    char *folder;
    ApdTime since;    /* the first of them was held */
    GArray *case_ids; /* element-type int64_t, oldest first */
} ApdHeld;

void apd_held_free(ApdHeld *self);

/* Returns: (transfer full) (element-type ApdHeld): one for each source and
 * folder that holds cases; NULL on error. */
GPtrArray *apd_ledger_held(ApdLedger *self, GError **error);

/* The summary is made: its cases wait no more. */
bool apd_ledger_release_held(ApdLedger *self, const char *source, const char *folder,
                             GError **error);

/* How last_error begins when it was a refusal for good. */
#define APD_REFUSAL "refused: "

typedef enum {
    APD_DELIVERY_OWED,
    APD_DELIVERY_DONE,    /* the far side took it */
    APD_DELIVERY_REFUSED, /* for good: a person must mend the channel */
    APD_DELIVERY_DROPPED, /* the case was over, or a later step of it took its place */
    APD_N_DELIVERIES,
} ApdDeliveryState;

const char *apd_delivery_state_name(ApdDeliveryState state);

typedef struct {
    int64_t id;
    int64_t alert_id;
    char *channel; /* section name without "channel " */
    ApdDeliveryState state;
    int attempts;
    ApdTime next_try;  /* 0: at once */
    ApdTime done_at;   /* 0: not yet */
    char *last_error;  /* owned; NULL: none; holds no secret; APD_REFUSAL begins a refusal */
    char *idempotency; /* owned; the same through all tries: "msg_..." */
    char **told;       /* owned; of several addressees, who has it; NULL: nobody, or all */
    char **rest;       /* owned; who does not, when the service alone knows them; else NULL */
    char *bundle;      /* owned; the key of the message that it went in; NULL: not kept */
} ApdDelivery;

void apd_delivery_free(ApdDelivery *self);

/* Whether some addressees have it already. */
bool apd_delivery_is_partly_told(const ApdDelivery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDelivery, apd_delivery_free)

/* Returns: (transfer full) (element-type ApdDelivery): those owed to @channel
 * (NULL: to all) whose next try is not after @now, most urgent first; NULL on
 * error.  @limit: at most so many; 0 for all. */
GPtrArray *apd_ledger_owed(ApdLedger *self, const char *channel, ApdTime now, int limit,
                           GError **error);

/* Returns: (transfer full) (element-type ApdDelivery): what went in the message of this
 * key and is still owed, most urgent first; NULL on error. */
GPtrArray *apd_ledger_bundle(ApdLedger *self, const char *bundle, GError **error);

/* @ret_when: the earliest next try of what is owed to @channel (NULL: to any),
 * APD_NEVER when nothing is. */
bool apd_ledger_next_try(ApdLedger *self, const char *channel, ApdTime *ret_when, GError **error);

/* Writes all of @delivery that changes: state, attempts, next_try, done_at, last_error,
 * told, rest and bundle.
 * What was dropped meanwhile is not owed again. */
bool apd_ledger_put_delivery(ApdLedger *self, const ApdDelivery *delivery, GError **error);

/* @ret_alert: (transfer full), with its case or cases as they stand now. */
bool apd_ledger_get_alert(ApdLedger *self, int64_t id, ApdAlert **ret_alert, GError **error);

/* Of an alert that a channel owes, the delivery whose turn it is. */
typedef struct {
    int64_t alert_id;
    ApdTime created; /* the alert */
    int attempts;
    ApdTime next_try;
    bool refused;
} ApdTurn;

/* Who has to look for somebody else: alerts (tests apart) owed to @channel and to
 * @turn, that channel itself or one of @others, which are not owed to @next yet, and
 * which none of @others took.
 * Returns: (transfer full) (element-type ApdTurn): the most urgent first; NULL on error. */
GArray *apd_ledger_turns(ApdLedger *self, const char *channel, char *const *others,
                         const char *turn, const char *next, GError **error);

/* Returns: (transfer full) (element-type ApdDelivery): all of one case, oldest
 * first, for `appealctl show`; NULL on error. */
GPtrArray *apd_ledger_deliveries_of_case(ApdLedger *self, int64_t case_id, GError **error);

/* Returns: (transfer full) (element-type ApdDelivery): all of one alert; NULL on error. */
GPtrArray *apd_ledger_deliveries_of_alert(ApdLedger *self, int64_t alert_id, GError **error);

/* What is owed to a case and not yet taken is dropped: it is over, or changed.
 * Summaries stay owed: they speak of other cases too. */
bool apd_ledger_drop_owed(ApdLedger *self, int64_t case_id, GError **error);

/* @alert_id is owed: earlier alerts of its case still owed to the same channels
 * are dropped, for it says the same with the time that is left now. */
bool apd_ledger_drop_superseded(ApdLedger *self, int64_t alert_id, GError **error);

/* --- destinations: what a channel must know across a restart -------------- */

typedef struct {
    ApdTime full;   /* of its rate: apd_rate_ready() */
    ApdTime closed; /* until then the far side wants to hear nothing */
    char *place;    /* owned; where it was when it moved; NULL: it has not */
    char *moved;    /* owned; its new name; NULL: it has not */
} ApdDestination;

void apd_destination_clear(ApdDestination *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdDestination, apd_destination_clear)

/* One never met is all zero. */
bool apd_ledger_get_destination(ApdLedger *self, const char *channel,
                                ApdDestination *ret_destination, GError **error);
bool apd_ledger_put_destination(ApdLedger *self, const char *channel,
                                const ApdDestination *destination, GError **error);

/* --- sight: what each source last said of itself ------------------------- */

typedef struct {
    char *source;
    char *folder;
    bool well;
    ApdTime since;     /* of this state */
    ApdTime last_life; /* last proof of life; 0: none yet */
    char *text;        /* what is wrong and what to do; NULL when well */
} ApdSight;

void apd_sight_free(ApdSight *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdSight, apd_sight_free)

bool apd_ledger_put_sight(ApdLedger *self, const ApdSight *sight, GError **error);

/* Returns: (transfer full) (element-type ApdSight); NULL on error. */
GPtrArray *apd_ledger_sights(ApdLedger *self, GError **error);

/* Those of @source alone. */
GPtrArray *apd_ledger_sights_of(ApdLedger *self, const char *source, GError **error);
