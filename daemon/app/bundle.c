#include "app/bundle.h"

#include "app/quiet.h"
#include "app/reminders.h"
#include "logic/digest.h"

void
apd_bundle_free(ApdBundle *self)
{
    if (self == NULL)
        return;

    g_ptr_array_unref(self->deliveries);
    apd_alert_free(self->alert);
    g_free(self->key);
    g_free(self);
}

static void
free_alert(void *data)
{
    apd_alert_free(data);
}

ApdTime
apd_bundle_quiet_until(const ApdBundling *scope, const ApdAlert *alert)
{
    const ApdLadder ladder = apd_reminders_ladder(scope->config);
    g_autoptr(GTimeZone) zone = apd_config_zone(scope->config);

    return apd_quiet_until(scope->channel, &ladder, alert, scope->now, zone);
}

/* @ret_joins: whether it may be told with others.  What some addressees have already goes
 * to the rest of them alone, and what was sent under a key stays under it. */
static bool
look_at(const ApdBundling *scope, const ApdDelivery *delivery, ApdAlert **ret_alert,
        bool *ret_joins, GError **error)
{
    if (!apd_ledger_get_alert(scope->ledger, delivery->alert_id, ret_alert, error))
        return false;

    *ret_joins = !apd_delivery_is_partly_told(delivery)
                 && !(scope->sticky && delivery->bundle != NULL)
                 && apd_digest_takes(*ret_alert, scope->now)
                 && apd_bundle_quiet_until(scope, *ret_alert) <= scope->now;
    return true;
}

/* Leaves in @owed what one message tells: its first alone, or, when many may be told
 * together, all of those; adds their alerts to @alerts, in the same order. */
static bool
choose(const ApdBundling *scope, GPtrArray *owed, GPtrArray *alerts, GError **error)
{
    for (guint i = 0; i < owed->len;) {
        g_autoptr(ApdAlert) alert = NULL;
        bool joins;

        if (!look_at(scope, owed->pdata[i], &alert, &joins, error))
            return false;
        if (joins || i == 0)
            g_ptr_array_add(alerts, g_steal_pointer(&alert));
        if (i == 0 && !joins)
            break;
        if (joins)
            i++;
        else
            g_ptr_array_remove_index(owed, i);
    }
    if (alerts->len < APD_DIGEST_LEAST) {
        g_ptr_array_set_size(owed, 1);
        g_ptr_array_set_size(alerts, 1);
    }
    return true;
}

/* Of the same deliveries always the same, and of no others. */
static char *
make_key(const GPtrArray *deliveries)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    const ApdDelivery *first = deliveries->pdata[0];

    if (deliveries->len == 1)
        return g_strdup(first->idempotency);
    for (guint i = 0; i < deliveries->len; i++)
        g_checksum_update(
            sum, (const guchar *) ((const ApdDelivery *) deliveries->pdata[i])->idempotency, -1);
    return g_strdup_printf("msg_%.36s", g_checksum_get_string(sum));
}

/* Takes @alerts' elements, and @key. */
static ApdBundle *
bundle(GPtrArray *deliveries, GPtrArray *alerts, char *key, ApdTime now)
{
    ApdBundle *self = g_new0(ApdBundle, 1);

    self->deliveries = g_ptr_array_ref(deliveries);
    self->alert =
        alerts->len == 1 ? g_steal_pointer(&alerts->pdata[0]) : apd_digest_make(alerts, now);
    self->key = key;
    return self;
}

/* What was sent under @key and is still owed.  Some of it may be told or over by now: what
 * the service knows of the rest stays true. */
static ApdBundle *
gather_again(const ApdBundling *scope, const char *key, GError **error)
{
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func(free_alert);
    g_autoptr(GPtrArray) owed = apd_ledger_bundle(scope->ledger, key, error);

    for (guint i = 0; owed != NULL && i < owed->len; i++) {
        const ApdDelivery *delivery = owed->pdata[i];
        ApdAlert *alert = NULL;

        if (!apd_ledger_get_alert(scope->ledger, delivery->alert_id, &alert, error))
            return NULL;
        g_ptr_array_add(alerts, alert);
    }
    return owed ? bundle(owed, alerts, g_strdup(key), scope->now) : NULL;
}

ApdBundle *
apd_bundle_gather(const ApdBundling *scope, GPtrArray *owed, GError **error)
{
    const ApdDelivery *first = owed->pdata[0];
    g_autoptr(GPtrArray) alerts = g_ptr_array_new_with_free_func(free_alert);

    if (scope->sticky && first->bundle != NULL)
        return gather_again(scope, first->bundle, error);
    if (!choose(scope, owed, alerts, error))
        return NULL;
    return bundle(owed, alerts, make_key(owed), scope->now);
}

static bool
put_all(const ApdBundle *self, ApdLedger *ledger, GError **error)
{
    for (guint i = 0; i < self->deliveries->len; i++) {
        ApdDelivery *delivery = self->deliveries->pdata[i];

        g_free(delivery->bundle);
        delivery->bundle = g_strdup(self->key);
        if (!apd_ledger_put_delivery(ledger, delivery, error))
            return false;
    }
    return true;
}

bool
apd_bundle_keep(const ApdBundle *self, ApdLedger *ledger, GError **error)
{
    const ApdDelivery *first = self->deliveries->pdata[0];

    if (g_strcmp0(first->bundle, self->key) == 0)
        return true;
    if (!apd_ledger_begin(ledger, error))
        return false;
    return apd_ledger_end(ledger, put_all(self, ledger, error), error);
}
