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

/* How full the mailbox is, and in what words. */
typedef struct {
    ApdRoom room;
    char *text; /* owned; NULL: none */
} ApdMailboxWords;

typedef struct {
    ApdMailboxWords by_quota;  /* as we asked */
    ApdMailboxWords by_login;  /* as the server said at the last login */
    ApdMailboxWords by_folder; /* and since the folder was last opened */
    ApdMailboxWords told;      /* what the parent knows */
    ApdTime told_at, asked;    /* apd_uptime(); 0: never */
    bool has_quota;            /* the server has figures */
    bool deaf;                 /* it broke off when it was asked for them */
} ApdMailboxRoom;

struct ApdMailbox {
    ApdMailboxConfig config; /* owned */
    ApdImap *imap;           /* owned; NULL: not connected */
    bool parked;             /* in IDLE, or between polls */
    bool fresh;              /* connected, not yet looked */
    bool emptied;            /* what the last look found is handed over: time to wait */
    guint breaks;            /* searches in a row that the server did not answer */
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
    ApdTime seen;            /* the last round that ended well */
    ApdTime due;
    ApdMailboxRoom room;
    size_t grant;
    ApdMailWork work;
    ApdMailboxStep step;
};

/* Takes a floating @content for the parent. */
void apd_mailbox_tell(ApdMailbox *self, const char *word, GVariant *content);

/* The server has let us in; has opened the folder: what did it say to that? */
void apd_mailbox_hear_login(ApdMailbox *self);
void apd_mailbox_hear_folder(ApdMailbox *self);

/* At the end of a round: asks how much room is left when that is due, and tells what is new
 * of it. */
bool apd_mailbox_look_at_room(ApdMailbox *self, GError **error);

void apd_mailbox_forget_room(ApdMailbox *self);

/* The server told of so few new messages that they can be found and fetched in one:
 * hands over what comes whole, and leaves the rest to do. */
bool apd_mailbox_fetch_newest(ApdMailbox *self, guint n, GError **error);

/* How many @n of that there are now; 0: the long way is needed. */
guint apd_mailbox_count_newest(const ApdMailbox *self);

/* Fetches some of what is to do, which must not be nothing.  @ret_starved: the grant is
 * too small for more. */
bool apd_mailbox_fetch(ApdMailbox *self, bool *ret_starved, GError **error);
