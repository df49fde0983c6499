/* RFC 8252: a browser that comes back to a port of this machine, with PKCE. */
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/ctl_login.h"
#include "base/error.h"
#include "io/api_token.h"
#include "io/oauth_code.h"
#include "io/secret.h"

/* A person looks for a telephone, and for a password. */
#define PATIENCE_S (15 * 60)

/* Of a request. */
#define MAX_HEAD 16384

/* Connections that say nothing are closed. */
#define SILENCE_S 10

typedef struct {
    ApdCtlLogin *login;      /* borrowed */
    char *verifier;          /* owned, a secret */
    char *state;             /* owned, a secret */
    char *redirect;          /* owned */
    bool redeeming;          /* the code came */
    GCancellable *cancel;    /* owned */
    GDataInputStream *typed; /* owned; standard input, or NULL */
} Browser;

/* --- the code ---------------------------------------------------------------------------- */

static void
on_token(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    Browser *self = user_data;

    if (error != NULL) {
        apd_ctl_login_end(self->login, g_error_copy(error));
        return;
    }
    ApdOAuthResult result =
        apd_api_token_read(self->login->source, response, apd_now(), &self->login->answer);
    apd_ctl_login_end(self->login,
                      result == APD_OAUTH_TOKEN ? NULL : apd_ctl_login_error(self->login, result));
}

static void
redeem(Browser *self, const char *code)
{
    const ApdSourceConfig *source = self->login->source;
    g_auto(ApdHttpRequest) request = { 0 };
    GError *error = NULL;

    self->redeeming = true;
    self->login->code = g_strdup(code);
    if (!apd_api_token_is_for(source))
        apd_oauth_ask_code(&source->oauth, self->login->secret, code, self->verifier,
                           self->redirect, &request);
    else if (!apd_api_token_ask_code(source->platform, source, self->login->secret, code, apd_now(),
                                     &request, &error)) {
        apd_ctl_login_end(self->login, error);
        return;
    }
    apd_ctl_login_send(self->login, &request, on_token, self);
}

/* Whether @address was the browser's, coming back; the first one counts. */
static ApdOAuthReturn
take_return(Browser *self, const char *address)
{
    char *code = NULL;
    g_autofree char *text = NULL;
    ApdOAuthReturn what = self->redeeming
                              ? APD_OAUTH_FOREIGN
                              : apd_oauth_read_return(address, self->state, &code, &text);

    if (what == APD_OAUTH_CODE) {
        redeem(self, code);
    } else if (what == APD_OAUTH_NO) {
        self->redeeming = true;
        apd_ctl_login_end(self->login, g_error_new(APD_ERROR, APD_ERROR_REFUSED,
                                                   "the login was declined: %s", text));
    }
    apd_secret_free(code);
    return what;
}

/* --- the browser --------------------------------------------------------------------------- */

static const struct {
    const char *status, *text;
} pages[] = {
    [APD_OAUTH_CODE] = { "200 OK", "appeald has what it needs. You can close this page." },
    [APD_OAUTH_NO] = { "200 OK", "The login was declined. You can close this page." },
    [APD_OAUTH_FOREIGN] = { "404 Not Found", "This is not the address of a login." },
};

/* A connection of a browser, or of whoever else found the port. */
typedef struct {
    Browser *browser;              /* borrowed */
    GSocketConnection *connection; /* owned */
    size_t size;
    char head[MAX_HEAD + 1];
} Visit;

static void
free_visit(Visit *self)
{
    g_io_stream_close(G_IO_STREAM(self->connection), NULL, NULL);
    g_object_unref(self->connection);
    explicit_bzero(self->head, sizeof self->head);
    g_free(self);
}

static void
answer_visit(Visit *self)
{
    ApdOAuthReturn what = APD_OAUTH_FOREIGN;

    self->head[strcspn(self->head, "\r\n")] = '\0';
    if (g_str_has_prefix(self->head, "GET /"))
        what = take_return(self->browser, self->head + strlen("GET "));
    g_autofree char *answer = g_strdup_printf(
        "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
        "Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
        "<!doctype html><title>appeald</title><p>%s</p>\n",
        pages[what].status, pages[what].text);
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(self->connection));
    g_output_stream_write_all(out, answer, strlen(answer), NULL, NULL, NULL);
}

