/* The gate of a destination: when it may be told again.  Pure.
 *
 * It opens as fast as the service takes, stays shut while the service asks for a
 * pause, and when one alert after another fails, it is the destination that is down: then
 * the most urgent alone knocks from time to time, and all go when it is taken.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "logic/rate.h"

typedef struct {
    ApdRate rate;
    ApdTime full;    /* of the rate: apd_rate_ready() */
    ApdTime closed;  /* until then the far side asked for a pause */
    ApdTime down;    /* until then nothing knocks but urgent news */
    ApdTime knocked; /* last */
    int failures;    /* in a row */
} ApdGate;

/* Whether failures in a row say that the destination is down. */
bool apd_gate_is_down(const ApdGate *self);

/* Whether it is the destination, not its rate, that keeps the gate shut. */
bool apd_gate_is_shut(const ApdGate *self, ApdTime now);

/* Returns when the most urgent alert may go; not after @now: at once.  @is_news: it
 * was never tried. */
ApdTime apd_gate_ready(const ApdGate *self, bool is_news, ApdTime now);

/* Whether the next to go is to be, for once, the one that was tried least: the most
 * urgent may itself be what the far side cannot digest. */
bool apd_gate_tries_another(const ApdGate *self);

/* Of an open gate: nothing goes before @until. */
void apd_gate_close(ApdGate *self, ApdTime until);

void apd_gate_send(ApdGate *self, ApdTime now);
void apd_gate_take(ApdGate *self);

/* Not taken for now.  @wait: the pause asked for, 0: none.  @attempts: of the alert, with
 * this one; @random and @left as of apd_backoff_wait().  Returns: when that alert is to
 * be tried again. */
ApdTime apd_gate_fail(ApdGate *self, ApdTime wait, int attempts, uint32_t random, ApdTime left,
                      ApdTime now);

/* A person has mended something: knock at once. */
void apd_gate_open(ApdGate *self);
