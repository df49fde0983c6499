#include "app/post.h"

#include "app/bundle.h"
#include "app/courier.h"
#include "app/pace.h"
#include "app/receipt.h"
#include "logic/backoff.h"
#include "logic/digest.h"

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
    ApdPace pace;
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
    self->pace.gate.rate = *apd_courier_rate(self->courier);
    if (!apd_pace_recall(&self->pace, ledger, channel->name, self->courier, error)) {
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
        apd_gate_take(&self->pace.gate);
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
    return apd_gate_fail(&self->pace.gate, judgement->wait, attempts, g_random_int(), self->left,
                         now);
}

static bool
put_all(ApdPost *self, bool moved, GError **error)
{
    for (guint i = 0; i < self->deliveries->len; i++)
        if (!apd_ledger_put_delivery(self->ledger, self->deliveries->pdata[i], error))
            return false;

    return apd_pace_remember(&self->pace, self->ledger, self->channel->name, self->courier, moved,
                             error);
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
        apd_ledger_owed(ledger, self->channel->name, self->pace.gate.down, 0, error);

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
                && apd_gate_is_down(&self->pace.gate);
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

/* Whether a digest waits for a better minute: the service asks for it. */
static bool
spares(ApdPost *self, const ApdBundle *bundle, ApdTime now)
{
    ApdTime at;

    if (bundle->deliveries->len == 1 || !apd_courier_spares_half_hours(self->courier))
        return false;

    at = apd_digest_spare(now, g_random_int());
    if (at <= now)
        return false;
    apd_gate_close(&self->pace.gate, at);
    self->spared = at;
    return true;
}

/* It is in the ledger that @bundle goes, where that counts, before it does. */
static bool
send(ApdPost *self, const ApdBundle *bundle, ApdTime now, GError **error)
{
    const ApdDelivery *first = bundle->deliveries->pdata[0];

    if (apd_courier_is_sticky(self->courier) && !apd_bundle_keep(bundle, self->ledger, error))
        return false;

    self->left = time_left(bundle->alert, now);
    self->own = is_own(self, bundle->alert);
    self->deliveries = g_ptr_array_ref(bundle->deliveries);
    apd_gate_send(&self->pace.gate, now);
    apd_courier_send(self->courier, bundle->alert, bundle->key, first->told, first->rest, now,
                     on_verdict, self);
    return true;
}

/* @owed (element-type ApdDelivery): due now, the most urgent first; not empty. */
static bool
start(ApdPost *self, GPtrArray *owed, ApdTime now, GError **error)
{
    const ApdBundling scope = { self->ledger, self->config, self->channel,
                                apd_courier_is_sticky(self->courier), now };
    ApdDelivery *first = owed->pdata[0];
    g_autoptr(ApdAlert) alert = NULL;

    if (!apd_ledger_get_alert(self->ledger, first->alert_id, &alert, error))
        return false;
    first->next_try = apd_bundle_quiet_until(&scope, alert);
    if (first->next_try > now)
        return apd_ledger_put_delivery(self->ledger, first, error);

    g_autoptr(ApdBundle) bundle = apd_bundle_gather(&scope, owed, error);
    return bundle != NULL && (spares(self, bundle, now) || send(self, bundle, now, error));
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
    g_autoptr(GPtrArray) first = apd_ledger_owed(self->ledger, self->channel->name,
                                                 MAX(now, self->pace.gate.down), 1, error);

    if (first == NULL)
        return false;

    *ret_news = first->len > 0 && ((const ApdDelivery *) first->pdata[0])->attempts == 0;
    return true;
}

/* Returns: (transfer full): what is due, the most urgent first; NULL on error.
 * @ret_ready: when it may go. */
static GPtrArray *
look(ApdPost *self, ApdTime now, ApdTime *ret_ready, GError **error)
{
    const char *name = self->channel->name;
    bool down = apd_gate_is_down(&self->pace.gate), is_news = false;
    int most = apd_courier_takes_digests(self->courier) || down ? APD_DIGEST_MOST : 1;
    g_autoptr(GPtrArray) owed = apd_ledger_owed(self->ledger, name, now, most, error);

    if (owed == NULL || (down && !has_news(self, now, &is_news, error)))
        return NULL;
    if (owed->len > 0 && !apd_pace_recall(&self->pace, self->ledger, name, self->courier, error))
        return NULL;

    *ret_ready = apd_gate_ready(&self->pace.gate, is_news, now);
    return g_steal_pointer(&owed);
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
    if (apd_gate_tries_another(&self->pace.gate))
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
    self->held = owed->len > 0 && (!apd_gate_is_shut(&self->pace.gate, now) || self->spared > now);
    *ret_next = owed->len > 0 ? MAX(now, ready) : next;
    return true;
}

void
apd_post_open(ApdPost *self)
{
    apd_gate_open(&self->pace.gate);
}

bool
apd_post_is_busy(const ApdPost *self)
{
    return self->deliveries != NULL || self->held;
}
