/* Who is told when: escalation, fallback, repetition, reserves, lists, hours, and
 * quiet hours that make nothing late. */
#include <string.h>

#include "app/escalate.h"
#include "app/quiet.h"
#include "app/raise.h"
#include "casebook_fixture.h"

#define H APD_HOUR
#define D APD_DAY

typedef void (*Test)(Fixture *f);

static void
run(const void *data)
{
    Fixture f = { 0 };

    fixture_set_up(&f);
    (*(const Test *) data)(&f);
    g_clear_pointer(&f.config.escalate, g_ptr_array_unref);
    for (guint i = 0; i < f.config.channels->len; i++)
        g_strfreev(((ApdChannelConfig *) f.config.channels->pdata[i])->fallback);
    fixture_tear_down(&f);
}

static void
free_escalation(void *data)
{
    g_free(((ApdEscalation *) data)->channel);
    g_free(data);
}

static void
escalate_after(Fixture *f, ApdTime after, const char *channel)
{
    ApdEscalation *one = g_new0(ApdEscalation, 1);

    if (f->config.escalate == NULL)
        f->config.escalate = g_ptr_array_new_with_free_func(free_escalation);
    one->after = after;
    one->channel = g_strdup(channel);
    g_ptr_array_add(f->config.escalate, one);
}

static void
open_case(Fixture *f, ApdTime left)
{
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);
    g_autoptr(ApdVerdict) verdict = new_verdict(APD_KIND_PENALTY, "prohibited", left);

    file_message(f, message, verdict);
    g_string_truncate(f->log, 0);
}

static guint
times(const Fixture *f, const char *what)
{
    guint n = 0;

    for (const char *p = f->log->str; (p = strstr(p, what)) != NULL; p += strlen(what))
        n++;
    return n;
}

/* --- escalation ------------------------------------------------------------------ */

static void
test_escalates_once_to_each(Fixture *f)
{
    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    add_channel(f, "owner", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    escalate_after(f, 6 * H, "boss");
    escalate_after(f, 24 * H, "owner");
    open_case(f, 5 * D);
    fake_clock_advance(6 * H - 1);
    g_assert_cmpuint(times(f, "boss:"), ==, 0);
    fake_clock_advance(1);
    g_assert_cmpuint(times(f, "boss:case/1/escalated/6h/boss "), ==, 1);
    fake_clock_advance(2 * D);
    g_assert_cmpuint(times(f, "boss:"), ==, 1);
    g_assert_cmpuint(times(f, "owner:case/1/escalated/1d/owner "), ==, 1);
}

static void
test_no_step_is_lost_to_an_escalation(Fixture *f)
{
    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    escalate_after(f, 6 * H, "boss"); /* with 5 h left, after the step at 6 h was reached */
    open_case(f, 11 * H);
    fake_clock_advance(10 * H + APD_MINUTE);
    g_assert_cmpuint(times(f, "desk:case/1/0/step/6h "), ==, 1);
    g_assert_cmpuint(times(f, "desk:case/1/0/step/1h "), ==, 1);
    g_assert_cmpuint(times(f, "boss:"), ==, 1);
}

static void
test_an_answer_stops_escalation(Fixture *f)
{
    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    escalate_after(f, 6 * H, "boss");
    open_case(f, 5 * D);
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    fake_clock_advance(4 * D);
    g_assert_cmpuint(times(f, "boss:"), ==, 0);
}

static void
test_a_snooze_puts_it_off(Fixture *f)
{
    const ApdLadder ladder = apd_reminders_ladder(&f->config);

    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    escalate_after(f, 6 * H, "boss");
    open_case(f, 5 * D);
    g_assert_true(apd_acts_snooze(f->base.ledger, &ladder, 1, apd_now() + 9 * H, "person",
                                  apd_now(), NULL, NULL));
    fake_clock_advance(9 * H - 1);
    g_assert_cmpuint(times(f, "boss:"), ==, 0);
    fake_clock_advance(1);
    g_assert_cmpuint(times(f, "boss:"), ==, 1);
}

static void
test_opened_again_it_escalates_again(Fixture *f)
{
    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    escalate_after(f, 6 * H, "boss");
    open_case(f, 9 * D);
    fake_clock_advance(7 * H);
    g_assert_cmpuint(times(f, "boss:"), ==, 1);
    g_assert_true(apd_acts_appealed(f->base.ledger, 1, "person", apd_now(), NULL));
    fake_clock_advance(2 * D);

    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);
    g_autoptr(ApdVerdict) verdict =
        new_decision(APD_OUTCOME_MORE_EVIDENCE, "prohibited", 3 * D + H);
    g_assert_cmpint(file_message(f, message, verdict).filing, ==, APD_FILED_CHANGED);
    fake_clock_advance(6 * H - 1);
    g_assert_cmpuint(times(f, "boss:"), ==, 1);
    fake_clock_advance(1);
    g_assert_cmpuint(times(f, "boss:"), ==, 2);
    fake_clock_advance(D);
    g_assert_cmpuint(times(f, "boss:"), ==, 2);
}

