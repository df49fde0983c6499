/* Quiet hours: what can wait waits for their end, and nothing is ever late by it. */
#pragma once

#include "io/config.h"
#include "logic/ladder.h"
#include "model/alert.h"

/* Returns: the instant until which @alert waits on @channel, 0: not at all.  The
 * last two steps of a case never wait, nor does one that is due within a night
 * or soon after the end of the quiet hours, nor a test. */
ApdTime apd_quiet_until(const ApdChannelConfig *channel, const ApdLadder *ladder,
                        const ApdAlert *alert, ApdTime now, GTimeZone *zone);
