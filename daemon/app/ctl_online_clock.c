/* The clock: what the kernel says of it, and what servers have said on the way. */
#include <sys/timex.h>

#include "app/ctl_online.h"
#include "logic/skew.h"

/* A clock that is wrong by more than this makes deadlines wrong. */
#define LIMIT (2 * APD_MINUTE)

static gint
compare(gconstpointer a, gconstpointer b)
{
    ApdTime one = *(const ApdTime *) a, other = *(const ApdTime *) b;

    return (one > other) - (one < other);
}

static void
show_skew(ApdOnlineSubject *self, GArray *skews)
{
    if (skews->len == 0) {
        apd_online_add(self, APD_PROOF_OPEN, "servers", "",
                       "none that was asked tells the time (certificates were in date, and no "
                       "mail came from the future, where TLS and newest mail are good)");
        return;
    }
    g_array_sort(skews, compare);
    ApdTime skew = g_array_index(skews, ApdTime, skews->len / 2);
    bool good = ABS(skew) <= LIMIT;
    g_autofree char *span = apd_skew_text(-skew);
    if (good)
        apd_online_add(
            self, APD_PROOF_GOOD, "servers", "",
            "this machine's clock differs by %d s from that of %u server%s (the middle one)",
            (int) (skew / APD_SECOND), skews->len, skews->len == 1 ? "" : "s");
    else
        apd_online_add(self, APD_PROOF_BAD, "servers",
                       "set this machine's clock: timedatectl set-ntp true",
                       "this machine's clock is %s that of %u server%s (the middle one)", span,
                       skews->len, skews->len == 1 ? "" : "s");
}

/* Set by whoever disciplines the clock: systemd-timesyncd, chrony, ntpd. */
static void
show_kernel(ApdOnlineSubject *self)
{
    struct timex state = { 0 };
    int result = adjtimex(&state);

    if (result < 0)
        apd_online_add(self, APD_PROOF_OPEN, "kernel", "", "does not tell");
    else if (result == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        apd_online_add(self, APD_PROOF_WARN, "kernel", "timedatectl set-ntp true",
                       "nobody keeps this machine's clock right, as far as the kernel knows (in a "
                       "virtual machine the host may)");
    else
        apd_online_add(self, APD_PROOF_GOOD, "kernel", "",
                       "the clock is kept right by a time service");
}

void
apd_online_clock(ApdOnlineSubject *self)
{
    show_skew(self, self->owner->skews);
    show_kernel(self);
}
