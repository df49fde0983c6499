#include "app/fullness.h"

#include "app/raise.h"
#include "base/text.h"

#define FULL   "full"
#define SCARCE "nearly full"

#define MAX_TEXT 300

bool
apd_fullness_is_full(const ApdSight *sight)
{
    return g_str_equal(sight->folder, APD_SIGHT_ROOM) && sight->text != NULL
           && g_str_has_prefix(sight->text, FULL ":");
}

static bool
tell(ApdLedger *ledger, const ApdConfig *config, ApdAlertType type, const char *source,
     const char *text, const char *key, ApdTime now, bool *ret_new, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup(key);
    alert->type = type;
    alert->severity = type == APD_ALERT_FULL ? APD_SEVERITY_CRITICAL : APD_SEVERITY_HIGH;
    alert->subject = g_strdup(source);
    alert->text = g_strdup(text);
    alert->created = now;
    return apd_raise_alert(ledger, config, alert, ret_new, error);
}

/* @old: how it stood; NULL: it was never full. */
static bool
end_within(ApdLedger *ledger, const ApdConfig *config, const ApdSight *old, ApdTime now,
           bool *ret_new, GError **error)
{
    if (old == NULL || old->text == NULL)
        return true;

    ApdSight sight = {
        .source = old->source, .folder = old->folder, .well = true, .since = now, .last_life = now
    };
    g_autofree char *key = g_strdup_printf("room/%s/%" G_GINT64_FORMAT, old->source, old->since);
    return apd_ledger_put_sight(ledger, &sight, error)
           && tell(ledger, config, APD_ALERT_ROOM, old->source, NULL, key, now, ret_new, error);
}

static bool
full_within(ApdLedger *ledger, const ApdConfig *config, const ApdSight *old, const char *source,
            ApdRoom room, const char *text, ApdTime now, bool *ret_new, GError **error)
{
    bool full = room == APD_ROOM_NONE;
    g_autofree char *line = apd_text_line(text);
    g_autofree char *figures = apd_text_cut(line, MAX_TEXT);
    g_autoptr(ApdSight) sight = g_new0(ApdSight, 1);

    sight->source = g_strdup(source);
    sight->folder = g_strdup(APD_SIGHT_ROOM);
    sight->well = true;
    sight->since = old != NULL && old->text != NULL ? old->since : now;
    sight->last_life = now;
    sight->text = g_strdup_printf("%s: %s", full ? FULL : SCARCE, figures);

    int64_t day = (now - sight->since) / APD_DAY;
    g_autofree char *key = g_strdup_printf("full/%s/%" G_GINT64_FORMAT "/%s%" G_GINT64_FORMAT,
                                           source, sight->since, full ? "full" : "scarce", day);
    return apd_ledger_put_sight(ledger, sight, error)
           && tell(ledger, config, full ? APD_ALERT_FULL : APD_ALERT_SCARCE, source, figures, key,
                   now, ret_new, error);
}

static const ApdSight *
find_room(const GPtrArray *sights)
{
    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        if (g_str_equal(sight->folder, APD_SIGHT_ROOM))
            return sight;
    }
    return NULL;
}

bool
apd_fullness_note(ApdLedger *ledger, const ApdConfig *config, const char *source, ApdRoom room,
                  const char *text, ApdTime now, bool *ret_new, GError **error)
{
    bool is_new = false;

    if (!apd_ledger_begin(ledger, error))
        return false;
    g_autoptr(GPtrArray) sights = apd_ledger_sights_of(ledger, source, error);
    const ApdSight *old = sights != NULL ? find_room(sights) : NULL;
    bool good = sights != NULL
                && (room == APD_ROOM_ENOUGH ? end_within(ledger, config, old, now, &is_new, error)
                                            : full_within(ledger, config, old, source, room, text,
                                                          now, &is_new, error));
    if (!apd_ledger_end(ledger, good, error))
        return false;
    *ret_new = is_new;
    return true;
}

/* The same but for a number, as of days that are left, is the same; so no day brings it anew. */
static char *
said_key(const char *source, const char *text)
{
    g_autoptr(GString) letters = g_string_new(NULL);

    for (const char *p = text; *p != '\0'; p++)
        if (!g_ascii_isdigit(*p))
            g_string_append_c(letters, *p);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, letters->str, -1);
    return g_strdup_printf("said/%s/%.16s", source, sum);
}

bool
apd_fullness_said(ApdLedger *ledger, const ApdConfig *config, const char *source, const char *text,
                  ApdTime now, bool *ret_new, GError **error)
{
    g_autofree char *key = said_key(source, text);
    g_autofree char *line = apd_text_line(text);
    g_autofree char *words = apd_text_cut(line, MAX_TEXT);

    return tell(ledger, config, APD_ALERT_SAID, source, words, key, now, ret_new, error);
}
