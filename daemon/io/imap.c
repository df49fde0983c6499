#include "io/imap.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/imap_name.h"
#include "io/imap_no.h"
#include "io/imap_private.h"

#define CONNECT_TIMEOUT (20 * APD_SECOND)

/* To leave IDLE, or to NOOP, is work of milliseconds. */
#define DOUBT_TIMEOUT (5 * APD_SECOND)

/* What an ordinary answer may bring. */
#define BUDGET (256u * 1024)

bool
apd_imap_is_bad(const ApdImap *self)
{
    const char *rest = apd_imap_tagged(self, self->session->imap_stream_buffer->str);

    return rest != NULL && g_ascii_strncasecmp(rest, "BAD", 3) == 0;
}

void
apd_imap_begin(ApdImap *self, ApdTime timeout, size_t budget, size_t max_literal)
{
    apd_stream_begin(self->stream, self->doubted ? MIN(timeout, DOUBT_TIMEOUT) : timeout, budget,
                     max_literal);
    self->doubted = false;
}

void
apd_imap_doubt(ApdImap *self)
{
    self->doubted = true;
}

bool
apd_imap_is_silent(const ApdImap *self)
{
    return apd_stream_is_silent(self->stream);
}

int
apd_imap_run(ApdImap *self, const char *command)
{
    struct mailimap_response *response = NULL;
    bool leaving = self->leaving;
    int idle_tag = self->session->imap_tag;

    self->leaving = false;
    if (leaving && mailstream_write(apd_stream_mailstream(self->stream), "DONE\r\n", 6) != 6)
        return MAILIMAP_ERROR_STREAM;
    /* Not by mailimap_custom_command(): that ends the line with a blank, which Cyrus
     * refuses. */
    if (!apd_imap_send(self, command, true))
        return MAILIMAP_ERROR_STREAM;
    if (leaving && !apd_imap_idle_end(self, idle_tag))
        return MAILIMAP_ERROR_PROTOCOL;
    if (mailimap_read_line(self->session) == NULL)
        return MAILIMAP_ERROR_STREAM;

    int result = mailimap_parse_response(self->session, &response);
    if (result != MAILIMAP_NO_ERROR)
        return result == MAILIMAP_ERROR_PROTOCOL && apd_imap_is_bad(self)
                   ? MAILIMAP_ERROR_CUSTOM_COMMAND
                   : result;
    const struct mailimap_response_done *done = response->rsp_resp_done;
    bool good =
        done->rsp_type == MAILIMAP_RESP_DONE_TYPE_TAGGED
        && done->rsp_data.rsp_tagged->rsp_cond_state->rsp_type == MAILIMAP_RESP_COND_STATE_OK;
    mailimap_response_free(response);
    return good ? MAILIMAP_NO_ERROR : MAILIMAP_ERROR_CUSTOM_COMMAND;
}

char *
apd_imap_said(const ApdImap *self)
{
    const char *text = self->session->imap_response;
    g_autofree char *line = apd_text_line(text != NULL ? text : "");

    return line[0] != '\0' ? apd_text_cut(line, 200) : g_strdup("no reason given");
}

char *
apd_imap_said_with_code(const ApdImap *self)
{
    const struct mailimap_response_info *info = self->session->imap_response_info;
    const char *code = info != NULL && info->rsp_atom != NULL ? info->rsp_atom : "";
    const char *text = self->session->imap_response;

    return g_strdup_printf("%s %s", text != NULL ? text : "", code);
}

bool
apd_imap_fail(ApdImap *self, int result, int code, const char *doing, GError **error)
{
    GError *why = NULL;

    apd_stream_get_error(self->stream, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, why, "%s: ", doing);
        return false;
    }
    if (result == MAILIMAP_ERROR_PARSE || result == MAILIMAP_ERROR_FATAL
        || (result == MAILIMAP_ERROR_PROTOCOL && !apd_imap_is_bad(self))) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "%s: the server's answer makes no sense",
                    doing);
        return false;
    }
    g_autofree char *said = apd_imap_said(self);
    g_set_error(error, APD_ERROR, code, "%s: the server says: %s", doing, said);
    return false;
}

/* --- own exchanges ------------------------------------------------------------ */

bool
apd_imap_send(ApdImap *self, const char *text, bool tagged)
{
    mailstream *mail = apd_stream_mailstream(self->stream);
    size_t n = strlen(text);

    return (!tagged || mailimap_send_current_tag(self->session) == MAILIMAP_NO_ERROR)
           && mailstream_write(mail, text, n) == (ssize_t) n
           && mailstream_write(mail, "\r\n", 2) == 2 && mailstream_flush(mail) == 0;
}

const char *
apd_imap_next_line(ApdImap *self)
{
    return mailstream_read_line_remove_eol(apd_stream_mailstream(self->stream),
                                           self->session->imap_stream_buffer);
}

