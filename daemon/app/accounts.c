#include "app/accounts.h"

#include "io/ledger_accounts.h"
#include "port/channel.h"

/* What ended longer ago, ended there by itself or by hand. */
#define LOOK_BACK (90 * APD_DAY)

static bool
keeps_account(const ApdChannelConfig *channel)
{
    const ApdChannelType *type = channel->type ? apd_channel_find(channel->type) : NULL;

    return type != NULL && type->keeps_account;
}

static bool
settle(ApdLedger *ledger, const char *channel, int64_t case_id, ApdTime now, GError **error)
{
    const char *const channels[] = { channel, NULL };
    g_autoptr(ApdAlert) alert = apd_alert_new();
    bool is_new;

    if (!apd_ledger_get_case(ledger, case_id, &alert->kase, error))
        return false;

    alert->key = apd_ledger_accounts_key(alert->kase);
    alert->type = APD_ALERT_CASE;
    alert->reason = APD_REASON_CHANGED;
    alert->severity = alert->kase->severity;
    alert->created = now;
    if (!apd_ledger_add_alert(ledger, alert, channels, &is_new, error))
        return false;
    return (is_new || apd_ledger_owe(ledger, alert, channel, error))
           && apd_ledger_drop_superseded(ledger, alert->id, error);
}

bool
apd_accounts_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, GError **error)
{
    for (guint i = 0; i < config->channels->len; i++) {
        const ApdChannelConfig *channel = config->channels->pdata[i];
        g_autoptr(GArray) open = NULL;

        if (!keeps_account(channel))
            continue;
        open = apd_ledger_accounts_open(ledger, channel->name, now - LOOK_BACK, error);
        for (guint k = 0; open != NULL && k < open->len; k++)
            if (!settle(ledger, channel->name, g_array_index(open, int64_t, k), now, error))
                return false;
        if (open == NULL)
            return false;
    }
    return true;
}