/* Nobody has answered it meanwhile, and the boss knows. */
static void
test_a_moved_deadline_escalates_nothing(Fixture *f)
{
    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    escalate_after(f, 6 * H, "boss");
    open_case(f, 9 * D);
    for (int i = 0; i < 3; i++) {
        fake_clock_advance(5 * H);
        g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);
        g_autoptr(ApdVerdict) verdict =
            new_decision(APD_OUTCOME_MORE_EVIDENCE, "prohibited", (5 + i) * D);
        file_message(f, message, verdict);
    }
    g_assert_cmpuint(times(f, "boss:"), ==, 1);
}

/* --- repetition ------------------------------------------------------------------ */

static void
test_repeats_in_the_last_hours_until_answered(Fixture *f)
{
    f->config.repeat = 30 * APD_MINUTE;
    f->config.repeat_last = 3 * H;
    open_case(f, 10 * H);
    fake_clock_advance(7 * H - 1);
    g_assert_cmpuint(times(f, "/repeat/"), ==, 0);
    fake_clock_advance(H + 1);
    g_assert_cmpuint(times(f, "/repeat/"), ==, 3);
    g_assert_true(apd_acts_ack(f->base.ledger, 1, "person", apd_now(), NULL));
    fake_clock_advance(H);
    g_assert_cmpuint(times(f, "/repeat/"), ==, 3);
    g_assert_cmpuint(times(f, "/step/1h"), ==, 1);
}

/* --- fallback -------------------------------------------------------------------- */

