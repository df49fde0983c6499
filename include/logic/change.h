/* What a later message of a matter does to its case.  Pure.
 *
 * A message that is not proved genuine may make a genuine case louder (open it
 * again, bring its deadline forward), never quieter: it closes nothing and puts
 * nothing off.  It is told all the same.
 */
#pragma once

#include "model/alert.h"

typedef struct {
    bool told; /* a person is to be told */
    ApdReason reason;
    const char *what; /* for the history, static: "appeal rejected: lost" */
} ApdChange;

/* Changes @kase as @verdict says.  @when: of the message. */
ApdChange apd_change_apply(ApdCase *kase, const ApdVerdict *verdict, ApdTime when, ApdTime now);

/* Sets the state a case starts in: that of a decision nobody was waiting for
 * may be over at once, as is one that comes after its deadline. */
void apd_change_begin(ApdCase *kase, ApdTime now);
