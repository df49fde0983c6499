#include "io/imap_said.h"

#include <glib.h>
#include <string.h>

/* The part not yet looked at. */
typedef struct {
    const char *at, *end;
} Rest;

static void
skip_blanks(Rest *rest)
{
    while (rest->at < rest->end && (*rest->at == ' ' || *rest->at == '\t'))
        rest->at++;
}

static bool
skip_word(Rest *rest, const char *word)
{
    size_t n = strlen(word);

    if ((size_t) (rest->end - rest->at) < n || g_ascii_strncasecmp(rest->at, word, n) != 0)
        return false;
    rest->at += n;
    return true;
}

void
apd_imap_said_status(ApdImapSaid *self, const char *text, size_t size)
{
    Rest rest = { text, text + size };

    skip_blanks(&rest);
    bool over = skip_word(&rest, "[OVERQUOTA]");
    if (!over && !skip_word(&rest, "[ALERT]"))
        return;

    skip_blanks(&rest);
    size_t n = MIN((size_t) (rest.end - rest.at), sizeof self->alert - 1);
    if (n == 0 && !over)
        return;
    memcpy(self->alert, rest.at, n);
    self->alert[n] = '\0';
    if (n == 0)
        (void) g_strlcpy(self->alert, "OVERQUOTA", sizeof self->alert);
    self->over = over;
}

/* --- QUOTA ------------------------------------------------------------------------------------ */

/* The root's name, which is nobody's business; one that comes as a literal is on another
 * line, and so are the figures. */
static bool
skip_root(Rest *rest)
{
    bool quoted = skip_word(rest, "\"");

    while (rest->at < rest->end && *rest->at != (quoted ? '"' : ' ')) {
        if (*rest->at == '{')
            return false;
        rest->at += quoted && *rest->at == '\\' && rest->end - rest->at > 1 ? 2 : 1;
    }
    return !quoted || skip_word(rest, "\"");
}

static bool
take_number(Rest *rest, uint64_t *ret_number)
{
    uint64_t n = 0;
    int digits = 0;

    skip_blanks(rest);
    for (; digits < 15 && rest->at < rest->end && g_ascii_isdigit(*rest->at); digits++)
        n = n * 10 + (uint64_t) (*rest->at++ - '0');
    *ret_number = n;
    return digits > 0 && (rest->at == rest->end || !g_ascii_isdigit(*rest->at));
}

/* "STORAGE 10 512" */
static bool
take_resource(Rest *rest, ApdQuota *ret_quota, bool *ret_ours)
{
    skip_blanks(rest);
    const char *name = rest->at;
    while (rest->at < rest->end && (g_ascii_isalnum(*rest->at) || *rest->at == '-'))
        rest->at++;
    size_t n = (size_t) (rest->at - name);

    ret_quota->messages = n == 7 && g_ascii_strncasecmp(name, "MESSAGE", n) == 0;
    *ret_ours = ret_quota->messages || (n == 7 && g_ascii_strncasecmp(name, "STORAGE", n) == 0);
    return n > 0 && take_number(rest, &ret_quota->used) && take_number(rest, &ret_quota->limit);
}

void
apd_imap_said_quota(ApdImapSaid *self, const char *text, size_t size)
{
    Rest rest = { text, text + size };
    ApdQuota quota = { 0 };
    bool ours;

    skip_blanks(&rest);
    if (!skip_root(&rest))
        return;
    skip_blanks(&rest);
    if (!skip_word(&rest, "("))
        return;
    /* Some servers say 0 for "without limit" (and 0 bytes would be no mailbox). */
    while (take_resource(&rest, &quota, &ours))
        if (ours && quota.limit > 0 && apd_room_is_less(&quota, &self->quota))
            self->quota = quota;
}
