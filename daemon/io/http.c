#include "io/http.h"

#include <curl/curl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>

#include "base/error.h"

/* Answers of chat services are short; more is a mistake or an attack. */
#define MAX_BODY   (1024 * 1024)
#define MAX_HEADER 1024

#define CONNECT_SECONDS 15L
#define DEFAULT_TIMEOUT (30 * APD_SECOND)

/* Slow and steady is still dead: less than so many bytes a second for so long. */
#define LOW_SPEED_BYTES   10L
#define LOW_SPEED_SECONDS 20L

struct ApdHttp {
    CURLM *multi;          /* owned */
    guint timer;           /* owned */
    guint finish;          /* owned: an idle call that hands out what is done */
    GHashTable *exchanges; /* owned, a set of Exchange in flight */
    int running;
};

typedef struct {
    ApdHttp *http;              /* borrowed */
    CURL *easy;                 /* owned */
    struct curl_slist *headers; /* owned */
    struct curl_slist *mail_to; /* owned; NULL: this is no mail */
    gsize sent;                 /* of the body, by mail */
    GBytes *body;               /* owned, or NULL */
    ApdHttpResponse response;
    ApdHttpDone done;
    void *user_data; /* borrowed */
    char why[CURL_ERROR_SIZE];
    bool too_big;
} Exchange;

typedef struct {
    ApdHttp *http; /* borrowed */
    guint tag;     /* owned */
} Socket;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

static void
free_exchange(void *data)
{
    Exchange *self = data;

    if (self->easy != NULL) {
        curl_multi_remove_handle(self->http->multi, self->easy);
        curl_easy_cleanup(self->easy);
    }
    curl_slist_free_all(self->headers);
    curl_slist_free_all(self->mail_to);
    g_clear_pointer(&self->body, g_bytes_unref);
    apd_http_response_clear(&self->response);
    g_free(self);
}

/* --- what went wrong ------------------------------------------------------ */

static char *
host_of(CURL *easy)
{
    const char *url = NULL;
    char *host = NULL;
    g_autoptr(CURLU) parts = curl_url();

    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
    if (url == NULL || curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK
        || curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return g_strdup("the address");

    char *copy = g_strdup(host);
    curl_free(host);
    return copy;
}

/* What no retry can mend. */
static bool
is_for_good(CURLcode code)
{
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_LOGIN_DENIED:
        return true;
    default:
        return false;
    }
}

static GError *
error_of(const Exchange *self, CURLcode code)
{
    g_autofree char *host = host_of(self->easy);
    const char *why = self->too_big ? "the answer is too large" : curl_easy_strerror(code);

    return g_error_new(APD_ERROR, is_for_good(code) ? APD_ERROR_REFUSED : APD_ERROR_TRANSIENT,
                       "%s: %s", host, why);
}

/* Whether the connection failed, whatever was said on it before. */
static bool
is_broken(CURLcode code)
{
    return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_PEER_FAILED_VERIFICATION
           || code == CURLE_USE_SSL_FAILED || code == CURLE_COULDNT_CONNECT;
}

/* --- handing out what is done --------------------------------------------- */

static void
hand_out(Exchange *self, CURLcode code)
{
    long status = 0;

    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &status);
    self->response.status = (int) status;
    if (self->response.talk != NULL)
        g_string_assign(self->response.body, self->response.talk->last->str);

    /* A mail server that says no is an error to curl, and a verdict to us. */
    bool refused = self->mail_to != NULL && status >= 400 && !is_broken(code);
    if ((code == CURLE_OK && status != 0) || refused) {
        self->done(&self->response, NULL, self->user_data);
    } else {
        g_autoptr(GError) error = error_of(self, code);
        self->done(NULL, error, self->user_data);
    }
}

static void
finish_done(ApdHttp *self)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(self->multi, &left)) != NULL) {
        Exchange *exchange = NULL;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **) &exchange);
        g_hash_table_steal(self->exchanges, exchange);
        hand_out(exchange, code);
        free_exchange(exchange);
    }
}

static gboolean
on_finish(gpointer user_data)
{
    ApdHttp *self = user_data;

    self->finish = 0;
    finish_done(self);
    return G_SOURCE_REMOVE;
}

static void
act(ApdHttp *self, curl_socket_t fd, int mask)
{
    curl_multi_socket_action(self->multi, fd, mask, &self->running);

    /* Callbacks may start or end exchanges: not from within curl. */
    if (self->finish == 0)
        self->finish = g_idle_add_full(G_PRIORITY_DEFAULT, on_finish, self, NULL);
}

/* --- curl on the main loop (curl_multi_socket_action(3)) ------------------- */

