/* Finding messages and fetching them.  Only UID, RFC822.SIZE, INTERNALDATE and
 * BODY.PEEK: the rest would let senders' text into the parser. */
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "io/imap_private.h"

/* Messages a SEARCH covers: its answer is one line, and lines are capped. */
#define WINDOW 20000u

/* Messages looked at by one command where that must do without SEARCH. */
#define LIST_WINDOW 2000u

/* What a line of metadata may take, generously. */
#define LINE 512u

/* By how much a message may outgrow the size the server gave (some estimate). */
#define SLACK (64u * 1024)

static void
mark(ApdImap *self)
{
    self->mark = apd_stream_exists(self->stream);
}

bool
apd_imap_has_news(const ApdImap *self)
{
    return apd_stream_exists(self->stream) != self->mark;
}

/* --- reading libetpan's results ------------------------------------------------- */

static ApdTime
to_time(const struct mailimap_date_time *date)
{
    if (date == NULL)
        return 0;

    struct tm tm = { .tm_year = date->dt_year - 1900,
                     .tm_mon = date->dt_month - 1,
                     .tm_mday = date->dt_day,
                     .tm_hour = date->dt_hour,
                     .tm_min = date->dt_min,
                     .tm_sec = date->dt_sec };
    int zone = date->dt_zone; /* +0530 is 530 */
    if (tm.tm_year < 70 || tm.tm_year > 8000 || tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1
        || tm.tm_mday > 31 || ABS(zone) > 2400)
        return 0;
    return (timegm(&tm) - (zone / 100 * 3600 + zone % 100 * 60)) * APD_SECOND;
}

typedef struct {
    ApdImapEntry entry;
    const char *body; /* borrowed; NULL: none */
    size_t body_size;
} Fetched;

static void
read_item(const struct mailimap_msg_att_static *item, Fetched *fetched)
{
    switch (item->att_type) {
    case MAILIMAP_MSG_ATT_UID:
        fetched->entry.uid = item->att_data.att_uid;
        break;
    case MAILIMAP_MSG_ATT_RFC822_SIZE:
        fetched->entry.size = item->att_data.att_rfc822_size;
        break;
    case MAILIMAP_MSG_ATT_INTERNALDATE:
        fetched->entry.received = to_time(item->att_data.att_internal_date);
        break;
    case MAILIMAP_MSG_ATT_BODY_SECTION:
        fetched->body = item->att_data.att_body_section->sec_body_part;
        fetched->body_size = item->att_data.att_body_section->sec_length;
        break;
    default:
        break;
    }
}

static Fetched
read_fetched(const struct mailimap_msg_att *message)
{
    Fetched fetched = { .entry.size = APD_IMAP_SIZE_UNKNOWN };

    for (clistiter *i = clist_begin(message->att_list); i != NULL; i = clist_next(i)) {
        const struct mailimap_msg_att_item *item = clist_content(i);
        if (item->att_type == MAILIMAP_MSG_ATT_ITEM_STATIC && item->att_data.att_static != NULL)
            read_item(item->att_data.att_static, &fetched);
    }
    return fetched;
}

/* Returns: (transfer none): of the last FETCH, until the next command. */
static clistiter *
first_fetched(ApdImap *self)
{
    const struct mailimap_response_info *info = self->session->imap_response_info;

    return info != NULL && info->rsp_fetch_list != NULL ? clist_begin(info->rsp_fetch_list) : NULL;
}

static int
by_uid(gconstpointer a, gconstpointer b)
{
    const ApdImapEntry *x = a, *y = b;

    return (x->uid > y->uid) - (x->uid < y->uid);
}

/* Of the last FETCH: what is above @after and no day older than @since. */
static void
take_listed(ApdImap *self, uint32_t after, ApdTime since, GArray *entries)
{
    for (clistiter *i = first_fetched(self); i != NULL; i = clist_next(i)) {
        ApdImapEntry entry = read_fetched(clist_content(i)).entry;
        bool old = entry.received != 0 && entry.received < since - APD_DAY;
        if (entry.uid > after && entry.size != APD_IMAP_SIZE_UNKNOWN && !old)
            g_array_append_val(entries, entry);
    }
}

/* --- finding --------------------------------------------------------------------- */

bool
apd_imap_list(ApdImap *self, uint32_t after, GArray *entries, GError **error)
{
    g_autofree char *command =
        g_strdup_printf("UID FETCH %u:* (UID RFC822.SIZE INTERNALDATE)", after + 1);

    mark(self);
    apd_imap_begin(self, 2 * APD_IMAP_TIMEOUT, 4u * 1024 * 1024, 0);
    int result = apd_imap_run(self, command);
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "looking for new messages", error);

    /* n:* always names the last message, also when it is below n. */
    take_listed(self, after, 0, entries);
    g_array_sort(entries, by_uid);
    return true;
}

