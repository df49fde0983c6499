/* One popup of io/desktop.h. */
#include <gio/gio.h>
#include <libnotify/notify.h>

#include "base/error.h"
#include "io/desktop.h"

/* org.freedesktop.Notifications, NotificationClosed */
#define REASON_DISMISSED 2
#define REASON_BY_US     3

struct ApdPopup {
    ApdDesktop *desktop;          /* borrowed */
    NotifyNotification *note;     /* owned */
    const ApdPopupEvents *events; /* borrowed */
    void *user_data;              /* borrowed */
    bool shown;
};

/* libnotify calls back with the note, which may outlive the popup for a moment. */
#define SELF "apd-popup"

/* At once, for the server closes the popup next.  libnotify goes on with the note
 * and its buttons after we return: neither goes before (see apd_popup_forget()). */
static void
on_action(NotifyNotification *note, char *action, gpointer user_data)
{
    ApdPopup *self = g_object_get_data(G_OBJECT(note), SELF);

    (void) user_data;
    if (self != NULL)
        self->events->pressed(action, self->user_data);
}

static void
on_closed(NotifyNotification *note, gpointer user_data)
{
    ApdPopup *self = g_object_get_data(G_OBJECT(note), SELF);
    int reason = notify_notification_get_closed_reason(note);

    (void) user_data;
    if (self == NULL || reason == REASON_BY_US)
        return;

    self->shown = false;
    self->events->closed(reason == REASON_DISMISSED ? APD_POPUP_DISMISSED : APD_POPUP_FADED,
                         self->user_data);
}

static bool
show(ApdPopup *self, const ApdPopupLook *look, GError **error)
{
    g_autoptr(GError) why = NULL;

    notify_notification_update(self->note, look->title, look->body, look->icon);
    notify_notification_set_urgency(self->note, look->critical ? NOTIFY_URGENCY_CRITICAL
                                                               : NOTIFY_URGENCY_NORMAL);
    notify_notification_set_timeout(self->note,
                                    look->stays ? NOTIFY_EXPIRES_NEVER : NOTIFY_EXPIRES_DEFAULT);
    notify_notification_clear_actions(self->note);
    for (size_t i = 0; i < look->n_buttons; i++)
        notify_notification_add_action(self->note, look->buttons[i].id, look->buttons[i].label,
                                       on_action, NULL, NULL);

    self->shown = notify_notification_show(self->note, &why);
    if (!self->shown)
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT,
                    "the notification server did not take a popup: %s",
                    why ? why->message : "no reason given");
    return self->shown;
}

ApdPopup *
apd_popup_new(ApdDesktop *desktop, const ApdPopupLook *look, const ApdPopupEvents *events,
              void *user_data, GError **error)
{
    g_autoptr(ApdPopup) self = g_new0(ApdPopup, 1);

    self->desktop = desktop;
    self->events = events;
    self->user_data = user_data;
    self->note = notify_notification_new(look->title, look->body, look->icon);
    g_object_set_data(G_OBJECT(self->note), SELF, self);
    g_signal_connect(self->note, "closed", G_CALLBACK(on_closed), NULL);
    return show(self, look, error) ? g_steal_pointer(&self) : NULL;
}

uint32_t
apd_popup_id(const ApdPopup *self)
{
    int id = 0;

    g_object_get(self->note, "id", &id, NULL);
    return (uint32_t) id;
}

bool
apd_popup_update(ApdPopup *self, const ApdPopupLook *look, GError **error)
{
    return show(self, look, error);
}

static gboolean
on_unref(gpointer user_data)
{
    g_object_unref(user_data);
    return G_SOURCE_REMOVE;
}

void
apd_popup_forget(ApdPopup *self)
{
    if (self == NULL)
        return;

    /* Not at once: we may be inside one of its callbacks, which libnotify goes on
     * with after we return. */
    g_object_set_data(G_OBJECT(self->note), SELF, NULL);
    g_idle_add(on_unref, self->note);
    g_free(self);
}

void
apd_popup_free(ApdPopup *self)
{
    if (self == NULL)
        return;

    /* A server that is gone has closed it already. */
    if (self->shown)
        apd_desktop_close(self->desktop, apd_popup_id(self));
    apd_popup_forget(self);
}
