#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "io/config.h"
#include "io/config_keys.h"
#include "io/providers.h"
#include "io/secret.h"

typedef struct {
    char *folder; /* owned */
    char *path;   /* owned */
} Fixture;

static void
set_up(Fixture *f, gconstpointer data)
{
    (void) data;
    f->folder = g_dir_make_tmp("appeald-XXXXXX", NULL);
    f->path = g_build_filename(f->folder, "appeald.conf", NULL);
}

static void
tear_down(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(f->folder, name, NULL);
        g_remove(path);
    }
    g_rmdir(f->folder);
    g_free(f->folder);
    g_free(f->path);
}

static ApdConfig *
load(Fixture *f, const char *text, GError **error)
{
    g_assert_true(g_file_set_contents(f->path, text, -1, NULL));
    return apd_config_load(f->path, error);
}

#define GOOD_CHANNEL "[channel here]\ntype = terminal\n"
#define GOOD_IMAP    "[imap office]\nhost = h.example\nuser = u\npassword-file = p\n"

/* A configuration, and a piece of what must be said of it. */
/* clang-format off */
static const struct { const char *text, *said; } mistakes[] = {
    { GOOD_CHANNEL,                       "nothing is watched" },
    { GOOD_IMAP,                          "nobody is told" },
    { "[imapp x]\n",                      ":1: [imapp x]: there is no such section (did you mean [imap]?)" },
    { "[imap]\n",                         ":1: [imap]: a name is missing (write for example [imap office])" },
    { "[reminders x]\n",                  ":1: [reminders x]: this section takes no name" },
    { "[imap a]\nfolder = INBOX\n",       ":2: [imap a] folder: there is no such key (did you mean folders?)" },
    { "[imap a]\npassword = hunter2\n",   ":2: [imap a] password: there is no such key (did you mean password-file?)" },
    { "[imap a]\nport = 99999\n",         ":2: [imap a] port: '99999' is no number from 1 to 65535" },
    { "[imap a]\ntls = maybe\n",          ":2: [imap a] tls: 'maybe' is not known (one of: implicit, starttls, none)" },
    { "[imap a]\nhost = mail.example\ntls = none\n", ":3: [imap a] tls: none would send the password readably" },
    { "[imap a]\nprovider = gmial\n",     "(did you mean gmail? else set host)" },
    { "[imap a]\nuser = x\nuser = y\n",   ":3: [imap a] user: is set in line 2 already" },
    { "[imap a]\n\n[imap a]\n",           ":3: [imap a]: this section stands in line 1 already" },
    { "[imap a]\nstore = x\n",            ":2: [imap a] store: there is no [store x]" },
    { "[imap a]\nhost = x\n",             ":1: [imap a]: user is missing" },
    { "[imap a]\nhost = x\n",             "password-file is missing (or password-command, or password-credential)" },
    { "[imap a]\npassword-file = x\npassword-command = y\n", "more than one of password-file" },
    { "[maildir m]\n",                    ":1: [maildir m]: path is missing" },
    { "[maildir m]\npath = /nowhere/x\n", ":2: [maildir m] path: there is no folder '/nowhere/x'" },
    { "[channel c]\n",                    ":1: [channel c]: type is missing" },
    { "[channel c]\ntype = telepathy\n",  ":2: [channel c] type: 'telepathy' is not known (one of: desktop, webhook" },
    { "[channel c]\ntype = slack\n",      "url-file is missing" },
    { "[channel c]\ntype = telegram\nchat = 1\n", "token-file is missing" },
    { "[channel c]\ntype = telegram\ntoken-file = t\n", "chat is missing (a channel of type telegram needs it)" },
    { "[channel c]\ntype = telegram\ntoken-file = t\nchat = my group\n", ":4: [channel c] chat: 'my group' is neither" },
    { "[channel c]\ntype = telegram\ntoken = 1:a\nchat = 1\n", ":3: [channel c] token: there is no such key (did you mean token-file?)" },
    { "[channel c]\ntype = matrix\ntoken-file = t\nserver = https://m.example\nroom = #a:b\n", ":5: [channel c] room: '#a:b' is no internal ID" },
    { "[channel c]\ntype = gotify\ntoken-file = t\nserver = gotify.example\n", ":4: [channel c] server: 'gotify.example' is no address" },
    { "[channel c]\ntype = gotify\ntoken-file = t\n", "server is missing" },
    { "[channel c]\ntype = pushover\ntoken-file = t\n", "user-file is missing" },
    { "[channel c]\ntype = email\nserver = https://x\nfrom = a@b.c\nto = a@b.c\n", ":3: [channel c] server: 'https://x' is no address of a server (write for example smtps://" },
    { "[channel c]\ntype = email\nserver = smtps://x\nfrom = a\nto = a@b.c, d\n", ":5: [channel c] to: 'a@b.c, d' is no list" },
    { "[channel c]\ntype = email\nserver = smtps://x\nfrom = abc\nto = a@b.c\n", ":4: [channel c] from: 'abc' is no mail address" },
    { "[channel c]\ntype = command\ncommand = /nowhere/x y\n", ":3: [channel c] command: there is no program '/nowhere/x'" },
    { "[channel c]\ntype = command\ncommand = 'x\n", ":3: [channel c] command: " },
    { "[channel c]\ntype = slack\nurl-file = u\ntime-limit = 3s\n", ":4: [channel c] time-limit: a channel of type slack does not know this key" },
    { "[channel c]\ntype = webhook\nurl-file = u\n", "secret-file is missing" },
    { "[channel c]\ntype = desktop\nurl-file = u\n", ":3: [channel c] url-file: a channel of type desktop does not know this key" },
    { "[channel c]\ntype = terminal\nseverity = big\n", ":3: [channel c] severity: 'big' is not known" },
    { "[appeald]\ntimezone = GMT+8\n",    ":2: [appeald] timezone: 'GMT+8' is no time zone (write for example Asia/Shanghai)" },
    { "[appeald]\nlanguage = klingon\n", ":2: [appeald] language: there are no alert texts in 'klingon' (one of: de, en, es, fr, it, ko, pl, pt, ru, tr, zh, zh-Hant; or write your own as alerts/klingon.conf in user-rules-dir)" },
    { "[channel c]\ntype = terminal\nlanguage = ../en\n", ":3: [channel c] language: there are no alert texts in '../en'" },
    { "[appeald]\nlook-back = 30\n",      ":2: [appeald] look-back: '30' is no duration" },
    { "[appeald]\nlook-back = 30d ; a month\n", "a comment must stand on a line of its own" },
    { "[reminders]\nsteps = 6h, 6h\n",    ":2: [reminders] steps: names a step twice" },
    { "[reminders]\nsteps =\n",           ":2: [reminders] steps: is empty" },
};
/* clang-format on */

