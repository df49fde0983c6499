/* Logging in, and telling a wrong password from a busy server. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/imap_no.h"
#include "io/imap_private.h"
#include "io/mail_frames.h"
#include "io/oauth_sasl.h"
#include "io/secret.h"

#define BUDGET (64u * 1024)

static bool
is_oauth(const ApdImapLogin *login)
{
    return g_str_equal(login->auth, "oauth") || g_str_equal(login->auth, "xoauth2")
           || g_str_equal(login->auth, "oauthbearer");
}

static bool
fail_no(const ApdImapLogin *login, const char *said, GError **error)
{
    g_autofree char *clean = apd_secret_leave_out(said, login->password);
    g_autofree char *line = apd_text_line(clean);
    g_autofree char *text = apd_text_cut(line, 200);

    if (apd_imap_no_passes(said, true))
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "login put off by the server: %s", text);
    else if (is_oauth(login))
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    APD_MAIL_SAYS_TOKEN
                    " for %s: %s (is it that account's, and IMAP allowed there?)",
                    login->user, text);
    else
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    APD_MAIL_SAYS_LOGIN
                    " for %s: %s" APD_MAIL_SAYS_ADVICE "; many providers want an "
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
    if (result != MAILIMAP_ERROR_LOGIN && !apd_imap_is_bad(self))
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "login", error);

    g_autofree char *said = apd_imap_said_with_code(self);
    return fail_no(login, said, error);
}

/* RFC 4616. */
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

/* A mechanism whose client speaks first, and alone. */
typedef struct {
    const char *name;
    char *answer;         /* owned: a secret */
    const char *on_error; /* what a server wants to hear after it told what is wrong; NULL: it
                             must not ask */
} Sasl;

static bool
finish_sasl(ApdImap *self, const ApdImapLogin *login, const Sasl *sasl, GError **error)
{
    g_autofree char *wrong = g_strdup("");
    const char *line, *rest, *next = sasl->answer;

    if (mailimap_has_extension(self->session, "SASL-IR"))
        next = sasl->on_error;
    while ((line = apd_imap_next_line(self)) != NULL) {
        if (line[0] == '+' && next != NULL) {
            if (next == sasl->on_error) {
                g_free(wrong);
                wrong = apd_oauth_sasl_error(line + strspn(line, "+ "));
            }
            if (!apd_imap_send(self, next, false))
                break;
            next = next == sasl->answer ? sasl->on_error : NULL;
        } else if (line[0] == '+') {
            break; /* it wants more than the mechanism has */
        } else if ((rest = apd_imap_tagged(self, line)) != NULL) {
            g_autofree char *clean = apd_secret_leave_out(rest, sasl->answer);
            g_autofree char *said = g_strjoin(*wrong != '\0' ? ": " : "", clean, wrong, NULL);
            if (g_ascii_strncasecmp(rest, "OK", 2) != 0)
                return fail_no(login, said, error);
            self->session->imap_state = MAILIMAP_STATE_AUTHENTICATED;
            return true;
        }
    }
    return apd_imap_fail(self, MAILIMAP_ERROR_PROTOCOL, APD_ERROR_TRANSIENT, "login", error);
}

/* RFC 3501 section 6.2.2, RFC 4959.  Wipes the answer. */
static bool
run_sasl(ApdImap *self, const ApdImapLogin *login, Sasl *sasl, GError **error)
{
    bool at_once = mailimap_has_extension(self->session, "SASL-IR");
    char *command = g_strconcat("AUTHENTICATE ", sasl->name, at_once ? " " : "",
                                at_once ? sasl->answer : "", NULL);

    mailstream_set_privacy(apd_stream_mailstream(self->stream), 0);
    bool good =
        apd_imap_send(self, command, true)
            ? finish_sasl(self, login, sasl, error)
            : apd_imap_fail(self, MAILIMAP_ERROR_STREAM, APD_ERROR_TRANSIENT, "login", error);
    explicit_bzero(sasl->answer, strlen(sasl->answer));
    explicit_bzero(command, strlen(command));
    g_free(sasl->answer);
    g_free(command);
    return good;
}

static bool
run_plain(ApdImap *self, const ApdImapLogin *login, GError **error)
{
    Sasl sasl = { "PLAIN", plain_answer(login), NULL };

    return run_sasl(self, login, &sasl, error);
}

/* --- OAuth 2.0 -------------------------------------------------------------------- */

/* The standard (RFC 7628) where it is offered, else what came before it. */
static bool
run_oauth(ApdImap *self, const ApdImapLogin *login, GError **error)
{
    bool any = g_str_equal(login->auth, "oauth");
    bool bearer = (any || g_str_equal(login->auth, "oauthbearer"))
                  && mailimap_has_authentication(self->session, "OAUTHBEARER");
    Sasl sasl = { "XOAUTH2", NULL, "" };

    if (!bearer
        && (g_str_equal(login->auth, "oauthbearer")
            || !mailimap_has_authentication(self->session, "XOAUTH2"))) {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "the server offers no %s; no token was sent (check host and auth)",
                    any                                       ? "OAuth 2.0"
                    : g_str_equal(login->auth, "oauthbearer") ? "OAUTHBEARER"
                                                              : "XOAUTH2");
        return false;
    }
    if (bearer) {
        sasl.name = "OAUTHBEARER";
        sasl.answer = apd_oauth_sasl_bearer(login->user, login->host, login->port, login->password);
        sasl.on_error = "AQ=="; /* section 3.2.3 */
    } else {
        sasl.answer = apd_oauth_sasl_xoauth2(login->user, login->password);
    }
    return run_sasl(self, login, &sasl, error);
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
    if (!is_oauth(login) && mailimap_has_extension(self->session, "LOGINDISABLED")
        && !wants_plain(self, login)) {
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

    g_free(apd_imap_take_alert(self, &(bool){ false })); /* said before TLS, by anybody */
    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    bool good = is_oauth(login)            ? run_oauth(self, login, error)
                : wants_plain(self, login) ? run_plain(self, login, error)
                                           : run_login(self, login, error);
    apd_stream_rest(self->stream); /* the password leaves the buffers */
    if (!good || !apd_imap_ask_capability(self, error))
        return false;

    return (!login->send_id && !mailimap_has_extension(self->session, "ID"))
           || tell_id(self, error);
}
