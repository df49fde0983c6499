#include "app/post.h"

#include "app/courier.h"
#include "app/quiet.h"
#include "app/raise.h"
#include "app/reminders.h"
#include "base/log.h"
#include "logic/digest.h"
#include "logic/gate.h"

/* A refusal is for a person to mend; this often we look whether one has. */
#define REFUSED_WAIT APD_HOUR

struct ApdPost {
    ApdLedger *ledger;               /* borrowed */
    const ApdConfig *config;         /* borrowed */
    const ApdChannelConfig *channel; /* borrowed */
    ApdPostEvents events;
    void *user_data;       /* borrowed */
    ApdCourier *courier;   /* owned */
    GPtrArray *deliveries; /* owned, element-type ApdDelivery: what is under way settles them
                            * all, most urgent first; NULL: nothing is */
    ApdTime left;          /* to the deadline of what is under way */
    ApdGate gate;
    bool held;      /* what is due waits for nothing but our own pace */
    ApdTime spared; /* until then, a digest waits for a better minute */
};

bool
apd_post_new(ApdLedger *ledger, const ApdConfig *config, const ApdChannelConfig *channel,
             ApdHttp *http, const ApdPostEvents *events, void *user_data, ApdPost **ret_post,
             GError **error)
{
    g_autoptr(ApdCourier) courier = apd_courier_new(channel, config, http, error);

    if (courier == NULL)
        return false;

    *ret_post = NULL;
    if (apd_courier_is_elsewhere(courier))
        return true;

    ApdPost *self = g_new0(ApdPost, 1);
    self->ledger = ledger;
    self->config = config;
    self->channel = channel;
    self->events = *events;
    self->user_data = user_data;
    self->courier = g_steal_pointer(&courier);
    self->gate.rate = *apd_courier_rate(self->courier);
    *ret_post = self;
    return true;
}

void
apd_post_free(ApdPost *self)
{
    if (self == NULL)
        return;

    apd_courier_free(self->courier);
    g_clear_pointer(&self->deliveries, g_ptr_array_unref);
    g_free(self);
}

/* --- verdicts -------------------------------------------------------------- */

/* A channel that refuses is told of on the others, at most once a day. */
static bool
tell_of_refusal(const ApdPost *self, const char *text, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key =
        g_strdup_printf("refused/%s/%" G_GINT64_FORMAT, self->channel->name, now / APD_DAY);
    alert->type = APD_ALERT_REFUSED;
    alert->severity = APD_SEVERITY_HIGH;
    alert->subject = g_strdup(self->channel->name);
    alert->text = g_strdup(text);
    alert->created = now;
    return apd_raise_alert(self->ledger, self->config, alert, NULL, error);
}

static const ApdDelivery *
first_of(const ApdPost *self)
{
    return self->deliveries->pdata[0];
}

/* Returns when to try again what was not taken. */
static ApdTime
pass_verdict(ApdPost *self, const ApdJudgement *judgement, ApdTime now)
{
    switch (judgement->taking) {
    case APD_TAKEN:
        apd_gate_take(&self->gate);
        return 0;
    case APD_REFUSED:
        return now + REFUSED_WAIT;
    case APD_TRY_AGAIN:
        break;
    }
    return apd_gate_fail(&self->gate, judgement->wait, first_of(self)->attempts + 1, g_random_int(),
                         self->left, now);
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
log_verdict(const ApdPost *self, const ApdJudgement *judgement, ApdTime now)
{
    const ApdDelivery *first = first_of(self);
    g_autofree char *more = self->deliveries->len > 1
                                ? g_strdup_printf(" and %u more", self->deliveries->len - 1)
                                : g_strdup("");

    if (judgement->taking == APD_TAKEN)
        apd_log(G_LOG_LEVEL_MESSAGE, "APPEALD_CHANNEL", self->channel->name,
                "channel %s took alert %" G_GINT64_FORMAT "%s%s%s", self->channel->name,
                first->alert_id, more, judgement->text ? ", but " : "",
                judgement->text ? judgement->text : "");
    else
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", self->channel->name,
                "channel %s did not take alert %" G_GINT64_FORMAT
                "%s: %s; will try again in %" G_GINT64_FORMAT " s",
                self->channel->name, first->alert_id, more, first->last_error,
                (first->next_try - now) / APD_SECOND);
}

/* Several are written together: a digest is told wholly or not at all. */
static bool
put_deliveries(ApdPost *self, GError **error)
{
    ApdLedger *ledger = self->ledger;
    bool many = self->deliveries->len > 1;

    if (many && !apd_ledger_begin(ledger, error))
        return false;
    for (guint i = 0; i < self->deliveries->len; i++)
        if (!apd_ledger_put_delivery(ledger, self->deliveries->pdata[i], error)) {
            if (many)
                apd_ledger_rollback(ledger);
            return false;
        }
    return !many || apd_ledger_commit(ledger, error);
}

/* The destination is back: what waited for it alone is due now, in its order. */
static bool
wake(ApdPost *self, ApdTime now, GError **error)
{
    ApdLedger *ledger = self->ledger;
    g_autoptr(GPtrArray) owed =
        apd_ledger_owed(ledger, self->channel->name, self->gate.down, 0, error);

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
    ApdPost *self = user_data;
    ApdTime now = apd_now();
    bool back = judgement->taking == APD_TAKEN && apd_gate_is_down(&self->gate);
    ApdTime next = pass_verdict(self, judgement, now);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < self->deliveries->len; i++)
        note_verdict(self->deliveries->pdata[i], judgement, now, next);
    log_verdict(self, judgement, now);
    bool good = put_deliveries(self, &error) && (!back || wake(self, now, &error))
                && (judgement->taking != APD_REFUSED
                    || tell_of_refusal(self, judgement->text, now, &error));
    g_clear_pointer(&self->deliveries, g_ptr_array_unref);

    if (good)
        self->events.changed(self->user_data);
    else
        self->events.failed(error, self->user_data);
}

