#include "io/imap_push.h"

#include <poll.h>
#include <string.h>

#include "base/error.h"
#include "io/imap_private.h"

/* Servers gather news for a while before they tell. */
#define PATIENCE (30 * APD_SECOND)

#define BUDGET (256u * 1024)

/* Some let folders be made below INBOX alone. */
static const char *const folders[] = { "appeald-push-check", "INBOX.appeald-push-check" };

static const char text[] = "From: appeald <appeald@localhost>\r\n"
                           "Subject: appeald checks whether new mail is pushed\r\n"
                           "\r\n"
                           "This message, and its folder, are removed again at once.";

static bool
run(ApdImap *self, const char *verb, const char *folder)
{
    g_autofree char *command = g_strdup_printf("%s \"%s\"", verb, folder);

    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    return apd_imap_run(self, command) == MAILIMAP_NO_ERROR;
}

/* RFC 3501 section 6.3.11. */
static bool
append(ApdImap *self, const char *folder, GError **error)
{
    g_autofree char *command =
        g_strdup_printf("APPEND \"%s\" (\\Seen) {%zu}", folder, strlen(text));
    const char *line = NULL, *rest = NULL;

    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    bool good = apd_imap_send(self, command, true);
    while (good && (line = apd_imap_next_line(self)) != NULL
           && (rest = apd_imap_tagged(self, line)) == NULL)
        if (line[0] == '+')
            good = apd_imap_send(self, text, false);
    if (good && rest != NULL && g_ascii_strncasecmp(rest, "OK", 2) == 0)
        return true;

    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "putting a message there: %s",
                rest != NULL ? rest : "the connection broke");
    return false;
}

/* Whether more EXISTS went by than @before. */
static bool
wait_for_news(ApdImap *self, uint32_t before, bool *ret_came, GError **error)
{
    ApdTime end = apd_uptime() + PATIENCE, left;

    while (apd_imap_idle_look(self, error)) {
        *ret_came = apd_stream_exists(self->stream) != before;
        left = end - apd_uptime();
        if (*ret_came || left <= 0)
            return true;
        struct pollfd fd = { .fd = apd_imap_fd(self), .events = POLLIN };
        (void) poll(&fd, 1, (int) (left / 1000 + 1));
    }
    return false;
}

static bool
prove(ApdImap *watcher, ApdImap *other, const char *folder, bool *ret_came, ApdTime *ret_took,
      GError **error)
{
    uint32_t uidvalidity;

    if (!apd_imap_examine(watcher, folder, &uidvalidity, error)
        || !apd_imap_idle_enter(watcher, error) || !apd_imap_idle_look(watcher, error))
        return false;

    uint32_t before = apd_stream_exists(watcher->stream);
    ApdTime began = apd_uptime();
    if (!append(other, folder, error) || !wait_for_news(watcher, before, ret_came, error))
        return false;
    *ret_took = apd_uptime() - began;
    return apd_imap_idle_leave(watcher, error);
}

ApdPush
apd_imap_push_prove(ApdImap *watcher, ApdImap *other, ApdTime *ret_took, GError **error)
{
    const char *folder = NULL;
    bool came = false;

    /* One that is there is of a check that was interrupted. */
    for (size_t i = 0; i < G_N_ELEMENTS(folders) && folder == NULL; i++)
        if (run(other, "CREATE", folders[i])
            || (run(other, "DELETE", folders[i]) && run(other, "CREATE", folders[i])))
            folder = folders[i];
    if (folder == NULL) {
        g_autofree char *said = apd_imap_said(other);
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "making a folder: %s", said);
        return APD_PUSH_OPEN;
    }
    bool good = prove(watcher, other, folder, &came, ret_took, error);
    (void) run(other, "DELETE", folder);
    return !good ? APD_PUSH_OPEN : came ? APD_PUSH_CAME : APD_PUSH_LATE;
}
