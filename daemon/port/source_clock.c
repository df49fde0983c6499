#include "port/source_clock.h"

/* A clock that stays wrong is spoken of so often; whoever hears it tells it once a day. */
#define PAUSE APD_HOUR

ApdTime
apd_source_clock_measure(const ApdHttpResponse *response)
{
    ApdTime theirs = apd_http_date(response->date);
    ApdTime off = theirs > 0 ? theirs - apd_now() : 0;

    return ABS(off) < APD_SKEW_SLACK ? 0 : off;
}

char *
apd_source_clock_text(ApdTime off)
{
    g_autofree char *span = apd_skew_text(off);

    return g_strdup_printf("this machine's clock is %s the server's: reminders come at the wrong "
                           "time (set it: timedatectl set-ntp true)",
                           span);
}

void
apd_source_clock_tell(ApdSourceClock *self, ApdTime off, ApdSource *source,
                      const ApdSourceEvents *events, void *user_data)
{
    g_autofree char *text = off != 0 ? apd_source_clock_text(off) : NULL;
    bool wrong = off != 0;

    if (self->due != 0 && self->wrong == wrong && apd_uptime() < self->due)
        return;
    self->wrong = wrong;
    self->due = wrong ? apd_uptime() + PAUSE : APD_NEVER;
    events->clock(source, text, user_data);
}

void
apd_source_clock_look(ApdSourceClock *self, const ApdHttpResponse *response, ApdSource *source,
                      const ApdSourceEvents *events, void *user_data)
{
    ApdTime theirs = apd_http_date(response->date), off = self->off;
    ApdSkewFinding finding = apd_skew_take(&self->skew, theirs, apd_now(), apd_uptime(), &off);

    if (finding == APD_SKEW_NONE)
        self->off = off = 0;
    /* By their time it was taken, by ours it was refused: there is no better proof. */
    if (finding != APD_SKEW_UNKNOWN || off != 0)
        apd_source_clock_tell(self, off, source, events, user_data);
}