bool
apd_imap_highest(ApdImap *self, uint32_t *ret_uid, GError **error)
{
    uint32_t highest = 0;

    if (apd_imap_count(self) == 0) {
        *ret_uid = 0;
        return true;
    }
    apd_imap_begin(self, APD_IMAP_TIMEOUT, 64u * 1024, 0);
    int result = apd_imap_run(self, "FETCH * (UID)");
    /* Dovecot and others say BAD when the folder has just become empty. */
    if (result != MAILIMAP_NO_ERROR && result != MAILIMAP_ERROR_CUSTOM_COMMAND)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "looking at the folder", error);
    for (clistiter *i = first_fetched(self); i != NULL; i = clist_next(i))
        highest = MAX(highest, read_fetched(clist_content(i)).entry.uid);

    *ret_uid = highest;
    return true;
}

bool
apd_imap_run_search(ApdImap *self, const char *command, GArray *uids, bool *ret_able,
                    GError **error)
{
    apd_imap_begin(self, 4 * APD_IMAP_TIMEOUT, 2u * 256 * 1024, 0);
    int result = apd_imap_run(self, command);
    *ret_able = result != MAILIMAP_ERROR_CUSTOM_COMMAND;
    if (result == MAILIMAP_ERROR_CUSTOM_COMMAND)
        return true;
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "searching the folder", error);

    const struct mailimap_response_info *info = self->session->imap_response_info;
    if (info == NULL || info->rsp_search_result == NULL)
        return true;
    for (clistiter *i = clist_begin(info->rsp_search_result); i != NULL; i = clist_next(i))
        g_array_append_vals(uids, clist_content(i), 1);
    return true;
}

/* One step of a search, over message numbers: dense, unlike UIDs.  @ret_able: the server knows
 * these criteria. */
static bool
search_window(ApdImap *self, uint32_t low, uint32_t high, const char *criteria, uint32_t after,
              GArray *entries, bool *ret_able, GError **error)
{
    g_autofree char *command =
        g_strdup_printf("UID SEARCH %u:%u%s UID %u:*", low, high, criteria, after + 1);
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (!apd_imap_run_search(self, command, uids, ret_able, error))
        return false;
    for (guint i = 0; i < uids->len; i++) {
        ApdImapEntry entry = { .uid = g_array_index(uids, uint32_t, i),
                               .size = APD_IMAP_SIZE_UNKNOWN };
        if (entry.uid > after)
            g_array_append_val(entries, entry);
    }
    return true;
}

static char *
since_criteria(ApdTime since)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    /* SINCE compares dates in the server's zone: a day more. */
    time_t day = (time_t) ((since - APD_DAY) / APD_SECOND);
    struct tm tm;

    if (since <= 0 || gmtime_r(&day, &tm) == NULL)
        return g_strdup("");
    return g_strdup_printf(" SINCE %d-%s-%d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900);
}

static void
drop_duplicates(GArray *entries)
{
    guint kept = 0;

    g_array_sort(entries, by_uid);
    for (guint i = 0; i < entries->len; i++) {
        ApdImapEntry *entry = &g_array_index(entries, ApdImapEntry, i);
        if (kept == 0 || g_array_index(entries, ApdImapEntry, kept - 1).uid != entry->uid)
            g_array_index(entries, ApdImapEntry, kept++) = *entry;
    }
    g_array_set_size(entries, kept);
}

static bool
list_window(ApdImap *self, uint32_t low, uint32_t high, uint32_t after, ApdTime since,
            GArray *entries, GError **error)
{
    g_autofree char *command =
        g_strdup_printf("FETCH %u:%u (UID RFC822.SIZE INTERNALDATE)", low, high);

    apd_imap_begin(self, 2 * APD_IMAP_TIMEOUT, 64u * 1024 + (high - low + 1) * LINE, 0);
    int result = apd_imap_run(self, command);
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "looking at messages", error);

    take_listed(self, after, since, entries);
    return true;
}

bool
apd_imap_list_all(ApdImap *self, uint32_t after, ApdTime since, GArray *entries, GError **error)
{
    mark(self);
    for (uint32_t high = apd_imap_count(self), low; high > 0;
         high = MIN(low - 1, apd_imap_count(self))) {
        guint before = entries->len;
        low = high > LIST_WINDOW ? high - LIST_WINDOW + 1 : 1;
        if (!list_window(self, low, high, after, since, entries, error))
            return false;
        if (since <= 0 && entries->len == before)
            break;
    }
    drop_duplicates(entries);
    return true;
}

bool
apd_imap_search(ApdImap *self, uint32_t after, ApdTime since, GArray *entries, GError **error)
{
    g_autofree char *criteria = since_criteria(since);
    uint32_t high = apd_imap_count(self);

    mark(self);
    /* From the top: what is expunged meanwhile moves messages down, into
     * windows still to come.  Without a date, the first window that finds
     * nothing new ends it: below are lower UIDs only. */
    while (high > 0) {
        uint32_t low = high > WINDOW ? high - WINDOW + 1 : 1;
        guint before = entries->len;
        bool able;
        if (!search_window(self, low, high, criteria, after, entries, &able, error))
            return false;
        if (!able) {
            g_array_set_size(entries, 0);
            return apd_imap_list_all(self, after, since, entries, error);
        }
        if (since <= 0 && entries->len == before)
            break;
        high = low - 1;
    }
    drop_duplicates(entries);
    return true;
}

