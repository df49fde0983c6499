/* A Maildir on disk: what is in it, and a call when that changes.
 *
 * Only new/ and cur/ are looked at, never written (https://cr.yp.to/proto/maildir.html).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

/* A file of it. */
typedef struct {
    char *path;      /* owned */
    char *name;      /* owned: the unique part, without ":2,flags": stays when flags change */
    ApdTime changed; /* mtime: when it was delivered or synced */
} ApdMaildirFile;

void apd_maildir_file_free(ApdMaildirFile *self);

/* Returns: (transfer full) (element-type ApdMaildirFile): the files whose unique
 * part is not a key of @known, oldest first; NULL when new/ or cur/ cannot be
 * read (REFUSED, with what to do). */
GPtrArray *apd_maildir_list(const char *path, GHashTable *known, GError **error);

/* Reads at most @limit bytes.  @ret_truncated: there were more.
 * Returns: (transfer full); NULL on error, TRANSIENT when the file has just
 * been moved or removed: listing again finds it. */
GBytes *apd_maildir_read(const ApdMaildirFile *file, gsize limit, bool *ret_truncated,
                         GError **error);

typedef struct ApdMaildirWatch ApdMaildirWatch;

/* Calls @changed from the main context after files came, went or were moved,
 * or when the watch itself was lost (the folder was replaced): list again and
 * watch anew then.  NULL when inotify refuses. */
ApdMaildirWatch *apd_maildir_watch(const char *path, void (*changed)(void *user_data),
                                   void *user_data, GError **error);
void apd_maildir_unwatch(ApdMaildirWatch *self);

/* False once the watched folders were removed or replaced. */
bool apd_maildir_watch_holds(const ApdMaildirWatch *self);
