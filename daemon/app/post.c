#include "app/post.h"

#include "app/courier.h"
#include "app/quiet.h"
#include "app/reminders.h"
#include "app/receipt.h"
#include "logic/backoff.h"
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
    bool own;              /* what is under way tells of this channel itself */
    ApdGate gate;
    ApdTime closed; /* of the gate, as the ledger knows it */
    bool held;      /* what is due waits for nothing but our own pace */
    ApdTime spared; /* until then, a digest waits for a better minute */
};

/* --- across a restart -------------------------------------------------------- */

/* How far the rate is used up and what pause was asked for.  That a destination seems
 * to be down is found out anew: it may be our own network that is back. */
static bool
recall(ApdPost *self, GError **error)
{
    g_auto(ApdDestination) known = { 0 };

    if (!apd_ledger_get_destination(self->ledger, self->channel->name, &known, error))
        return false;

    self->gate.full = known.full;
    self->gate.closed = self->closed = known.closed;
    apd_courier_recall(self->courier, &known);
    return true;
}

/* Only when it would be missed: most services have no rate and ask for no pause. */
static bool
remember(ApdPost *self, bool moved, GError **error)
{
    if (self->gate.rate.burst == 0 && self->gate.closed == self->closed && !moved)
        return true;

    g_auto(ApdDestination) known = { .full = self->gate.full, .closed = self->gate.closed };

    apd_courier_remember(self->courier, &known);
    self->closed = self->gate.closed;
    return apd_ledger_put_destination(self->ledger, self->channel->name, &known, error);
}

/* -------------------------------------------------------------------------------- */

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
    if (!recall(self, error)) {
        apd_post_free(self);
        return false;
    }
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

static const ApdDelivery *
first_of(const ApdPost *self)
{
    return self->deliveries->pdata[0];
}

/* Returns when to try again what was not taken. */
static ApdTime
pass_verdict(ApdPost *self, const ApdJudgement *judgement, ApdTime now)
{
    const ApdDelivery *first = first_of(self);

    if (judgement->taking == APD_TAKEN || judgement->reached != NULL)
        apd_gate_take(&self->gate);
    switch (judgement->taking) {
    case APD_TAKEN:
        return 0;
    case APD_REFUSED:
        return now + REFUSED_WAIT;
    case APD_TRY_AGAIN:
        break;
    }

    /* Who waits by himself holds up nobody: the others were told there. */
    int attempts = first->attempts + 1;
    if (apd_delivery_is_partly_told(first) || judgement->reached != NULL)
        return now + apd_backoff_wait(attempts, g_random_int(), self->left);
    return apd_gate_fail(&self->gate, judgement->wait, attempts, g_random_int(), self->left, now);
}

static bool
put_all(ApdPost *self, bool moved, GError **error)
{
    for (guint i = 0; i < self->deliveries->len; i++)
        if (!apd_ledger_put_delivery(self->ledger, self->deliveries->pdata[i], error))
            return false;

    return remember(self, moved, error);
}

/* Written together: a digest is told wholly or not at all, and what the service was
 * told counts for its rate.  What is new must not wait for this to be on the disk: after
 * a power cut the last of it would be told again, under the same identity. */
static bool
put_deliveries(ApdPost *self, bool moved, GError **error)
{
    ApdLedger *ledger = self->ledger;

    if (!apd_ledger_begin_relaxed(ledger, error))
        return false;
    return apd_ledger_end(ledger, put_all(self, moved, error), error);
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
    bool back = (judgement->taking == APD_TAKEN || judgement->reached != NULL)
                && apd_gate_is_down(&self->gate);
    ApdTime next = pass_verdict(self, judgement, now);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < self->deliveries->len; i++)
        apd_receipt_note(self->deliveries->pdata[i], judgement, self->own, now, next);
    apd_receipt_log(self->channel->name, self->deliveries, judgement, now);
    bool good = put_deliveries(self, judgement->moved != NULL, &error)
                && (!back || wake(self, now, &error))
                && apd_receipt_tell(self->ledger, self->config, self->channel->name, judgement, now,
                                    &error);
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

/* What some addressees have already goes to the rest of them alone. */
static bool
may_go_with_others(const ApdPost *self, const ApdDelivery *delivery, const ApdAlert *alert,
                   ApdTime now)
{
    return !apd_delivery_is_partly_told(delivery) && apd_digest_takes(alert, now)
           && quiet_until(self, alert, now) <= now;
}

/* Leaves in @owed what one message settles: its first alone, which is *alert, or,
 * when many may be told together, all of those; then *alert becomes the digest. */
static bool
gather(const ApdPost *self, GPtrArray *owed, ApdAlert **alert, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func(free_alert);

    for (guint i = 1; i < owed->len && may_go_with_others(self, owed->pdata[0], *alert, now);) {
        const ApdDelivery *delivery = owed->pdata[i];
        g_autoptr(ApdAlert) other = NULL;

        if (!apd_ledger_get_alert(self->ledger, delivery->alert_id, &other, error))
            return false;
        if (!may_go_with_others(self, delivery, other, now)) {
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

/* An alert that tells of this very channel is done once anybody there has it. */
static bool
is_own(const ApdPost *self, const ApdAlert *alert)
{
    g_autofree char *some = g_strdup_printf("%s (", self->channel->name);

    return alert->type == APD_ALERT_REFUSED && g_str_has_prefix(alert->subject, some);
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
    self->own = is_own(self, alert);
    self->deliveries = g_ptr_array_ref(owed);
    apd_gate_send(&self->gate, now);
    apd_courier_send(self->courier, alert, first->idempotency, first->told, now, on_verdict, self);
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
