#include "app/blindness.h"

#include "app/fullness.h"
#include "app/raise.h"
#include "base/text.h"
#include "io/secret.h"

#define MAX_WHY 500

static char *
spell_key(const char *source, ApdTime since, int64_t day)
{
    return g_strdup_printf("blind/%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, source, since, day);
}

static bool
raise_sight(ApdLedger *ledger, const ApdConfig *config, ApdAlertType type, const ApdSight *sight,
            const char *subject, const char *key, ApdTime now, GError **error)
{
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->key = g_strdup(key);
    alert->type = type;
    alert->severity = APD_SEVERITY_HIGH;
    alert->subject = g_strdup(subject);
    alert->text = g_strdup(sight->text);
    alert->created = now;
    return apd_raise_alert(ledger, config, alert, NULL, error);
}

/* Dark folders of a source that share their beginning are one spell. */
static bool
is_of_spell(const ApdSight *sight, const ApdSight *spell)
{
    return !sight->well && sight->since == spell->since
           && g_str_equal(sight->source, spell->source);
}

/* Returns: (transfer full): "imap office: INBOX, Junk", those of @spell. */
static char *
name_dark_folders(GPtrArray *sights, const ApdSight *spell)
{
    g_autoptr(GString) folders = g_string_new(NULL);

    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        if (*sight->folder != '\0' && is_of_spell(sight, spell))
            g_string_append_printf(folders, "%s%s", folders->len > 0 ? ", " : ": ", sight->folder);
    }
    return g_strconcat(spell->source, folders->str, NULL);
}

/* The first folder of each spell stands for it. */
static bool
stands_for_spell(GPtrArray *sights, guint at)
{
    const ApdSight *sight = sights->pdata[at];

    if (sight->well)
        return false;
    for (guint i = 0; i < at; i++)
        if (is_of_spell(sights->pdata[i], sight))
            return false;
    return true;
}

/* A dead line is noticed late: what counts is how long nothing was seen.  Yet a
 * machine that wakes from suspend has seen nothing for long, and its network needs
 * a moment: a quarter of the limit is left in any case. */
static ApdTime
due_at(const ApdConfig *config, const ApdSight *sight)
{
    ApdTime dark = sight->last_life > 0 ? MIN(sight->last_life, sight->since) : sight->since;

    return MAX(sight->since + config->blind_limit / 4, dark + config->blind_limit);
}

static bool
tend_spell(ApdLedger *ledger, const ApdConfig *config, GPtrArray *sights, const ApdSight *sight,
           ApdTime now, ApdTime *next, GError **error)
{
    ApdTime told_at = due_at(config, sight);

    if (now < told_at) {
        *next = MIN(*next, told_at);
        return true;
    }

    int64_t day = (now - told_at) / APD_DAY;
    g_autofree char *key = spell_key(sight->source, sight->since, day);
    g_autofree char *subject = name_dark_folders(sights, sight);
    bool known;

    *next = MIN(*next, told_at + (day + 1) * APD_DAY);
    if (!apd_ledger_has_alert(ledger, key, &known, error))
        return false;
    return known || raise_sight(ledger, config, APD_ALERT_BLIND, sight, subject, key, now, error);
}

bool
apd_blindness_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *next,
                  GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights(ledger, error);

    for (guint i = 0; sights != NULL && i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        /* A source that is configured no more is nobody's blindness. */
        if (stands_for_spell(sights, i) && apd_config_source(config, sight->source) != NULL
            && !tend_spell(ledger, config, sights, sight, now, next, error))
            return false;
    }
    return sights != NULL;
}

/* --- what a source says of itself ------------------------------------------ */

static const ApdSight *
find_sight(GPtrArray *sights, const char *source, const char *folder)
{
    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        if (g_str_equal(sight->source, source) && g_str_equal(sight->folder, folder))
            return sight;
    }
    return NULL;
}

/* Returns: (transfer full): "imap office: INBOX", those that can be read while others of @source
 * cannot; without folders when none is dark any more. */
