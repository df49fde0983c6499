#include "app/health.h"

#include "app/blindness.h"
#include "app/fullness.h"

/* A healthy source proves itself at least this often: the longest `poll`, and
 * what a slow server may take. */
#define LIFE_LIMIT (APD_HOUR + 15 * APD_MINUTE)

/* A channel that has not taken an alert for so long is no passing trouble. */
#define OWED_LIMIT (15 * APD_MINUTE)

/* A ledger written so much later than now was written under another clock. */
#define CLOCK_SLACK (5 * APD_MINUTE)

static const ApdSight *
find_sight(const GPtrArray *sights, const char *source, const char *folder)
{
    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        if (g_str_equal(sight->source, source) && g_str_equal(sight->folder, folder))
            return sight;
    }
    return NULL;
}

static char *
ask_folder(const GPtrArray *sights, const char *source, const char *folder, ApdTime now)
{
    const ApdSight *sight = find_sight(sights, source, folder);

    if (sight == NULL)
        return g_strdup_printf("%s %s was not read yet", source, folder);
    if (!sight->well)
        return g_strdup_printf("%s %s cannot be read: %s", source, folder,
                               sight->text ? sight->text : "no reason given");
    if (sight->last_life + LIFE_LIMIT < now)
        return g_strdup_printf("%s %s gave no sign of life for long", source, folder);
    if (sight->last_life > now + CLOCK_SLACK)
        return g_strdup("the clock was set back, or is wrong");
    return NULL;
}

static char *
ask_source(const GPtrArray *sights, const ApdSourceConfig *source, ApdTime now)
{
    const ApdSight *room = find_sight(sights, source->section, APD_SIGHT_ROOM);
    char *why = NULL;

    if (room != NULL && apd_fullness_is_full(room))
        return g_strdup_printf("%s is %s", source->section, room->text);
    if (source->folders[0] == NULL)
        return ask_folder(sights, source->section, "", now);
    for (char **folder = source->folders; *folder != NULL && why == NULL; folder++)
        why = ask_folder(sights, source->section, *folder, now);
    return why;
}

/* Reminders come at the wrong time by it. */
static char *
ask_clock(const GPtrArray *sights, const ApdConfig *config)
{
    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        if (g_str_equal(sight->folder, APD_SIGHT_CLOCK) && sight->text != NULL
            && apd_blindness_concerns(config, sight))
            return g_strdup(sight->text);
    }
    return NULL;
}

static bool
is_elsewhere(const ApdConfig *config, const char *name)
{
    const ApdChannelConfig *channel = apd_config_channel(config, name);

    return channel == NULL || g_str_equal(channel->type, "desktop");
}

static char *
ask_owed(const ApdConfig *config, const ApdDelivery *delivery, const ApdAlert *alert, ApdTime now)
{
    if (is_elsewhere(config, delivery->channel) || delivery->attempts == 0
        || alert->created + OWED_LIMIT > now)
        return NULL;
    return g_strdup_printf("channel %s does not take alerts: %s", delivery->channel,
                           delivery->last_error ? delivery->last_error : "no reason given");
}

static bool
ask_outbox(ApdLedger *ledger, const ApdConfig *config, ApdTime now, char **ret_why, GError **error)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, NULL, APD_NEVER, 0, error);
    g_autofree char *why = NULL;

    for (guint i = 0; owed != NULL && i < owed->len && why == NULL; i++) {
        const ApdDelivery *delivery = owed->pdata[i];
        g_autoptr(ApdAlert) alert = NULL;
        if (!apd_ledger_get_alert(ledger, delivery->alert_id, &alert, error))
            return false;
        if (alert != NULL)
            why = ask_owed(config, delivery, alert, now);
    }
    *ret_why = g_steal_pointer(&why);
    return owed != NULL;
}

bool
apd_health_ask(ApdLedger *ledger, const ApdConfig *config, ApdTime now, char **ret_why,
               GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights(ledger, error);
    g_autofree char *why = NULL;

    if (sights == NULL)
        return false;
    for (guint i = 0; i < config->sources->len && why == NULL; i++)
        why = ask_source(sights, config->sources->pdata[i], now);
    if (why == NULL)
        why = ask_clock(sights, config);
    if (why == NULL && !ask_outbox(ledger, config, now, &why, error))
        return false;

    *ret_why = g_steal_pointer(&why);
    return true;
}
