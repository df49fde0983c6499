/* The [reminders] of a configuration as the ladder of logic/ladder.h. */
#pragma once

#include "io/config.h"
#include "logic/ladder.h"

/* Returns: the ladder, borrowed from @config. */
ApdLadder apd_reminders_ladder(const ApdConfig *config);