static char *
name_seen_folders(GPtrArray *sights, const char *source)
{
    g_autoptr(GString) folders = g_string_new(NULL);
    bool dark = false;

    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        dark = dark || !sight->well;
        if (sight->well && sight->text == NULL && !g_str_equal(sight->folder, APD_SIGHT_ROOM)
            && !g_str_equal(sight->folder, APD_SIGHT_CLOCK))
            g_string_append_printf(folders, "%s%s", folders->len > 0 ? ", " : ": ", sight->folder);
    }
    return g_strconcat(source, dark ? folders->str : "", NULL);
}

/* Its last folder can be read again: told if the blindness was. */
static bool
end_spell(ApdLedger *ledger, const ApdConfig *config, const ApdSight *old, ApdTime now,
          GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights_of(ledger, old->source, error);
    g_autofree char *began = spell_key(old->source, old->since, 0);
    g_autofree char *key = g_strdup_printf("sight/%s/%" G_GINT64_FORMAT, old->source, old->since);
    bool told;

    if (sights == NULL || !apd_ledger_has_alert(ledger, began, &told, error))
        return false;
    for (guint i = 0; i < sights->len; i++)
        if (is_of_spell(sights->pdata[i], old))
            return true;
    g_autofree char *subject = name_seen_folders(sights, old->source);
    return !told || raise_sight(ledger, config, APD_ALERT_SIGHT, old, subject, key, now, error);
}

/* When the spell begins that a folder is of which goes dark at @now: one that was told of says
 * nothing of this folder, and must not hide it. */
static bool
find_beginning(ApdLedger *ledger, GPtrArray *sights, ApdTime now, ApdTime *ret_since,
               GError **error)
{
    *ret_since = now;
    for (guint i = 0; i < sights->len; i++) {
        const ApdSight *sight = sights->pdata[i];
        g_autofree char *key = spell_key(sight->source, sight->since, 0);
        bool told;
        if (sight->well)
            continue;
        if (!apd_ledger_has_alert(ledger, key, &told, error))
            return false;
        if (!told)
            *ret_since = MIN(*ret_since, sight->since);
    }
    return true;
}

/* What a folder's sight becomes by this word of its source.  @old: what it was; NULL: unknown. */
static ApdSight *
next_sight(const ApdSight *old, const char *source, const char *folder, const GError *why,
           ApdTime since, ApdTime now)
{
    ApdSight *sight = g_new0(ApdSight, 1);

    sight->source = g_strdup(source);
    sight->folder = g_strdup(folder);
    sight->well = why == NULL;
    sight->since = old != NULL && old->well == sight->well ? old->since : since;
    sight->last_life = sight->well ? now : old ? old->last_life : 0;
    if (why != NULL) {
        g_autofree char *line = apd_text_line(why->message);
        sight->text = apd_text_cut(line, MAX_WHY);
    }
    return sight;
}

static bool
note_within(ApdLedger *ledger, const ApdConfig *config, const char *source, const char *folder,
            const GError *why, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights_of(ledger, source, error);
    if (sights == NULL)
        return false;

    const ApdSight *old = find_sight(sights, source, folder);
    ApdTime since = now;
    bool darkens = why != NULL && (old == NULL || old->well);
    if (darkens && !find_beginning(ledger, sights, now, &since, error))
        return false;
    g_autoptr(ApdSight) sight = next_sight(old, source, folder, why, since, now);
    bool still_dark = old != NULL && !old->well && !sight->well;
    bool healed = old != NULL && !old->well && sight->well;

    /* A source that goes on failing the same way is no news. */
    if (still_dark && g_strcmp0(old->text, sight->text) == 0)
        return true;
    if (!apd_ledger_put_sight(ledger, sight, error))
        return false;
    return !healed || end_spell(ledger, config, old, now, error);
}

/* --- what is gone --------------------------------------------------------------------------- */

