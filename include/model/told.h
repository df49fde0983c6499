/* What a person has been told of the present round of a case, by itself or in a
 * summary. */
#pragma once

#include <stdbool.h>

#include "base/clock.h"

typedef struct {
    int64_t case_id;
    ApdTime left;   /* the least time left that was told of; APD_NEVER: of none */
    ApdTime latest; /* when the latest alert was made; 0: none was */
    bool held;      /* waits for the summary of a first look */
} ApdTold;
