/* Random lives of a casebook: messages of all kinds, acts of a person, the clock
 * going on, deliveries taken or failing.  Whatever the order, each case, step
 * and channel is told at most once, nothing owed is lost, and no open case stays
 * silent through its last step. */
#include <string.h>

#include "base/error.h"
#include "casebook_fixture.h"

#define LIVES  40
#define EVENTS 60

static const char *const categories[] = { "prohibited", "ip.trademark", "ip.other", "trade.review",
                                          "unknown" };

typedef struct {
    Fixture f;
    GRand *rand;
    GHashTable *done; /* "channel key" that was taken */
} Life;

static int
roll(Life *l, int n)
{
    return g_rand_int_range(l->rand, 0, n);
}

static ApdVerdict *
random_verdict(Life *l)
{
    ApdKind kind = (ApdKind) roll(l, APD_N_KINDS);
    ApdTime left = roll(l, 4) == 0 ? APD_NEVER : (roll(l, 200) - 20) * APD_HOUR;
    ApdVerdict *verdict = new_verdict(kind, categories[roll(l, G_N_ELEMENTS(categories))], left);

    verdict->authenticity = (ApdAuthenticity) roll(l, APD_N_AUTHENTICITIES);
    verdict->severity = (ApdSeverity) roll(l, APD_N_SEVERITIES);
    if (kind == APD_KIND_DECISION)
        verdict->outcome = (ApdOutcome) roll(l, APD_N_OUTCOMES);
    if (left != APD_NEVER && roll(l, 3) == 0)
        verdict->basis = APD_BASIS_ESTIMATED;
    if (roll(l, 2) == 0)
        verdict->case_ref = g_strdup_printf("R%d", roll(l, 6));
    if (roll(l, 2) == 0) {
        g_autofree char *product = g_strdup_printf("100500000000000%d", roll(l, 5));
        g_strfreev(verdict->products);
        verdict->products = g_strsplit(product, " ", -1);
    }
    if (roll(l, 4) == 0)
        verdict->date -= roll(l, 30) * APD_DAY;
    return verdict;
}

static void
random_message(Life *l)
{
    static const char *const sources[] = { "imap office", "maildir synced" };
    Fixture *f = &l->f;
    g_autoptr(ApdVerdict) verdict = roll(l, 12) > 0 ? random_verdict(l) : NULL;
    g_autoptr(ApdMessage) message = new_message(f, sources[roll(l, 2)], NULL);
    g_autoptr(GError) error = NULL;
    ApdFiled filed;

    message->first_look = roll(l, 5) == 0;
    for (int copies = 1 + (roll(l, 5) == 0); copies > 0; copies--) {
        apd_casebook_file(&f->book, message, verdict, "broken", apd_now(), &filed, &error);
        g_assert_no_error(error);
    }
    g_assert_cmpint(filed.filing, <=, APD_FILED_UNREADABLE);
}

static void
random_act(Life *l)
{
    ApdLedger *ledger = l->f.base.ledger;
    ApdLadder ladder = apd_reminders_ladder(&l->f.config);
    int64_t id = 1 + roll(l, 10);
    ApdTime now = apd_now();
    g_autoptr(GError) refused = NULL;

    switch (roll(l, 6)) {
    case 0:
        apd_acts_ack(ledger, id, "person", now, &refused);
        break;
    case 1:
        apd_acts_snooze(ledger, &ladder, id, now + roll(l, 100) * APD_HOUR, "person", now, NULL,
                        &refused);
        break;
    case 2:
        apd_acts_appealed(ledger, id, "person", now, &refused);
        break;
    case 3:
        apd_acts_close(ledger, id, "person", now, &refused);
        break;
    case 4:
        apd_acts_reopen(ledger, id, "person", now, &refused);
        break;
    default:
        apd_acts_note(ledger, id, "n", "person", now, &refused);
        break;
    }
    if (refused != NULL)
        g_assert_error(refused, APD_ERROR, APD_ERROR_REFUSED);
}

