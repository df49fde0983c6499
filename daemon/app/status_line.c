#include "app/status_line.h"

#include "app/fullness.h"
#include "base/text.h"

static bool
add_sources(GString *line, ApdLedger *ledger, const ApdConfig *config, GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights(ledger, error);
    g_autoptr(GString) blind = g_string_new(NULL), full = g_string_new(NULL);

    if (sights == NULL)
        return false;

    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        if (apd_config_source(config, sight->source) == NULL)
            continue;
        g_autofree char *since = apd_time_iso(sight->since);
        if (apd_fullness_is_full(sight))
            g_string_append_printf(full, "%s%s since %s", full->len > 0 ? ", " : "", sight->source,
                                   since);
        if (sight->well)
            continue;
        g_string_append_printf(blind, "%s%s%s%s since %s", blind->len > 0 ? ", " : "",
                               sight->source, *sight->folder ? " " : "", sight->folder, since);
    }
    g_string_append_printf(line, "watching %u source%s", config->sources->len,
                           config->sources->len == 1 ? "" : "s");
    if (blind->len > 0)
        g_string_append_printf(line, ", BLIND: %s", blind->str);
    if (full->len > 0)
        g_string_append_printf(line, ", FULL: %s", full->str);
    return true;
}

static bool
add_cases(GString *line, ApdLedger *ledger, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) cases = apd_ledger_cases(ledger, APD_CASES_RUNNING, error);

    if (cases == NULL)
        return false;

    g_string_append_printf(line, " · %u open case%s", cases->len, cases->len == 1 ? "" : "s");
    for (guint i = 0; i < cases->len; i++) {
        const ApdCase *kase = cases->pdata[i];
        if (kase->deadline == APD_NEVER || kase->deadline <= now)
            continue;
        g_autofree char *iso = apd_time_iso(kase->deadline);
        g_string_append_printf(line, ", #%" G_GINT64_FORMAT " due %s", kase->id, iso);
        break;
    }
    return true;
}

char *
apd_status_line(ApdLedger *ledger, const ApdConfig *config, ApdTime now, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, NULL, APD_NEVER, 0, error);

    if (owed == NULL || !add_sources(line, ledger, config, error)
        || !add_cases(line, ledger, now, error))
        return NULL;

    if (owed->len > 0)
        g_string_append_printf(line, " · %u alert%s owed", owed->len, owed->len == 1 ? "" : "s");
    return g_string_free(g_steal_pointer(&line), FALSE);
}
