/* A record of the platform as a message to be filed.  Pure. */
#pragma once

#include "logic/api_round.h"
#include "model/message.h"

/* Where it comes from; all borrowed. */
typedef struct {
    const char *source; /* "aliexpress api" */
    const char *topic;
    const char *host; /* of the gateway */
    bool first_look;
} ApdApiPlace;

/* Returns: (transfer full): takes what @record holds but its id and text.  What has a
 * verdict needs no reading; the rest is a mail for the reader, as records of [json NAME]
 * are, and that the platform wrote it the platform itself says. */
ApdMessage *apd_api_filing_message(const ApdApiPlace *place, ApdApiRecord *record, ApdTime now);
