/* What a person reads of a source that is out of sight: the remedy in his own language, and what
 * the server said as it said it. */
#include <string.h>

#include "io/phrases.h"
#include "logic/trouble.h"
#include "logic/wording.h"

/* clang-format off */
static const struct { const char *subject, *text, *cause; } rows[] = {
    { "imap a: INBOX", "login refused for seller: no [AUTHENTICATIONFAILED] (check user and password; many ...)", "password" },
    { "imap a: INBOX", "login refused for seller: TLS certificate not accepted (Use an authorisation code)", "password" },
    { "imap a: INBOX", "login put off by the server: too many connections, login refused", "busy" },
    { "imap a: INBOX", "folder 'INBOX' put off by the server: Internal error occurred", "busy" },
    { "imap a: INBOX", "access token refused for seller: invalid (if it stays so, run: appealctl login a)", "token" },
    { "imap a: INBOX", "the login was ended by the provider: expired or revoked (run: appealctl login a)", "token" },
    { "imap a: INBOX", "its login has expired, and the provider gave nothing to renew it with (run: appealctl login a)", "token" },
    { "imap a: INBOX", "it was never logged in (run: appealctl login a)", "token" },
    { "imap a: INBOX", "certificate not accepted for localhost, no password was sent: The certificate chain uses expired certificate.", "certificate" },
    { "imap a: INBOX", "TLS refused by the server: x", "tls" },
    { "imap a: INBOX", "the server offers no STARTTLS, no password was sent (use ...; else someone may be tampering ...)", "tls" },
    { "imap a: INBOX", "the server greets as if we had logged in already (PREAUTH); no password was sent", "tls" },
    { "imap a: Old", "folder 'Old' cannot be opened (check folders): the server says: Mailbox doesn't exist: Old", "folder" },
    { "imap a: INBOX", "the server calls this login unsafe: set send-id = yes, ...", "unsafe" },
    { "imap a: INBOX", "cannot find the address of imap.example: Name or service not known", "unreachable" },
    { "imap a: INBOX", "cannot connect to port 993: Connection refused", "unreachable" },
    { "imap a: INBOX", "IDLE: the server did not answer in time", "silent" },
    { "imap a: INBOX", "looking for new messages: Connection reset by peer", "silent" },
    { "imap a: INBOX", "asking for news: the server ended the session: TLS is down, login refused", "silent" },
    { "imap a: INBOX", "greeting: the server sent a line that is no IMAP", "nonsense" },
    { "imap a: INBOX", "login: the server's answer makes no sense", "nonsense" },
    { "imap a: INBOX", "fetching messages: the server says: login refused, certificate not accepted", NULL },
    { "imap a: INBOX", "our mail reader ended (signal 11); it is started again", "program" },
    { "imap a: INBOX", "secret file '/etc/p' can be read by others (run: chmod 600 '/etc/p')", "file" },
    { "imap a: INBOX", "no CA certificates in /etc/ca.pem: x (check ca-file)", "file" },
    { "maildir m", "cannot read '/home/m': No such file or directory (is this a Maildir, and may appeald read it?)", "file" },
    { "aliexpress store: disputes", "the platform answers in another shape than it did", "answers" },
    { "json erp", "it does not take what is in headers (renew the key or token)", "service" },
};
/* clang-format on */

static void
test_causes(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        g_assert_cmpstr(apd_trouble_find(rows[i].subject, rows[i].text), ==, rows[i].cause);
    }
}

static ApdPhrases *
load(const char *language)
{
    g_autoptr(GError) error = NULL;
    ApdPhrases *phrases = apd_phrases_load("conf", NULL, language, &error);

    g_assert_no_error(error);
    return phrases;
}

/* Every cause that can be found has a text, and each text can be found. */
static void
test_every_cause_has_its_text(void)
{
    g_autoptr(ApdPhrases) phrases = load("en");
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *key;

    g_hash_table_add(found, g_strdup("expiry"));
    g_hash_table_add(found, g_strdup("detail"));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].cause != NULL)
            g_hash_table_add(found, g_strdup(rows[i].cause));
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_assert_nonnull(apd_phrases_get(phrases, "causes", key));
    g_hash_table_iter_init(&iter, phrases->texts);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (g_str_has_prefix(key, "causes."))
            g_assert_true(g_hash_table_contains(found, (char *) key + strlen("causes.")));
}

static char *
body(const char *language, ApdAlertType type, const char *key, const char *subject,
     const char *text)
{
    g_autoptr(ApdPhrases) phrases = load(language);
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->type = type;
    alert->key = g_strdup(key);
    alert->subject = g_strdup(subject);
    alert->text = g_strdup(text);
    g_autoptr(ApdWording) wording = apd_wording_make(phrases, alert, 0, zone);
    return g_strdup(wording->body);
}

static void
test_what_is_read(void)
{
    g_autofree char *blind = body("de", APD_ALERT_BLIND, "blind/imap a/1/0", "imap a: Old",
                                  "folder 'Old' cannot be opened (check folders): no");
    g_assert_cmpstr(
        blind, ==,
        "Solange das nicht behoben ist, bleiben dort eintreffende Mitteilungen ungesehen. Ursache "
        "und Abhilfe: appealctl check --online\n"
        "Der Ordner lässt sich nicht öffnen: wurde er umbenannt oder gelöscht? Berichtigen Sie "
        "folders in der Konfiguration.\n"
        "Im Einzelnen: folder 'Old' cannot be opened (check folders): no");

    g_autofree char *ends = body("zh", APD_ALERT_LOGIN, "login/imap a/b/1767225600000000/7",
                                 "imap a/b", "The login runs out on 2026-01-01 ...");
    g_assert_cmpstr(
        ends, ==,
        "如不重新登录，发到该处的通知将不会被看到。\n"
        "登录将于 2026年1月1日（周四）00:00 协调世界时 失效，只有您本人能续期：appealctl "
        "login a/b");

    g_autofree char *ended =
        body("en", APD_ALERT_LOGIN, "login/imap office/ended/1767225600000000", "imap office",
             "The login was ended by the provider: no. Run: appealctl login office");
    g_assert_cmpstr(ended, ==,
                    "Without a new login, notices that arrive there will not be seen.\n"
                    "The provider has ended the login, or does not accept it. Log in again: "
                    "appealctl login office\n"
                    "In detail: The login was ended by the provider: no. Run: appealctl login "
                    "office");
}

/* What no text of ours explains is shown as it is. */
static void
test_the_unknown(void)
{
    g_autofree char *other = body("en", APD_ALERT_BLIND, "blind/imap a/1/0", "imap a", "odd\nmore");
    g_assert_true(g_str_has_suffix(other, "check --online\nodd\nmore"));

    g_autofree char *dateless =
        body("en", APD_ALERT_LOGIN, "login/x", "imap a", "The login runs out on a day not known");
    g_assert_true(g_str_has_suffix(dateless, "\nThe login runs out on a day not known"));

    g_autofree char *empty = body("en", APD_ALERT_BLIND, "blind/imap a/1/0", "imap a", NULL);
    g_assert_true(g_str_has_suffix(empty, "check --online"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trouble/causes", test_causes);
    g_test_add_func("/trouble/every_cause_has_its_text", test_every_cause_has_its_text);
    g_test_add_func("/trouble/what_is_read", test_what_is_read);
    g_test_add_func("/trouble/the_unknown", test_the_unknown);
    return g_test_run();
}