const char *
apd_imap_tagged(const ApdImap *self, const char *line)
{
    g_autofree char *tag = g_strdup_printf("C%d ", self->session->imap_tag);

    return g_str_has_prefix(line, tag) ? line + strlen(tag) : NULL;
}

/* --- connecting ---------------------------------------------------------------- */

bool
apd_imap_ask_capability(ApdImap *self, GError **error)
{
    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    int result = apd_imap_run(self, "CAPABILITY");
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "asking what the server can",
                             error);
    return true;
}

static bool
greet(ApdImap *self, ApdTls tls, GError **error)
{
    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    int result = mailimap_connect(self->session, apd_stream_mailstream(self->stream));

    if (result == MAILIMAP_NO_ERROR_NON_AUTHENTICATED)
        return true;
    if (result == MAILIMAP_NO_ERROR_AUTHENTICATED) {
        /* Whose mail this is nobody can tell; before STARTTLS it is an attack. */
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "the server greets as if we had logged in already (PREAUTH)%s; no password "
                    "was sent",
                    tls == APD_TLS_STARTTLS
                        ? " and so keeps us from TLS: someone may be tampering with the connection"
                        : "");
        return false;
    }
    return apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "greeting", error);
}

static bool
start_tls(ApdImap *self, const ApdTrust *trust, const char *host, GError **error)
{
    if (!apd_imap_ask_capability(self, error))
        return false;
    if (!mailimap_has_extension(self->session, "STARTTLS")) {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "the server offers no STARTTLS, no password was sent (use tls = implicit if it "
                    "offers that; else someone may be tampering with the connection)");
        return false;
    }
    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    int result = mailimap_starttls(self->session);
    if (result != MAILIMAP_NO_ERROR)
        return apd_imap_fail(self, result, APD_ERROR_REFUSED, "STARTTLS", error);
    return apd_stream_secure(self->stream, trust, host, CONNECT_TIMEOUT, error);
}

/* The order matters: nothing is believed before TLS, nothing sent before it. */
static bool
open_up(ApdImap *self, const char *host, ApdTls tls, const ApdTrust *trust, GError **error)
{
    if (tls == APD_TLS_NONE && !apd_stream_is_loopback(self->stream)) {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "tls = none is for this machine only; no password was sent (use implicit or "
                    "starttls)");
        return false;
    }
    if (tls == APD_TLS_IMPLICIT
        && !apd_stream_secure(self->stream, trust, host, CONNECT_TIMEOUT, error))
        return false;

    return greet(self, tls, error)
           && (tls != APD_TLS_STARTTLS || start_tls(self, trust, host, error))
           && apd_imap_ask_capability(self, error);
}

ApdImap *
apd_imap_connect(const char *host, int port, ApdTls tls, const ApdTrust *trust, GError **error)
{
    g_autoptr(ApdImap) self = g_new0(ApdImap, 1);

    self->stream = apd_stream_connect(host, port, CONNECT_TIMEOUT, error);
    if (self->stream == NULL)
        return NULL;
    self->session = mailimap_new(0, NULL);
    if (self->session == NULL)
        g_error("out of memory");
    /* Tags of a letter and a number: NetEase does not take bare numbers. */
    mailimap_set_163_workaround_enabled(self->session, 1);
    return open_up(self, host, tls, trust, error) ? g_steal_pointer(&self) : NULL;
}

void
apd_imap_free(ApdImap *self)
{
    if (self == NULL)
        return;

    if (self->session != NULL) {
        self->session->imap_stream = NULL; /* else it would say LOGOUT and wait */
        mailimap_free(self->session);
    }
    apd_stream_free(self->stream);
    g_free(self);
}

/* --- a folder ------------------------------------------------------------------- */

static bool
is_junk_name(const char *name)
{
    /* As providers and mail programs call it, each in its users' language, where RFC 6154 is
     * not spoken. */
    /* clang-format off */
    static const char *const names[] = {
        "junk", "spam", "junk email", "junk e-mail", "junk mail", "junk-e-mail", "bulk", "bulk mail",
        "spamverdacht", "unerwünscht", "courrier indésirable", "indésirables", "pourriel",
        "correo no deseado", "no deseado", "lixo eletrônico", "lixo eletrónico", "posta indesiderata",
        "indesiderata", "wiadomości-śmieci", "niechciane", "önemsiz", "önemsiz e-posta", "gereksiz",
        "спам", "нежелательная почта", "垃圾邮件", "垃圾箱", "垃圾郵件", "정크 메일", "스팸", "스팸메일함",
        NULL
    };
    /* clang-format on */
    const char *last = strrchr(name, '/');
    last = last != NULL ? last : strrchr(name, '.');
    g_autofree char *folded = g_utf8_strdown(last != NULL ? last + 1 : name, -1);

    return g_strv_contains(names, folded);
}

