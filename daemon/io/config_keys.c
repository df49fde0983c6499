#include "io/config_keys.h"

#include "io/config.h"

#define GLOBAL(field)  offsetof(ApdConfig, field)
#define STORE(field)   offsetof(ApdStore, field)
#define SOURCE(field)  offsetof(ApdSourceConfig, field)
#define CHANNEL(field) offsetof(ApdChannelConfig, field)

/* clang-format off */
const ApdConfigSection apd_config_sections[] = {
    { "appeald",   false, "The daemon itself." },
    { "reminders", false, "When a case alerts again." },
    { "store",     true,  "A store of yours. One store needs no section; several are told apart by the channelId in the links of their notices, or by the source they come from." },
    { "imap",      true,  "A mailbox on a server, watched over IMAP." },
    { "maildir",   true,  "A Maildir on this machine." },
    { "channel",   true,  "A place that alerts go to." },
};
const size_t apd_n_config_sections = G_N_ELEMENTS(apd_config_sections);

const ApdChannelNeeds apd_channel_needs[] = {
    { "desktop",  "",           "popups, shown by appeald-desktop in every session of this user (or, beside a system service, of the group appeald)" },
    { "webhook",  "url|secret", "a signed HTTP request (Standard Webhooks)" },
    { "slack",    "url",        "a Slack incoming webhook" },
    { "feishu",   "url",        "a Feishu custom bot" },
    { "terminal", "",           "prints alerts on standard output" },
};
const size_t apd_n_channel_needs = G_N_ELEMENTS(apd_channel_needs);

#define WITH_URL    "webhook|slack|feishu"
#define WITH_SECRET "webhook|feishu"