static void read_head(Visit *self);

/* The whole head is read: what is left unread would make the close a reset. */
static void
on_head(GObject *object, GAsyncResult *result, gpointer user_data)
{
    Visit *self = user_data;
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(object), result, NULL);

    self->size += n > 0 ? (size_t) n : 0;
    self->head[self->size] = '\0';
    if (n > 0 && strstr(self->head, "\r\n\r\n") != NULL) {
        answer_visit(self);
        free_visit(self);
    } else if (n > 0 && self->size < MAX_HEAD) {
        read_head(self);
    } else {
        free_visit(self);
    }
}

static void
read_head(Visit *self)
{
    g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(self->connection)),
                              self->head + self->size, MAX_HEAD - self->size, G_PRIORITY_DEFAULT,
                              self->browser->cancel, on_head, self);
}

static gboolean
on_connection(GSocketService *service, GSocketConnection *connection, GObject *source,
              gpointer user_data)
{
    Visit *self = g_new0(Visit, 1);

    (void) service;
    (void) source;
    g_socket_set_timeout(g_socket_connection_get_socket(connection), SILENCE_S);
    self->browser = user_data;
    self->connection = g_object_ref(connection);
    read_head(self);
    return TRUE;
}

/* Returns: (transfer full): listening on a free port of this machine alone. */
static GSocketService *
listen_here(Browser *self, guint port, GError **error)
{
    g_autoptr(GSocketService) service = g_socket_service_new();
    g_autoptr(GSocketAddress) here = g_inet_socket_address_new_from_string("127.0.0.1", port);
    g_autoptr(GSocketAddress) bound = NULL;

    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(service), here, G_SOCKET_TYPE_STREAM,
                                       G_SOCKET_PROTOCOL_TCP, NULL, &bound, error)) {
        g_prefix_error(error, "cannot listen on this machine: ");
        return NULL;
    }
    /* Without a path, as Google and Microsoft register it. */
    if (self->redirect == NULL)
        self->redirect =
            g_strdup_printf("%s:%u", self->login->source->oauth.redirect,
                            (guint) g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
    g_signal_connect(service, "incoming", G_CALLBACK(on_connection), self);
    g_socket_service_start(service);
    return g_steal_pointer(&service);
}

/* --- a person, where the browser runs elsewhere --------------------------------------------- */

static void read_typed(Browser *self);

/* Whoever reads it may be no terminal. */
static void
say(const char *text)
{
    g_print("%s", text);
    fflush(stdout);
}

/* Of the platform's page a person may copy the code alone. */
static bool
take_code(Browser *self, char *line)
{
    const char *code = g_strstrip(line);

    if (!apd_api_token_is_for(self->login->source) || self->redeeming || strlen(code) < 8
        || strpbrk(code, " ?&=:/") != NULL)
        return false;
    redeem(self, code);
    return true;
}

static void
on_typed(GObject *object, GAsyncResult *result, gpointer user_data)
{
    g_autofree char *line =
        g_data_input_stream_read_line_finish(G_DATA_INPUT_STREAM(object), result, NULL, NULL);

    if (line == NULL) /* its end, or we are done: @user_data may be gone */
        return;
    Browser *self = user_data;
    if (*line != '\0' && !take_code(self, line) && take_return(self, line) == APD_OAUTH_FOREIGN
        && !self->redeeming)
        say("That is not the address of this login: copy it whole.\n");
    explicit_bzero(line, strlen(line));
    read_typed(self);
}

static void
read_typed(Browser *self)
{
    g_data_input_stream_read_line_async(self->typed, G_PRIORITY_DEFAULT, self->cancel, on_typed,
                                        self);
}

static void
listen_to_person(Browser *self)
{
    g_autoptr(GInputStream) input = g_unix_input_stream_new(STDIN_FILENO, FALSE);

    self->typed = g_data_input_stream_new(input);
    read_typed(self);
}

static gboolean
on_late(gpointer user_data)
{
    Browser *self = user_data;

    apd_ctl_login_end(self->login, g_error_new_literal(APD_ERROR, APD_ERROR_REFUSED,
                                                       "nobody allowed it in time (run it again)"));
    return G_SOURCE_CONTINUE;
}

