/* How long to wait before a delivery is tried again.  Pure. */
#pragma once

#include <stdint.h>

#include "base/clock.h"

/* @attempts: made so far, 1 or more.  @random: any 32 random bits.  @left: to
 * the deadline of what is to be told; APD_NEVER for none.
 *
 * Returns: from 5 s doubling up to 15 min while the deadline is nearer than a
 * day, else up to 1 h; of that, a random part between half and all, so that
 * what failed together is not tried together. */
ApdTime apd_backoff_wait(int attempts, uint32_t random, ApdTime left);