static ApdChannelConfig *
with_fallback(Fixture *f, const char *names)
{
    ApdChannelConfig *desk = f->config.channels->pdata[0];

    desk->fallback = g_strsplit(names, " ", -1);
    desk->fallback_after = 15 * APD_MINUTE;
    add_channel(f, "sms", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    add_channel(f, "email", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    return desk;
}

static void
test_falls_back_when_late(Fixture *f)
{
    with_fallback(f, "sms email");
    f->dead = "desk";
    f->says = "HTTP 500";
    open_case(f, 5 * D);
    fake_clock_advance(15 * APD_MINUTE - 1);
    g_assert_cmpuint(times(f, "sms:"), ==, 0);
    fake_clock_advance(1);
    g_assert_cmpuint(times(f, "sms:case/1/0/new "), ==, 1);
    fake_clock_advance(D);
    g_assert_cmpuint(times(f, "sms:"), ==, 1);
    g_assert_cmpuint(times(f, "email:"), ==, 0); /* sms took it */
}

static void
test_falls_back_at_once_when_refused(Fixture *f)
{
    with_fallback(f, "email");
    f->dead = "desk";
    f->says = "refused: HTTP 404";
    open_case(f, 5 * D);
    on_wake(f); /* a verdict wakes appeald */
    on_wake(f);
    g_assert_cmpuint(times(f, "email:case/1/0/new "), ==, 1);
}

static void
owe_many(Fixture *f, int n)
{
    static const char *const channels[] = { "desk", NULL };

    for (int i = 0; i < n; i++) {
        g_autoptr(ApdAlert) alert = apd_alert_new();
        bool is_new;
        alert->key = g_strdup_printf("many/%d", i);
        alert->type = APD_ALERT_BLIND;
        alert->subject = g_strdup("imap office");
        alert->created = apd_now();
        g_assert_true(apd_ledger_add_alert(f->base.ledger, alert, channels, &is_new, NULL));
    }
}

/* What the channels made of it, as their posts write it. */
static void
put(Fixture *f, const char *channel, int attempts, const char *error)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(f->base.ledger, channel, APD_NEVER, 0, NULL);

    for (guint i = 0; i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        delivery->attempts = attempts;
        g_free(delivery->last_error);
        delivery->last_error = g_strdup(error);
        g_assert_true(apd_ledger_put_delivery(f->base.ledger, delivery, NULL));
    }
}

static guint
owed_to(Fixture *f, const char *channel)
{
    g_autoptr(GPtrArray) owed = apd_ledger_owed(f->base.ledger, channel, APD_NEVER, 0, NULL);

    return owed->len;
}

/* At fake.now, and no channel is tried. */
static ApdTime
look(Fixture *f)
{
    ApdTime next = APD_NEVER;

    g_assert_true(apd_escalate_run(f->base.ledger, &f->config, apd_now(), &next, NULL));
    return next;
}

/* The first fallback is down, banned or at its rate: what it was not tried with is
 * nobody's yet. */
static void
test_a_fallback_that_is_late_is_passed_by(Fixture *f)
{
    with_fallback(f, "sms email");
    owe_many(f, 1);
    put(f, "desk", 1, "HTTP 500");
    fake.now = START + 15 * APD_MINUTE;
    g_assert_cmpint(look(f), ==, START + 30 * APD_MINUTE);
    g_assert_cmpuint(owed_to(f, "sms"), ==, 1);
    fake.now = START + 30 * APD_MINUTE - 1;
    look(f);
    g_assert_cmpuint(owed_to(f, "email"), ==, 0);
    fake.now = START + 30 * APD_MINUTE;
    look(f);
    g_assert_cmpuint(owed_to(f, "email"), ==, 1);
}

static void
test_a_fallback_that_fails_is_passed_by_at_once(Fixture *f)
{
    with_fallback(f, "sms email");
    owe_many(f, 1);
    put(f, "desk", 1, "refused: HTTP 404");
    look(f);
    g_assert_cmpuint(owed_to(f, "sms"), ==, 1);
    look(f);
    g_assert_cmpuint(owed_to(f, "email"), ==, 0);
    put(f, "sms", 1, "HTTP 500");
    look(f);
    g_assert_cmpuint(owed_to(f, "email"), ==, 1);
}

/* Whoever waits for the end of his quiet hours is not late. */
static void
test_what_waits_for_the_morning_does_not_fall_back(Fixture *f)
{
    with_fallback(f, "sms");
    owe_many(f, 1);
    g_autoptr(GPtrArray) owed = apd_ledger_owed(f->base.ledger, "desk", APD_NEVER, 0, NULL);
    ApdDelivery *delivery = owed->pdata[0];
    delivery->next_try = START + 8 * H;
    g_assert_true(apd_ledger_put_delivery(f->base.ledger, delivery, NULL));
    fake.now = START + 8 * H;
    g_assert_cmpint(look(f), ==, START + 8 * H + 15 * APD_MINUTE);
    g_assert_cmpuint(owed_to(f, "sms"), ==, 0);
    fake.now = START + 8 * H + 15 * APD_MINUTE;
    look(f);
    g_assert_cmpuint(owed_to(f, "sms"), ==, 1);
}

static void
test_all_that_a_dead_channel_owes_falls_back(Fixture *f)
{
    with_fallback(f, "sms email");
    owe_many(f, 1300);
    put(f, "desk", 1, "refused: HTTP 404");
    for (int i = 0; i < 5 && owed_to(f, "sms") < 1300; i++)
        look(f);
    g_assert_cmpuint(owed_to(f, "sms"), ==, 1300);
    put(f, "sms", 1, "refused: HTTP 404");
    for (int i = 0; i < 5 && owed_to(f, "email") < 1300; i++)
        look(f);
    g_assert_cmpuint(owed_to(f, "email"), ==, 1300);
}

static void
test_what_is_taken_in_time_does_not(Fixture *f)
{
    with_fallback(f, "sms");
    open_case(f, 5 * D);
    fake_clock_advance(D);
    g_assert_cmpuint(times(f, "sms:"), ==, 0);
}

/* --- who is on duty ---------------------------------------------------------------- */

static void
test_reserves_are_told_when_nobody_else_is(Fixture *f)
{
    ((ApdChannelConfig *) f->config.channels->pdata[0])->severity = APD_SEVERITY_CRITICAL;
    add_channel(f, "boss", APD_SEVERITY_LOW, NULL, NULL)->reserve = true;
    g_autoptr(ApdMessage) message = new_message(f, "imap office", NULL);
    g_autoptr(ApdVerdict) verdict = new_verdict(APD_KIND_PENALTY, "prohibited", 5 * D);

    file_message(f, message, verdict);
    g_assert_cmpstr(f->log->str, ==, "boss:case/1/0/new ");
}

static void
test_kinds_and_hours_divide_the_work(Fixture *f)
{
    ApdChannelConfig *desk = f->config.channels->pdata[0];
    ApdChannelConfig *night = add_channel(f, "night", APD_SEVERITY_LOW, NULL, NULL);
    g_autoptr(ApdAlert) alert = apd_alert_new();

    f->config.timezone = (char *) "UTC";
    g_assert_true(apd_hours_parse("09:00-18:00", &desk->hours));
    desk->kinds = g_strsplit("penalty complaint", " ", -1);
    alert->kase = apd_case_new();
    alert->kase->kind = APD_KIND_PENALTY;
    alert->kase->category = g_strdup("prohibited");
    alert->severity = APD_SEVERITY_HIGH;
    alert->created = START + 10 * H;
    g_assert_null(apd_raise_against(&f->config, desk, alert));
    alert->created = START + 20 * H;
    g_assert_cmpstr(apd_raise_against(&f->config, desk, alert), ==, "it was outside of its hours");
    g_assert_null(apd_raise_against(&f->config, night, alert));
    alert->created = START + 10 * H;
    alert->kase->kind = APD_KIND_POLICY;
    g_assert_cmpstr(apd_raise_against(&f->config, desk, alert), ==,
                    "it is not on its list of kinds");
    g_strfreev(g_steal_pointer(&desk->kinds));
}

/* --- quiet hours ------------------------------------------------------------------ */

/* START is a midnight of UTC.  Quiet from 22 to 8. */
/* clang-format off */
static const struct {
    const char *what;
    double at, deadline; /* hours from START; deadline 0: none */
    double until;        /* 0: does not wait */
} nights[] = {
    { "by day",                           12, 100,  0 },
    { "in the evening",                   23, 200, 32 },
    { "after midnight",                    3, 200,  8 },
    { "no deadline",                       3,   0,  8 },
    { "the first steps wait",             23, 23 + 72, 32 },
    { "the last but one does not",        23, 23 + 6,   0 },
    { "the last does not",                23, 23 + 1,   0 },
    { "less than a night left",           23, 23 + 11.5, 0 },
    { "more than a night left",           23, 23 + 13, 32 },
    { "due soon after the end",           22, 33.5,  0 },
    { "passed already",                    3,   2,   8 },
};
/* clang-format on */

static void
test_quiet_hours(Fixture *f)
{
    ApdChannelConfig *desk = f->config.channels->pdata[0];
    const ApdLadder ladder = apd_reminders_ladder(&f->config);
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

    g_assert_true(apd_hours_parse("22:00-08:00", &desk->quiet));
    for (size_t i = 0; i < G_N_ELEMENTS(nights); i++) {
        g_autoptr(ApdAlert) alert = apd_alert_new();
        ApdTime at = START + (ApdTime) (nights[i].at * (double) H);
        ApdTime until = nights[i].until > 0 ? START + (ApdTime) (nights[i].until * (double) H) : 0;

        g_test_message("%s", nights[i].what);
        alert->kase = apd_case_new();
        alert->kase->deadline = nights[i].deadline > 0
                                    ? START + (ApdTime) (nights[i].deadline * (double) H)
                                    : APD_NEVER;
        g_assert_cmpint(apd_quiet_until(desk, &ladder, alert, at, zone), ==, until);
    }
}

static void
test_a_test_is_never_quiet(Fixture *f)
{
    ApdChannelConfig *desk = f->config.channels->pdata[0];
    const ApdLadder ladder = apd_reminders_ladder(&f->config);
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    g_autoptr(ApdAlert) alert = apd_alert_new();

    g_assert_true(apd_hours_parse("00:00-24:00", &desk->quiet));
    g_assert_cmpint(apd_quiet_until(desk, &ladder, alert, START, zone), ==, 0); /* for ever */
    g_assert_true(apd_hours_parse("22:00-08:00", &desk->quiet));
    alert->type = APD_ALERT_TEST;
    g_assert_cmpint(apd_quiet_until(desk, &ladder, alert, START, zone), ==, 0);
}

/* clang-format off */
static const struct { const char *name; Test test; } tests[] = {
    { "/policy/escalates_once_to_each", test_escalates_once_to_each },
    { "/policy/no_step_is_lost_to_an_escalation", test_no_step_is_lost_to_an_escalation },
    { "/policy/an_answer_stops_escalation", test_an_answer_stops_escalation },
    { "/policy/a_snooze_puts_it_off", test_a_snooze_puts_it_off },
    { "/policy/opened_again_it_escalates_again", test_opened_again_it_escalates_again },
    { "/policy/a_moved_deadline_escalates_nothing", test_a_moved_deadline_escalates_nothing },
    { "/policy/repeats_in_the_last_hours", test_repeats_in_the_last_hours_until_answered },
    { "/policy/falls_back_when_late", test_falls_back_when_late },
    { "/policy/falls_back_at_once_when_refused", test_falls_back_at_once_when_refused },
    { "/policy/a_fallback_that_is_late", test_a_fallback_that_is_late_is_passed_by },
    { "/policy/a_fallback_that_fails", test_a_fallback_that_fails_is_passed_by_at_once },
    { "/policy/waits_for_the_morning", test_what_waits_for_the_morning_does_not_fall_back },
    { "/policy/all_that_a_dead_channel_owes", test_all_that_a_dead_channel_owes_falls_back },
    { "/policy/what_is_taken_in_time_does_not", test_what_is_taken_in_time_does_not },
    { "/policy/reserves", test_reserves_are_told_when_nobody_else_is },
    { "/policy/kinds_and_hours", test_kinds_and_hours_divide_the_work },
    { "/policy/quiet_hours", test_quiet_hours },
    { "/policy/a_test_is_never_quiet", test_a_test_is_never_quiet },
};
/* clang-format on */

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_data_func(tests[i].name, &tests[i].test, run);
    return g_test_run();
}