/* --- starting what is due --------------------------------------------------- */

static ApdTime
quiet_until(const ApdPost *self, const ApdAlert *alert, ApdTime now)
{
    const ApdLadder ladder = apd_reminders_ladder(self->config);
    g_autoptr(GTimeZone) zone = apd_config_zone(self->config);

    return apd_quiet_until(self->channel, &ladder, alert, now, zone);
}

static void
free_alert(void *data)
{
    apd_alert_free(data);
}

static bool
may_go_with_others(const ApdPost *self, const ApdAlert *alert, ApdTime now)
{
    return apd_digest_takes(alert, now) && quiet_until(self, alert, now) <= now;
}

/* Leaves in @owed what one message settles: its first alone, which is *alert, or,
 * when many may be told together, all of those; then *alert becomes the digest. */
static bool
gather(const ApdPost *self, GPtrArray *owed, ApdAlert **alert, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func(free_alert);

    for (guint i = 1; i < owed->len && apd_digest_takes(*alert, now);) {
        const ApdDelivery *delivery = owed->pdata[i];
        g_autoptr(ApdAlert) other = NULL;

        if (!apd_ledger_get_alert(self->ledger, delivery->alert_id, &other, error))
            return false;
        if (!may_go_with_others(self, other, now)) {
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
start(ApdPost *self, GPtrArray *owed, ApdTime now, GError **error)
{
    ApdLedger *ledger = self->ledger;
    ApdDelivery *first = owed->pdata[0];
    g_autoptr(ApdAlert) alert = NULL;

    if (!apd_ledger_get_alert(ledger, first->alert_id, &alert, error))
        return false;

    first->next_try = quiet_until(self, alert, now);
    if (first->next_try > now)
        return apd_ledger_put_delivery(ledger, first, error);
    if (!gather(self, owed, &alert, now, error))
        return false;
    if (owed->len > 1 && apd_courier_spares_half_hours(self->courier)) {
        ApdTime at = apd_digest_spare(now, g_random_int());
        if (at > now) {
            apd_gate_close(&self->gate, at);
            self->spared = at;
            return true;
        }
    }

    self->left = time_left(alert, now);
    self->deliveries = g_ptr_array_ref(owed);
    apd_gate_send(&self->gate, now);
    apd_courier_send(self->courier, alert, first->idempotency, now, on_verdict, self);
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
has_news(const ApdPost *self, ApdTime now, bool *ret_news, GError **error)
{
    g_autoptr(GPtrArray) first =
        apd_ledger_owed(self->ledger, self->channel->name, MAX(now, self->gate.down), 1, error);

    if (first == NULL)
        return false;

    *ret_news = first->len > 0 && ((const ApdDelivery *) first->pdata[0])->attempts == 0;
    return true;
}

/* Returns: (transfer full): what is due, the most urgent first; NULL on error.
 * @ret_ready: when it may go. */
static GPtrArray *
look(const ApdPost *self, ApdTime now, ApdTime *ret_ready, GError **error)
{
    bool down = apd_gate_is_down(&self->gate), is_news = false;
    int most = apd_courier_takes_digests(self->courier) || down ? APD_DIGEST_MOST : 1;

    if (down && !has_news(self, now, &is_news, error))
        return NULL;

    *ret_ready = apd_gate_ready(&self->gate, is_news, now);
    return apd_ledger_owed(self->ledger, self->channel->name, now, most, error);
}

bool
apd_post_run(ApdPost *self, ApdTime now, GError **error)
{
    ApdTime ready;

    if (self->deliveries != NULL)
        return true;

    g_autoptr(GPtrArray) owed = look(self, now, &ready, error);
    if (owed == NULL)
        return false;
    if (owed->len == 0 || ready > now)
        return true;
    if (apd_gate_tries_another(&self->gate))
        put_least_tried_first(owed);
    if (!apd_courier_takes_digests(self->courier))
        g_ptr_array_set_size(owed, 1);
    return start(self, owed, now, error);
}

bool
apd_post_next(ApdPost *self, ApdTime now, ApdTime *ret_next, GError **error)
{
    ApdTime next, ready;

    self->held = false;
    *ret_next = APD_NEVER;
    if (self->deliveries != NULL)
        return true; /* its verdict wakes us */
    if (!apd_ledger_next_try(self->ledger, self->channel->name, &next, error))
        return false;
    if (next == APD_NEVER)
        return true;

    g_autoptr(GPtrArray) owed = look(self, now, &ready, error);
    if (owed == NULL)
        return false;
    self->held = owed->len > 0 && (!apd_gate_is_shut(&self->gate, now) || self->spared > now);
    *ret_next = owed->len > 0 ? MAX(now, ready) : next;
    return true;
}

void
apd_post_open(ApdPost *self)
{
    apd_gate_open(&self->gate);
}

bool
apd_post_is_busy(const ApdPost *self)
{
    return self->deliveries != NULL || self->held;
}
