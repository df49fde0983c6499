/* A note: one alert on the desktop, put into a popup and kept true while time
 * runs and its case changes.
 */
#pragma once

#include "io/desktop.h"
#include "logic/ladder.h"
#include "model/alert.h"
#include "model/phrases.h"

/* What all notes share; all borrowed. */
typedef struct {
    ApdDesktop *desktop;
    GTimeZone *zone;
    ApdLadder ladder;
} ApdDesktopScene;

/* How long the Snooze button is quiet; the last step of the ladder ends it sooner. */
#define APD_DESKTOP_SNOOZE (4 * APD_HOUR)

typedef struct ApdDesktopNote ApdDesktopNote;

typedef struct {
    /* @button: "ack", "snooze", "open", "default". */
    void (*pressed)(ApdDesktopNote *note, const char *button, void *user_data);
    /* A person or the server closed the popup. */
    void (*closed)(ApdDesktopNote *note, void *user_data);
} ApdDesktopNoteEvents;

/* Takes @alert; the rest is borrowed.  Shows nothing yet. */
ApdDesktopNote *apd_desktop_note_new(const ApdDesktopScene *scene, ApdAlert *alert,
                                     const ApdPhrases *phrases, const ApdDesktopNoteEvents *events,
                                     void *user_data);

/* Closes the popup. */
void apd_desktop_note_free(ApdDesktopNote *self);

/* Returns: (transfer full): what alerts of one matter share, so that the later
 * takes the popup of the earlier: "case/12", "sight/imap office". */
char *apd_desktop_note_key(const ApdAlert *alert);

/* Borrowed. */
ApdAlert *apd_desktop_note_alert(const ApdDesktopNote *self);

/* The number that the server gave to the popup; 0: it is not on the screen. */
uint32_t apd_desktop_note_popup(const ApdDesktopNote *self);

/* Of its texts.  Borrowed. */
const char *apd_desktop_note_language(const ApdDesktopNote *self);

/* Takes @alert: a later one of the same matter. */
void apd_desktop_note_replace(ApdDesktopNote *self, ApdAlert *alert, const ApdPhrases *phrases);

/* Takes @kase as the case stands now; false: there is nothing more to show. */
bool apd_desktop_note_renew(ApdDesktopNote *self, ApdCase *kase, ApdTime now);

/* The same for a summary: (element-type ApdCase), taken. */
bool apd_desktop_note_renew_all(ApdDesktopNote *self, GPtrArray *cases, ApdTime now);

/* Makes the screen show what is true at @now; does nothing when it does.
 * False: the server did not accept it. */
bool apd_desktop_note_show(ApdDesktopNote *self, ApdTime now, GError **error);

/* When apd_desktop_note_show() is to be called again; APD_NEVER. */
ApdTime apd_desktop_note_next(const ApdDesktopNote *self, ApdTime now);

/* The server is gone, and the popup with it: show() makes a new one. */
void apd_desktop_note_lose(ApdDesktopNote *self);
