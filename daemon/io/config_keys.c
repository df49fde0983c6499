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
    { "heartbeat", false, "A dead-man's switch: an address that is asked for while every source is in sight and every alert is taken, so that whoever keeps it can alarm when the requests stop." },
    { "store",     true,  "A store of yours. One store needs no section; several are told apart by the channelId in the links of their notices, or by the source they come from." },
    { "imap",      true,  "A mailbox on a server, watched over IMAP." },
    { "maildir",   true,  "A Maildir on this machine." },
    { "channel",   true,  "A place that alerts go to." },
};
const size_t apd_n_config_sections = G_N_ELEMENTS(apd_config_sections);

const ApdChannelNeeds apd_channel_needs[] = {
    { "desktop",      "",                 "popups, shown by appeald-desktop in every session of this user (or, beside a system service, of the group appeald)" },
    { "webhook",      "url|secret",       "a signed HTTP request (Standard Webhooks)" },
    { "slack",        "url",              "a Slack incoming webhook" },
    { "discord",      "url",              "a Discord webhook" },
    { "teams",        "url",              "a Microsoft Teams workflow (When a Teams webhook request is received). Teams answers before the message is shown: send a test and look" },
    { "telegram",     "token|chat",       "a Telegram bot" },
    { "dingtalk",     "url",              "a DingTalk custom robot; with secret when its security is set to signing, else with appeald as its keyword" },
    { "feishu",       "url",              "a Feishu custom bot" },
    { "lark",         "url",              "a Lark custom bot" },
    { "wecom",        "url",              "a WeCom group robot" },
    { "ntfy",         "url",              "an ntfy topic, by its address, as https://ntfy.sh/my-secret-topic; with token where the server wants one" },
    { "command",      "command",          "a program of yours, which gets the alert as JSON (the form of webhook) on standard input. Exit status 0: delivered. 64 to 78 but 75, 126 and 127: refused for good. All others: to be tried again" },
    { "terminal",     "",                 "prints alerts on standard output" },
};
const size_t apd_n_channel_needs = G_N_ELEMENTS(apd_channel_needs);

#define WITH_URL    "webhook|slack|discord|teams|dingtalk|feishu|lark|wecom|mattermost|rocketchat|googlechat|ntfy"
#define WITH_SECRET "webhook|dingtalk|feishu|lark"
#define WITH_TOKEN  "telegram|matrix|ntfy|gotify|pushover|bark|serverchan|pagerduty|alertmanager"
#define WITH_SERVER "email|telegram|matrix|gotify|pushover|bark|serverchan|pagerduty|alertmanager"
#define WITH_CA     WITH_URL "|" WITH_SERVER

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

    { "reminders", "daily-note", APD_VALUE_CLOCK, GLOBAL(daily_at), NULL, 0, 0, NULL,
      "Time of day, as 09:00 in `timezone`, at which a note says that all is well; without it none." },

    { "heartbeat", "url-file",       APD_VALUE_PATH,     GLOBAL(heartbeat_url.file),       NULL, 0, 0,    NULL,
      "File that holds the address (of healthchecks.io or any like it), which is a secret: nobody else may read it." },
    { "heartbeat", "url-command",    APD_VALUE_TEXT,     GLOBAL(heartbeat_url.command),    NULL, 1, 4096, NULL,
      "Command that prints the address." },
    { "heartbeat", "url-credential", APD_VALUE_TEXT,     GLOBAL(heartbeat_url.credential), NULL, 1, 255,  NULL,
      "Name of a systemd credential that holds the address." },
    { "heartbeat", "every",          APD_VALUE_DURATION, GLOBAL(heartbeat_every),          "5m", APD_SECOND, APD_DAY, NULL,
      "How often it is asked for." },
    { "heartbeat", "ca-file",        APD_VALUE_PATH,     GLOBAL(heartbeat_ca_file),        NULL, 0, 0,    NULL,
      "Certificate authority of a private server, instead of the system's." },

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
    { "channel", "token-file",        APD_VALUE_PATH,     CHANNEL(token.file),        NULL,  0, 0,    WITH_TOKEN,
      "File that holds the token or key that the service gave you; nobody else may read it." },
    { "channel", "token-command",     APD_VALUE_TEXT,     CHANNEL(token.command),     NULL,  1, 4096, WITH_TOKEN,
      "Command that prints that token." },
    { "channel", "token-credential",  APD_VALUE_TEXT,     CHANNEL(token.credential),  NULL,  1, 255,  WITH_TOKEN,
      "Name of a systemd credential that holds that token." },
    { "channel", "user-file",         APD_VALUE_PATH,     CHANNEL(secret.file),       NULL,  0, 0,    "pushover",
      "File that holds the user or group key of Pushover; nobody else may read it." },
    { "channel", "user-command",      APD_VALUE_TEXT,     CHANNEL(secret.command),    NULL,  1, 4096, "pushover",
      "Command that prints that key." },
    { "channel", "user-credential",   APD_VALUE_TEXT,     CHANNEL(secret.credential), NULL,  1, 255,  "pushover",
      "Name of a systemd credential that holds that key." },
    { "channel", "server",            APD_VALUE_OPTION,   CHANNEL(options),           NULL,  1, 512,  WITH_SERVER,
      "Address of the service where it is not the public one, as https://gotify.example.com. For email smtps://HOST[:PORT], or smtp://HOST[:PORT] which must offer STARTTLS." },
    { "channel", "chat",              APD_VALUE_OPTION,   CHANNEL(options),           NULL,  1, 64,   "telegram",
      "Number of the chat (groups have a negative one), or @name of a channel." },
    { "channel", "thread",            APD_VALUE_OPTION,   CHANNEL(options),           NULL,  1, 20,   "telegram",
      "Number of a topic in the chat." },
    { "channel", "room",              APD_VALUE_OPTION,   CHANNEL(options),           NULL,  1, 255,  "matrix",
      "The room's internal ID, as !abc:example.com." },
    { "channel", "from",              APD_VALUE_OPTION,   CHANNEL(options),           NULL,  3, 255,  "email",
      "Address that mails come from." },
    { "channel", "to",                APD_VALUE_OPTION,   CHANNEL(options),           NULL,  3, 2048, "email",
      "Addresses that mails go to, separated by commas." },
    { "channel", "user",              APD_VALUE_OPTION,   CHANNEL(options),           NULL,  1, 255,  "email",
      "Login name at the mail server; without it no login." },
    { "channel", "password-file",     APD_VALUE_PATH,     CHANNEL(token.file),        NULL,  0, 0,    "email",
      "File that holds the password of the mail server; nobody else may read it." },
    { "channel", "password-command",  APD_VALUE_TEXT,     CHANNEL(token.command),     NULL,  1, 4096, "email",
      "Command that prints that password." },
    { "channel", "password-credential", APD_VALUE_TEXT,   CHANNEL(token.credential),  NULL,  1, 255,  "email",
      "Name of a systemd credential that holds that password." },
    { "channel", "command",           APD_VALUE_OPTION,   CHANNEL(options),           NULL,  1, 4096, "command",
      "The program and its arguments, quoted as in a shell, but run without one." },
    { "channel", "time-limit",        APD_VALUE_DURATION, CHANNEL(time_limit),        "30s", APD_SECOND, 10 * APD_MINUTE, "command",
      "How long it may take; then it is killed, with all that it started." },
    { "channel", "ca-file",           APD_VALUE_PATH,     CHANNEL(ca_file),           NULL,  0, 0,    WITH_CA,
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
