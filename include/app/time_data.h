/* Loads what deadlines are read with: words, zones, windows, calendar. */
#pragma once

#include "logic/deadline.h"

/* Reads RULES_DIR/rules/time/ *.conf and RULES_DIR/calendars/ *.conf, then
 * USER_DIR/time/ and USER_DIR/calendars/ (NULL or missing: none), which add to them.  On failure
 * @error names file and line of every mistake.  Zones are loaded now: a sandbox
 * may follow. */
ApdTimeData *apd_time_data_load(const char *rules_dir, const char *user_dir, GError **error);
