#include "app/desktop_due.h"

#include "app/desktop_note.h"
#include "app/quiet.h"
#include "io/ledger_since.h"

/* More popups than this at once help nobody. */
#define MAX_POPUPS 3

/* A bound on what is looked at in one go; the rest stays owed for the next. */
#define MAX_ROWS 500

#define SUMMARY_KEY "cases"

static void
free_delivery(void *data)
{
    apd_delivery_free(data);
}

static void
free_due(void *data)
{
    ApdDesktopDue *self = data;

    g_free(self->key);
    apd_alert_free(self->alert);
    g_ptr_array_unref(self->deliveries);
    g_free(self);
}

GPtrArray *
apd_desktop_due_list(void)
{
    return g_ptr_array_new_with_free_func(free_due);
}

ApdDesktopDue *
apd_desktop_due_new(const char *key, ApdAlert *alert, const ApdPhrases *phrases)
{
    ApdDesktopDue *self = g_new0(ApdDesktopDue, 1);

    self->key = g_strdup(key);
    self->alert = alert;
    self->phrases = phrases;
    self->deliveries = g_ptr_array_new_with_free_func(free_delivery);
    return self;
}

static ApdDesktopDue *
due_for(GPtrArray *dues, const char *key)
{
    for (guint i = 0; i < dues->len; i++) {
        ApdDesktopDue *due = dues->pdata[i];
        if (g_str_equal(due->key, key))
            return due;
    }

    ApdDesktopDue *due = apd_desktop_due_new(key, NULL, NULL);
    g_ptr_array_add(dues, due);
    return due;
}

/* What another session has shown is of interest while nobody has answered it. */
static bool
is_stale(const ApdDelivery *delivery, const ApdAlert *alert, ApdTime now)
{
    return delivery->state == APD_DELIVERY_DONE && alert->kase != NULL
           && (alert->kase->state == APD_STATE_ACKNOWLEDGED || alert->kase->snoozed_until > now);
}

/* One look through the ledger. */
typedef struct {
    ApdLedger *ledger;            /* borrowed, as are all of these */
    const ApdDesktopScene *scene; /* for quiet hours */
    GPtrArray *dues;
    ApdTime now;
    int64_t upto;
    ApdTime wake;
} Look;

static bool
is_quiet(Look *look, const ApdDesktopChannel *channel, const ApdAlert *alert)
{
    ApdTime until =
        apd_quiet_until(channel->config, &look->scene->ladder, alert, look->now, look->scene->zone);

    if (until <= look->now)
        return false;
    look->wake = MIN(look->wake, until);
    return true;
}

/* Takes @delivery. */
static bool
add(Look *look, const ApdDesktopChannel *channel, ApdDelivery *delivery, GError **error)
{
    g_autoptr(ApdDelivery) owned = delivery;
    g_autoptr(ApdAlert) alert = NULL;

    if (!apd_ledger_get_alert(look->ledger, delivery->alert_id, &alert, error))
        return false;
    if (alert == NULL || is_stale(delivery, alert, look->now) || is_quiet(look, channel, alert))
        return true;

    g_autofree char *key = apd_desktop_note_key(alert);
    ApdDesktopDue *due = due_for(look->dues, key);
    if (due->alert == NULL || due->alert->id < alert->id) {
        apd_alert_free(due->alert);
        due->alert = g_steal_pointer(&alert);
        due->phrases = channel->phrases;
    }
    if (delivery->state == APD_DELIVERY_OWED)
        g_ptr_array_add(due->deliveries, g_steal_pointer(&owned));
    return true;
}

static bool
add_rows(Look *look, const ApdDesktopChannel *channel, GPtrArray *rows, GError **error)
{
    for (guint i = 0; i < rows->len; i++) {
        ApdDelivery *delivery = g_steal_pointer(&rows->pdata[i]);
        look->upto = MAX(look->upto, delivery->id);
        if (!add(look, channel, delivery, error))
            return false;
    }
    return true;
}

