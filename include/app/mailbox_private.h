/* Shared by the files of app/mailbox. */
#pragma once

#include "app/mailbox.h"
#include "io/imap.h"

/* A message that is to be fetched. */
typedef struct {
    ApdImapEntry entry;
    bool first_look;
    ApdDoubt doubt;
} ApdMailboxTodo;

struct ApdMailbox {
    ApdMailboxConfig config; /* owned */
    ApdImap *imap;           /* owned; NULL: not connected */
    bool parked;             /* in IDLE, or between polls */
    bool fresh;              /* connected, not yet looked */
    bool emptied;            /* what the last look found is handed over: time to wait */
    bool looking_back;       /* the first look is not yet told complete */
    uint32_t uidvalidity;    /* of @last and @todo; 0: none yet */
    uint32_t last;           /* highest UID that is done or in @todo */
    uint32_t count;          /* messages at the last look */
    GArray *todo;            /* element-type ApdMailboxTodo, ascending */
    uint32_t slow;           /* up to this UID messages are fetched one by one */
    char *fault;             /* owned: why the last fetch failed; NULL: none did here */
    ApdTime gave_up;         /* when, on a message of which nothing came; 0: one came since */
    bool hasty;              /* this step left IDLE together with its next command */
    bool patient;            /* that went wrong once */
    guint failures;          /* in a row */
    guint barren;            /* looks in a row that brought nothing */
    guint rounds;            /* looks by the timer */
    ApdTime due;
    size_t grant;
    ApdMailWork work;
    ApdMailboxStep step;
};

/* Takes a floating @content for the parent. */
void apd_mailbox_tell(ApdMailbox *self, const char *word, GVariant *content);

/* The server told of so few new messages that they can be found and fetched in one:
 * hands over what comes whole, and leaves the rest to do. */
bool apd_mailbox_fetch_newest(ApdMailbox *self, guint n, GError **error);

/* How many @n of that there are now; 0: the long way is needed. */
guint apd_mailbox_count_newest(const ApdMailbox *self);

/* Fetches some of what is to do, which must not be nothing.  @ret_starved: the grant is
 * too small for more. */
bool apd_mailbox_fetch(ApdMailbox *self, bool *ret_starved, GError **error);