static gboolean
on_timer(gpointer user_data)
{
    ApdHttp *self = user_data;

    self->timer = 0;
    act(self, CURL_SOCKET_TIMEOUT, 0);
    return G_SOURCE_REMOVE;
}

static int
set_timer(CURLM *multi, long milliseconds, void *user_data)
{
    ApdHttp *self = user_data;

    (void) multi;
    g_clear_handle_id(&self->timer, g_source_remove);
    if (milliseconds >= 0)
        self->timer = g_timeout_add((guint) MIN(milliseconds, 3600000L), on_timer, self);
    return 0;
}

static gboolean
on_socket(gint fd, GIOCondition condition, gpointer user_data)
{
    const Socket *self = user_data;

    act(self->http, fd,
        ((condition & G_IO_IN) ? CURL_CSELECT_IN : 0)
            | ((condition & G_IO_OUT) ? CURL_CSELECT_OUT : 0)
            | ((condition & (G_IO_ERR | G_IO_HUP)) ? CURL_CSELECT_ERR : 0));
    return G_SOURCE_CONTINUE;
}

static int
set_socket(CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
    ApdHttp *http = user_data;
    Socket *self = socket_data;

    (void) easy;
    if (self != NULL)
        g_clear_handle_id(&self->tag, g_source_remove);
    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(http->multi, fd, NULL);
        g_free(self);
        return 0;
    }
    if (self == NULL) {
        self = g_new0(Socket, 1);
        self->http = http;
        curl_multi_assign(http->multi, fd, self);
    }
    self->tag = g_unix_fd_add(fd,
                              ((what & CURL_POLL_IN) ? G_IO_IN : 0)
                                  | ((what & CURL_POLL_OUT) ? G_IO_OUT : 0) | G_IO_ERR | G_IO_HUP,
                              on_socket, self);
    return 0;
}

/* --- one exchange ---------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t n, void *user_data)
{
    Exchange *self = user_data;

    if (self->response.body->len + size * n > MAX_BODY) {
        self->too_big = true;
        return 0;
    }
    g_string_append_len(self->response.body, data, (gssize) (size * n));
    return size * n;
}

static void
keep_header(const char *line, size_t size, const char *name, char **field)
{
    size_t length = strlen(name);

    if (size <= length + 1 || size > MAX_HEADER || g_ascii_strncasecmp(line, name, length) != 0
        || line[length] != ':')
        return;

    g_free(*field);
    *field = g_strstrip(g_strndup(line + length + 1, size - length - 1));
}

static size_t
on_header(char *line, size_t size, size_t n, void *user_data)
{
    Exchange *self = user_data;

    if (self->response.talk != NULL) {
        apd_smtp_talk_came(self->response.talk, line, size * n);
        return size * n;
    }
    keep_header(line, size * n, "X-Limit-App-Reset", &self->response.limit_reset);
    keep_header(line, size * n, "Retry-After", &self->response.retry_after);
    keep_header(line, size * n, "Date", &self->response.date);
    keep_header(line, size * n, "Content-Type", &self->response.content_type);
    keep_header(line, size * n, "ETag", &self->response.etag);
    keep_header(line, size * n, "Last-Modified", &self->response.modified);
    keep_header(line, size * n, "Link", &self->response.link);
    return size * n;
}

#define SET(option, value) curl_easy_setopt(self->easy, CURLOPT_##option, value)

static void
set_limits(Exchange *self, const ApdHttpRequest *request)
{
    ApdTime timeout = request->timeout > 0 ? request->timeout : DEFAULT_TIMEOUT;

    SET(NOSIGNAL, 1L);
    SET(PROTOCOLS_STR, request->mail_from ? "smtp,smtps" : "http,https");
    SET(FOLLOWLOCATION, 0L);
    SET(PROXY, "");
    SET(NETRC, (long) CURL_NETRC_IGNORED);
    SET(CONNECTTIMEOUT, CONNECT_SECONDS);
    SET(TIMEOUT_MS, (long) (timeout / 1000));
    SET(LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
    SET(LOW_SPEED_TIME, LOW_SPEED_SECONDS);
    SET(MAXFILESIZE_LARGE, (curl_off_t) MAX_BODY);
    SET(SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);

    /* Debian's default CAPATH is read anew for each connection, at 30 ms of
     * processor time, and would stay beside a private CA. */
    SET(CAPATH, NULL);
    SET(CAINFO, request->ca_file ? request->ca_file : "/etc/ssl/certs/ca-certificates.crt");
}

