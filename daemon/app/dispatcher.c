#include "app/dispatcher.h"

#include "app/courier.h"
#include "app/quiet.h"
#include "app/raise.h"
#include "app/reminders.h"
#include "base/log.h"
#include "logic/backoff.h"

/* A refusal is for a person to mend; this often we look whether one has. */
#define REFUSED_WAIT APD_HOUR

struct ApdDispatcher {
    ApdLedger *ledger;       /* borrowed */
    const ApdConfig *config; /* borrowed */
    ApdDispatcherEvents events;
    void *user_data;  /* borrowed */
    ApdHttp *http;    /* owned */
    GPtrArray *posts; /* owned, element-type Post: one per channel that is ours */
};

/* One channel and what is under way to it. */
typedef struct {
    ApdDispatcher *dispatcher; /* borrowed */
    const char *channel;       /* borrowed from the configuration */
    ApdCourier *courier;       /* owned */
    ApdDelivery *delivery;     /* owned; NULL: none is under way */
    ApdTime left;              /* to the deadline of what is under way */
    ApdTime full;              /* of its rate: apd_rate_ready() */
    ApdTime closed;            /* until then, the far side said, nothing is taken */
    bool held;                 /* what is due waits for the rate alone */
} Post;

static void
free_post(void *data)
{
    Post *post = data;

    apd_courier_free(post->courier);
    apd_delivery_free(post->delivery);
    g_free(post);
}

static bool
add_post(ApdDispatcher *self, const ApdChannelConfig *channel, GError **error)
{
    g_autoptr(ApdCourier) courier = apd_courier_new(channel, self->config, self->http, error);

    if (courier == NULL)
        return false;
    if (apd_courier_is_elsewhere(courier))
        return true;

    Post *post = g_new0(Post, 1);
    post->dispatcher = self;
    post->channel = channel->name;
    post->courier = g_steal_pointer(&courier);
    g_ptr_array_add(self->posts, post);
    return true;
}

ApdDispatcher *
apd_dispatcher_new(ApdLedger *ledger, const ApdConfig *config, const ApdDispatcherEvents *events,
                   void *user_data, GError **error)
{
    g_autoptr(ApdDispatcher) self = g_new0(ApdDispatcher, 1);

    self->ledger = ledger;
    self->config = config;
    self->events = *events;
    self->user_data = user_data;
    self->http = apd_http_new();
    self->posts = g_ptr_array_new_with_free_func(free_post);
    for (guint i = 0; i < config->channels->len; i++)
        if (!add_post(self, config->channels->pdata[i], error))
            return NULL;

    return g_steal_pointer(&self);
}

void
apd_dispatcher_free(ApdDispatcher *self)
{
    if (self == NULL)
        return;

    g_ptr_array_unref(self->posts);
    apd_http_free(self->http);
    g_free(self);
}

/* No far side closes for longer; a clock set back must not make it so. */
#define MAX_CLOSED (6 * APD_HOUR)

static bool
is_closed(const Post *post, ApdTime now)
{
    return post->closed > now && post->closed <= now + MAX_CLOSED;
}

/* When the post may send again, at the earliest. */
static ApdTime
ready_at(const Post *post, ApdTime now)
{
    ApdTime ready = apd_rate_ready(apd_courier_rate(post->courier), post->full, now);

    return is_closed(post, now) ? MAX(ready, post->closed) : ready;
}

/* --- verdicts -------------------------------------------------------------- */

/* A channel that refuses is told of on the others, at most once a day. */
static bool
tell_of_refusal(ApdDispatcher *self, const Post *post, const char *text, ApdTime now,
                GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup_printf("refused/%s/%" G_GINT64_FORMAT, post->channel, now / APD_DAY);
    alert->type = APD_ALERT_REFUSED;
    alert->severity = APD_SEVERITY_HIGH;
    alert->subject = g_strdup(post->channel);
    alert->text = g_strdup(text);
    alert->created = now;
    return apd_raise_alert(self->ledger, self->config, alert, NULL, error);
}

static void
note_verdict(Post *post, const ApdJudgement *judgement, ApdTime now)
{
    ApdDelivery *delivery = post->delivery;
    ApdTime pause;

    delivery->attempts++;
    switch (judgement->taking) {
    case APD_TAKEN:
        delivery->state = APD_DELIVERY_DONE;
        delivery->done_at = now;
        g_clear_pointer(&delivery->last_error, g_free);
        apd_log(G_LOG_LEVEL_MESSAGE, "APPEALD_CHANNEL", post->channel,
                "channel %s took alert %" G_GINT64_FORMAT "%s%s", post->channel, delivery->alert_id,
                judgement->text ? ", but " : "", judgement->text ? judgement->text : "");
        return;
    case APD_TRY_AGAIN:
        pause = apd_backoff_wait(delivery->attempts, g_random_int(), post->left);
        delivery->next_try = now + MAX(pause, judgement->wait);
        if (judgement->wait > 0) /* it means everybody, not this one alone */
            post->closed = now + judgement->wait;
        break;
    case APD_REFUSED:
        delivery->next_try = now + REFUSED_WAIT;
        break;
    }

    g_free(delivery->last_error);
    delivery->last_error = g_strdup_printf(
        "%s%s", judgement->taking == APD_REFUSED ? "refused: " : "", judgement->text);
    apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", post->channel,
            "channel %s did not take alert %" G_GINT64_FORMAT
            ": %s; will try again in %" G_GINT64_FORMAT " s",
            post->channel, delivery->alert_id, delivery->last_error,
            (delivery->next_try - now) / APD_SECOND);
}

