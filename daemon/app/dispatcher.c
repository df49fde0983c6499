#include "app/dispatcher.h"

#include "app/courier.h"
#include "app/quiet.h"
#include "app/raise.h"
#include "app/reminders.h"
#include "base/log.h"
#include "logic/backoff.h"
#include "logic/digest.h"

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
    GPtrArray *deliveries;     /* owned, element-type ApdDelivery: what is under way settles
                                * them all, most urgent first; NULL: nothing is */
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
    g_clear_pointer(&post->deliveries, g_ptr_array_unref);
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

static const ApdDelivery *
first_of(const Post *post)
{
    return post->deliveries->pdata[0];
}

/* When to try again what was not taken. */
static ApdTime
next_try(Post *post, const ApdJudgement *judgement, ApdTime now)
{
    if (judgement->taking == APD_REFUSED)
        return now + REFUSED_WAIT;
    if (judgement->wait > 0) /* it means everybody, not this one alone */
        post->closed = now + judgement->wait;

    ApdTime pause = apd_backoff_wait(first_of(post)->attempts + 1, g_random_int(), post->left);
    return now + MAX(pause, judgement->wait);
}

/* Writes down what the verdict means for one delivery.  @next: when to try again. */
static void
note_verdict(ApdDelivery *delivery, const ApdJudgement *judgement, ApdTime now, ApdTime next)
{
    delivery->attempts++;
    g_clear_pointer(&delivery->last_error, g_free);
    if (judgement->taking == APD_TAKEN) {
        delivery->state = APD_DELIVERY_DONE;
        delivery->done_at = now;
        return;
    }

    delivery->next_try = next;
    delivery->last_error = g_strdup_printf(
        "%s%s", judgement->taking == APD_REFUSED ? "refused: " : "", judgement->text);
}

static void
log_verdict(const Post *post, const ApdJudgement *judgement, ApdTime now)
{
    const ApdDelivery *first = first_of(post);
    g_autofree char *more = post->deliveries->len > 1
                                ? g_strdup_printf(" and %u more", post->deliveries->len - 1)
                                : g_strdup("");

    if (judgement->taking == APD_TAKEN)
        apd_log(G_LOG_LEVEL_MESSAGE, "APPEALD_CHANNEL", post->channel,
                "channel %s took alert %" G_GINT64_FORMAT "%s%s%s", post->channel, first->alert_id,
                more, judgement->text ? ", but " : "", judgement->text ? judgement->text : "");
    else
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", post->channel,
                "channel %s did not take alert %" G_GINT64_FORMAT
                "%s: %s; will try again in %" G_GINT64_FORMAT " s",
                post->channel, first->alert_id, more, first->last_error,
                (first->next_try - now) / APD_SECOND);
}

/* Several are written together: a digest is told wholly or not at all. */
static bool
put_deliveries(Post *post, GError **error)
{
    ApdLedger *ledger = post->dispatcher->ledger;
    bool many = post->deliveries->len > 1;

    if (many && !apd_ledger_begin(ledger, error))
        return false;
    for (guint i = 0; i < post->deliveries->len; i++)
        if (!apd_ledger_put_delivery(ledger, post->deliveries->pdata[i], error)) {
            if (many)
                apd_ledger_rollback(ledger);
            return false;
        }
    return !many || apd_ledger_commit(ledger, error);
}

static void
on_verdict(const ApdJudgement *judgement, void *user_data)
{
    Post *post = user_data;
    ApdDispatcher *self = post->dispatcher;
    ApdTime now = apd_now();
    ApdTime next = judgement->taking == APD_TAKEN ? 0 : next_try(post, judgement, now);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < post->deliveries->len; i++)
        note_verdict(post->deliveries->pdata[i], judgement, now, next);
    log_verdict(post, judgement, now);
    bool good = put_deliveries(post, &error)
                && (judgement->taking != APD_REFUSED
                    || tell_of_refusal(self, post, judgement->text, now, &error));
    g_clear_pointer(&post->deliveries, g_ptr_array_unref);

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

static void
free_alert(void *data)
{
    apd_alert_free(data);
}

static bool
may_go_with_others(const Post *post, const ApdAlert *alert, ApdTime now)
{
    return apd_digest_takes(alert, now) && quiet_until(post, alert, now) <= now;
}

/* Leaves in @owed what one message settles: its first alone, which is *alert, or,
 * when many may be told together, all of those; then *alert becomes the digest. */
static bool
gather(const Post *post, GPtrArray *owed, ApdAlert **alert, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func(free_alert);

    for (guint i = 1; i < owed->len && apd_digest_takes(*alert, now);) {
        const ApdDelivery *delivery = owed->pdata[i];
        g_autoptr(ApdAlert) other = NULL;

        if (!apd_ledger_get_alert(post->dispatcher->ledger, delivery->alert_id, &other, error))
            return false;
        if (!may_go_with_others(post, other, now)) {
            g_ptr_array_remove_index(owed, i);
            continue;
        }
        g_ptr_array_add(alerts, g_steal_pointer(&other));
        i++;
    }
    if (alerts->len + 1 < APD_DIGEST_LEAST) {
        g_ptr_array_set_size(owed, 1);
        return true;
    }

    g_ptr_array_insert(alerts, 0, g_steal_pointer(alert));
    *alert = apd_digest_make(alerts, now);
    return true;
}

static ApdTime
time_left(const ApdAlert *alert, ApdTime now)
{
    const ApdCase *kase = alert->kase             ? alert->kase
                          : alert->cases->len > 0 ? alert->cases->pdata[0]
                                                  : NULL;

    return kase != NULL && kase->deadline != APD_NEVER ? kase->deadline - now : APD_NEVER;
}

/* @owed (element-type ApdDelivery): due now, the most urgent first; not empty. */
static bool
start(Post *post, GPtrArray *owed, ApdTime now, GError **error)
{
    ApdLedger *ledger = post->dispatcher->ledger;
    ApdDelivery *first = owed->pdata[0];
    g_autoptr(ApdAlert) alert = NULL;

    if (!apd_ledger_get_alert(ledger, first->alert_id, &alert, error))
        return false;

    first->next_try = quiet_until(post, alert, now);
    if (first->next_try > now)
        return apd_ledger_put_delivery(ledger, first, error);
    if (!gather(post, owed, &alert, now, error))
        return false;

    post->left = time_left(alert, now);
    post->deliveries = g_ptr_array_ref(owed);
    post->full = apd_rate_take(apd_courier_rate(post->courier), post->full, now);
    apd_courier_send(post->courier, alert, first->idempotency, now, on_verdict, post);
    return true;
}

static bool
run_post(Post *post, ApdTime now, GError **error)
{
    if (post->deliveries != NULL || ready_at(post, now) > now)
        return true;

    int most = apd_courier_takes_digests(post->courier) ? APD_DIGEST_MOST : 1;
    g_autoptr(GPtrArray) owed =
        apd_ledger_owed(post->dispatcher->ledger, post->channel, now, most, error);
    if (owed == NULL)
        return false;
    return owed->len == 0 || start(post, owed, now, error);
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
        if (post->deliveries != NULL)
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
        if (post->deliveries != NULL || post->held)
            return true;
    }
    return false;
}
