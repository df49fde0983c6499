/* Preloaded into appeald by tests/e2e/test_delivery_hours.py: a wall clock that is
 * APPEALD_CLOCK_AHEAD seconds ahead of the machine's. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__)) dlsym(RTLD_NEXT, #name))

/* Its children keep the machine's. */
static time_t
ahead(void)
{
    const char *seconds = getenv("APPEALD_CLOCK_AHEAD");

    if (seconds == NULL || strcmp(program_invocation_short_name, "appeald") != 0)
        return 0;
    return strtol(seconds, NULL, 10);
}

int
clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = REAL(int, clock_gettime, clockid_t, struct timespec *)(clock, now);

    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += ahead();
    return result;
}

int
timerfd_settime(int fd, int flags, const struct itimerspec *wanted, struct itimerspec *old)
{
    struct itimerspec at = *wanted;

    /* What is past stays so; 0 would disarm it. */
    if (flags & TFD_TIMER_ABSTIME && at.it_value.tv_sec > ahead())
        at.it_value.tv_sec -= ahead();
    return REAL(int, timerfd_settime, int, int, const struct itimerspec *,
                struct itimerspec *)(fd, flags, &at, old);
}