static void
on_verdict(const ApdJudgement *judgement, void *user_data)
{
    Post *post = user_data;
    ApdDispatcher *self = post->dispatcher;
    ApdTime now = apd_now();
    g_autoptr(GError) error = NULL;

    note_verdict(post, judgement, now);
    bool good = apd_ledger_put_delivery(self->ledger, post->delivery, &error)
                && (judgement->taking != APD_REFUSED
                    || tell_of_refusal(self, post, judgement->text, now, &error));
    g_clear_pointer(&post->delivery, apd_delivery_free);

    if (good)
        self->events.changed(self->user_data);
    else
        self->events.failed(error, self->user_data);
}

/* --- starting what is due --------------------------------------------------- */

static ApdTime
quiet_until(const Post *post, const ApdAlert *alert, ApdTime now)
{
    const ApdConfig *config = post->dispatcher->config;
    const ApdChannelConfig *channel = apd_config_channel(config, post->channel);
    const ApdLadder ladder = apd_reminders_ladder(config);
    g_autoptr(GTimeZone) zone = apd_config_zone(config);

    return channel ? apd_quiet_until(channel, &ladder, alert, now, zone) : 0;
}

/* Takes @taken. */
static bool
start(Post *post, ApdDelivery *taken, ApdTime now, GError **error)
{
    ApdLedger *ledger = post->dispatcher->ledger;
    g_autoptr(ApdDelivery) delivery = taken;
    g_autoptr(ApdAlert) alert = NULL;

    if (!apd_ledger_get_alert(ledger, delivery->alert_id, &alert, error))
        return false;

    delivery->next_try = quiet_until(post, alert, now);
    if (delivery->next_try > now)
        return apd_ledger_put_delivery(ledger, delivery, error);

    post->left =
        alert->kase && alert->kase->deadline != APD_NEVER ? alert->kase->deadline - now : APD_NEVER;
    post->delivery = g_steal_pointer(&delivery);
    post->full = apd_rate_take(apd_courier_rate(post->courier), post->full, now);
    apd_courier_send(post->courier, alert, post->delivery->idempotency, now, on_verdict, post);
    return true;
}

static bool
run_post(Post *post, ApdTime now, GError **error)
{
    if (post->delivery != NULL || ready_at(post, now) > now)
        return true;

    g_autoptr(GPtrArray) owed =
        apd_ledger_owed(post->dispatcher->ledger, post->channel, now, 1, error);
    if (owed == NULL)
        return false;
    return owed->len == 0 || start(post, g_ptr_array_steal_index(owed, 0), now, error);
}

/* The earliest try of what waits on the channels that are ours and idle. */
static bool
find_next(ApdDispatcher *self, ApdTime now, ApdTime *ret_next, GError **error)
{
    *ret_next = APD_NEVER;
    for (guint i = 0; i < self->posts->len; i++) {
        Post *post = self->posts->pdata[i];
        ApdTime next;

        post->held = false;
        if (post->delivery != NULL)
            continue; /* its verdict wakes us */
        if (!apd_ledger_next_try(self->ledger, post->channel, &next, error))
            return false;
        if (next == APD_NEVER)
            continue;
        post->held = next <= now && !is_closed(post, now);
        *ret_next = MIN(*ret_next, MAX(MAX(next, now), ready_at(post, now)));
    }
    return true;
}

bool
apd_dispatcher_run(ApdDispatcher *self, ApdTime now, ApdTime *ret_next, GError **error)
{
    for (guint i = 0; i < self->posts->len; i++)
        if (!run_post(self->posts->pdata[i], now, error))
            return false;

    return find_next(self, now, ret_next, error);
}

bool
apd_dispatcher_retry_all(ApdDispatcher *self, GError **error)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(self->ledger, NULL, APD_NEVER, 0, error);

    for (guint i = 0; i < self->posts->len; i++)
        ((Post *) self->posts->pdata[i])->closed = 0;
    for (guint i = 0; owed != NULL && i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        if (delivery->next_try == 0)
            continue;
        delivery->next_try = 0;
        if (!apd_ledger_put_delivery(self->ledger, delivery, error))
            return false;
    }
    return owed != NULL;
}

bool
apd_dispatcher_is_busy(const ApdDispatcher *self)
{
    for (guint i = 0; i < self->posts->len; i++) {
        const Post *post = self->posts->pdata[i];
        if (post->delivery != NULL || post->held)
            return true;
    }
    return false;
}