static bool
add_channel(Look *look, const ApdDesktopChannel *channel, int64_t after, GError **error)
{
    g_autoptr(GPtrArray) owed =
        apd_ledger_owed(look->ledger, channel->name, look->now, MAX_ROWS, error);
    if (owed == NULL || !add_rows(look, channel, owed, error))
        return false;

    g_autoptr(GPtrArray) done =
        apd_ledger_since_done(look->ledger, channel->name, after, MAX_ROWS, error);
    return done != NULL && add_rows(look, channel, done, error);
}

GPtrArray *
apd_desktop_due_find(ApdLedger *ledger, GPtrArray *channels, const ApdDesktopScene *scene,
                     int64_t after, ApdTime now, int64_t *ret_upto, ApdTime *ret_wake,
                     GError **error)
{
    g_autoptr(GPtrArray) dues = apd_desktop_due_list();
    Look look = { ledger, scene, dues, now, after, APD_NEVER };

    for (guint i = 0; i < channels->len; i++)
        if (!add_channel(&look, channels->pdata[i], after, error))
            return NULL;

    *ret_upto = look.upto;
    *ret_wake = look.wake;
    return g_steal_pointer(&dues);
}

/* --- many at once ------------------------------------------------------------ */

static bool
can_join(const ApdDesktopDue *due)
{
    return due->alert->kase != NULL && due->alert->kase->state == APD_STATE_OPEN;
}

static ApdDesktopDue *
make_summary(const ApdDesktopDue *first, ApdTime now)
{
    ApdDesktopDue *summary = apd_desktop_due_new(SUMMARY_KEY, apd_alert_new(), first->phrases);

    summary->alert->type = APD_ALERT_SUMMARY;
    summary->alert->created = now;
    return summary;
}

static void
join(ApdDesktopDue *summary, ApdDesktopDue *due)
{
    ApdAlert *alert = summary->alert;

    alert->id = MAX(alert->id, due->alert->id);
    alert->severity = MAX(alert->severity, due->alert->severity);
    g_ptr_array_add(alert->cases, g_steal_pointer(&due->alert->kase));
    g_ptr_array_extend_and_steal(summary->deliveries, g_steal_pointer(&due->deliveries));
    due->deliveries = g_ptr_array_new();
}

void
apd_desktop_due_collapse(GPtrArray *dues, ApdTime now)
{
    guint n = 0;

    for (guint i = 0; i < dues->len; i++)
        n += can_join(dues->pdata[i]);
    if (n <= MAX_POPUPS)
        return;

    ApdDesktopDue *summary = make_summary(dues->pdata[0], now);
    for (guint i = 0; i < dues->len;) {
        ApdDesktopDue *due = dues->pdata[i];
        if (!can_join(due)) {
            i++;
            continue;
        }
        join(summary, due);
        g_ptr_array_remove_index(dues, i);
    }
    /* cppcheck-suppress nullPointer */
    apd_cases_sort(summary->alert->cases);
    g_ptr_array_insert(dues, 0, summary);
}

bool
apd_desktop_due_failed(ApdLedger *ledger, const ApdDesktopDue *due, const char *why, GError **error)
{
    for (guint i = 0; i < due->deliveries->len; i++) {
        ApdDelivery *delivery = due->deliveries->pdata[i];

        /* Each write wakes all who watch the ledger, us too. */
        if (g_strcmp0(delivery->last_error, why) == 0)
            continue;
        g_free(delivery->last_error);
        delivery->last_error = g_strdup(why);
        if (!apd_ledger_put_delivery(ledger, delivery, error))
            return false;
    }
    return true;
}

static bool
mark_all(ApdLedger *ledger, const ApdDesktopDue *due, ApdTime now, GError **error)
{
    for (guint i = 0; i < due->deliveries->len; i++) {
        ApdDelivery *delivery = due->deliveries->pdata[i];
        delivery->state = APD_DELIVERY_DONE;
        delivery->attempts++;
        delivery->done_at = now;
        g_clear_pointer(&delivery->last_error, g_free);
        if (!apd_ledger_put_delivery(ledger, delivery, error))
            return false;
    }
    return true;
}

bool
apd_desktop_due_done(ApdLedger *ledger, const ApdDesktopDue *due, ApdTime now, GError **error)
{
    if (due->deliveries->len == 0)
        return true;
    if (!apd_ledger_begin(ledger, error))
        return false;
    return apd_ledger_end(ledger, mark_all(ledger, due, now, error), error);
}
