#include "base/service.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

/* sd_notify(3) waits while the manager's queue is full: what is only for
 * information must not hold up alerts, and is dropped instead. */
static void
tell_without_waiting(const char *text)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = path ? strlen(path) : 0;

    if (length < 2 || length >= sizeof address.sun_path)
        return;

    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0';

    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *) &address,
           (socklen_t) (offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
}

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
    g_autofree char *line = g_strconcat("STATUS=", g_strdelimit(text, "\n", ' '), NULL);
    tell_without_waiting(line);
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
    tell_without_waiting("WATCHDOG=1");
}
