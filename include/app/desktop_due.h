/* What is due to be shown on this desktop now, and marking it done.
 *
 * A delivery is marked done by the first session whose server accepted it.
 * Every other session running at that time shows it as well (it was owed after
 * the place up to which that session has looked), unless a person has answered
 * meanwhile; one that starts later shows only what is still owed.
 */
#pragma once

#include "app/desktop_note.h"
#include "io/config.h"
#include "io/ledger.h"
#include "model/phrases.h"

/* A channel of type desktop. */
typedef struct {
    const char *name;               /* borrowed */
    const ApdChannelConfig *config; /* borrowed */
    ApdPhrases *phrases;            /* owned */
} ApdDesktopChannel;

/* One matter to show: its latest alert, and all deliveries that showing it settles. */
typedef struct {
    char *key;                 /* owned: apd_desktop_note_key() */
    ApdAlert *alert;           /* owned */
    const ApdPhrases *phrases; /* borrowed */
    GPtrArray *deliveries;     /* owned, element-type ApdDelivery: those owed */
} ApdDesktopDue;

/* Returns: (transfer full) (element-type ApdDesktopDue): an empty list. */
GPtrArray *apd_desktop_due_list(void);

/* Takes @alert; nothing is owed for it. */
ApdDesktopDue *apd_desktop_due_new(const char *key, ApdAlert *alert, const ApdPhrases *phrases);

/* @channels: (element-type ApdDesktopChannel).  @after: the place up to which
 * this session has looked; @ret_upto: the place up to which this looks;
 * @ret_wake: when what quiet hours keep back is due, APD_NEVER: nothing is.
 * Returns: (transfer full) (element-type ApdDesktopDue), most urgent first; NULL on error. */
GPtrArray *apd_desktop_due_find(ApdLedger *ledger, GPtrArray *channels,
                                const ApdDesktopScene *scene, int64_t after, ApdTime now,
                                int64_t *ret_upto, ApdTime *ret_wake, GError **error);

/* Joins the cases of @dues into one summary when they are more than a person
 * can read one by one: the first of the list then stands for all of them. */
void apd_desktop_due_collapse(GPtrArray *dues, ApdTime now);

/* Why the server did not accept it is kept with what stays owed. */
bool apd_desktop_due_failed(ApdLedger *ledger, const ApdDesktopDue *due, const char *why,
                            GError **error);

/* The server accepted it. */
bool apd_desktop_due_done(ApdLedger *ledger, const ApdDesktopDue *due, ApdTime now, GError **error);
