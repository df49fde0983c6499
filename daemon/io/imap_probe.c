#include "io/imap_probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/imap_name.h"
#include "io/imap_private.h"
#include "io/imap_push.h"
#include "io/stream_chain.h"

#define CONNECT_TIMEOUT (20 * APD_SECOND)

#define MAX_ADDRESSES 4

/* A certificate that ends sooner is being forgotten: most are renewed 30 days ahead. */
#define CERTIFICATE_WARN (14 * APD_DAY)

/* A message that comes from the future: our clock is late, or its server's early. */
#define CLOCK_SLACK (2 * APD_MINUTE)

#define BUDGET      (1024u * 1024)
#define MAX_FOLDERS 200

typedef struct {
    const ApdImapProbe *probe; /* borrowed */
    ApdProofTell tell;
    void *user_data;
    ApdImap *imap; /* owned */
} Run;

static void say(Run *run, ApdProof proof, const char *what, const char *remedy, const char *format,
                ...) G_GNUC_PRINTF(5, 6);

static void
say(Run *run, ApdProof proof, const char *what, const char *remedy, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    run->tell(proof, what, text, remedy, run->user_data);
}

static int
milliseconds(ApdTime since)
{
    return (int) ((apd_uptime() - since) / 1000);
}

/* --- to the server ------------------------------------------------------------------- */

static bool
find_name(Run *run)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    int n = 0, result = getaddrinfo(run->probe->host, NULL, &hints, &list);

    if (result != 0) {
        say(run, APD_PROOF_BAD, "name", "check host, and this machine's network and resolver",
            "%s has no address: %s", run->probe->host, gai_strerror(result));
        return false;
    }
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next, n++) {
        char number[INET6_ADDRSTRLEN + 1] = "";
        if (n < MAX_ADDRESSES
            && getnameinfo(a->ai_addr, a->ai_addrlen, number, sizeof number, NULL, 0,
                           NI_NUMERICHOST)
                   == 0)
            g_string_append_printf(text, "%s%s", n > 0 ? ", " : "", number);
    }
    freeaddrinfo(list);
    say(run, APD_PROOF_GOOD, "name", "", "%s is %s%s", run->probe->host, text->str,
        n > MAX_ADDRESSES ? " ..." : "");
    return true;
}

static bool
reach(Run *run)
{
    ApdTime began = apd_uptime();
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdStream) stream =
        apd_stream_connect(run->probe->host, run->probe->port, CONNECT_TIMEOUT, &error);

    if (stream == NULL)
        say(run, APD_PROOF_BAD, "connection", "check host and port, and any firewall between", "%s",
            error->message);
    else
        say(run, APD_PROOF_GOOD, "connection", "", "port %d answers, after %d ms", run->probe->port,
            milliseconds(began));
    return stream != NULL;
}

static void
describe_tls(Run *run)
{
    g_autoptr(GPtrArray) chain = apd_stream_chain(run->imap->stream);
    g_autofree char *protocol = apd_stream_protocol(run->imap->stream);
    g_autoptr(GString) text = g_string_new(protocol);
    ApdTime left = APD_NEVER;

    for (guint i = 0; i < chain->len; i++) {
        const ApdCertificate *certificate = chain->pdata[i];
        g_autofree char *one = apd_certificate_describe(certificate);
        left = MIN(left, certificate->until - apd_now());
        g_string_append_printf(text, "%s%s (%d days left)", i == 0 ? "; " : "; then ", one,
                               (int) ((certificate->until - apd_now()) / APD_DAY));
    }
    if (chain->len == 0)
        say(run, APD_PROOF_WARN, "TLS", "only this machine may be asked so",
            "the connection is not encrypted");
    else
        say(run, left < CERTIFICATE_WARN ? APD_PROOF_WARN : APD_PROOF_GOOD, "TLS",
            left < CERTIFICATE_WARN ? "whoever runs the server must renew its certificate" : "",
            "%s", text->str);
}

static ApdImap *
open_session(const ApdImapProbe *probe, GError **error)
{
    const char *ca_file = *probe->ca_file != '\0' ? probe->ca_file : NULL;
    bool tls = probe->tls != APD_TLS_NONE;
    ApdTrust *trust = tls ? apd_trust_new(ca_file, error) : NULL;
    ApdImap *imap = NULL;

    if (trust != NULL || !tls)
        imap = apd_imap_connect(probe->host, probe->port, probe->tls, trust, error);
    apd_trust_free(trust); /* the handshake is over */
    return imap;
}