/* Of what hides no mail, and is told all the same.  @text NULL: nothing any more. */
static ApdSight *
well_sight(const char *source, const char *folder, const char *text, ApdTime since, ApdTime now)
{
    ApdSight *sight = g_new0(ApdSight, 1);

    sight->source = g_strdup(source);
    sight->folder = g_strdup(folder);
    sight->well = true;
    sight->since = since;
    sight->last_life = now;
    sight->text = g_strdup(text);
    return sight;
}

static bool
gone_within(ApdLedger *ledger, const ApdConfig *config, const char *source, const char *folder,
            const char *text, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights_of(ledger, source, error);
    if (sights == NULL)
        return false;

    const ApdSight *old = find_sight(sights, source, folder);
    bool known = old != NULL && old->well && old->text != NULL;
    g_autofree char *line = apd_text_line(text);
    g_autofree char *why = apd_text_cut(line, MAX_WHY);
    g_autoptr(ApdSight) sight = well_sight(source, folder, why, known ? old->since : now, now);
    if (!apd_ledger_put_sight(ledger, sight, error))
        return false;

    g_autofree char *key =
        g_strdup_printf("gone/%s/%s/%" G_GINT64_FORMAT, source, folder, sight->since);
    g_autofree char *subject = g_strconcat(source, ": ", folder, NULL);
    return raise_sight(ledger, config, APD_ALERT_BLIND, sight, subject, key, now, error);
}

bool
apd_blindness_gone(ApdLedger *ledger, const ApdConfig *config, const char *source,
                   const char *folder, const char *text, ApdTime now, GError **error)
{
    if (!apd_ledger_begin(ledger, error))
        return false;
    return apd_ledger_end(ledger, gone_within(ledger, config, source, folder, text, now, error),
                          error);
}

bool
apd_blindness_concerns(const ApdConfig *config, const ApdSight *sight)
{
    return g_str_equal(sight->source, APD_SIGHT_HEARTBEAT)
               ? apd_secret_is_set(&config->heartbeat_url)
               : apd_config_source(config, sight->source) != NULL;
}

/* --- the clock ------------------------------------------------------------------------------- */

static bool
clock_within(ApdLedger *ledger, const ApdConfig *config, const char *source, const char *text,
             ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) sights = apd_ledger_sights_of(ledger, source, error);
    const ApdSight *old = sights ? find_sight(sights, source, APD_SIGHT_CLOCK) : NULL;
    bool same = old != NULL && (old->text != NULL) == (text != NULL);
    g_autoptr(ApdSight) sight =
        well_sight(source, APD_SIGHT_CLOCK, text, same ? old->since : now, now);

    if (sights == NULL || (old == NULL && text == NULL))
        return sights != NULL;
    if (!apd_ledger_put_sight(ledger, sight, error))
        return false;

    /* Whichever source finds it: it is one clock. */
    g_autofree char *key = g_strdup_printf("clock/%" G_GINT64_FORMAT, now / APD_DAY);
    return text == NULL
           || raise_sight(ledger, config, APD_ALERT_CLOCK, sight, source, key, now, error);
}

bool
apd_blindness_clock(ApdLedger *ledger, const ApdConfig *config, const char *source,
                    const char *text, ApdTime now, GError **error)
{
    return apd_ledger_begin(ledger, error)
           && apd_ledger_end(ledger, clock_within(ledger, config, source, text, now, error), error);
}

static bool
note_each(ApdLedger *ledger, const ApdConfig *config, const GPtrArray *notes, GError **error)
{
    for (guint i = 0; i < notes->len; i++) {
        const ApdSightNote *note = notes->pdata[i];
        if (!note_within(ledger, config, note->source, note->folder, note->why, note->when, error))
            return false;
    }
    return true;
}

bool
apd_blindness_note_all(ApdLedger *ledger, const ApdConfig *config, const GPtrArray *notes,
                       GError **error)
{
    if (notes->len == 0)
        return true;
    if (!apd_ledger_begin(ledger, error))
        return false;
    return apd_ledger_end(ledger, note_each(ledger, config, notes, error), error);
}
