/* The first look at a large folder: which of its messages the server's own SEARCH says can be a
 * matter of ours. */
#include <string.h>

#include "base/error.h"
#include "io/imap_private.h"

/* Every mail of the platform has its name in sender and links, whatever language
 * it speaks; the others are what rights holders and courts write. */
#define MATTER                                                                                     \
    "OR TEXT \"aliexpress\" OR TEXT \"alibaba\" OR TEXT \"restraining order\" TEXT \"infring\""

/* Messages whose text one SEARCH looks through: slow where the server has no index. */
#define MATTER_WINDOW 500

/* Messages by which a search may be proved. */
#define PROOFS 4

/* Of a header, for its sender. */
#define HEADER_BYTES (16u * 1024)

/* As apd_imap_run_search(), into a set of UIDs. */
static bool
search(ApdImap *self, const char *command, GHashTable *found, bool *ret_able, GError **error)
{
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    if (!apd_imap_run_search(self, command, uids, ret_able, error))
        return false;
    for (guint i = 0; i < uids->len; i++)
        g_hash_table_add(found, GUINT_TO_POINTER(g_array_index(uids, uint32_t, i)));
    return true;
}

/* --- whether it finds what is there ------------------------------------------------ */

/* Returns: (transfer full): the longest part of the domain at @at, but for its last; NULL: it has
 * none. */
static char *
longest_label(const char *at)
{
    const char *best = NULL;
    size_t most = 0;

    while (g_ascii_isalnum(*at)) {
        size_t n = 0;
        while (g_ascii_isalnum(at[n]) || at[n] == '-')
            n++;
        if (at[n] != '.')
            break;
        if (n > most) {
            best = at;
            most = n;
        }
        at += n + 1;
    }
    return best != NULL ? g_strndup(best, most) : NULL;
}

/* Keeps the sender's part of the domain, of the message whose header this is. */
static void
take_sender(uint32_t uid, const void *data, size_t size, void *user_data)
{
    char **word = user_data;
    g_autofree char *copy = g_strndup(data, size);
    g_autofree char *header = g_strconcat("\n", copy, NULL);
    const char *from = strcasestr(header, "\nFrom:");

    (void) uid;
    if (from == NULL || *word != NULL)
        return;
    const char *end = from + 1;
    do
        end += strcspn(end, "\n");
    while (*end == '\n' && (*++end == ' ' || *end == '\t'));
    const char *at = g_strrstr_len(from, end - from, "@");
    *word = at != NULL ? longest_label(at + 1) : NULL;
}

/* Some servers answer every search of text with nothing.  @ret_able: this one finds a sender whom
 * we know. */
static bool
prove(ApdImap *self, const GArray *entries, bool *ret_able, GError **error)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);

    for (guint i = 1; i <= MIN(entries->len, PROOFS); i++) {
        const ApdImapEntry *entry = &g_array_index(entries, ApdImapEntry, entries->len - i);
        g_autofree char *word = NULL;
        if (!apd_imap_fetch_header(self, entry, HEADER_BYTES, take_sender, &word, error))
            return false;
        if (word == NULL)
            continue;
        g_autofree char *command =
            g_strdup_printf("UID SEARCH UID %u:%u TEXT \"%s\"", entry->uid, entry->uid, word);
        if (!search(self, command, found, ret_able, error))
            return false;
        *ret_able = *ret_able && g_hash_table_contains(found, GUINT_TO_POINTER(entry->uid));
        return true;
    }
    *ret_able = false;
    return true;
}

/* ------------------------------------------------------------------------------------ */

static bool
search_window(ApdImap *self, uint32_t low, uint32_t high, GHashTable *found, bool *ret_able,
              GError **error)
{
    g_autofree char *command = g_strdup_printf("UID SEARCH UID %u:%u " MATTER, low, high);

    return search(self, command, found, ret_able, error);
}

bool
apd_imap_search_matter(ApdImap *self, GArray *entries, GError **error)
{
    g_autoptr(GHashTable) found = g_hash_table_new(NULL, NULL);
    guint kept = 0;
    bool able;

    if (!prove(self, entries, &able, error))
        return false;
    for (guint i = 0; able && i < entries->len; i += MATTER_WINDOW) {
        guint last = MIN(i + MATTER_WINDOW, entries->len) - 1;
        if (!search_window(self, g_array_index(entries, ApdImapEntry, i).uid,
                           g_array_index(entries, ApdImapEntry, last).uid, found, &able, error))
            return false;
    }
    if (!able)
        return true;
    for (guint i = 0; i < entries->len; i++) {
        ApdImapEntry entry = g_array_index(entries, ApdImapEntry, i);
        if (g_hash_table_contains(found, GUINT_TO_POINTER(entry.uid)))
            g_array_index(entries, ApdImapEntry, kept++) = entry;
    }
    g_array_set_size(entries, kept);
    return true;
}
