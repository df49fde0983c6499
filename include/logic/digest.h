/* A digest: a burst of alerts as one message, the soonest deadline first.  Pure. */
#pragma once

#include <stdint.h>

#include "model/alert.h"

/* Fewer are told one by one; of more, each is still named. */
#define APD_DIGEST_LEAST 5
#define APD_DIGEST_MOST  10

/* Whether @alert may be told with others: news of a case that runs and is not due
 * soon.  Outcomes, forgeries and last steps are told alone. */
bool apd_digest_takes(const ApdAlert *alert, ApdTime now);

/* Returns: (transfer full): one alert for all of @alerts (element-type ApdAlert, which
 * apd_digest_takes()), whose cases move into it. */
ApdAlert *apd_digest_make(GPtrArray *alerts, ApdTime now);

/* Returns when a digest goes best to a service that asks to be spared at full and half
 * hours: @now, or up to a minute later.  @random: any 32 random bits. */
ApdTime apd_digest_spare(ApdTime now, uint32_t random);
