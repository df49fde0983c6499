#include "app/dispatcher.h"

#include "app/courier.h"
#include "app/quiet.h"
#include "app/raise.h"
#include "app/reminders.h"
#include "base/log.h"
#include "logic/digest.h"
#include "logic/gate.h"

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
    ApdGate gate;
    bool held; /* what is due waits for the rate alone */
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
    post->gate.rate = *apd_courier_rate(post->courier);
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

/* Returns when to try again what was not taken. */
static ApdTime
pass_verdict(Post *post, const ApdJudgement *judgement, ApdTime now)
{
    switch (judgement->taking) {
    case APD_TAKEN:
        apd_gate_take(&post->gate);
        return 0;
    case APD_REFUSED:
        return now + REFUSED_WAIT;
    case APD_TRY_AGAIN:
        break;
    }
    return apd_gate_fail(&post->gate, judgement->wait, first_of(post)->attempts + 1, g_random_int(),
                         post->left, now);
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

/* The destination is back: what waited for it alone is due now, in its order. */
static bool
wake(Post *post, ApdTime now, GError **error)
{
    ApdLedger *ledger = post->dispatcher->ledger;
    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, post->channel, post->gate.down, 0, error);

    for (guint i = 0; owed != NULL && i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        if (delivery->attempts == 0 || delivery->next_try <= now)
            continue;
        delivery->next_try = now;
        if (!apd_ledger_put_delivery(ledger, delivery, error))
            return false;
    }
    return owed != NULL;
}

static void
on_verdict(const ApdJudgement *judgement, void *user_data)
{
    Post *post = user_data;
    ApdDispatcher *self = post->dispatcher;
    ApdTime now = apd_now();
    bool back = judgement->taking == APD_TAKEN && apd_gate_is_down(&post->gate);
    ApdTime next = pass_verdict(post, judgement, now);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < post->deliveries->len; i++)
        note_verdict(post->deliveries->pdata[i], judgement, now, next);
    log_verdict(post, judgement, now);
    bool good = put_deliveries(post, &error) && (!back || wake(post, now, &error))
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
    apd_gate_send(&post->gate, now);
    apd_courier_send(post->courier, alert, first->idempotency, now, on_verdict, post);
    return true;
}

/* Puts first what was tried least. */
static void
put_least_tried_first(GPtrArray *owed)
{
    guint least = 0;

    for (guint i = 1; i < owed->len; i++)
        if (((const ApdDelivery *) owed->pdata[i])->attempts
            < ((const ApdDelivery *) owed->pdata[least])->attempts)
            least = i;

    void *other = owed->pdata[0];
    owed->pdata[0] = owed->pdata[least];
    owed->pdata[least] = other;
}

/* @ret_news: whether the most urgent of all that is owed was never tried. */
static bool
has_news(const Post *post, ApdTime now, bool *ret_news, GError **error)
{
    g_autoptr(GPtrArray) first = apd_ledger_owed(post->dispatcher->ledger, post->channel,
                                                 MAX(now, post->gate.down), 1, error);

    if (first == NULL)
        return false;

    *ret_news = first->len > 0 && ((const ApdDelivery *) first->pdata[0])->attempts == 0;
    return true;
}

/* Returns: (transfer full): what is due, the most urgent first; NULL on error.
 * @ret_ready: when it may go. */
static GPtrArray *
look(const Post *post, ApdTime now, ApdTime *ret_ready, GError **error)
{
    bool down = apd_gate_is_down(&post->gate), is_news = false;
    int most = apd_courier_takes_digests(post->courier) || down ? APD_DIGEST_MOST : 1;

    if (down && !has_news(post, now, &is_news, error))
        return NULL;

    *ret_ready = apd_gate_ready(&post->gate, is_news, now);
    return apd_ledger_owed(post->dispatcher->ledger, post->channel, now, most, error);
}

static bool
run_post(Post *post, ApdTime now, GError **error)
{
    ApdTime ready;

    if (post->deliveries != NULL)
        return true;

    g_autoptr(GPtrArray) owed = look(post, now, &ready, error);
    if (owed == NULL)
        return false;
    if (owed->len == 0 || ready > now)
        return true;
    if (apd_gate_tries_another(&post->gate))
        put_least_tried_first(owed);
    if (!apd_courier_takes_digests(post->courier))
        g_ptr_array_set_size(owed, 1);
    return start(post, owed, now, error);
}

/* When to look again at one post. */
static bool
next_of(Post *post, ApdTime now, ApdTime *ret_next, GError **error)
{
    ApdTime next, ready;

    post->held = false;
    *ret_next = APD_NEVER;
    if (post->deliveries != NULL)
        return true; /* its verdict wakes us */
    if (!apd_ledger_next_try(post->dispatcher->ledger, post->channel, &next, error))
        return false;
    if (next == APD_NEVER)
        return true;

    g_autoptr(GPtrArray) owed = look(post, now, &ready, error);
    if (owed == NULL)
        return false;
    post->held = owed->len > 0 && !apd_gate_is_shut(&post->gate, now);
    *ret_next = owed->len > 0 ? MAX(now, ready) : next;
    return true;
}

/* The earliest try of what waits on the channels that are ours and idle. */
static bool
find_next(ApdDispatcher *self, ApdTime now, ApdTime *ret_next, GError **error)
{
    *ret_next = APD_NEVER;
    for (guint i = 0; i < self->posts->len; i++) {
        ApdTime next;

        if (!next_of(self->posts->pdata[i], now, &next, error))
            return false;
        *ret_next = MIN(*ret_next, next);
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
        apd_gate_open(&((Post *) self->posts->pdata[i])->gate);
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
