/* A channel: its secrets, its request, its server; and where a service has a
 * question that sends nothing, what it says of our key. */
#include <gio/gio.h>
#include <string.h>

#include "app/ctl_online.h"
#include "base/error.h"
#include "io/secret.h"
#include "port/channel.h"
#include "port/channel_tools.h"

#define CONNECT_TIMEOUT_S 20

typedef struct {
    char *url, *secret, *token; /* owned, secrets; or NULL */
} Secrets;

static void
clear_secrets(Secrets *self)
{
    apd_secret_free(self->url);
    apd_secret_free(self->secret);
    apd_secret_free(self->token);
}

static bool
read_one(ApdOnlineSubject *self, const ApdSecretConfig *config, const char *what, char **ret_secret)
{
    g_autoptr(GError) error = NULL;

    if (!apd_secret_is_set(config))
        return true;
    *ret_secret = apd_secret_read(config, &error);
    if (*ret_secret == NULL)
        apd_online_add(self, config->credential != NULL ? APD_PROOF_OPEN : APD_PROOF_BAD, what, "",
                       "%s", error->message);
    return *ret_secret != NULL;
}

/* --- questions that send nothing ---------------------------------------------------------- */

/* What is asked of @sending, the request that would send: its address and headers
 * are those of the channel. */
typedef struct {
    const char *type;
    char *(*address)(const ApdChannelConfig *channel, const char *sending);
    bool with_headers;
    const char *good; /* what a 200 shows */
} Question;

/* https://core.telegram.org/bots/api#getchat: token and chat, both. */
static char *
ask_telegram(const ApdChannelConfig *channel, const char *sending)
{
    g_autofree char *chat =
        g_uri_escape_string(apd_channel_option(channel, "chat", ""), NULL, FALSE);
    const char *last = strrchr(sending, '/');

    return last ? g_strdup_printf("%.*s/getChat?chat_id=%s", (int) (last - sending), sending, chat)
                : NULL;
}

/* https://discord.com/developers/docs/resources/webhook#get-webhook-with-token */
static char *
ask_discord(const ApdChannelConfig *channel, const char *sending)
{
    (void) channel;
    return g_strndup(sending, strcspn(sending, "?"));
}

/* https://spec.matrix.org/latest/client-server-api/#get_matrixclientv3accountwhoami */
static char *
ask_matrix(const ApdChannelConfig *channel, const char *sending)
{
    const char *path = strstr(sending, "/_matrix/");

    (void) channel;
    return path ? g_strdup_printf("%.*s/_matrix/client/v3/account/whoami", (int) (path - sending),
                                  sending)
                : NULL;
}

static const Question questions[] = {
    { "telegram", ask_telegram, false, "the bot is known, and may see the chat" },
    { "discord", ask_discord, false, "the webhook is there" },
    { "matrix", ask_matrix, true, "the access token is known" },
};

typedef struct {
    ApdOnlineSubject *subject;
    const Question *question;
} Asking;

static void
on_key(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Asking *self = user_data;

    if (error != NULL)
        apd_online_add(self->subject, APD_PROOF_BAD, "key", "", "%s", error->message);
    else if (response->status == 200)
        apd_online_add(self->subject, APD_PROOF_GOOD, "key", "", "%s", self->question->good);
    else if (response->status >= 500 || response->status == 429)
        apd_online_add(self->subject, APD_PROOF_WARN, "key", "try again later",
                       "the service answers %d", response->status);
    else
        apd_online_add(self->subject, APD_PROOF_BAD, "key",
                       "check the address, token or chat of this channel: was it removed there?",
                       "the service answers %d", response->status);
    apd_online_done(self->subject);
    g_free(self);
}

static void
ask_key(ApdOnlineSubject *self, const ApdChannelConfig *channel, const ApdHttpRequest *sending)
{
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
        g_auto(ApdHttpRequest) request = { 0 };
        if (!g_str_equal(questions[i].type, channel->type))
            continue;
        request.method = g_strdup("GET");
        request.url = questions[i].address(channel, sending->url);
        request.headers = questions[i].with_headers ? g_strdupv(sending->headers) : NULL;
        request.ca_file = g_strdup(channel->ca_file);
        if (request.url == NULL)
            return;
        Asking *asking = g_new0(Asking, 1);
        asking->subject = self;
        asking->question = &questions[i];
        self->pending++;
        apd_http_send(self->owner->http, &request, on_key, asking);
        apd_secret_free(g_steal_pointer(&request.url));
    }
}

