/* Time zones by number, loaded once: the reader's sandbox has no files.
 *
 * A zone is an IANA name ("Asia/Shanghai") or an offset ("+08:00").  Pure after
 * apd_zones_intern().
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"
#include "logic/calendar.h"

/* Always there: what a notice means that names no zone (reading rule 2). */
#define APD_ZONE_BEIJING 0

/* Offsets are zones too: APD_ZONE_OFFSET + minutes east of UTC. */
#define APD_ZONE_OFFSET  100000
#define APD_ZONE_UNNAMED (-1)

typedef struct {
    int hour; /* 0-24 */
    int minute;
    int second;
} ApdClockTime;

typedef struct ApdZones ApdZones;

ApdZones *apd_zones_new(void);
void apd_zones_free(ApdZones *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdZones, apd_zones_free)

/* Returns: the number of the zone @name, loaded when it is new; -1 when the
 * system does not know it. */
int apd_zones_intern(ApdZones *self, const char *name);

/* Returns: (transfer full): "Asia/Shanghai" or "UTC+03:00". */
char *apd_zones_name(const ApdZones *self, int zone);

/* Returns: the instant of a civil time.  Of the two instants of an hour that
 * comes twice the earlier; an hour that is skipped is read with the offset
 * before the gap. */
ApdTime apd_zones_instant(const ApdZones *self, int zone, ApdDay day, ApdClockTime time);

/* Returns: the civil day of @when in @zone. */
ApdDay apd_zones_day(const ApdZones *self, int zone, ApdTime when);