const ApdConfigKey apd_config_keys[] = {
    { "appeald", "language",       APD_VALUE_TEXT,     GLOBAL(language),       "en",  2, 16, NULL,
      "Language of alert texts: en, zh, zh-Hant, ru, es, pt, fr, tr, it, de, pl, ko; each channel "
      "may set its own." },
    { "appeald", "timezone",       APD_VALUE_ZONE,     GLOBAL(timezone),       NULL,  0, 0, NULL,
      "Time zone in which deadlines are shown, as Asia/Shanghai; without it the system's." },
    { "appeald", "state-dir",      APD_VALUE_PATH,     GLOBAL(state_dir),      NULL,  0, 0, NULL,
      "Folder of the ledger; without it what systemd gives, else /var/lib/appeald for a configuration in /etc, else ~/.local/state/appeald." },
    { "appeald", "rules-dir",      APD_VALUE_PATH,     GLOBAL(rules_dir),      NULL,  0, 0, NULL,
      "Folder of the shipped rules, calendars, alert texts and providers, when they are not where they were installed." },
    { "appeald", "user-rules-dir", APD_VALUE_PATH,     GLOBAL(user_rules_dir), NULL,  0, 0, NULL,
      "Folder of your own rules, which extend or override the shipped ones; without it rules/ beside the configuration." },
    { "appeald", "look-back",      APD_VALUE_DURATION, GLOBAL(look_back),      "30d", 0, 366 * APD_DAY, NULL,
      "How far back mail is read at the first contact with a mailbox." },
    { "appeald", "blind-limit",    APD_VALUE_DURATION, GLOBAL(blind_limit),    "2m",  APD_SECOND, APD_DAY, NULL,
      "How long a source may be out of sight before that is an alert." },

    { "reminders", "steps",        APD_VALUE_DURATIONS, GLOBAL(steps), "72h, 24h, 6h, 1h", APD_SECOND, 366 * APD_DAY, NULL,
      "How long before the deadline a case alerts again; a new case alerts at once." },

    { "store", "platform",   APD_VALUE_WORD, STORE(platform),   "aliexpress", 0, 0,  "aliexpress",
      "The marketplace." },
    { "store", "channel-id", APD_VALUE_TEXT, STORE(channel_id), NULL,         1, 32, NULL,
      "The number after channelId= in links of the seller centre." },

    { "imap", "provider",            APD_VALUE_TEXT,     SOURCE(provider),            NULL,       1, 64,    NULL,
      "Name from providers.conf (163, qq, gmail, ...): fills host, port, tls and what else the provider needs." },
    { "imap", "host",                APD_VALUE_TEXT,     SOURCE(host),                NULL,       1, 255,   NULL,
      "Server; not needed with provider." },
    { "imap", "port",                APD_VALUE_NUMBER,   SOURCE(port),                NULL,       1, 65535, NULL,
      "Port; without it 993 for tls = implicit, else 143." },
    { "imap", "tls",                 APD_VALUE_TLS,      SOURCE(tls),                 "implicit", 0, 0,     NULL,
      "implicit, starttls, or none (to this machine only)." },
    { "imap", "ca-file",             APD_VALUE_PATH,     SOURCE(ca_file),             NULL,       0, 0,     NULL,
      "Certificate authority of a private server, instead of the system's." },
    { "imap", "user",                APD_VALUE_TEXT,     SOURCE(user),                NULL,       1, 255,   NULL,
      "Login name, mostly the whole address." },
    { "imap", "auth",                APD_VALUE_WORD,     SOURCE(auth),                "auto",     0, 0,     "auto|plain|login",
      "How to log in; auto takes the best that the server offers." },
    { "imap", "password-file",       APD_VALUE_PATH,     SOURCE(password.file),       NULL,       0, 0,     NULL,
      "File that holds the password (or the provider's authorisation code); nobody else may read it." },
    { "imap", "password-command",    APD_VALUE_TEXT,     SOURCE(password.command),    NULL,       1, 4096,  NULL,
      "Command that prints the password." },
    { "imap", "password-credential", APD_VALUE_TEXT,     SOURCE(password.credential), NULL,       1, 255,   NULL,
      "Name of a systemd credential that holds the password." },
    { "imap", "folders",             APD_VALUE_LIST,     SOURCE(folders),             "INBOX",    0, 0,     NULL,
      "Folders to watch, as you see them; \\Junk stands for the server's junk folder." },
    { "imap", "authserv-id",         APD_VALUE_TEXT,     SOURCE(authserv_id),         NULL,       1, 255,   NULL,
      "Whose Authentication-Results header is believed: the name your provider writes first in it." },
    { "imap", "store",               APD_VALUE_TEXT,     SOURCE(store),               "",         0, 64,    NULL,
      "The [store NAME] that notices of this source belong to when they do not name it themselves." },
    { "imap", "send-id",             APD_VALUE_BOOL,     SOURCE(send_id),             "no",       0, 0,     NULL,
      "Tell the server our name after login (RFC 2971), as NetEase demands." },
    { "imap", "poll",                APD_VALUE_DURATION, SOURCE(poll),                "60s",      APD_SECOND, APD_HOUR, NULL,
      "How often to look where the server cannot push, and to make sure where it can." },

    { "maildir", "path",        APD_VALUE_PATH, SOURCE(path),        NULL, 0, 0,   NULL,
      "The Maildir: the folder that holds new/ and cur/." },
    { "maildir", "authserv-id", APD_VALUE_TEXT, SOURCE(authserv_id), NULL, 1, 255, NULL,
      "Whose Authentication-Results header is believed." },
    { "maildir", "store",       APD_VALUE_TEXT, SOURCE(store),       "",   0, 64,  NULL,
      "The [store NAME] that notices of this source belong to when they do not name it themselves." },

    { "channel", "type",              APD_VALUE_TEXT,     CHANNEL(type),              NULL,  1, 32,   NULL,
      "What kind of place it is." },
    { "channel", "url-file",          APD_VALUE_PATH,     CHANNEL(url.file),          NULL,  0, 0,    WITH_URL,
      "File that holds the address to send to, which is a secret: nobody else may read it." },
    { "channel", "url-command",       APD_VALUE_TEXT,     CHANNEL(url.command),       NULL,  1, 4096, WITH_URL,
      "Command that prints the address." },
    { "channel", "url-credential",    APD_VALUE_TEXT,     CHANNEL(url.credential),    NULL,  1, 255,  WITH_URL,
      "Name of a systemd credential that holds the address." },
    { "channel", "secret-file",       APD_VALUE_PATH,     CHANNEL(secret.file),       NULL,  0, 0,    WITH_SECRET,
      "File that holds the secret that requests are signed with; nobody else may read it." },
    { "channel", "secret-command",    APD_VALUE_TEXT,     CHANNEL(secret.command),    NULL,  1, 4096, WITH_SECRET,
      "Command that prints that secret." },
    { "channel", "secret-credential", APD_VALUE_TEXT,     CHANNEL(secret.credential), NULL,  1, 255,  WITH_SECRET,
      "Name of a systemd credential that holds that secret." },
    { "channel", "ca-file",           APD_VALUE_PATH,     CHANNEL(ca_file),           NULL,  0, 0,    WITH_URL,
      "Certificate authority of a private server, instead of the system's." },
    { "channel", "language",          APD_VALUE_TEXT,     CHANNEL(language),          NULL,  2, 16,   NULL,
      "Language of this channel's texts." },
    { "channel", "severity",          APD_VALUE_SEVERITY, CHANNEL(severity),          "low", 0, 0,    NULL,
      "Least severity this channel is told of: low, medium, high or critical." },
    { "channel", "stores",            APD_VALUE_LIST,     CHANNEL(stores),            NULL,  0, 0,    NULL,
      "Stores this channel is told of; without it all." },
    { "channel", "categories",        APD_VALUE_LIST,     CHANNEL(categories),        NULL,  0, 0,    NULL,
      "Categories this channel is told of, as ip.* or trade.false-shipment; without it all." },
};
const size_t apd_n_config_keys = G_N_ELEMENTS(apd_config_keys);
/* clang-format on */
