#include "app/desktop_note.h"

#include "logic/countdown.h"
#include "logic/popup.h"
#include "logic/wording.h"

struct ApdDesktopNote {
    const ApdDesktopScene *scene;       /* borrowed */
    ApdAlert *alert;                    /* owned */
    const ApdPhrases *phrases;          /* borrowed */
    const ApdDesktopNoteEvents *events; /* borrowed */
    void *user_data;                    /* borrowed */
    ApdState state;                     /* of the case when its alert came */
    ApdTime snoozed_until;              /* likewise */
    ApdPopup *popup;                    /* owned; NULL: not on the screen */
    char *told;                         /* owned: what the popup says */
};

static void
remember_state(ApdDesktopNote *self)
{
    const ApdCase *kase = self->alert->kase;

    self->state = kase != NULL ? kase->state : APD_STATE_OPEN;
    self->snoozed_until = kase != NULL ? kase->snoozed_until : 0;
}

ApdDesktopNote *
apd_desktop_note_new(const ApdDesktopScene *scene, ApdAlert *alert, const ApdPhrases *phrases,
                     const ApdDesktopNoteEvents *events, void *user_data)
{
    ApdDesktopNote *self = g_new0(ApdDesktopNote, 1);

    self->scene = scene;
    self->alert = alert;
    self->phrases = phrases;
    self->events = events;
    self->user_data = user_data;
    remember_state(self);
    return self;
}

void
apd_desktop_note_free(ApdDesktopNote *self)
{
    if (self == NULL)
        return;

    apd_popup_free(self->popup);
    apd_alert_free(self->alert);
    g_free(self->told);
    g_free(self);
}

char *
apd_desktop_note_key(const ApdAlert *alert)
{
    if (alert->kase != NULL)
        return g_strdup_printf("case/%" G_GINT64_FORMAT, alert->kase->id);

    g_autofree char *spell = apd_alert_blind_spell(alert);
    if (spell != NULL)
        return g_strdup_printf("sight/%s", spell);
    return g_strdup_printf("alert/%" G_GINT64_FORMAT, alert->id);
}

ApdAlert *
apd_desktop_note_alert(const ApdDesktopNote *self)
{
    return self->alert;
}

uint32_t
apd_desktop_note_popup(const ApdDesktopNote *self)
{
    return self->popup != NULL ? apd_popup_id(self->popup) : 0;
}

const char *
apd_desktop_note_language(const ApdDesktopNote *self)
{
    return self->phrases->language;
}

void
apd_desktop_note_replace(ApdDesktopNote *self, ApdAlert *alert, const ApdPhrases *phrases)
{
    apd_alert_free(self->alert);
    self->alert = alert;
    self->phrases = phrases;
    remember_state(self);
}

static bool
is_snoozed_anew(const ApdDesktopNote *self, const ApdCase *kase, ApdTime now)
{
    return kase->snoozed_until > now && kase->snoozed_until != self->snoozed_until;
}

bool
apd_desktop_note_renew(ApdDesktopNote *self, ApdCase *kase, ApdTime now)
{
    apd_case_free(self->alert->kase);
    self->alert->kase = kase;
    return !apd_popup_is_settled(self->state, kase->state) && !is_snoozed_anew(self, kase, now);
}

bool
apd_desktop_note_renew_all(ApdDesktopNote *self, GPtrArray *cases, ApdTime now)
{
    for (guint i = cases->len; i-- > 0;) {
        const ApdCase *kase = cases->pdata[i];
        if (kase->state != APD_STATE_OPEN || kase->snoozed_until > now)
            g_ptr_array_remove_index(cases, i);
    }
    g_ptr_array_unref(self->alert->cases);
    self->alert->cases = cases;
    return cases->len > 0;
}

/* --- what it shows ------------------------------------------------------------ */

static ApdTime
deadline(const ApdDesktopNote *self)
{
    const ApdAlert *alert = self->alert;

    if (alert->kase != NULL)
        return apd_state_runs(alert->kase->state) ? alert->kase->deadline : APD_NEVER;
    return alert->cases->len > 0 ? ((const ApdCase *) alert->cases->pdata[0])->deadline : APD_NEVER;
}

static void
free_button(void *data)
{
    ApdPopupButton *button = data;
    union {
        const char *lent;
        char *owned;
    } label = { .lent = button->label };

    g_free(label.owned);
}

static void
add_button(GArray *buttons, const char *id, char *label)
{
    const ApdPopupButton button = { id, label };

    g_array_append_val(buttons, button);
}

static char *
own_phrase(const ApdDesktopNote *self, const char *key)
{
    const char *text = apd_phrases_get(self->phrases, "desktop", key);

    return g_strdup(text ? text : key);
}

static char *
snooze_label(const ApdDesktopNote *self)
{
    g_autofree char *text = own_phrase(self, "snooze");
    g_autofree char *time = apd_countdown_words(self->phrases, APD_DESKTOP_SNOOZE);
    const char *const names[] = { "time", time, NULL };

    return apd_phrase_fill(text, names);
}

