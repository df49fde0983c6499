#include "base/clock.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct ApdAlarm {
    int fd;       /* owned */
    guint source; /* owned */
    void (*wake)(void *user_data);
    void *user_data; /* borrowed */
};

static ApdTime
read_clock(clockid_t id)
{
    struct timespec t;

    if (clock_gettime(id, &t) < 0)
        g_error("clock_gettime: %s", g_strerror(errno));

    return t.tv_sec * APD_SECOND + t.tv_nsec / 1000;
}

ApdTime
apd_now(void)
{
    return read_clock(CLOCK_REALTIME);
}

ApdTime
apd_uptime(void)
{
    return read_clock(CLOCK_BOOTTIME);
}

static gboolean
on_expiry(gint fd, GIOCondition condition, gpointer user_data)
{
    ApdAlarm *self = user_data;
    uint64_t expirations;

    (void) condition;

    /* ECANCELED: the clock was set.  Every deadline moved, so look again. */
    if (read(fd, &expirations, sizeof expirations) < 0 && errno != ECANCELED)
        return G_SOURCE_CONTINUE;

    self->wake(self->user_data);
    return G_SOURCE_CONTINUE;
}

ApdAlarm *
apd_alarm_new(void (*wake)(void *user_data), void *user_data)
{
    ApdAlarm *self = g_new0(ApdAlarm, 1);

    self->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (self->fd < 0)
        g_error("timerfd_create: %s", g_strerror(errno));

    self->wake = wake;
    self->user_data = user_data;
    self->source = g_unix_fd_add(self->fd, G_IO_IN, on_expiry, self);
    return self;
}

void
apd_alarm_free(ApdAlarm *self)
{
    if (self == NULL)
        return;

    g_source_remove(self->source);
    close(self->fd);
    g_free(self);
}

void
apd_alarm_at(ApdAlarm *self, ApdTime when)
{
    /* 0 disarms a timerfd, and a disarmed one does not tell of clock changes:
     * "never" is the far future instead.  An instant in the past fires at once. */
    ApdTime at = CLAMP(when, 1, INT64_C(1) << 52);
    struct itimerspec spec = {
        .it_value = { .tv_sec = at / APD_SECOND, .tv_nsec = at % APD_SECOND * 1000 },
    };

    if (timerfd_settime(self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) < 0
        && errno != ECANCELED)
        g_error("timerfd_settime: %s", g_strerror(errno)); /* our bug, not the world's */
}
