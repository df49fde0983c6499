/* A source: where messages come from.
 *
 * To add one: write source_<name>.c with an ApdSourceType and list it in the
 * table in source.c.  All calls and events happen in the main context.
 */
#pragma once

#include <stdbool.h>

#include "io/config.h"
#include "io/ledger.h"
#include "logic/room.h"
#include "model/message.h"

typedef struct ApdSource ApdSource;

typedef struct {
    /* Takes @message.  The source must not move its own cursor: it is told by
     * stored() once the ledger holds the message. */
    void (*message)(ApdSource *source, ApdMessage *message, void *user_data);

    /* @folder was proved readable just now (@why NULL), or cannot be read
     * (@why borrowed; its code tells transient from refused). */
    void (*sight)(ApdSource *source, const char *folder, const GError *why, void *user_data);

    /* @folder will not be readable, for a reason (@text) that is to be told once and is no
     * alarm: the rest of the source goes on. */
    void (*gone)(ApdSource *source, const char *folder, const char *text, void *user_data);

    /* This machine's clock is wrong, as a server shows (@text: by how much), or it is right
     * (NULL).  What was read is used all the same. */
    void (*clock)(ApdSource *source, const char *text, void *user_data);

    /* How full the mailbox is, in figures or in the words of its server: said again from time
     * to time. */
    void (*room)(ApdSource *source, ApdRoom room, const char *text, void *user_data);

    /* Words of the server that a person must read. */
    void (*said)(ApdSource *source, const char *text, void *user_data);

    /* Every message of the first look at @folder has been handed over. */
    void (*looked_back)(ApdSource *source, const char *folder, void *user_data);
} ApdSourceEvents;

typedef struct {
    const char *name; /* "imap", "maildir", "aliexpress", "json" */

    /* Starts to watch; events come from the main context, not from in here.
     * @look_back: how far the first look goes.  @ledger: for cursors; what was
     * read is recorded by the receiver of the events, before stored(). */
    ApdSource *(*open)(const ApdSourceConfig *config, ApdTime look_back, ApdLedger *ledger,
                       const ApdSourceEvents *events, void *user_data, GError **error);

    /* @message is on disk, with the cursor: the source may hand over more. */
    void (*stored)(ApdSource *self, const ApdMessage *message);

    /* Looks for new messages now: after a resume, or when a person asks. */
    void (*poke)(ApdSource *self);

    /* Stops at once; no event follows. */
    void (*close)(ApdSource *self);
} ApdSourceType;

/* First member of every source. */
struct ApdSource {
    const ApdSourceType *type;
    char *name; /* owned: "imap office" */
};

/* NULL when there is no such type. */
const ApdSourceType *apd_source_find(const char *name);

extern const ApdSourceType apd_source_imap;
extern const ApdSourceType apd_source_maildir;
extern const ApdSourceType apd_source_aliexpress;
extern const ApdSourceType apd_source_json;
