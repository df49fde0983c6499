#include "app/desktop_board.h"

#include "app/acts.h"
#include "app/desktop_due.h"
#include "app/desktop_memory.h"
#include "app/desktop_note.h"
#include "app/reminders.h"
#include "base/error.h"
#include "base/log.h"
#include "base/service.h"
#include "io/ledger_since.h"
#include "io/phrases.h"

/* The ledger or the server failed at something: look again after this. */
#define LOOK_AGAIN (15 * APD_SECOND)

#define BY "person (desktop)"

struct ApdDesktopBoard {
    ApdLedger *ledger;        /* borrowed */
    GPtrArray *channels;      /* owned, element-type ApdDesktopChannel */
    ApdDesktopScene scene;    /* its desktop and zone are owned */
    ApdAlarm *alarm;          /* owned */
    GHashTable *notes;        /* owned: key to ApdDesktopNote */
    int64_t looked_upto;      /* newest delivery this session has dealt with */
    ApdDesktopMemory *memory; /* owned */
    ApdTime wake;             /* end of quiet hours for what they keep back */
};

static void
warn(const char *doing, const GError *error)
{
    apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "desktop", "%s: %s (will look again)", doing,
            error->message);
}

/* --- keeping notes true -------------------------------------------------------- */

static bool
renew_all(ApdDesktopBoard *self, ApdDesktopNote *note, ApdTime now, bool *ret_keep, GError **error)
{
    const GPtrArray *old = apd_desktop_note_alert(note)->cases;
    GPtrArray *cases = apd_cases_new();

    for (guint i = 0; i < old->len; i++) {
        ApdCase *kase = NULL;
        if (!apd_ledger_get_case(self->ledger, ((const ApdCase *) old->pdata[i])->id, &kase,
                                 error)) {
            g_ptr_array_unref(cases);
            return false;
        }
        if (kase != NULL)
            g_ptr_array_add(cases, kase);
    }
    *ret_keep = apd_desktop_note_renew_all(note, cases, now);
    return true;
}

static bool
renew(ApdDesktopBoard *self, ApdDesktopNote *note, ApdTime now, bool *ret_keep, GError **error)
{
    const ApdAlert *alert = apd_desktop_note_alert(note);
    ApdCase *kase = NULL;

    if (alert->cases->len > 0)
        return renew_all(self, note, now, ret_keep, error);
    if (alert->kase == NULL) {
        *ret_keep = true;
        return true;
    }
    if (!apd_ledger_get_case(self->ledger, alert->kase->id, &kase, error))
        return false;

    *ret_keep = kase != NULL && apd_desktop_note_renew(note, kase, now);
    return true;
}

/* Takes down what was answered, here or elsewhere. */
static bool
settle(ApdDesktopBoard *self, ApdTime now, GError **error)
{
    GHashTableIter iter;
    void *note;

    g_hash_table_iter_init(&iter, self->notes);
    while (g_hash_table_iter_next(&iter, NULL, &note)) {
        bool keep;
        if (!renew(self, note, now, &keep, error))
            return false;
        if (!keep)
            g_hash_table_iter_remove(&iter);
    }
    return true;
}

static bool
refresh(ApdDesktopBoard *self, ApdTime now, GError **error)
{
    GHashTableIter iter;
    void *note;
    ApdTime next = self->wake;

    g_hash_table_iter_init(&iter, self->notes);
    while (g_hash_table_iter_next(&iter, NULL, &note)) {
        if (!apd_desktop_note_show(note, now, error))
            return false;
        next = MIN(next, apd_desktop_note_next(note, now));
    }
    apd_alarm_at(self->alarm, next);
    apd_service_status("%u popup%s on this desktop", g_hash_table_size(self->notes),
                       g_hash_table_size(self->notes) == 1 ? "" : "s");
    return true;
}

/* --- what is pressed ------------------------------------------------------------ */

/* The popup is gone by the press; it comes back when nothing came of it. */
static void
say_again(ApdDesktopBoard *self, ApdDesktopNote *note, const char *button, const GError *error)
{
    apd_log(G_LOG_LEVEL_WARNING, "APPEALD_CHANNEL", "desktop",
            "button '%s': %s (the popup is shown again)", button, error->message);
    apd_desktop_note_lose(note);
    apd_desktop_ask(self->scene.desktop);
}

