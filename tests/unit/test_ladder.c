#include <glib.h>

#include "logic/ladder.h"

#define H        APD_HOUR
#define DEADLINE (10000 * H)

static const ApdTime leads[] = { 72 * H, 24 * H, 6 * H, 1 * H };
static const ApdLadder ladder = { leads, G_N_ELEMENTS(leads), 0, 0 };

#define UNTOLD (-1)

/* One row: state, hours left, least hours left that was told, hours left at the
 * end of a snooze (0: none); rung, its step, and hours left at the next look
 * (-1: never). */
/* clang-format off */
static const struct {
    const char *what;
    ApdState state;
    double left, told, snooze;
    ApdRung rung;
    double lead;
    double next;
} rows[] = {
    { "new at once",                   APD_STATE_OPEN, 100, UNTOLD, 0, APD_RUNG_NEW,     0, 100 },
    { "told, first step ahead",        APD_STATE_OPEN, 100, 100, 0,    APD_RUNG_NONE,    0,  72 },
    { "on the dot",                    APD_STATE_OPEN,  72, 100, 0,    APD_RUNG_STEP,   72,  72 },
    { "said so",                       APD_STATE_OPEN,  72,  72, 0,    APD_RUNG_NONE,    0,  24 },
    { "a moment before",               APD_STATE_OPEN, 24.01, 72, 0,   APD_RUNG_NONE,    0,  24 },
    { "slept over two, says one",      APD_STATE_OPEN,   5, 100, 0,    APD_RUNG_STEP,    6,   5 },
    { "opened below a step",           APD_STATE_OPEN,  20,  20, 0,    APD_RUNG_NONE,    0,   6 },
    { "last step said",                APD_STATE_OPEN, 0.5,   1, 0,    APD_RUNG_NONE,    0,   0 },
    { "at the deadline",               APD_STATE_OPEN,   0,   1, 0,    APD_RUNG_EXPIRED, 0,   0 },
    { "slept through to the end",      APD_STATE_OPEN,  -5, 100, 0,    APD_RUNG_EXPIRED, 0,  -5 },
    { "never told, and over",          APD_STATE_OPEN,  -5, UNTOLD, 0, APD_RUNG_EXPIRED, 0,  -5 },

    { "acknowledged: no early step",   APD_STATE_ACKNOWLEDGED, 70, 100, 0, APD_RUNG_NONE, 0,  6 },
    { "acknowledged: none at 24",      APD_STATE_ACKNOWLEDGED, 24, 100, 0, APD_RUNG_NONE, 0,  6 },
    { "acknowledged: last but one",    APD_STATE_ACKNOWLEDGED,  6, 100, 0, APD_RUNG_STEP, 6,  6 },
    { "acknowledged: last",            APD_STATE_ACKNOWLEDGED,  1,   6, 0, APD_RUNG_STEP, 1,  1 },
    { "acknowledged: expires",         APD_STATE_ACKNOWLEDGED,  0,   1, 0, APD_RUNG_EXPIRED, 0, 0 },

    { "snoozed over a step",           APD_STATE_OPEN,  60, 100, 30,   APD_RUNG_NONE,    0,  30 },
    { "snooze ends: the step missed",  APD_STATE_OPEN,  30, 100, 30,   APD_RUNG_STEP,   72,  30 },
    { "snooze ends: no step missed",   APD_STATE_OPEN,  30,  60, 30,   APD_RUNG_REMINDER, 0, 30 },
    { "snooze never hides the last",   APD_STATE_OPEN,   1, 100, 0.5,  APD_RUNG_STEP,    1,   1 },
    { "nor is another hidden less",    APD_STATE_OPEN,   6, 100, 0.5,  APD_RUNG_NONE,    0,   1 },
    { "snoozed, then the deadline",    APD_STATE_OPEN, 0.7,   1, 0.5,  APD_RUNG_NONE,    0, 0.5 },

    { "appealed: nothing",             APD_STATE_APPEALED, 1, 100, 0,  APD_RUNG_NONE,    0,  -1 },
    { "appealed: no expiry",           APD_STATE_APPEALED, -1, 100, 0, APD_RUNG_NONE,    0,  -1 },
    { "won: nothing",                  APD_STATE_WON,    1, UNTOLD, 0, APD_RUNG_NONE,    0,  -1 },
    { "expired: nothing more",         APD_STATE_EXPIRED, -1, 1, 0,    APD_RUNG_NONE,    0,  -1 },
};
/* clang-format on */

static ApdTime
at(double hours_left)
{
    return DEADLINE - (ApdTime) (hours_left * (double) H);
}

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApdCase) kase = apd_case_new();
        ApdTold told = { .left = APD_NEVER };
        ApdTime now = at(rows[i].left);

        g_test_message("%s", rows[i].what);
        kase->deadline = DEADLINE;
        kase->state = rows[i].state;
        kase->snoozed_until = rows[i].snooze > 0 ? at(rows[i].snooze) : 0;
        if (rows[i].told != UNTOLD) {
            told.left = DEADLINE - at(rows[i].told);
            told.latest = at(rows[i].told);
        }

        ApdStep step = apd_ladder_due(&ladder, kase, &told, now);
        g_assert_cmpint(step.rung, ==, rows[i].rung);
        g_assert_cmpint(step.lead, ==, (ApdTime) (rows[i].lead * (double) H));
        if (step.rung != APD_RUNG_NONE)
            g_assert_cmpint(apd_ladder_next(&ladder, kase, &told, now), ==, now);
        else
            g_assert_cmpint(apd_ladder_next(&ladder, kase, &told, now), ==,
                            rows[i].next < 0 ? APD_NEVER : at(rows[i].next));
    }
}

