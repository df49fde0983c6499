#include "logic/doubt.h"

ApdDoubt
apd_doubt_after_failure(ApdDoubt doubt, bool in_batch)
{
    if (doubt >= APD_DOUBT_NOTHING)
        return APD_DOUBT_NOTHING;
    return doubt == APD_DOUBT_NONE && in_batch ? APD_DOUBT_BEGINNING : doubt + 1;
}

void
apd_doubt_note_death(ApdDoubts *self, uint32_t uidvalidity, uint32_t uid, bool alone)
{
    if (uid == 0)
        return;
    if (self->uidvalidity != uidvalidity)
        *self = (ApdDoubts){ .uidvalidity = uidvalidity };
    if (!alone) {
        self->slow = uid;
        return;
    }

    ApdDoubt doubt = self->uid == uid ? (ApdDoubt) self->doubt : APD_DOUBT_NONE;
    /* A line may break for other reasons, and is tried again and again; not so
     * what kills. */
    self->uid = uid;
    self->doubt = doubt >= APD_DOUBT_HEADER ? APD_DOUBT_NOTHING
                                            : apd_doubt_after_failure(doubt, uid <= self->slow);
}