static bool
act(ApdDesktopBoard *self, const ApdCase *kase, const char *button, ApdTime now, GError **error)
{
    if (g_str_equal(button, "ack"))
        return apd_acts_ack(self->ledger, kase->id, BY, now, error);
    if (g_str_equal(button, "snooze"))
        return apd_acts_snooze(self->ledger, &self->scene.ladder, kase->id,
                               now + APD_DESKTOP_SNOOZE, BY, now, NULL, error);

    /* "open", "default".  Links are there for genuine notices only. */
    return kase->appeal_url == NULL || kase->authenticity != APD_AUTHENTICITY_GENUINE
           || apd_desktop_open_url(kase->appeal_url, error);
}

static void
take_down(ApdDesktopBoard *self, ApdDesktopNote *note)
{
    GHashTableIter iter;
    void *other;

    g_hash_table_iter_init(&iter, self->notes);
    while (g_hash_table_iter_next(&iter, NULL, &other))
        if (other == note)
            g_hash_table_iter_remove(&iter);
    apd_desktop_memory_keep(self->memory, self->scene.desktop, self->notes);
}

static void
on_pressed(ApdDesktopNote *note, const char *button, void *user_data)
{
    ApdDesktopBoard *self = user_data;
    const ApdCase *kase = apd_desktop_note_alert(note)->kase;
    g_autoptr(GError) error = NULL;

    if (kase == NULL)
        return;
    if (!act(self, kase, button, apd_now(), &error)) {
        say_again(self, note, button, error);
        return;
    }
    apd_log(G_LOG_LEVEL_INFO, "APPEALD_CHANNEL", "desktop", "case #%" G_GINT64_FORMAT ": %s",
            kase->id, button);
    take_down(self, note);
}

/* What a person closed stays closed until the next alert of its case. */
static void
on_note_closed(ApdDesktopNote *note, void *user_data)
{
    take_down(user_data, note);
}

static const ApdDesktopNoteEvents note_events = { on_pressed, on_note_closed };

/* --- what is due ---------------------------------------------------------------- */

/* A summary that takes the place of another speaks of the other's cases too. */
static void
take_over(ApdAlert *alert, ApdAlert *earlier)
{
    for (guint i = earlier->cases->len; i-- > 0;)
        if (!apd_cases_hold(alert->cases, ((const ApdCase *) earlier->cases->pdata[i])->id))
            g_ptr_array_add(alert->cases, g_ptr_array_steal_index(earlier->cases, i));
}

/* Takes the alert of @due. */
static ApdDesktopNote *
note_for(ApdDesktopBoard *self, ApdDesktopDue *due)
{
    ApdDesktopNote *note = g_hash_table_lookup(self->notes, due->key);

    if (note == NULL) {
        note = apd_desktop_note_new(&self->scene, g_steal_pointer(&due->alert), due->phrases,
                                    &note_events, self);
        g_hash_table_insert(self->notes, g_strdup(due->key), note);
    } else if (apd_desktop_note_alert(note)->id < due->alert->id) {
        take_over(due->alert, apd_desktop_note_alert(note));
        apd_desktop_note_replace(note, g_steal_pointer(&due->alert), due->phrases);
    }
    return note;
}

static bool
show_one(ApdDesktopBoard *self, ApdDesktopDue *due, ApdTime now, GError **error)
{
    if (apd_desktop_note_show(note_for(self, due), now, error)) {
        /* Before it counts as told: a popup that nobody remembers has dead buttons. */
        apd_desktop_memory_keep(self->memory, self->scene.desktop, self->notes);
        return apd_desktop_due_done(self->ledger, due, now, error);
    }

    if (*error != NULL)
        apd_desktop_due_failed(self->ledger, due, (*error)->message, NULL);
    return false;
}

/* What an earlier process of this session showed is shown again, by us. */
static bool
recall(ApdDesktopBoard *self, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) dues = apd_desktop_memory_recall(self->memory, self->scene.desktop,
                                                          self->ledger, self->channels, now, error);

    for (guint i = 0; dues != NULL && i < dues->len; i++)
        note_for(self, dues->pdata[i]);
    return dues != NULL;
}