/* What stands between a connection and a greeting, by the words of the failure. */
static bool
greet(Run *run)
{
    g_autoptr(GError) error = NULL;

    run->imap = open_session(run->probe, &error);
    if (run->imap != NULL) {
        describe_tls(run);
    } else {
        bool tls =
            strstr(error->message, "TLS") != NULL || strstr(error->message, "certificate") != NULL;
        say(run, APD_PROOF_BAD, tls ? "TLS" : "greeting",
            tls ? "check host, port and tls; a private authority goes into ca-file; is this "
                  "machine's clock right?"
                : "check host and port: is it an IMAP server?",
            "%s", error->message);
    }
    return run->imap != NULL;
}

/* --- logged in ------------------------------------------------------------------------ */

static bool
log_in(Run *run)
{
    const ApdImapLogin *login = &run->probe->login;
    bool token = g_str_equal(login->auth, "oauth") || g_str_equal(login->auth, "xoauth2")
                 || g_str_equal(login->auth, "oauthbearer");
    g_autoptr(GError) error = NULL;

    if (*login->password == '\0') {
        say(run, APD_PROOF_OPEN, "login", "", "not tried: there is nothing to log in with");
        return false;
    }
    if (apd_imap_login(run->imap, login, &error)) {
        say(run, APD_PROOF_GOOD, "login", "", "as %s, by %s", login->user,
            token ? "access token" : "password");
        return true;
    }
    say(run, APD_PROOF_BAD, "login",
        token ? "log in again, as that user"
              : "see the provider's hint in man appeald.conf; then put the code into password-file",
        "%s", error->message);
    return false;
}

static bool
ask_id(Run *run)
{
    bool asked = mailimap_has_extension(run->imap->session, "ID");
    int result;

    if (!asked && !run->probe->login.send_id) {
        say(run, APD_PROOF_GOOD, "ID", "", "the server does not ask for our name");
        return true;
    }
    apd_imap_begin(run->imap, APD_IMAP_TIMEOUT, BUDGET, 0);
    result = apd_imap_run(run->imap, "ID (\"name\" \"appeald\" \"version\" \"" APD_VERSION "\")");
    if (result == MAILIMAP_NO_ERROR)
        say(run, APD_PROOF_GOOD, "ID", "", "the server has taken our name");
    else if (result == MAILIMAP_ERROR_CUSTOM_COMMAND)
        say(run, APD_PROOF_WARN, "ID", asked ? "" : "send-id = no would do",
            "the server does not take our name");
    else
        say(run, APD_PROOF_BAD, "ID", "is the server well?", "the connection broke");
    return result == MAILIMAP_NO_ERROR || result == MAILIMAP_ERROR_CUSTOM_COMMAND;
}

/* --- folders --------------------------------------------------------------------------- */

