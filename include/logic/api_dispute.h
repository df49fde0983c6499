/* What the platform's record of a dispute means; private to logic/api_dispute*.c. */
#pragma once

#include "logic/api_topic.h"

/* All borrowed. */
typedef struct {
    const char *id;
    const char *state, *timeout_type, *trigger; /* NULL: not said */
    const char *whom; /* "seller", "others", "won", "lost", "over"; NULL: not known */
    const char *why;  /* its details could not be had; NULL: they were */
    bool ended;       /* by its own record */
    bool listed;      /* among those that run */
    bool known;       /* seen before */
} ApdApiDispute;

/* Sets @whom and @ended, of what its record says: its state and its @status. */
void apd_api_dispute_place(const ApdApiRound *self, ApdApiDispute *dispute, const char *status);

/* @detail: its own record, or NULL.  @item: what the list tells of it. */
ApdVerdict *apd_api_dispute_verdict(const ApdApiRound *self, const ApdApiDispute *dispute,
                                    JsonNode *detail, JsonNode *item);