static void
test_mistakes(Fixture *f, gconstpointer data)
{
    (void) data;
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ApdConfig) config = load(f, mistakes[i].text, &error);

        g_test_message("%s", mistakes[i].said);
        g_assert_null(config);
        g_assert_error(error, APD_ERROR, APD_ERROR_CONFIG);
        if (strstr(error->message, mistakes[i].said) == NULL)
            g_error("wanted: %s\ngot: %s", mistakes[i].said, error->message);
        g_assert_null(strstr(error->message, "hunter2"));
    }
}

static void
test_all_mistakes_at_once(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdConfig) config = load(f, "[imap a]\nport = x\n[chanel b]\n", &error);

    g_assert_null(config);
    g_assert_nonnull(strstr(error->message, ":2: [imap a] port"));
    g_assert_nonnull(strstr(error->message, ":3: [chanel b]"));
    g_assert_nonnull(strstr(error->message, ":1: [imap a]: host is missing"));
    g_assert_nonnull(strstr(error->message, "nobody is told"));
}

static void
test_missing_file_is_named(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;

    g_assert_null(apd_config_load(f->path, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_CONFIG);
    g_assert_nonnull(strstr(error->message, f->path));
}

static void
test_values_and_defaults(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdConfig) config =
        load(f,
             "[appeald]\nlook-back = 1h30m\n"
             "[store s]\nchannel-id = 22\n"
             "[imap office]\nprovider = yeah.net\nuser = a;b # c\n"
             "password-file = pw\nstore = s\nfolders = INBOX, 垃圾邮件\n" GOOD_CHANNEL,
             &error);
    g_assert_no_error(error);

    const ApdSourceConfig *imap = apd_config_source(config, "imap office");
    g_assert_cmpstr(imap->host, ==, "imap.yeah.net");
    g_assert_cmpint(imap->port, ==, 993);
    g_assert_true(imap->send_id);
    g_assert_cmpstr(imap->user, ==, "a;b # c");
    g_assert_cmpstr(imap->folders[1], ==, "垃圾邮件");
    g_assert_true(g_str_has_prefix(imap->password.file, f->folder));
    g_assert_cmpint(config->look_back, ==, 90 * APD_MINUTE);
    g_assert_cmpuint(config->steps->len, ==, 4);
    g_assert_cmpint(g_array_index(config->steps, ApdTime, 0), ==, 72 * APD_HOUR);
    g_assert_cmpint(config->heartbeat_every, ==, 5 * APD_MINUTE);
    g_assert_cmpstr(apd_config_channel(config, "here")->type, ==, "terminal");
}