/* --- mail --------------------------------------------------------------------------------- */

static void
on_connected(GObject *object, GAsyncResult *result, gpointer user_data)
{
    ApdOnlineSubject *self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_to_uri_finish(G_SOCKET_CLIENT(object), result, &error);

    if (connection != NULL)
        apd_online_add(self, APD_PROOF_GOOD, "connection", "",
                       "the mail server answers; TLS and login are shown by a test alert");
    else
        apd_online_add(self, APD_PROOF_BAD, "connection", "check server, and any firewall between",
                       "%s", error->message);
    apd_online_done(self);
    g_object_unref(object);
}

static void
ask_mail_server(ApdOnlineSubject *self, const char *url)
{
    GSocketClient *client = g_socket_client_new();
    guint16 port = g_str_has_prefix(url, "smtps:") ? 465 : 587;

    g_socket_client_set_timeout(client, CONNECT_TIMEOUT_S);
    self->pending++;
    g_socket_client_connect_to_uri_async(client, url, port, NULL, on_connected, self);
}

/* --- the channel ---------------------------------------------------------------------------- */

/* The request that a test alert would be; it is not sent. */
static bool
build(const ApdChannelConfig *channel, const ApdChannelType *type, const Secrets *secrets,
      ApdHttpRequest *request, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();
    g_autoptr(ApdWording) wording = g_new0(ApdWording, 1);
    ApdParcel parcel = { .alert = alert,
                         .wording = wording,
                         .idempotency = "msg_check",
                         .now = apd_now(),
                         .url = secrets->url,
                         .secret = secrets->secret,
                         .token = secrets->token };

    alert->type = APD_ALERT_TEST;
    alert->subject = g_strdup(channel->name);
    alert->key = g_strdup("check");
    alert->created = parcel.now;
    wording->title = g_strdup("appeald");
    wording->body = g_strdup("");
    wording->footer = g_strdup("appeald");
    wording->language = g_strdup("en");
    wording->facts = g_ptr_array_new();
    return type->build(channel, &parcel, request, error);
}

static void
show_service(ApdOnlineSubject *self, const ApdChannelConfig *channel, const ApdChannelType *type)
{
    Secrets secrets = { NULL };
    g_auto(ApdHttpRequest) request = { 0 };
    g_autoptr(GError) error = NULL;

    bool good = read_one(self, &channel->url, "address", &secrets.url)
                && read_one(self, &channel->secret, "secret", &secrets.secret)
                && read_one(self, &channel->token, "token", &secrets.token);
    if (good && !build(channel, type, &secrets, &request, &error))
        apd_online_add(self, APD_PROOF_BAD, "request", "", "%s", error->message);
    else if (good && g_str_has_prefix(request.url, "smtp"))
        ask_mail_server(self, request.url);
    else if (good) {
        apd_online_ask_server(self, "server", request.url, channel->ca_file);
        ask_key(self, channel, &request);
    }
    clear_secrets(&secrets);
}

void
apd_online_channel(ApdOnlineSubject *self, const ApdChannelConfig *channel)
{
    const ApdChannelType *type = apd_channel_find(channel->type);
    g_autofree char *test = g_strdup_printf("appealctl test %s", channel->name);

    if (type->build != NULL)
        show_service(self, channel, type);
    else if (type->command != NULL)
        apd_online_add(self, APD_PROOF_GOOD, "command", "", "the program is there");
    else if (!type->elsewhere)
        apd_online_add(self, APD_PROOF_GOOD, "output", "", "standard output needs no check");
    apd_online_add(self, APD_PROOF_OPEN, "alert", test,
                   type->elsewhere ? "popups are shown by appeald-desktop, which is not asked here"
                                   : "none was sent: that it is taken is shown by a test");
}
