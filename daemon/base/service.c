#include "base/service.h"

#include <systemd/sd-daemon.h>
#include <time.h>

void
apd_service_ready(void)
{
    sd_notify(0, "READY=1");
}

void
apd_service_reloading(void)
{
    struct timespec t;

    /* Type=notify-reload wants the monotonic instant as well (systemd 253). */
    clock_gettime(CLOCK_MONOTONIC, &t);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
               (gint64) t.tv_sec * APD_SECOND + t.tv_nsec / 1000);
}

void
apd_service_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void
apd_service_status(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sd_notifyf(0, "STATUS=%s", g_strdelimit(text, "\n", ' '));
}

ApdTime
apd_service_watchdog(void)
{
    uint64_t limit;

    return sd_watchdog_enabled(0, &limit) > 0 ? (ApdTime) limit / 2 : 0;
}

void
apd_service_feed(void)
{
    sd_notify(0, "WATCHDOG=1");
}