static bool
is_marked_junk(const struct mailimap_mailbox_list *folder)
{
    if (folder->mb_flag == NULL || folder->mb_flag->mbf_oflags == NULL)
        return false;

    for (clistiter *i = clist_begin(folder->mb_flag->mbf_oflags); i != NULL; i = clist_next(i)) {
        const struct mailimap_mbx_list_oflag *flag = clist_content(i);
        if (flag->of_flag_ext != NULL && g_ascii_strcasecmp(flag->of_flag_ext, "Junk") == 0)
            return true;
    }
    return false;
}

/* Returns: (transfer full): the junk folder's name on the wire, NULL for none. */
static char *
find_junk(ApdImap *self)
{
    g_autofree char *found = NULL;
    clist *folders = NULL;

    apd_imap_begin(self, APD_IMAP_TIMEOUT, 4 * BUDGET, 1024);
    if (mailimap_list(self->session, "", "*", &folders) != MAILIMAP_NO_ERROR || folders == NULL)
        return NULL;

    for (clistiter *i = clist_begin(folders); i != NULL; i = clist_next(i)) {
        const struct mailimap_mailbox_list *folder = clist_content(i);
        g_autofree char *name = apd_imap_name_decode(folder->mb_name);
        bool marked = is_marked_junk(folder);
        if (!marked && (found != NULL || !is_junk_name(name)))
            continue;
        g_free(found);
        found = g_strdup(folder->mb_name);
        if (marked)
            break;
    }
    mailimap_list_result_free(folders);
    return g_steal_pointer(&found);
}

static int
examine(ApdImap *self, const char *wire)
{
    apd_imap_begin(self, 2 * APD_IMAP_TIMEOUT, BUDGET, 0);
    return mailimap_examine(self->session, wire);
}

static bool
fail_examine(ApdImap *self, int result, const char *folder, GError **error)
{
    g_autofree char *said = apd_imap_said(self);
    g_autofree char *all = apd_imap_said_with_code(self);
    bool answered = result == MAILIMAP_ERROR_EXAMINE || apd_imap_is_bad(self);

    if (answered && apd_imap_no_passes(all, false)) {
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "folder '%s' put off by the server: %s",
                    folder, said);
        return false;
    }
    if (strcasestr(said, "unsafe login") == NULL) {
        g_autofree char *doing =
            g_strdup_printf("folder '%s' cannot be opened (check folders)", folder);
        return apd_imap_fail(self, result, APD_ERROR_REFUSED, doing, error);
    }
    g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                "the server calls this login unsafe: set send-id = yes, and allow IMAP clients in "
                "the mailbox's own settings (%s)",
                said);
    return false;
}

bool
apd_imap_examine(ApdImap *self, const char *folder, uint32_t *ret_uidvalidity, GError **error)
{
    g_autofree char *wire = apd_imap_name_encode(folder);
    bool by_use = g_ascii_strcasecmp(folder, "\\Junk") == 0;
    int result = wire == NULL ? MAILIMAP_ERROR_INVAL
                 : by_use     ? MAILIMAP_ERROR_EXAMINE
                              : examine(self, wire);

    if (result == MAILIMAP_ERROR_EXAMINE && (by_use || is_junk_name(folder))) {
        g_autofree char *junk = find_junk(self);
        result = junk != NULL ? examine(self, junk) : result;
    }
    if (result != MAILIMAP_NO_ERROR || self->session->imap_selection_info == NULL)
        return fail_examine(self, result, folder, error);

    /* A server without UIDVALIDITY promises nothing: 1 lets UIDs be trusted as
     * long as it says nothing else. */
    *ret_uidvalidity = MAX(self->session->imap_selection_info->sel_uidvalidity, 1);
    return true;
}

uint32_t
apd_imap_count(const ApdImap *self)
{
    return apd_stream_count(self->stream);
}

bool
apd_imap_noop(ApdImap *self, GError **error)
{
    apd_imap_begin(self, APD_IMAP_TIMEOUT, BUDGET, 0);
    int result = mailimap_noop(self->session);
    return result == MAILIMAP_NO_ERROR
           || apd_imap_fail(self, result, APD_ERROR_TRANSIENT, "asking for news", error);
}

void
apd_imap_set_busy(ApdImap *self, _Atomic ApdTime *busy)
{
    apd_stream_set_busy(self->stream, busy);
}

int
apd_imap_fd(const ApdImap *self)
{
    return apd_stream_fd(self->stream);
}

static MMAPString *
renew(MMAPString *buffer)
{
    MMAPString *fresh = mmap_string_new("");

    if (fresh == NULL)
        return buffer;
    mmap_string_free(buffer);
    return fresh;
}

void
apd_imap_rest(ApdImap *self)
{
    apd_stream_rest(self->stream);
    self->session->imap_stream_buffer = renew(self->session->imap_stream_buffer);
    self->session->imap_response_buffer = renew(self->session->imap_response_buffer);
    self->session->imap_response = NULL; /* stood in that buffer */
    if (self->session->imap_response_info != NULL)
        mailimap_response_info_free(self->session->imap_response_info);
    self->session->imap_response_info = NULL;
}