/* Returns: (transfer full): what there is, as people see it. */
static GPtrArray *
list_folders(Run *run)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    clist *folders = NULL;

    apd_imap_begin(run->imap, APD_IMAP_TIMEOUT, BUDGET, 1024);
    if (mailimap_list(run->imap->session, "", "*", &folders) == MAILIMAP_NO_ERROR
        && folders != NULL) {
        for (clistiter *i = clist_begin(folders); i != NULL && names->len < MAX_FOLDERS;
             i = clist_next(i)) {
            g_autofree char *name = apd_imap_name_decode(
                ((const struct mailimap_mailbox_list *) clist_content(i))->mb_name);
            g_ptr_array_add(names, apd_text_line(name));
        }
        mailimap_list_result_free(folders);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static void
tell_missing(Run *run, const char *what, const char *folder, const GError *error)
{
    g_autoptr(GPtrArray) names = list_folders(run);
    const char *near = apd_text_nearest(folder, (const char *const *) names->pdata);
    g_autofree char *all = g_strjoinv(", ", (char **) names->pdata);
    g_autofree char *some = apd_text_cut(all, 300);
    g_autofree char *remedy =
        near ? g_strdup_printf("did you mean %s? The server has: %s", near, some)
             : g_strdup_printf("correct folders; the server has: %s", some);

    say(run, APD_PROOF_BAD, what, remedy, "%s", error->message);
}

/* Whether the session goes on. */
static bool
open_folder(Run *run, const char *folder, bool *ret_open)
{
    g_autofree char *what = g_strdup_printf("folder %s", folder);
    g_autoptr(GError) error = NULL;
    uint32_t uidvalidity;

    *ret_open = apd_imap_examine(run->imap, folder, &uidvalidity, &error);
    if (*ret_open)
        say(run, APD_PROOF_GOOD, what, "", "is there, with %u messages", apd_imap_count(run->imap));
    else if (error->code == APD_ERROR_REFUSED)
        tell_missing(run, what, folder, error);
    else
        say(run, APD_PROOF_BAD, what, "", "%s", error->message);
    return *ret_open || error->code == APD_ERROR_REFUSED;
}

/* --- in a folder ------------------------------------------------------------------------ */

static void
compare_clocks(Run *run)
{
    ApdImapEntry newest = { 0 };
    ApdTime now = apd_now();

    if (!apd_imap_highest(run->imap, &newest.uid, NULL) || newest.uid == 0
        || !apd_imap_measure(run->imap, &newest, 1, NULL) || newest.received == 0)
        return;
    if (newest.received > now + CLOCK_SLACK)
        say(run, APD_PROOF_BAD, "clock", "set this machine's clock (timedatectl set-ntp true)",
            "the newest message came %d s from now, by the server's clock: ours is late, or "
            "its is early",
            (int) MIN((newest.received - now) / APD_SECOND, G_MAXINT));
    else
        say(run, APD_PROOF_GOOD, "newest mail", "", "came %d minutes ago, by the server's clock",
            (int) MIN((now - newest.received) / APD_MINUTE, G_MAXINT));
}

/* Whether the session goes on. */
static bool
look_at_room(Run *run)
{
    g_autoptr(GError) error = NULL;
    ApdQuota quota;

    if (!apd_imap_ask_quota(run->imap, "INBOX", &quota, &error)) {
        say(run, APD_PROOF_WARN, "room", "", "%s", error->message);
        return false;
    }
    if (quota.limit == 0)
        return true;
    ApdRoom room = apd_room_judge(&quota, APD_ROOM_ENOUGH);
    g_autofree char *figures = apd_room_figures(&quota);
    say(run,
        room == APD_ROOM_NONE     ? APD_PROOF_BAD
        : room == APD_ROOM_SCARCE ? APD_PROOF_WARN
                                  : APD_PROOF_GOOD,
        "room",
        room == APD_ROOM_ENOUGH ? ""
                                : "delete large mail, empty the trash, or buy space: a full "
                                  "mailbox sends notices back",
        "%s is used", figures);
    return true;
}

/* By a second session, which puts a message there. */
static void
try_push(Run *run)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdImap) other = open_session(run->probe, &error);
    ApdTime took = 0;
    ApdPush push = APD_PUSH_OPEN;

    if (other != NULL && apd_imap_login(other, &run->probe->login, &error))
        push = apd_imap_push_prove(run->imap, other, &took, &error);
    if (push == APD_PUSH_CAME)
        say(run, APD_PROOF_GOOD, "push", "",
            "a message put into a folder of its own was told of after %d ms; both are removed",
            (int) (took / 1000));
    else if (push == APD_PUSH_LATE)
        say(run, APD_PROOF_WARN, "push",
            "set poll as short as the server bears: new mail is found when it comes round",
            "the server takes IDLE, and did not tell of a new message within %d s",
            (int) (took / APD_SECOND));
    else
        say(run, APD_PROOF_OPEN, "push", "", "not shown: %s", error->message);
}

static void
try_idle(Run *run)
{
    ApdTime began = apd_uptime();
    g_autoptr(GError) error = NULL;

    if (!apd_imap_can_idle(run->imap)) {
        say(run, APD_PROOF_WARN, "IDLE", "nothing: new mail is found when `poll` comes round",
            "the server cannot push");
        return;
    }
    if (!apd_imap_idle_enter(run->imap, &error)) {
        say(run, APD_PROOF_BAD, "IDLE", "", "%s", error->message);
        return;
    }
    int entered = milliseconds(began);
    if (!apd_imap_idle_look(run->imap, &error) || !apd_imap_idle_leave(run->imap, &error))
        say(run, APD_PROOF_BAD, "IDLE", "", "%s", error->message);
    else
        say(run, APD_PROOF_GOOD, "IDLE", "", "accepted and answered after %d ms, and left again%s",
            entered,
            run->probe->push ? ""
                             : ". That mail is pushed is not shown, for we put none there (--push "
                               "does); `poll` finds what is not");
}

static void
look_at_folders(Run *run)
{
    bool any = false, open = false, alive = true;

    for (const char *const *folder = run->probe->folders; *folder != NULL && alive; folder++) {
        alive = open_folder(run, *folder, &open);
        if (open && !any)
            compare_clocks(run);
        any = any || open;
    }
    if (alive && any && !open) /* a folder that could not be opened closed the one before */
        alive = open = apd_imap_examine(run->imap, "INBOX", &(uint32_t){ 0 }, NULL);
    if (!alive || !open || !look_at_room(run))
        return;
    try_idle(run);
    if (run->probe->push && apd_imap_can_idle(run->imap))
        try_push(run);
}

void
apd_imap_probe(const ApdImapProbe *probe, ApdProofTell tell, void *user_data)
{
    Run run = { probe, tell, user_data, NULL };

    if (find_name(&run) && reach(&run) && greet(&run) && log_in(&run) && ask_id(&run))
        look_at_folders(&run);
    apd_imap_free(run.imap);
}
