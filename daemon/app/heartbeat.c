#include "app/heartbeat.h"

#include <string.h>

#include "app/blindness.h"
#include "app/health.h"
#include "base/log.h"
#include "io/http.h"
#include "io/secret.h"
#include "logic/skew.h"

/* After trouble the heart is to beat again soon. */
#define LOOK_AGAIN (15 * APD_SECOND)

/* What is not well yet when we start need not be trouble. */
#define START_TIME APD_MINUTE

#define REQUEST_TIMEOUT (15 * APD_SECOND)

/* A wrong clock is asked about so often, and spoken of so often: it is an alert once a day. */
#define CLOCK_AGAIN APD_MINUTE
#define CLOCK_TOLD  APD_HOUR

struct ApdHeartbeat {
    ApdLedger *ledger;       /* borrowed */
    const ApdConfig *config; /* borrowed */
    ApdHttp *http;           /* owned */
    char *url;               /* owned: a secret */
    ApdTime due;             /* 0: at once */
    ApdTime started;         /* apd_uptime() */
    void (*changed)(void *user_data);
    void *user_data; /* borrowed */
    bool asking;
    ApdSkew skew;
    bool wrong;      /* our clock is, by its server's */
    ApdTime told_at; /* apd_uptime() of when that was spoken of */
    char *trouble;   /* owned: why the last beat was left out or failed; NULL: all well */
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

/* @off: how far theirs is ahead of ours; 0: ours is right. */
static void
tell_clock(ApdHeartbeat *self, ApdTime off)
{
    g_autofree char *span = apd_skew_text(off);
    g_autofree char *text = g_strdup_printf(
        "this machine's clock is %s that of the heartbeat's server: reminders come at the wrong "
        "time (set it: timedatectl set-ntp true)",
        span);
    g_autoptr(GError) error = NULL;

    self->wrong = off != 0;
    self->told_at = apd_uptime();
    if (self->wrong)
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "heartbeat", "%s", text);
    if (apd_blindness_clock(self->ledger, self->config, APD_SIGHT_HEARTBEAT,
                            self->wrong ? text : NULL, apd_now(), &error))
        self->changed(self->user_data);
    else
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "heartbeat", "%s", error->message);
}

/* A server's Date is a second opinion on our clock. */
static void
compare_clocks(ApdHeartbeat *self, const ApdHttpResponse *response)
{
    ApdTime off = 0, now = apd_uptime();
    ApdSkewFinding finding =
        apd_skew_take(&self->skew, apd_http_date(response->date), apd_now(), now, &off);

    if (finding == APD_SKEW_NONE && self->wrong)
        tell_clock(self, 0);
    else if (finding == APD_SKEW_WRONG && (!self->wrong || now >= self->told_at + CLOCK_TOLD))
        tell_clock(self, off);
}

/* A clock that was wrong before we were started. */
static bool
recall_clock(ApdHeartbeat *self, GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights_of(self->ledger, APD_SIGHT_HEARTBEAT, error);

    for (guint i = 0; sights != NULL && i < sights->len; i++)
        self->wrong = self->wrong || ((const ApdSight *) sights->pdata[i])->text != NULL;
    return sights != NULL;
}

/* --- asking ------------------------------------------------------------------------- */

static void
on_answer(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    ApdHeartbeat *self = user_data;
    g_autofree char *status = NULL;

    self->asking = false;
    if (response != NULL && (response->status < 200 || response->status > 299))
        status = g_strdup_printf("its server answered %d", response->status);
    if (response != NULL)
        compare_clocks(self, response);
    set_trouble(self, error ? error->message : status);
}

/* The clock alone was asked for: what else is said of that address is nobody's trouble. */
static void
on_time(const ApdHttpResponse *response, const GError *error, void *user_data)
{
    ApdHeartbeat *self = user_data;

    (void) error;
    self->asking = false;
    if (response != NULL)
        compare_clocks(self, response);
    if (!self->wrong)
        self->due = 0;
}

/* Returns: (transfer full): of @url no more than whose it is. */
static char *
root_of(const char *url)
{
    const char *host = strstr(url, "://");
    const char *end = host != NULL ? strchr(host + 3, '/') : NULL;

    return end != NULL ? g_strndup(url, (size_t) (end - url) + 1) : g_strdup(url);
}

static void
ask(ApdHeartbeat *self, char *url, ApdHttpDone done)
{
    ApdHttpRequest request = {
        .method = g_strdup("GET"),
        .url = url,
        .ca_file = g_strdup(self->config->heartbeat_ca_file),
        .timeout = REQUEST_TIMEOUT,
    };

    self->asking = true;
    apd_http_send(self->http, &request, done, self);
    apd_secret_free(g_steal_pointer(&request.url));
    apd_http_request_clear(&request);
}

/* @why: what is not well; NULL: all is. */
static void
beat(ApdHeartbeat *self, const char *why, ApdTime now)
{
    ApdTime pause = why == NULL ? APD_NEVER : self->wrong ? CLOCK_AGAIN : LOOK_AGAIN;

    self->due = now + MIN(self->config->heartbeat_every, pause);
    if (why == NULL)
        ask(self, g_strdup(self->url), on_answer);
    else if (self->wrong)
        ask(self, root_of(self->url), on_time);
    if (why != NULL && apd_uptime() > self->started + START_TIME)
        set_trouble(self, why);
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
        beat(self, why, now);
    }
    *next = MIN(*next, MAX(self->due, now + APD_SECOND));
    return true;
}

ApdHeartbeat *
apd_heartbeat_new(ApdLedger *ledger, const ApdConfig *config, void (*changed)(void *user_data),
                  void *user_data, GError **error)
{
    if (!apd_secret_is_set(&config->heartbeat_url))
        return NULL;

    char *url = apd_secret_read(&config->heartbeat_url, error);
    if (url == NULL)
        return NULL;

    g_autoptr(ApdHeartbeat) self = g_new0(ApdHeartbeat, 1);
    self->changed = changed;
    self->user_data = user_data;
    self->ledger = ledger;
    self->config = config;
    self->http = apd_http_new();
    self->url = url;
    self->started = apd_uptime();
    return recall_clock(self, error) ? g_steal_pointer(&self) : NULL;
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
