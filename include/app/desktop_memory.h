/* What this session's server shows, on disk: popups outlive appeald-desktop, and
 * their buttons call a process that is gone.  After a restart the old popups are
 * taken down and the same alerts shown anew, with buttons that work.
 *
 * One small file for each bus in the runtime folder, which ends with the session.
 */
#pragma once

#include "app/desktop_due.h"
#include "app/desktop_note.h"

typedef struct ApdDesktopMemory ApdDesktopMemory;

ApdDesktopMemory *apd_desktop_memory_new(void);
void apd_desktop_memory_free(ApdDesktopMemory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdDesktopMemory, apd_desktop_memory_free)

/* Writes what is on the screen: @notes is key to ApdDesktopNote.  Writes nothing
 * when nothing changed.  A failure is logged once: a restart then repeats nothing. */
void apd_desktop_memory_keep(ApdDesktopMemory *self, const ApdDesktop *desktop, GHashTable *notes);

/* The first time it is called with a server: takes down the popups that an
 * earlier process put up there.
 * Returns: (transfer full) (element-type ApdDesktopDue): those of their alerts
 * that nobody has answered meanwhile, with nothing owed; NULL on error. */
GPtrArray *apd_desktop_memory_recall(ApdDesktopMemory *self, ApdDesktop *desktop, ApdLedger *ledger,
                                     GPtrArray *channels, ApdTime now, GError **error);
