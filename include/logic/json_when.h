/* Times as APIs write them.  Pure. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/zones.h"

/* Reads seconds, milliseconds or microseconds since the epoch, or ISO 8601 (also with a
 * blank for the T, with slashes, or without a time).  @zone: of times that name none.
 * A day alone is its beginning, the earlier of what it can mean.  Appends to @how (may
 * be NULL) what was assumed. */
bool apd_json_when(const char *text, const ApdZones *zones, int zone, ApdTime *ret_when,
                   GString *how);
