/* Talk with the service manager (sd_notify(3)); all calls do nothing without one. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

void apd_service_ready(void);
void apd_service_reloading(void); /* ends with apd_service_ready() */
void apd_service_stopping(void);

/* One line for `systemctl status`; no secret in it. */
void apd_service_status(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Returns how often the watchdog wants to be fed (half its limit), 0: never. */
ApdTime apd_service_watchdog(void);
void apd_service_feed(void);
