/* The parent's side of appeald-mail: one child for all mailboxes, started anew
 * when it dies; a mailbox that killed it twice gets a child of its own.
 *
 * All IMAP sources over one ledger share the hub.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"
#include "logic/room.h"
#include "model/message.h"

typedef struct ApdMailHub ApdMailHub;

/* Returns: (transfer full): the hub that goes with @ledger. */
ApdMailHub *apd_mail_hub_ref(ApdLedger *ledger);
void apd_mail_hub_unref(ApdMailHub *self);

/* One folder of one account, watched. */
typedef struct ApdMailWatch ApdMailWatch;

typedef struct {
    /* Takes @message, whose source is not yet set. */
    void (*message)(ApdMessage *message, void *user_data);
    void (*sight)(const GError *why, void *user_data);
    void (*looked)(void *user_data);
    void (*room)(ApdRoom room, const char *text, void *user_data);
    void (*said)(const char *text, void *user_data);
} ApdMailWatchEvents;

/* Starts from the main context, not in here.  @config must outlive the watch. */
ApdMailWatch *apd_mail_hub_watch(ApdMailHub *self, const ApdSourceConfig *config,
                                 const char *folder, const ApdCursor *cursor, ApdTime look_back,
                                 const ApdMailWatchEvents *events, void *user_data);

/* @message is dealt with: as many bytes more may come. */
void apd_mail_watch_ack(ApdMailWatch *self, const ApdMessage *message);

/* Looks now; with the password read anew if it was refused. */
void apd_mail_watch_poke(ApdMailWatch *self);

/* No event follows. */
void apd_mail_watch_free(ApdMailWatch *self);
