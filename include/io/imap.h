/* An IMAP session that only reads: libetpan's protocol over a guarded stream.
 *
 * Folders are opened by EXAMINE and bodies fetched by PEEK, so that nothing a
 * person sees ever changes.  Every call blocks up to its own deadline.  After a
 * failure the session is of no more use: free it and connect anew.  Errors are
 * TRANSIENT or REFUSED, name the remedy, and never hold a password.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"
#include "io/config.h"
#include "io/stream.h"
#include "logic/room.h"

typedef struct ApdImap ApdImap;

/* Connects, secures and greets.  What is not @tls must be this machine. */
ApdImap *apd_imap_connect(const char *host, int port, ApdTls tls, const ApdTrust *trust,
                          GError **error);

/* Closes without a word; NULL is allowed. */
void apd_imap_free(ApdImap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdImap, apd_imap_free)

typedef struct {
    const char *user;     /* borrowed */
    const char *password; /* borrowed; or the access token */
    const char *auth; /* borrowed; "auto", "login", "plain"; "xoauth2", "oauthbearer", "oauth" */
    bool send_id;     /* RFC 2971, even when the server does not ask for it */
    const char *host; /* borrowed; of the server, for "oauthbearer" */
    int port;
} ApdImapLogin;

/* APD_ERROR_REFUSED: the server does not want this user and password; trying
 * again soon may lock the account. */
bool apd_imap_login(ApdImap *self, const ApdImapLogin *login, GError **error);

/* Opens @folder (UTF-8).  "\Junk", and a "Junk" or "Spam" that is missing, stand
 * for the folder of that special use (RFC 6154), else of a name that providers
 * give it.  @ret_uidvalidity: never 0. */
bool apd_imap_examine(ApdImap *self, const char *folder, uint32_t *ret_uidvalidity, GError **error);

/* How full the account of @folder is, of that of its quotas of which least is left.
 * @ret_quota: its limit is 0 when the server tells none. */
bool apd_imap_ask_quota(ApdImap *self, const char *folder, ApdQuota *ret_quota, GError **error);

/* Returns: (transfer full): words of the server, since it was logged in to or last asked this,
 * that a person must read; NULL: there are none.  @ret_over: they say that a quota is used
 * up. */
char *apd_imap_take_alert(ApdImap *self, bool *ret_over);

/* What a message is known by before it is fetched. */
typedef struct {
    uint32_t uid;
    uint32_t size;    /* RFC822.SIZE */
    ApdTime received; /* INTERNALDATE; 0: the server did not say */
} ApdImapEntry;

#define APD_IMAP_SIZE_UNKNOWN UINT32_MAX

/* Appends to @entries (element-type ApdImapEntry) the messages above UID
 * @after, ascending.  One round trip: for a handful. */
bool apd_imap_list(ApdImap *self, uint32_t after, GArray *entries, GError **error);

/* As above for any number of messages, by SEARCH in bounded steps: sizes and
 * dates are still unknown.  @since: not those of days before; 0: all. */
bool apd_imap_search(ApdImap *self, uint32_t after, ApdTime since, GArray *entries, GError **error);

/* The same without SEARCH, of which some servers know little: by looking at every message. */
bool apd_imap_list_all(ApdImap *self, uint32_t after, ApdTime since, GArray *entries,
                       GError **error);

/* Leaves in @entries those of which the server's own SEARCH says that headers or
 * text name the platform or its matters.  A server that cannot search so, or does not
 * find what is there, leaves them all. */
bool apd_imap_search_matter(ApdImap *self, GArray *entries, GError **error);

/* Fills in sizes and dates of @n entries (64 at most); a message that is gone
 * gets size 0. */
bool apd_imap_measure(ApdImap *self, ApdImapEntry *entries, guint n, GError **error);

/* The highest UID there is now; 0 for an empty folder. */
bool apd_imap_highest(ApdImap *self, uint32_t *ret_uid, GError **error);

/* Takes in one message; @data is borrowed. */
typedef void (*ApdImapTake)(uint32_t uid, const void *data, size_t size, void *user_data);

/* Fetches the first @limit bytes of each of @n messages (64 at most), which
 * must not exceed 8 MiB together.  A message that is gone is left out. */
bool apd_imap_fetch(ApdImap *self, const ApdImapEntry *entries, guint n, uint32_t limit,
                    ApdImapTake take, void *user_data, GError **error);

/* Fetches the first @limit bytes of the header of @entry alone. */
bool apd_imap_fetch_header(ApdImap *self, const ApdImapEntry *entry, uint32_t limit,
                           ApdImapTake take, void *user_data, GError **error);

/* Takes in one of the newest messages; @data (borrowed) is NULL when it did not come. */
typedef void (*ApdImapTakeNew)(const ApdImapEntry *entry, const void *data, size_t size,
                               void *user_data);

/* As a list and a fetch in one round trip: the first @limit bytes of each message above UID
 * @after, ascending.  There should be @n of them; with far more the session fails, and they
 * are for a search to find. */
bool apd_imap_fetch_newest(ApdImap *self, uint32_t after, guint n, uint32_t limit,
                           ApdImapTakeNew take, void *user_data, GError **error);

/* Whether the server told of new messages since the last list or search began. */
bool apd_imap_has_news(const ApdImap *self);

/* How many messages the folder holds, as the server last said. */
uint32_t apd_imap_count(const ApdImap *self);

/* For servers without IDLE: lets them tell news. */
bool apd_imap_noop(ApdImap *self, GError **error);

bool apd_imap_can_idle(const ApdImap *self);

/* Enters IDLE (RFC 2177) and returns once the server has said "+". */
bool apd_imap_idle_enter(ApdImap *self, GError **error);

/* In IDLE, when apd_imap_fd() became readable: takes in what came, without
 * blocking; then ask apd_imap_has_news(). */
bool apd_imap_idle_look(ApdImap *self, GError **error);

bool apd_imap_idle_leave(ApdImap *self, GError **error);

/* Leaves IDLE together with the next search or fetch, which saves a round trip: false when
 * that is not to be tried on this server. */
bool apd_imap_idle_leave_with_next(ApdImap *self);

/* Gives back the memory an idle session does not need. */
void apd_imap_rest(ApdImap *self);

/* The line may be dead: the next command has a short deadline. */
void apd_imap_doubt(ApdImap *self);

/* Whether a command ended by its deadline. */
bool apd_imap_is_silent(const ApdImap *self);

/* See apd_stream_set_busy(). */
void apd_imap_set_busy(ApdImap *self, _Atomic ApdTime *busy);

int apd_imap_fd(const ApdImap *self);
