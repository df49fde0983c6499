/* appeald-mail, whole, but for one thing: messages that it fetches do what hostile ones
 * may that nobody thought of.  "crash-the-mail-reader" in what was fetched of one crashes
 * it, "stall-the-mail-reader" keeps it busy for ever, "hush-the-mail-reader" lets it sleep, and
 * "break-the-line" ends the session.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app/mailbox_private.h"
#include "base/error.h"

static bool
holds(const void *data, size_t size, const char *word)
{
    return memmem(data, size, word, strlen(word)) != NULL;
}

static void
look(uint32_t uid, const void *data, size_t size, void *user_data)
{
    (void) uid;
    if (holds(data, size, "crash-the-mail-reader"))
        (void) raise(SIGSEGV);
    while (holds(data, size, "stall-the-mail-reader"))
        ;
    while (holds(data, size, "hush-the-mail-reader"))
        (void) pause();
    if (holds(data, size, "break-the-line"))
        *(bool *) user_data = true;
}

static bool
fail_if(bool broken, GError **error)
{
    if (broken)
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "fetching messages: the line broke");
    return !broken;
}

static bool
fetch_or_crash(ApdImap *imap, const ApdImapEntry *entries, guint n, uint32_t limit,
               ApdImapTake take, void *user_data, GError **error)
{
    bool broken = false;

    return apd_imap_fetch(imap, entries, n, limit, look, &broken, error) && fail_if(broken, error)
           && apd_imap_fetch(imap, entries, n, limit, take, user_data, error);
}

static bool
fetch_header_or_crash(ApdImap *imap, const ApdImapEntry *entry, uint32_t limit, ApdImapTake take,
                      void *user_data, GError **error)
{
    bool broken = false;

    return apd_imap_fetch_header(imap, entry, limit, look, &broken, error) && fail_if(broken, error)
           && apd_imap_fetch_header(imap, entry, limit, take, user_data, error);
}

static void
look_at_new(const ApdImapEntry *entry, const void *data, size_t size, void *user_data)
{
    if (data != NULL)
        look(entry->uid, data, size, user_data);
}

static bool
fetch_newest_or_crash(ApdImap *imap, uint32_t after, guint n, uint32_t limit, ApdImapTakeNew take,
                      void *user_data, GError **error)
{
    bool broken = false;

    return apd_imap_fetch_newest(imap, after, n, limit, look_at_new, &broken, error)
           && fail_if(broken, error)
           && apd_imap_fetch_newest(imap, after, n, limit, take, user_data, error);
}

#define apd_imap_fetch_newest fetch_newest_or_crash
#define apd_imap_fetch        fetch_or_crash
#define apd_imap_fetch_header fetch_header_or_crash
#include "../../daemon/app/mailbox_fetch.c"
#include "../../daemon/appeald-mail.c"
