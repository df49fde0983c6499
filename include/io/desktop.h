/* The door to libnotify: the notification server of this graphical session.
 *
 * The server may be absent, come later, be replaced or hang, and so may the
 * session bus: each is an event here, never the end of the program.  libnotify's
 * calls block (25 s on a server that hangs), so the server is always asked for a
 * sign of life without blocking first.  After `lost` every popup is void; the
 * same popups are then shown anew, as new ones (an old id may be a stranger's).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ApdDesktop ApdDesktop;

typedef struct {
    /* The server answered just now: this is the moment to show. */
    void (*ready)(void *user_data);
    /* Server or bus went away, and all popups with it. */
    void (*lost)(void *user_data);
} ApdDesktopEvents;

/* Looks for bus and server, for ever; events come from the main context, never
 * before this returns.  @events is borrowed. */
ApdDesktop *apd_desktop_new(const char *app_name, const ApdDesktopEvents *events, void *user_data);
void apd_desktop_free(ApdDesktop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDesktop, apd_desktop_free)

/* There is something to show: `ready` follows once the server answers, which may
 * be at once or in days.  Starts the server where D-Bus can. */
void apd_desktop_ask(ApdDesktop *self);

/* Whether the server said that it can do @capability: "actions", "body-markup". */
bool apd_desktop_can(const ApdDesktop *self, const char *capability);

/* Whether it is known to show the button "default" beside the others, and to be so
 * narrow that three buttons push each other, and the text, out of sight. */
bool apd_desktop_lists_default(const ApdDesktop *self);
bool apd_desktop_is_narrow(const ApdDesktop *self);

/* Names of the bus and of the server's connection to it, both new with each start
 * of theirs; NULL: there is none.  Borrowed. */
const char *apd_desktop_bus(const ApdDesktop *self);
const char *apd_desktop_server(const ApdDesktop *self);

/* Takes down the popup of that number, an earlier process's perhaps.  Does not
 * wait for the server. */
void apd_desktop_close(ApdDesktop *self, uint32_t popup);

/* Opens @url with the user's browser. */
bool apd_desktop_open_url(const char *url, GError **error);

/* --- one popup ------------------------------------------------------------ */

typedef struct {
    const char *id; /* "default": a click on the popup itself */
    const char *label;
} ApdPopupButton;

/* What a popup shows; all borrowed. */
typedef struct {
    const char *title; /* plain text always */
    const char *body;  /* markup where the server can, see apd_desktop_can() */
    const char *icon;
    bool critical;
    bool stays; /* until a person closes it; else as long as the server likes */
    const ApdPopupButton *buttons;
    size_t n_buttons;
} ApdPopupLook;

typedef enum {
    APD_POPUP_FADED,     /* the server's own doing */
    APD_POPUP_DISMISSED, /* a person closed it */
} ApdPopupEnd;

typedef struct {
    /* The server takes the popup down next.  No apd_popup_update() from here. */
    void (*pressed)(const char *button, void *user_data);
    void (*closed)(ApdPopupEnd end, void *user_data); /* not by apd_popup_free() */
} ApdPopupEvents;

typedef struct ApdPopup ApdPopup;

/* Returns: a popup that the server has accepted; NULL and APD_ERROR_TRANSIENT
 * when it did not.  @events is borrowed.  The popup may be freed from its events. */
ApdPopup *apd_popup_new(ApdDesktop *desktop, const ApdPopupLook *look, const ApdPopupEvents *events,
                        void *user_data, GError **error);

/* The server's number for it. */
uint32_t apd_popup_id(const ApdPopup *self);

/* Changes it in place.  Not after `closed`: it would come back. */
bool apd_popup_update(ApdPopup *self, const ApdPopupLook *look, GError **error);

/* Closes it, too, if it is still shown; does not wait for the server. */
void apd_popup_free(ApdPopup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdPopup, apd_popup_free)

/* Forgets a popup of a server that is gone: nothing is closed. */
void apd_popup_forget(ApdPopup *self);
