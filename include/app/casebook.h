/* The casebook: from what was read to cases and what is owed for them.
 *
 * Each call is one ledger transaction: message, cursor, case, history, alert and
 * deliveries are written together or not at all.  A crash in between repeats the
 * reading, and the message's key makes the repetition harmless.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

typedef struct {
    ApdLedger *ledger;       /* borrowed */
    const ApdConfig *config; /* borrowed; replaced on reload */
} ApdCasebook;

/* What became of a message, for logs. */
typedef enum {
    APD_FILED_KNOWN,      /* a copy of one that was read before */
    APD_FILED_NOTHING,    /* not for this product, or over before we came */
    APD_FILED_OPENED,     /* opened a case */
    APD_FILED_JOINED,     /* belongs to a case and was recorded there */
    APD_FILED_CHANGED,    /* changed a case, and a person is told */
    APD_FILED_UNREADABLE, /* could not be read, and a person is told */
} ApdFiling;

typedef struct {
    ApdFiling filing;
    int64_t case_id; /* 0: none */
} ApdFiled;

/* Files @message, read as @verdict.  @verdict NULL: it could not be read, for
 * the reason @why. */
bool apd_casebook_file(const ApdCasebook *self, const ApdMessage *message,
                       const ApdVerdict *verdict, const char *why, ApdTime now, ApdFiled *ret_filed,
                       GError **error);

/* The first look at @folder of @source is complete: its cases are told of in one
 * summary. */
bool apd_casebook_looked_back(const ApdCasebook *self, const char *source, const char *folder,
                              ApdTime now, GError **error);