/* A click on the popup itself never acknowledges: people click to be rid of it. */
static GArray *
choose_buttons(const ApdDesktopNote *self, const ApdWording *wording, ApdTime now)
{
    GArray *buttons = g_array_new(FALSE, FALSE, sizeof(ApdPopupButton));
    const ApdCase *kase = self->alert->kase;

    g_array_set_clear_func(buttons, free_button);
    if (kase == NULL || !apd_desktop_can(self->scene->desktop, "actions"))
        return buttons;

    if (wording->url != NULL)
        add_button(buttons, "default", own_phrase(self, "open"));
    if (kase->state == APD_STATE_OPEN || kase->state == APD_STATE_ACKNOWLEDGED
        || kase->state == APD_STATE_EXPIRED)
        add_button(buttons, "ack", own_phrase(self, "ack"));
    if ((kase->state == APD_STATE_OPEN || kase->state == APD_STATE_ACKNOWLEDGED)
        && apd_ladder_last_safe(&self->scene->ladder, kase) > now)
        add_button(buttons, "snooze", snooze_label(self));
    if (wording->url != NULL && !apd_desktop_is_narrow(self->scene->desktop)
        && !apd_desktop_lists_default(self->scene->desktop))
        add_button(buttons, "open", own_phrase(self, "open"));
    return buttons;
}

/* A summary is as urgent as the most urgent of its cases is now. */
static ApdSeverity
urgency(const ApdDesktopNote *self, const ApdWording *wording, ApdTime now)
{
    ApdSeverity severity = wording->severity;
    const GPtrArray *cases = self->alert->cases;

    for (guint i = 0; i < cases->len; i++)
        severity = MAX(severity, apd_wording_urgency(cases->pdata[i], now));
    return severity;
}

static const char *
icon_for(ApdSeverity severity)
{
    switch (severity) {
    case APD_SEVERITY_CRITICAL:
        return "dialog-error";
    case APD_SEVERITY_HIGH:
        return "dialog-warning";
    default:
        return "dialog-information";
    }
}

/* Good news and tests may go by themselves. */
static bool
stays(const ApdAlert *alert)
{
    return !apd_alert_is_end(alert) && alert->type != APD_ALERT_TEST
           && alert->type != APD_ALERT_WELL;
}

static void
on_pressed(const char *button, void *user_data)
{
    ApdDesktopNote *self = user_data;

    self->events->pressed(self, button, self->user_data);
}

static void
on_closed(ApdPopupEnd end, void *user_data)
{
    ApdDesktopNote *self = user_data;

    (void) end;
    self->events->closed(self, self->user_data);
}

static const ApdPopupEvents popup_events = { on_pressed, on_closed };

static bool
put_up(ApdDesktopNote *self, const ApdPopupLook *look, GError **error)
{
    if (self->popup != NULL)
        return apd_popup_update(self->popup, look, error);

    self->popup = apd_popup_new(self->scene->desktop, look, &popup_events, self, error);
    return self->popup != NULL;
}

bool
apd_desktop_note_show(ApdDesktopNote *self, ApdTime now, GError **error)
{
    ApdTime at = apd_popup_worded_at(deadline(self), now);
    g_autoptr(ApdWording) wording =
        apd_wording_make(self->phrases, self->alert, at, self->scene->zone);
    ApdSeverity severity = urgency(self, wording, at);
    const ApdPopupServer server = { apd_desktop_can(self->scene->desktop, "body-markup"),
                                    apd_desktop_can(self->scene->desktop, "actions"),
                                    apd_desktop_is_narrow(self->scene->desktop) };
    const ApdCase *kase = self->alert->kase;
    g_autofree char *body = apd_popup_body(self->phrases, wording, &server, kase ? kase->id : 0);
    g_autofree char *told = g_strdup_printf("%s\n%s\n%d", wording->title, body, (int) severity);
    if (self->popup != NULL && g_strcmp0(told, self->told) == 0)
        return true;

    g_autoptr(GArray) buttons = choose_buttons(self, wording, now);
    const ApdPopupLook look = {
        .title = wording->title,
        .body = body,
        .icon = icon_for(severity),
        .critical = severity == APD_SEVERITY_CRITICAL,
        .stays = stays(self->alert),
        .buttons = (const ApdPopupButton *) (const void *) buttons->data,
        .n_buttons = buttons->len,
    };
    if (!put_up(self, &look, error))
        return false;

    g_free(self->told);
    self->told = g_steal_pointer(&told);
    return true;
}

ApdTime
apd_desktop_note_next(const ApdDesktopNote *self, ApdTime now)
{
    return apd_popup_next(deadline(self), now);
}

void
apd_desktop_note_lose(ApdDesktopNote *self)
{
    g_clear_pointer(&self->popup, apd_popup_forget);
}
