/* Room: how full a mailbox is, by the figures of its quota or by what its server says.
 *
 * A full mailbox is a blindness that no line shows: every session is well, and new
 * mail goes back to its sender.  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    APD_ROOM_ENOUGH,
    APD_ROOM_SCARCE, /* nearly full: the next large mail may be sent back */
    APD_ROOM_NONE,   /* full: new mail is sent back */
} ApdRoom;

/* What a server counts of an account. */
typedef struct {
    uint64_t used, limit; /* KiB, or messages; @limit 0: nothing is known */
    bool messages;
} ApdQuota;

/* @before: the last judgement, which holds while it is nearly right: a mailbox at the
 * brink is told of once. */
ApdRoom apd_room_judge(const ApdQuota *quota, ApdRoom before);

/* Whether less is left by @a than by @b, as a share. */
bool apd_room_is_less(const ApdQuota *a, const ApdQuota *b);

/* Returns: (transfer full): "97 % (485 / 500 MB)", the same in every language. */
char *apd_room_figures(const ApdQuota *quota);

/* What a server's own words say of it; APD_ROOM_ENOUGH: they are about something else. */
ApdRoom apd_room_of_words(const char *words);
