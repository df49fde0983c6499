#include "app/heartbeat.h"

#include "app/health.h"
#include "base/log.h"
#include "io/http.h"
#include "io/secret.h"

/* After trouble the heart is to beat again soon. */
#define LOOK_AGAIN (15 * APD_SECOND)

/* What is not well yet when we start need not be trouble. */
#define START_TIME APD_MINUTE

#define REQUEST_TIMEOUT (15 * APD_SECOND)

/* A clock that is wrong by more than this makes deadlines wrong. */
#define CLOCK_LIMIT (2 * APD_MINUTE)

struct ApdHeartbeat {
    ApdLedger *ledger;       /* borrowed */
    const ApdConfig *config; /* borrowed */
    ApdHttp *http;           /* owned */
    char *url;               /* owned: a secret */
    ApdTime due;             /* 0: at once */
    ApdTime started;         /* apd_uptime() */
    bool asking;
    char *trouble; /* owned: why the last beat was left out or failed; NULL: all well */
};

static void
set_trouble(ApdHeartbeat *self, const char *trouble)
{
    if (g_strcmp0(trouble, self->trouble) == 0)
        return;

    if (trouble != NULL)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "heartbeat", "no heartbeat: %s", trouble);
    else
        apd_log(G_LOG_LEVEL_INFO, "APPEALD_CHANNEL", "heartbeat", "the heart beats again");
    g_free(self->trouble);
    self->trouble = g_strdup(trouble);
}

/* A server's Date is a second opinion on our clock. */
static void
compare_clocks(const ApdHttpResponse *response)
{
    ApdTime theirs = apd_http_date(response->date);
    ApdTime ours = apd_now();

    if (theirs != 0 && ABS(theirs - ours) > CLOCK_LIMIT)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "heartbeat",
                "this machine's clock differs by %" G_GINT64_FORMAT
                " s from that of the heartbeat's server: deadlines are reckoned wrong (set the "
                "clock, or let systemd-timesyncd do it)",
                (ours - theirs) / APD_SECOND);
}

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    ApdHeartbeat *self = user_data;
    g_autofree char *status = NULL;

    self->asking = false;
    if (response != NULL && (response->status < 200 || response->status > 299))
        status = g_strdup_printf("its server answered %d", response->status);
    if (response != NULL)
        compare_clocks(response);
    set_trouble(self, error ? error->message : status);
}

static void
beat(ApdHeartbeat *self)
{
    ApdHttpRequest request = {
        .method = g_strdup("GET"),
        .url = g_strdup(self->url),
        .ca_file = g_strdup(self->config->heartbeat_ca_file),
        .timeout = REQUEST_TIMEOUT,
    };

    self->asking = true;
    apd_http_send(self->http, &request, on_answer, self);
    apd_secret_free(g_steal_pointer(&request.url));
    apd_http_request_clear(&request);
}

bool
apd_heartbeat_run(ApdHeartbeat *self, ApdTime now, ApdTime *next, GError **error)
{
    /* A clock that was set back must not stop the heart. */
    if (self->due > now + self->config->heartbeat_every)
        self->due = now;
    if (now >= self->due && !self->asking) {
        g_autofree char *why = NULL;

        if (!apd_health_ask(self->ledger, self->config, now, &why, error))
            return false;
        self->due = now + MIN(self->config->heartbeat_every, why ? LOOK_AGAIN : APD_NEVER);
        if (why == NULL)
            beat(self);
        else if (apd_uptime() > self->started + START_TIME)
            set_trouble(self, why);
    }
    *next = MIN(*next, MAX(self->due, now + APD_SECOND));
    return true;
}

ApdHeartbeat *
apd_heartbeat_new(ApdLedger *ledger, const ApdConfig *config, GError **error)
{
    if (!apd_secret_is_set(&config->heartbeat_url))
        return NULL;

    char *url = apd_secret_read(&config->heartbeat_url, error);
    if (url == NULL)
        return NULL;

    ApdHeartbeat *self = g_new0(ApdHeartbeat, 1);
    self->ledger = ledger;
    self->config = config;
    self->http = apd_http_new();
    self->url = url;
    self->started = apd_uptime();
    return self;
}

void
apd_heartbeat_free(ApdHeartbeat *self)
{
    if (self == NULL)
        return;

    apd_http_free(self->http);
    apd_secret_free(self->url);
    g_free(self->trouble);
    g_free(self);
}