/* Some are taken, some fail and wait. */
static void
random_deliveries(Life *l)
{
    ApdLedger *ledger = l->f.base.ledger;
    g_autoptr(GPtrArray) owed = apd_ledger_owed(ledger, NULL, apd_now(), 0, NULL);

    for (guint i = 0; i < owed->len; i++) {
        ApdDelivery *delivery = owed->pdata[i];
        g_autoptr(ApdAlert) alert = NULL;
        g_assert_true(apd_ledger_get_alert(ledger, delivery->alert_id, &alert, NULL));
        delivery->attempts++;
        if (roll(l, 3) == 0) {
            delivery->next_try = apd_now() + APD_MINUTE;
        } else {
            delivery->state = APD_DELIVERY_DONE;
            /* At most once for each key and channel. */
            g_assert_true(
                g_hash_table_add(l->done, g_strconcat(delivery->channel, " ", alert->key, NULL)));
        }
        g_assert_true(apd_ledger_put_delivery(ledger, delivery, NULL));
    }
}

static void
run_steps(void *user_data)
{
    Life *l = user_data;
    g_autoptr(GError) error = NULL;
    ApdTime next = APD_NEVER, try_at = APD_NEVER;

    apd_steps_run(l->f.base.ledger, &l->f.config, apd_now(), &next, &error);
    g_assert_no_error(error);
    g_assert_cmpint(next, >, apd_now());
    random_deliveries(l);
    g_assert_true(apd_ledger_next_try(l->f.base.ledger, NULL, &try_at, NULL));
    apd_alarm_at(l->f.alarm, MIN(next, MAX(try_at, apd_now() + 1)));
}

/* Whoever must answer has been told what time is left by now. */
static void
check_told(Life *l)
{
    ApdLadder ladder = apd_reminders_ladder(&l->f.config);
    ApdTime last_lead = ladder.lead[ladder.n - 1];
    g_autoptr(GPtrArray) running = apd_ledger_cases(l->f.base.ledger, APD_CASES_RUNNING, NULL);

    for (guint i = 0; i < running->len; i++) {
        const ApdCase *kase = running->pdata[i];
        ApdTold told;
        g_assert_true(apd_ledger_told(l->f.base.ledger, kase->id, &told, NULL));
        if (kase->state == APD_STATE_APPEALED || told.held)
            continue;
        if (kase->state == APD_STATE_OPEN)
            g_assert_cmpint(told.latest, >, 0);
        if (!apd_ladder_climbs(kase))
            continue;
        g_assert_cmpint(kase->deadline, >, apd_now());
        if (kase->deadline - last_lead <= apd_now())
            g_assert_cmpint(told.left, <=, last_lead);
    }
}

static void
live(guint32 seed)
{
    Life l = { .rand = g_rand_new_with_seed(seed) };

    g_test_message("seed %u", seed);
    l.done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fixture_set_up(&l.f);
    add_channel(&l.f, "team", APD_SEVERITY_HIGH, NULL, "ip.*");
    apd_alarm_free(l.f.alarm);
    l.f.alarm = apd_alarm_new(run_steps, &l);

    for (int i = 0; i < EVENTS; i++) {
        if (roll(&l, 3) > 0)
            random_message(&l);
        else
            random_act(&l);
        if (roll(&l, 10) == 0)
            ledger_fixture_reopen(&l.f.base);
        l.f.book.ledger = l.f.base.ledger;
        run_steps(&l);
        fake_clock_advance(roll(&l, 30) * APD_HOUR);
        check_told(&l);
    }

    /* In the end all that is owed is taken. */
    ApdTime none_owed = 0;
    for (int i = 0; i < 100 && none_owed != APD_NEVER; i++) {
        random_deliveries(&l);
        fake_clock_set(apd_now() + APD_MINUTE);
        g_assert_true(apd_ledger_next_try(l.f.base.ledger, NULL, &none_owed, NULL));
    }
    g_assert_cmpint(none_owed, ==, APD_NEVER);

    fixture_tear_down(&l.f);
    g_hash_table_unref(l.done);
    g_rand_free(l.rand);
}

static void
test_lives(void)
{
    for (guint32 seed = 1; seed <= LIVES; seed++)
        live(seed);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/casebook/random-lives", test_lives);
    return g_test_run();
}