/* Uncommented, the example is a configuration, and it names every key. */
static void
test_example_names_every_key(Fixture *f, gconstpointer data)
{
    (void) f;
    (void) data;
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents("conf/appeald.conf", &text, NULL, NULL));
    for (size_t i = 0; i < apd_n_config_keys; i++) {
        g_autofree char *line = g_strdup_printf("\n#%s = ", apd_config_keys[i].key);
        if (strstr(text, line) == NULL && !g_str_equal(apd_config_keys[i].key, "type"))
            g_error("conf/appeald.conf does not show [%s] %s", apd_config_keys[i].section,
                    apd_config_keys[i].key);
        if (apd_config_keys[i].fallback != NULL && *apd_config_keys[i].fallback != '\0'
            && g_str_equal(apd_config_keys[i].section, "appeald")) {
            g_autofree char *whole = g_strdup_printf("%s%s\n", line, apd_config_keys[i].fallback);
            g_assert_nonnull(strstr(text, whole));
        }
    }
}

static void
test_secrets(Fixture *f, gconstpointer data)
{
    (void) data;
    g_autofree char *path = g_build_filename(f->folder, "pw", NULL);
    ApdSecretConfig by_file = { .file = path };
    ApdSecretConfig by_command = { .command = "printf 'two\\nlines'" };
    ApdSecretConfig failing = { .command = "echo hunter2; exit 3" };
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, "hunter2\n", -1, NULL));
    g_assert_cmpint(g_chmod(path, 0644), ==, 0);
    g_assert_null(apd_secret_read(&by_file, &error));
    g_assert_nonnull(strstr(error->message, "chmod 600"));
    g_assert_null(strstr(error->message, "hunter2"));
    g_clear_error(&error);

    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
    char *secret = apd_secret_read(&by_file, &error);
    g_assert_cmpstr(secret, ==, "hunter2");
    apd_secret_free(secret);

    secret = apd_secret_read(&by_command, &error);
    g_assert_cmpstr(secret, ==, "two");
    apd_secret_free(secret);

    g_assert_null(apd_secret_read(&failing, &error));
    g_assert_null(strstr(error->message, "hunter2\n"));
}

static void
test_providers(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) providers = apd_providers_load("conf/providers.conf", &error);

    g_assert_no_error(error);
    g_assert_true(apd_provider_find(providers, "163.com")->send_id);
    g_assert_cmpstr(apd_provider_find(providers, "gmail")->host, ==, "imap.gmail.com");
    /* Of one provider's domains each has the server that its accounts live on. */
    g_assert_true(apd_provider_find(providers, "vip.163.com")->send_id);
    g_assert_cmpstr(apd_provider_find(providers, "188.com")->host, ==, "imap.188.com");
    g_assert_cmpstr(apd_provider_find(providers, "gmx.com")->host, ==, "imap.gmx.com");
    g_assert_cmpstr(apd_provider_find(providers, "gmx.de")->host, ==, "imap.gmx.net");
    g_assert_cmpstr(apd_provider_find(providers, "zohomail.eu")->host, ==, "imap.zoho.eu");
    g_assert_null(apd_provider_find(providers, "nowhere"));
    for (guint i = 0; i < providers->len; i++)
        g_assert_nonnull(((const ApdProvider *) providers->pdata[i])->hint);
}

#define ADD(path, func) g_test_add("/config/" path, Fixture, NULL, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("mistakes", test_mistakes);
    ADD("all-mistakes-at-once", test_all_mistakes_at_once);
    ADD("missing-file-is-named", test_missing_file_is_named);
    ADD("values-and-defaults", test_values_and_defaults);
    ADD("example-names-every-key", test_example_names_every_key);
    ADD("secrets", test_secrets);
    g_test_add_func("/config/providers", test_providers);
    return g_test_run();
}