/* --- fetching -------------------------------------------------------------------- */

static GString *
uid_fetch(const ApdImapEntry *entries, guint n)
{
    GString *command = g_string_new("UID FETCH ");

    for (guint i = 0; i < n; i++)
        g_string_append_printf(command, "%s%u", i > 0 ? "," : "", entries[i].uid);
    return command;
}

static ApdImapEntry *
find_entry(ApdImapEntry *entries, guint n, uint32_t uid)
{
    for (guint i = 0; i < n; i++)
        if (entries[i].uid == uid)
            return &entries[i];
    return NULL;
}

bool
apd_imap_measure(ApdImap *self, ApdImapEntry *entries, guint n, GError **error)
{
    g_autoptr(GString) command = uid_fetch(entries, n);

    g_string_append(command, " (UID RFC822.SIZE INTERNALDATE)");
    apd_imap_begin(self, 2 * APD_IMAP_TIMEOUT, 64u * 1024 + n * LINE, 0);
    int result = apd_imap_run(self, command->str);
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "looking at messages", error);

    for (guint i = 0; i < n; i++)
        entries[i].size = 0;
    for (clistiter *i = first_fetched(self); i != NULL; i = clist_next(i)) {
        Fetched fetched = read_fetched(clist_content(i));
        ApdImapEntry *entry = find_entry(entries, n, fetched.entry.uid);
        if (entry != NULL && fetched.entry.size != APD_IMAP_SIZE_UNKNOWN)
            *entry = fetched.entry;
    }
    return true;
}

static bool
fetch_part(ApdImap *self, const ApdImapEntry *entries, guint n, const char *part, uint32_t limit,
           ApdImapTake take, void *user_data, GError **error)
{
    g_autoptr(GString) command = uid_fetch(entries, n);
    size_t budget = 64u * 1024;

    for (guint i = 0; i < n; i++)
        budget +=
            LINE + MIN(limit, 2 * (size_t) entries[i].size + SLACK); /* sizes may be guesses */
    g_string_append_printf(command, " (UID BODY.PEEK[%s]<0.%u>)", part, limit);
    apd_imap_begin(self, 4 * APD_IMAP_TIMEOUT, budget, limit);
    int result = apd_imap_run(self, command->str);
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "fetching messages", error);

    for (clistiter *i = first_fetched(self); i != NULL; i = clist_next(i)) {
        Fetched fetched = read_fetched(clist_content(i));
        for (guint e = 0; e < n; e++)
            if (entries[e].uid == fetched.entry.uid && fetched.body != NULL)
                take(fetched.entry.uid, fetched.body, fetched.body_size, user_data);
    }
    return true;
}

bool
apd_imap_fetch(ApdImap *self, const ApdImapEntry *entries, guint n, uint32_t limit,
               ApdImapTake take, void *user_data, GError **error)
{
    return fetch_part(self, entries, n, "", limit, take, user_data, error);
}

bool
apd_imap_fetch_header(ApdImap *self, const ApdImapEntry *entry, uint32_t limit, ApdImapTake take,
                      void *user_data, GError **error)
{
    return fetch_part(self, entry, 1, "HEADER", limit, take, user_data, error);
}

/* --- the newest ------------------------------------------------------------------- */

/* So many more than told of may have come when the command arrives. */
#define SPARE 8u

/* A server that does not take a command behind "DONE" is found out soon. */
#define HASTE (10 * APD_SECOND)

static int
by_entry_uid(gconstpointer a, gconstpointer b)
{
    return by_uid(&((const Fetched *) a)->entry, &((const Fetched *) b)->entry);
}

bool
apd_imap_fetch_newest(ApdImap *self, uint32_t after, guint n, uint32_t limit, ApdImapTakeNew take,
                      void *user_data, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Fetched));
    g_autofree char *command = g_strdup_printf(
        "UID FETCH %u:* (UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.%u>)", after + 1, limit);

    mark(self);
    apd_imap_begin(self, self->leaving ? HASTE : 2 * APD_IMAP_TIMEOUT,
                   (n + SPARE) * (LINE + (size_t) limit), limit);
    int result = apd_imap_run(self, command);
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "fetching new messages", error);

    for (clistiter *i = first_fetched(self); i != NULL; i = clist_next(i)) {
        Fetched fetched = read_fetched(clist_content(i));
        if (fetched.entry.uid > after && fetched.entry.size != APD_IMAP_SIZE_UNKNOWN)
            g_array_append_val(all, fetched);
    }
    g_array_sort(all, by_entry_uid);
    for (guint i = 0; i < all->len; i++) {
        const Fetched *fetched = &g_array_index(all, Fetched, i);
        take(&fetched->entry, fetched->body, fetched->body_size, user_data);
    }
    return true;
}
