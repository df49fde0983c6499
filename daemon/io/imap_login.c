/* Logging in, and telling a wrong password from a busy server. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/imap_private.h"

#define BUDGET (64u * 1024)

/* A no that is not about the password (RFC 5530 codes, and words of servers
 * that give none). */
static const char *const busy[] = { "UNAVAILABLE", "INUSE", "SERVERBUG",    "LIMIT",
                                    "temporar",    "busy",  "simultaneous", "too many",
                                    "try again",   NULL };

static bool
is_busy(const char *said)
{
    for (const char *const *word = busy; *word != NULL; word++)
        if (strcasestr(said, *word) != NULL)
            return true;
    return false;
}

/* A server may repeat what it was sent. */
static char *
without(const char *text, const char *password)
{
    g_auto(GStrv) parts = password[0] != '\0' ? g_strsplit(text, password, -1) : NULL;

    return parts != NULL ? g_strjoinv("(password)", parts) : g_strdup(text);
}

static bool
fail_no(const ApdImapLogin *login, const char *said, GError **error)
{
    g_autofree char *clean = without(said, login->password);
    g_autofree char *line = apd_text_line(clean);
    g_autofree char *text = apd_text_cut(line, 200);

    if (is_busy(said))
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "login put off by the server: %s", text);
    else
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "login refused for %s: %s (check user and password; many providers want an "
                    "authorisation code or app password made in their web settings, and IMAP "
                    "allowed there)",
                    login->user, text);
    return false;
}

static bool
run_login(ApdImap *self, const ApdImapLogin *login, GError **error)
{
    int result = mailimap_login(self->session, login->user, login->password);

    if (result == MAILIMAP_NO_ERROR)
        return true;
    if (result != MAILIMAP_ERROR_LOGIN)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "login", error);

    const struct mailimap_response_info *info = self->session->imap_response_info;
    const char *code = info != NULL && info->rsp_atom != NULL ? info->rsp_atom : "";
    const char *text = self->session->imap_response;
    g_autofree char *said = g_strdup_printf("%s %s", text != NULL ? text : "", code);
    return fail_no(login, said, error);
}

/* RFC 4616, RFC 4959. */
static char *
plain_answer(const ApdImapLogin *login)
{
    size_t users = strlen(login->user), secrets = strlen(login->password);
    size_t n = users + secrets + 2;
    guchar *raw = g_malloc0(n);

    memcpy(raw + 1, login->user, users);
    memcpy(raw + 2 + users, login->password, secrets);
    char *base64 = g_base64_encode(raw, n);
    explicit_bzero(raw, n);
    g_free(raw);
    return base64;
}

static bool
finish_plain(ApdImap *self, const ApdImapLogin *login, const char *answer, GError **error)
{
    const char *line, *rest;
    bool answered = mailimap_has_extension(self->session, "SASL-IR");

    while ((line = apd_imap_next_line(self)) != NULL) {
        if (line[0] == '+' && !answered) {
            answered = true;
            if (!apd_imap_send(self, answer, false))
                break;
        } else if (line[0] == '+') {
            break; /* it wants more than PLAIN has */
        } else if ((rest = apd_imap_tagged(self, line)) != NULL) {
            if (g_ascii_strncasecmp(rest, "OK", 2) != 0)
                return fail_no(login, rest, error);
            self->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
            return true;
        }
    }
    return apd_imap_fail(self, MAILIMAP_ERROR_PROTOCOL, APD_ERROR_TRANSIENT, "login", error);
}

static bool
run_plain(ApdImap *self, const ApdImapLogin *login, GError **error)
{
    char *answer = plain_answer(login);
    bool at_once = mailimap_has_extension(self->session, "SASL-IR");
    char *command =
        g_strconcat("AUTHENTICATE PLAIN", at_once ? " " : "", at_once ? answer : "", NULL);

    mailstream_set_privacy(apd_stream_mailstream(self->stream), 0);
    bool good =
        apd_imap_send(self, command, true)
            ? finish_plain(self, login, answer, error)
            : apd_imap_fail(self, MAILIMAP_ERROR_STREAM, APD_ERROR_TRANSIENT, "login", error);
    explicit_bzero(answer, strlen(answer));
    explicit_bzero(command, strlen(command));
    g_free(answer);
    g_free(command);
    return good;
}

/* LOGIN is understood everywhere; PLAIN is for where it is switched off and for
 * passwords that LOGIN's 7-bit strings cannot carry. */
static bool
wants_plain(ApdImap *self, const ApdImapLogin *login)
{
    if (g_str_equal(login->auth, "plain"))
        return true;
    if (g_str_equal(login->auth, "login") || !mailimap_has_authentication(self->session, "PLAIN"))
        return false;
    return mailimap_has_extension(self->session, "LOGINDISABLED")
           || !g_str_is_ascii(login->password) || !g_str_is_ascii(login->user);
}

static bool
check(ApdImap *self, const ApdImapLogin *login, GError **error)
{
    if (strpbrk(login->user, "\r\n") != NULL || strpbrk(login->password, "\r\n") != NULL
        || login->password[0] == '\0') {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "the password is empty or has more than one line");
        return false;
    }
    if (mailimap_has_extension(self->session, "LOGINDISABLED") && !wants_plain(self, login)) {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "the server takes no LOGIN here; no password was sent (set auth = plain)");
        return false;
    }
    return true;
}

/* RFC 2971.  NetEase serves no folder before it; a no is no harm. */
static bool
tell_id(ApdImap *self, GError **error)
{
    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    int result = apd_imap_run(self, "ID (\"name\" \"appeald\" \"version\" \"" APD_VERSION
                                    "\" \"vendor\" \"appeald\")");
    return result == MAILIMAP_NO_ERROR || result == MAILIMAP_ERROR_CUSTOM_COMMAND
           || apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "ID", error);
}

bool
apd_imap_login(ApdImap *self, const ApdImapLogin *login, GError **error)
{
    if (!check(self, login, error))
        return false;

    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    bool good =
        wants_plain(self, login) ? run_plain(self, login, error) : run_login(self, login, error);
    apd_stream_rest(self->stream); /* the password leaves the buffers */
    if (!good || !apd_imap_ask_capability(self, error))
        return false;

    return (!login->send_id && !mailimap_has_extension(self->session, "ID"))
           || tell_id(self, error);
}