static void
test_without_deadline(void)
{
    g_autoptr(ApdCase) kase = apd_case_new();
    ApdTold told = { .left = APD_NEVER, .latest = 1000 * H };

    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, 1001 * H).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_next(&ladder, kase, &told, 1001 * H), ==, 1024 * H);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, 1024 * H).rung, ==, APD_RUNG_REMINDER);

    kase->snoozed_until = 1100 * H;
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, 1050 * H).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, 1100 * H).rung, ==, APD_RUNG_REMINDER);

    kase->snoozed_until = 0;
    kase->state = APD_STATE_ACKNOWLEDGED;
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, 2000 * H).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_next(&ladder, kase, &told, 2000 * H), ==, APD_NEVER);
    g_assert_cmpint(apd_ladder_last_safe(&ladder, kase), ==, APD_NEVER);
}

/* A forgery and a change of the rules are told once; a change that asks for
 * something by a date gets the last two steps. */
static void
test_once_only(void)
{
    g_autoptr(ApdCase) kase = apd_case_new();
    ApdTold untold = { .left = APD_NEVER };
    ApdTold told = { .left = 100 * H, .latest = at(100) };

    kase->kind = APD_KIND_POLICY;
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &untold, at(100)).rung, ==, APD_RUNG_NEW);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(-100)).rung, ==, APD_RUNG_NONE);
    kase->deadline = DEADLINE;
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(24)).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(6)).rung, ==, APD_RUNG_STEP);

    kase->kind = APD_KIND_PENALTY;
    kase->authenticity = APD_AUTHENTICITY_FORGED;
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &untold, at(100)).rung, ==, APD_RUNG_NEW);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(1)).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(-1)).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_next(&ladder, kase, &told, at(1)), ==, APD_NEVER);
}

static void
test_held(void)
{
    g_autoptr(ApdCase) kase = apd_case_new();
    ApdTold told = { .left = APD_NEVER, .held = true };

    kase->deadline = DEADLINE;
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(5)).rung, ==, APD_RUNG_NONE);
    g_assert_cmpint(apd_ladder_next(&ladder, kase, &told, at(5)), ==, DEADLINE);
    g_assert_cmpint(apd_ladder_due(&ladder, kase, &told, at(0)).rung, ==, APD_RUNG_EXPIRED);
}

static void
test_severity_grows(void)
{
    static const struct {
        double left;
        ApdSeverity severity;
    } severities[] = {
        { 25, APD_SEVERITY_MEDIUM },
        { 24, APD_SEVERITY_HIGH },
        { 1, APD_SEVERITY_CRITICAL },
        { 0, APD_SEVERITY_CRITICAL },
    };
    g_autoptr(ApdCase) kase = apd_case_new();

    kase->deadline = DEADLINE;
    kase->severity = APD_SEVERITY_MEDIUM;
    for (size_t i = 0; i < G_N_ELEMENTS(severities); i++)
        g_assert_cmpint(apd_ladder_severity(&ladder, kase, at(severities[i].left)), ==,
                        severities[i].severity);
    kase->state = APD_STATE_WON;
    g_assert_cmpint(apd_ladder_severity(&ladder, kase, at(0)), ==, APD_SEVERITY_MEDIUM);
}

static void
test_keys(void)
{
    static const struct {
        ApdStep step;
        const char *key;
    } keys[] = {
        { { APD_RUNG_NEW, 0 }, "case/12/2/new" },
        { { APD_RUNG_STEP, 6 * H }, "case/12/2/step/6h" },
        { { APD_RUNG_EXPIRED, 0 }, "case/12/2/expired" },
        { { APD_RUNG_REMINDER, 0 }, "case/12/2/reminder/600000" },
    };
    g_autoptr(ApdCase) kase = apd_case_new();

    kase->id = 12;
    kase->round = 2;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *key = apd_ladder_key(kase, &keys[i].step, DEADLINE);
        g_assert_cmpstr(key, ==, keys[i].key);
    }
}

/* Walking from one next instant to the next meets every step once, whatever the
 * start. */
static void
test_walk(void)
{
    for (int start = 1; start < 120; start++) {
        g_autoptr(ApdCase) kase = apd_case_new();
        ApdTold told = { .left = APD_NEVER };
        ApdTime now = at(start);
        int alerts = 0, expected = 2;

        kase->deadline = DEADLINE;
        for (size_t i = 0; i < G_N_ELEMENTS(leads); i++)
            expected += leads[i] < start * H;
        while (now != APD_NEVER) {
            ApdStep step = apd_ladder_due(&ladder, kase, &told, now);
            if (step.rung != APD_RUNG_NONE) {
                alerts++;
                told = (ApdTold){ .left = DEADLINE - now, .latest = now };
                if (step.rung == APD_RUNG_EXPIRED)
                    kase->state = APD_STATE_EXPIRED;
            }
            g_assert_cmpint(alerts, <, 10);
            ApdTime next = apd_ladder_next(&ladder, kase, &told, now);
            g_assert_cmpint(next, >, now);
            now = next;
        }
        g_assert_cmpint(alerts, ==, expected);
        g_assert_cmpint(kase->state, ==, APD_STATE_EXPIRED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ladder/rows", test_rows);
    g_test_add_func("/ladder/without-deadline", test_without_deadline);
    g_test_add_func("/ladder/once-only", test_once_only);
    g_test_add_func("/ladder/held", test_held);
    g_test_add_func("/ladder/severity-grows", test_severity_grows);
    g_test_add_func("/ladder/keys", test_keys);
    g_test_add_func("/ladder/walk", test_walk);
    return g_test_run();
}
