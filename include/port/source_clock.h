/* What a source learns of this machine's clock on the way: by how much its server's is
 * ahead, and when that is to be told.
 */
#pragma once

#include "io/http.h"
#include "logic/skew.h"
#include "port/source.h"

/* Empty at first. */
typedef struct {
    ApdSkew skew;
    ApdTime off; /* of a server that refused our time and took its own; 0: none did */
    ApdTime due; /* of apd_uptime(): not spoken of before that */
    bool wrong;  /* as was said last */
} ApdSourceClock;

/* Returns how far the clock of whoever answered is ahead of ours; 0: no more than is
 * right, or it does not tell. */
ApdTime apd_source_clock_measure(const ApdHttpResponse *response);

/* Returns: (transfer full): what a person is to know of a clock that is so far behind. */
char *apd_source_clock_text(ApdTime off);

/* Tells that it is @off behind, or that it is right (0), by events->clock(); what was
 * told lately is not told again. */
void apd_source_clock_tell(ApdSourceClock *self, ApdTime off, ApdSource *source,
                           const ApdSourceEvents *events, void *user_data);

/* Looks at the time of an answer that was good, and tells what is to be told. */
void apd_source_clock_look(ApdSourceClock *self, const ApdHttpResponse *response, ApdSource *source,
                           const ApdSourceEvents *events, void *user_data);