static void
instruct(const Browser *self, const char *url, bool open_it)
{
    const char *user = self->login->source->user;

    if (apd_api_token_is_for(self->login->source)) {
        g_print("To let appeald ask the platform about your store: %s, log in with the seller's "
                "main account, and allow it.\n\n  %s\n\n",
                open_it ? "a browser opens (else open this address)"
                        : "open this address in a browser",
                url);
        g_print("It ends at %s, whatever that page shows:\ncopy the address of that page here, or "
                "the code in it, and press Enter, within three minutes.\nWaiting ...\n",
                self->redirect);
        fflush(stdout);
        return;
    }
    g_print("To let appeald read the mail of %s: %s, log in as %s, and allow it.\n\n  %s\n\n", user,
            open_it ? "a browser opens (else open this address)" : "open this address in a browser",
            user, url);
    g_print("If that browser runs on another machine it will end at an address that it cannot "
            "open,\nbeginning with %s: copy that address here, and press Enter.\nWaiting ...\n",
            self->redirect);
    fflush(stdout);
}

static void
clear(Browser *self)
{
    g_cancellable_cancel(self->cancel);
    while (g_main_context_iteration(NULL, FALSE)) /* what was cancelled says so */
        ;
    g_clear_object(&self->typed);
    g_object_unref(self->cancel);
    apd_secret_free(self->verifier);
    apd_secret_free(self->state);
    g_free(self->redirect);
}

/* The port of a callback address of this machine that names one; 0: it does not. */
static guint
own_port(const char *redirect)
{
    g_autoptr(GUri) uri = g_uri_parse(redirect, G_URI_FLAGS_NONE, NULL);
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    int port = uri ? g_uri_get_port(uri) : -1;

    return host != NULL && port > 0
                   && (g_str_equal(host, "127.0.0.1") || g_str_equal(host, "localhost"))
               ? (guint) port
               : 0;
}

static char *
consent_url(const Browser *self)
{
    const ApdSourceConfig *source = self->login->source;

    if (apd_api_token_is_for(source))
        return apd_api_token_consent_url(source, self->state);
    g_autofree char *challenge = apd_oauth_challenge(self->verifier);
    return apd_oauth_auth_url(&source->oauth, source->user, self->redirect, self->state, challenge);
}

static void
wait_for_person(Browser *self, bool open_it)
{
    g_autofree char *url = NULL;
    guint late = g_timeout_add_seconds(PATIENCE_S, on_late, self);

    self->verifier = apd_oauth_random();
    self->state = apd_oauth_random();
    url = consent_url(self);
    instruct(self, url, open_it);
    listen_to_person(self);
    if (open_it)
        apd_ctl_login_open(url);
    g_main_loop_run(self->login->loop);
    g_source_remove(late);
}

/* Returns: (transfer full): NULL: it is not listened to.  The callback address of the platform's
 * app has one port, which another login may hold: what ends there can be copied. */
static GSocketService *
listen_at(Browser *self, bool fixed, guint port)
{
    g_autoptr(GError) error = NULL;
    GSocketService *service = !fixed || port != 0 ? listen_here(self, port, &error) : NULL;

    if (error != NULL && fixed) {
        g_autofree char *text =
            g_strdup_printf("%s (another login?): copy the address instead.\n", error->message);
        say(text);
    } else if (error != NULL) {
        self->login->error = g_steal_pointer(&error);
    }
    return service;
}

bool
apd_ctl_login_by_browser(ApdCtlLogin *login, bool open_it)
{
    Browser self = { .login = login, .cancel = g_cancellable_new() };
    bool fixed = apd_api_token_is_for(login->source);
    guint port = fixed ? own_port(login->source->oauth.redirect) : 0;

    if (fixed)
        self.redirect = g_strdup(login->source->oauth.redirect);
    g_autoptr(GSocketService) service = listen_at(&self, fixed, port);
    if (login->error == NULL)
        wait_for_person(&self, open_it);
    if (service != NULL) {
        g_socket_service_stop(service);
        g_socket_listener_close(G_SOCKET_LISTENER(service));
    }
    clear(&self);
    return login->error == NULL;
}
