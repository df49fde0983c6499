/* A clock driven by hand, in place of base/clock.c: a test program includes
 * tests/fake/clock.c, and the library's own is then not linked.
 */
#pragma once

#include "base/clock.h"

/* The clock is set, forwards or back: every alarm wakes, as the kernel has it. */
void fake_clock_set(ApdTime now);

/* Time passes: alarms wake at their instants, in order. */
void fake_clock_advance(ApdTime by);