static void
set_request(Exchange *self, const ApdHttpRequest *request)
{
    SET(URL, request->url);
    SET(CUSTOMREQUEST, request->method ? request->method : "POST");
    for (char **header = request->headers; header != NULL && *header != NULL; header++)
        self->headers = curl_slist_append(self->headers, *header);

    /* Waiting for "100 Continue" only delays: bodies are small. */
    self->headers = curl_slist_append(self->headers, "Expect:");
    SET(HTTPHEADER, self->headers);
    SET(USERAGENT, "appeald/" APD_VERSION);
    SET(ACCEPT_ENCODING, "");
    if (request->body != NULL) {
        gsize size;
        self->body = g_bytes_ref(request->body);
        const char *data = g_bytes_get_data(self->body, &size);
        SET(POSTFIELDSIZE_LARGE, (curl_off_t) size);
        SET(POSTFIELDS, data);
    }
}

static size_t
on_upload(char *buffer, size_t size, size_t n, void *user_data)
{
    Exchange *self = user_data;
    gsize whole;
    const char *data = g_bytes_get_data(self->body, &whole);
    gsize part = MIN(size * n, whole - self->sent);

    memcpy(buffer, data + self->sent, part);
    self->sent += part;
    return part;
}

/* The only place where libcurl shows its own commands. */
static int
on_talk(CURL *easy, curl_infotype type, char *data, size_t size, void *user_data)
{
    Exchange *self = user_data;

    (void) easy;
    if (type == CURLINFO_HEADER_OUT)
        apd_smtp_talk_sent(self->response.talk, data, size);
    return 0;
}

/* One address that is refused keeps no mail from the others. */
static void
set_mail(Exchange *self, const ApdHttpRequest *request)
{
    for (char **to = request->mail_to; *to != NULL; to++)
        self->mail_to = curl_slist_append(self->mail_to, *to);
    self->body = g_bytes_ref(request->body);
    self->response.talk = apd_smtp_talk_new();

    SET(VERBOSE, 1L);
    SET(DEBUGFUNCTION, on_talk);
    SET(DEBUGDATA, self);
    SET(URL, request->url);
    SET(USE_SSL, (long) (request->tls_optional ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    SET(MAIL_FROM, request->mail_from);
    SET(MAIL_RCPT, self->mail_to);
    SET(MAIL_RCPT_ALLLOWFAILS, 1L);
    SET(UPLOAD, 1L);
    SET(READFUNCTION, on_upload);
    SET(READDATA, self);
    SET(INFILESIZE_LARGE, (curl_off_t) g_bytes_get_size(self->body));
    if (request->user != NULL) {
        SET(USERNAME, request->user);
        SET(PASSWORD, request->password ? request->password : "");
    }
}

static void
set_callbacks(Exchange *self)
{
    SET(PRIVATE, self);
    SET(ERRORBUFFER, self->why);
    SET(WRITEFUNCTION, on_body);
    SET(WRITEDATA, self);
    SET(HEADERFUNCTION, on_header);
    SET(HEADERDATA, self);
}

void
apd_http_send(ApdHttp *http, const ApdHttpRequest *request, ApdHttpDone done, void *user_data)
{
    Exchange *self = g_new0(Exchange, 1);

    self->http = http;
    self->easy = curl_easy_init();
    self->response.body = g_string_new(NULL);
    self->done = done;
    self->user_data = user_data;
    set_limits(self, request);
    if (request->mail_from != NULL)
        set_mail(self, request);
    else
        set_request(self, request);
    set_callbacks(self);
    g_hash_table_add(http->exchanges, self);
    curl_multi_add_handle(http->multi, self->easy);
    act(http, CURL_SOCKET_TIMEOUT, 0); /* at once, not when the loop comes round */
}

ApdHttp *
apd_http_new(void)
{
    ApdHttp *self = g_new0(ApdHttp, 1);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    self->exchanges = g_hash_table_new_full(NULL, NULL, free_exchange, NULL);
    self->multi = curl_multi_init();
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
    return self;
}

static void
give_up_all(ApdHttp *self)
{
    GHashTableIter iter;
    gpointer exchange;
    g_autoptr(GError) error =
        g_error_new_literal(APD_ERROR, APD_ERROR_TRANSIENT, "given up: appeald stops");

    g_hash_table_iter_init(&iter, self->exchanges);
    while (g_hash_table_iter_next(&iter, &exchange, NULL))
        ((Exchange *) exchange)->done(NULL, error, ((Exchange *) exchange)->user_data);
}

void
apd_http_free(ApdHttp *self)
{
    if (self == NULL)
        return;

    give_up_all(self);
    g_hash_table_unref(self->exchanges);
    curl_multi_cleanup(self->multi);
    g_clear_handle_id(&self->timer, g_source_remove);
    g_clear_handle_id(&self->finish, g_source_remove);
    g_free(self);
}