static bool
show_due(ApdDesktopBoard *self, ApdTime now, GError **error)
{
    int64_t upto;
    g_autoptr(GPtrArray) dues =
        apd_desktop_due_find(self->ledger, self->channels, &self->scene, self->looked_upto, now,
                             &upto, &self->wake, error);
    if (dues == NULL)
        return false;

    apd_desktop_due_collapse(dues, now);
    for (guint i = 0; i < dues->len; i++)
        if (!show_one(self, dues->pdata[i], now, error))
            return false;
    self->looked_upto = upto;
    return true;
}

/* --- events --------------------------------------------------------------------- */

static void
on_ready(void *user_data)
{
    ApdDesktopBoard *self = user_data;
    ApdTime now = apd_now();
    g_autoptr(GError) error = NULL;

    bool shown = recall(self, now, &error) && settle(self, now, &error)
                 && show_due(self, now, &error) && refresh(self, now, &error);
    apd_desktop_memory_keep(self->memory, self->scene.desktop, self->notes);
    if (shown)
        return;

    warn("popups", error);
    apd_alarm_at(self->alarm, now + LOOK_AGAIN);
}

static void
lose_all(ApdDesktopBoard *self)
{
    GHashTableIter iter;
    void *note;

    g_hash_table_iter_init(&iter, self->notes);
    while (g_hash_table_iter_next(&iter, NULL, &note))
        apd_desktop_note_lose(note);
}

static void
on_lost(void *user_data)
{
    ApdDesktopBoard *self = user_data;

    lose_all(self);
    apd_desktop_ask(self->scene.desktop);
}

static const ApdDesktopEvents desktop_events = { on_ready, on_lost };

static void
on_changed(void *user_data)
{
    ApdDesktopBoard *self = user_data;
    g_autoptr(GError) error = NULL;

    if (!settle(self, apd_now(), &error))
        warn("ledger", error);
    apd_desktop_ask(self->scene.desktop);
}

static void
on_alarm(void *user_data)
{
    ApdDesktopBoard *self = user_data;

    apd_desktop_ask(self->scene.desktop);
}

/* --- making ---------------------------------------------------------------------- */

static void
free_channel(void *data)
{
    ApdDesktopChannel *channel = data;

    apd_phrases_free(channel->phrases);
    g_free(channel);
}

static bool
add_channels(ApdDesktopBoard *self, const ApdConfig *config, GError **error)
{
    for (guint i = 0; i < config->channels->len; i++) {
        const ApdChannelConfig *given = config->channels->pdata[i];
        if (!g_str_equal(given->type, "desktop"))
            continue;

        ApdPhrases *phrases =
            apd_phrases_load(config->rules_dir, config->user_rules_dir,
                             given->language ? given->language : config->language, error);
        if (phrases == NULL)
            return false;

        ApdDesktopChannel *channel = g_new0(ApdDesktopChannel, 1);
        channel->name = given->name;
        channel->config = given;
        channel->phrases = phrases;
        g_ptr_array_add(self->channels, channel);
    }
    return true;
}

static void
free_note(void *data)
{
    apd_desktop_note_free(data);
}

ApdDesktopBoard *
apd_desktop_board_new(ApdLedger *ledger, const ApdConfig *config, GError **error)
{
    g_autoptr(ApdDesktopBoard) self = g_new0(ApdDesktopBoard, 1);

    self->ledger = ledger;
    self->channels = g_ptr_array_new_with_free_func(free_channel);
    self->notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_note);
    self->memory = apd_desktop_memory_new();
    self->wake = APD_NEVER;
    self->scene.zone = apd_config_zone(config);
    self->scene.ladder = apd_reminders_ladder(config);
    if (!add_channels(self, config, error)
        || !apd_ledger_since_newest(ledger, &self->looked_upto, error)
        || !apd_ledger_watch(ledger, on_changed, self, error))
        return NULL;

    self->alarm = apd_alarm_new(on_alarm, self);
    self->scene.desktop = apd_desktop_new("appeald", &desktop_events, self);
    apd_desktop_ask(self->scene.desktop);
    return g_steal_pointer(&self);
}

void
apd_desktop_board_free(ApdDesktopBoard *self)
{
    if (self == NULL)
        return;

    /* Popups outlive us: nobody has answered them yet. */
    lose_all(self);
    g_hash_table_unref(self->notes);
    apd_desktop_free(self->scene.desktop);
    apd_desktop_memory_free(self->memory);
    g_clear_pointer(&self->alarm, apd_alarm_free);
    g_ptr_array_unref(self->channels);
    g_time_zone_unref(self->scene.zone);
    g_free(self);
}
