/* How much room is left (RFC 9208, RFC 2087), and what else a server wants read. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/imap_name.h"
#include "io/imap_private.h"

#define BUDGET (64u * 1024)

/* Names of quota roots may come as literals. */
#define MAX_LITERAL 1024

/* Returns: (transfer full): @folder as a quoted string on the wire; what stands for another
 * folder shares the inbox's room. */
static char *
quote_folder(const char *folder)
{
    g_autofree char *wire = apd_imap_name_encode(folder[0] == '\\' ? "INBOX" : folder);
    GString *quoted = g_string_new("\"");

    for (const char *p = wire != NULL ? wire : "INBOX"; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *p);
    }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

bool
apd_imap_ask_quota(ApdImap *self, const char *folder, ApdQuota *ret_quota, GError **error)
{
    ApdImapSaid *said = apd_stream_said(self->stream);
    g_autofree char *quoted = quote_folder(folder);
    g_autofree char *command = g_strconcat("GETQUOTAROOT ", quoted, NULL);

    said->quota = (ApdQuota){ 0 };
    if (mailimap_has_extension(self->session, "QUOTA")) {
        apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, MAX_LITERAL);
        int result = apd_imap_run(self, command);
        if (result != MAILIMAP_NO_ERROR && result != MAILIMAP_ERROR_CUSTOM_COMMAND)
            return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "asking for the quota", error);
    }
    *ret_quota = said->quota;
    return true;
}

char *
apd_imap_take_alert(ApdImap *self, bool *ret_over)
{
    ApdImapSaid *said = apd_stream_said(self->stream);
    g_autofree char *line = said->alert[0] != '\0' ? apd_text_line(said->alert) : NULL;

    *ret_over = said->over;
    said->alert[0] = '\0';
    said->over = false;
    return line != NULL && line[0] != '\0' ? g_steal_pointer(&line) : NULL;
}
