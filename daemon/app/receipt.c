#include "app/receipt.h"

#include "app/raise.h"
#include "base/log.h"

static void
add_all(GStrvBuilder *list, char *const *names)
{
    for (; *names != NULL; names++)
        g_strv_builder_add(list, *names);
}

/* Adds to @delivery->told who has it now. */
static void
note_reached(ApdDelivery *delivery, char *const *reached)
{
    g_autoptr(GStrvBuilder) told = g_strv_builder_new();

    if (apd_delivery_is_partly_told(delivery))
        add_all(told, delivery->told);
    add_all(told, reached);
    g_strfreev(delivery->told);
    delivery->told = g_strv_builder_end(told);
}

static bool
refuses(const ApdJudgement *judgement)
{
    return judgement->taking == APD_REFUSED || judgement->refused != NULL;
}

void
apd_receipt_note(ApdDelivery *delivery, const ApdJudgement *judgement, bool own, ApdTime now,
                 ApdTime next)
{
    bool some = judgement->reached != NULL;

    delivery->attempts++;
    g_clear_pointer(&delivery->last_error, g_free);
    if (some)
        note_reached(delivery, judgement->reached);
    if (judgement->rest != NULL) {
        g_strfreev(delivery->rest);
        delivery->rest = g_strdupv(judgement->rest);
    }
    if (judgement->taking == APD_TAKEN || (own && some)) {
        delivery->state = APD_DELIVERY_DONE;
        delivery->done_at = now;
        return;
    }

    delivery->next_try = next;
    delivery->last_error =
        g_strdup_printf("%s%s", refuses(judgement) ? APD_REFUSAL : "", judgement->text);
}

void
apd_receipt_log(const char *channel, const GPtrArray *deliveries, const ApdJudgement *judgement,
                ApdTime now)
{
    const ApdDelivery *first = deliveries->pdata[0];
    g_autofree char *more =
        deliveries->len > 1 ? g_strdup_printf(" and %u more", deliveries->len - 1) : g_strdup("");

    if (first->state == APD_DELIVERY_DONE)
        apd_log(G_LOG_LEVEL_MESSAGE, "APPEALD_CHANNEL", channel,
                "channel %s took alert %" G_GINT64_FORMAT "%s%s%s", channel, first->alert_id, more,
                judgement->text ? ", but " : "", judgement->text ? judgement->text : "");
    else
        apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", channel,
                "channel %s %s alert %" G_GINT64_FORMAT
                "%s: %s; will try again in %" G_GINT64_FORMAT " s",
                channel, judgement->reached ? "told only some addressees of" : "did not take",
                first->alert_id, more, first->last_error, (first->next_try - now) / APD_SECOND);
}

bool
apd_receipt_tell(ApdLedger *ledger, const ApdConfig *config, const char *channel,
                 const ApdJudgement *judgement, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    if (!refuses(judgement))
        return true;

    alert->type = APD_ALERT_REFUSED;
    alert->severity = APD_SEVERITY_HIGH;
    alert->subject = judgement->refused ? g_strdup_printf("%s (%s)", channel, judgement->refused)
                                        : g_strdup(channel);
    alert->key = g_strdup_printf("refused/%s/%" G_GINT64_FORMAT, alert->subject, now / APD_DAY);
    alert->text = g_strdup(judgement->text);
    alert->created = now;
    return apd_raise_alert(ledger, config, alert, NULL, error);
}
