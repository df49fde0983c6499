#include "logic/backoff.h"

#define FIRST    (5 * APD_SECOND)
#define CAP      APD_HOUR
#define CAP_NEAR (15 * APD_MINUTE)

ApdTime
apd_backoff_wait(int attempts, uint32_t random, ApdTime left)
{
    ApdTime cap = left < APD_DAY ? CAP_NEAR : CAP;
    ApdTime wait = FIRST;

    for (int i = 1; i < attempts && wait < cap; i++)
        wait *= 2;
    if (wait > cap)
        wait = cap;

    ApdTime half = wait / 2;
    return half + half * (ApdTime) (random >> 1) / (ApdTime) (UINT32_MAX >> 1);
}
