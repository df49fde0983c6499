/* A message that cannot be fetched: how little of it is asked for next.
 *
 * What breaks the line, or whoever reads it, must not keep the messages after it
 * from being read: less and less of it is asked for, and in the end nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    APD_DOUBT_NONE,      /* in one batch with others, unless these are in doubt */
    APD_DOUBT_ALONE,     /* by itself */
    APD_DOUBT_BEGINNING, /* by itself, its first APD_DOUBT_BYTES */
    APD_DOUBT_HEADER,    /* its header; as often as to APD_DOUBT_NOTHING */
    APD_DOUBT_NOTHING = 8,
} ApdDoubt;

#define APD_DOUBT_BYTES (64u * 1024)

/* What is known of a mailbox's messages, across the ends of whoever reads it. */
typedef struct {
    uint32_t uidvalidity; /* of the others */
    uint32_t slow;        /* up to this UID one message at a time */
    uint32_t uid;         /* the message in doubt; 0: none */
    uint32_t doubt;       /* ApdDoubt */
} ApdDoubts;

/* A message at @doubt failed when it was asked for by itself.  @in_batch: so did a
 * batch with it before. */
ApdDoubt apd_doubt_after_failure(ApdDoubt doubt, bool in_batch);

/* Whoever read died over UID @uid and what is below it: over @uid itself if it was
 * @alone.  @uid 0: over something else. */
void apd_doubt_note_death(ApdDoubts *self, uint32_t uidvalidity, uint32_t uid, bool alone);
