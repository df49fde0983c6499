/* The messages of a folder for `appealctl mass-check`: a Maildir, an mbox, or a
 * tree of .eml files, or all of them mixed.  Nothing is changed there.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* Where one message lies. */
typedef struct {
    char *path;      /* owned */
    int64_t offset;  /* in an mbox: behind its "From " line */
    int64_t size;    /* -1: to the end of the file */
    unsigned number; /* in an mbox from 1; 0: a file of its own */
} ApdMassMessage;

/* Returns: (transfer full) (element-type ApdMassMessage): in the order of their
 * paths; NULL and @error (CONFIG) when @path cannot be read or holds no message. */
GPtrArray *apd_mass_messages_find(const char *path, GError **error);

/* Returns: (transfer full): its bytes, at most what the daemon would fetch; NULL
 * when they cannot be read. */
GBytes *apd_mass_message_read(const ApdMassMessage *self, GError **error);

/* Returns: (transfer full): the path, with "#3" for the third of an mbox. */
char *apd_mass_message_name(const ApdMassMessage *self);
