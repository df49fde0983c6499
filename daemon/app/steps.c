#include "app/steps.h"

#include "app/accounts.h"
#include "app/blindness.h"
#include "app/daily.h"
#include "app/escalate.h"
#include "app/raise.h"
#include "app/reminders.h"

/* A first look that takes longer has its cases told of as far as it came. */
#define SUMMARY_PATIENCE (15 * APD_MINUTE)

/* An alert made later than now was made under a clock that was wrong. */
#define CLOCK_SLACK APD_MINUTE

typedef struct {
    ApdLedger *ledger;
    const ApdConfig *config;
    ApdLadder ladder;
    ApdTime now;
    ApdTime next;
} Run;

/* --- cases ----------------------------------------------------------------- */

static ApdReason
reason_of(const ApdCase *kase, const ApdStep *step)
{
    if (step->rung == APD_RUNG_EXPIRED)
        return APD_REASON_EXPIRED;
    if (step->rung == APD_RUNG_NEW)
        return kase->round == 0 ? APD_REASON_NEW : APD_REASON_CHANGED;

    return APD_REASON_STEP;
}

static bool
take_step(Run *run, ApdCase *kase, const ApdStep *step, GError **error)
{
    g_autofree char *key = apd_ladder_key(kase, step, run->now);
    ApdSeverity severity = apd_ladder_severity(&run->ladder, kase, run->now);

    if (step->rung == APD_RUNG_EXPIRED) {
        kase->state = APD_STATE_EXPIRED;
        if (!apd_ledger_put_case(run->ledger, kase, "clock", "expired: the deadline has passed",
                                 run->now, error))
            return false;
    }
    return apd_raise_case(run->ledger, run->config, kase, reason_of(kase, step), severity, key,
                          run->now, error);
}

/* The clock was set back: what was told, or given up, under the wrong one is
 * owed again, and a new round makes its keys new. */
static bool
undo_wrong_clock(Run *run, ApdCase *kase, GError **error)
{
    if (kase->state == APD_STATE_EXPIRED)
        kase->state = APD_STATE_OPEN;
    kase->asked = MIN(kase->asked, run->now);
    kase->round++;
    return apd_ledger_put_case(run->ledger, kase, "clock",
                               "the clock was set back: its alerts are owed again", run->now,
                               error);
}

static bool
is_from_wrong_clock(const Run *run, const ApdCase *kase, const ApdTold *told)
{
    bool ahead = told->latest > run->now + CLOCK_SLACK;

    if (kase->state == APD_STATE_EXPIRED)
        return ahead && kase->deadline > run->now;

    return ahead && apd_state_runs(kase->state);
}

/* Looks at one case anew, within the transaction: it may have changed since it
 * was found to be due. */
static bool
tend_case(Run *run, int64_t id, GError **error)
{
    g_autoptr(ApdCase) kase = NULL;
    ApdTold told;

    if (!apd_ledger_get_case(run->ledger, id, &kase, error)
        || !apd_ledger_told(run->ledger, id, &told, error))
        return false;
    if (kase == NULL)
        return true;
    if (is_from_wrong_clock(run, kase, &told)
        && (!undo_wrong_clock(run, kase, error) || !apd_ledger_told(run->ledger, id, &told, error)))
        return false;

    ApdStep step = apd_ladder_due(&run->ladder, kase, &told, run->now);
    if (step.rung != APD_RUNG_NONE && !take_step(run, kase, &step, error))
        return false;

    if (!apd_ledger_told(run->ledger, id, &told, error))
        return false;
    run->next = MIN(run->next, apd_ladder_next(&run->ladder, kase, &told, run->now));
    return true;
}

/* Cases that the clock may move, by a first look outside a transaction. */
static GArray *
find_due(Run *run, GPtrArray *cases, GArray *told)
{
    GArray *due = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (guint i = 0; i < told->len; i++) {
        ApdTold *one = &g_array_index(told, ApdTold, i);
        g_hash_table_insert(by_id, &one->case_id, one);
    }
    for (guint i = 0; i < cases->len; i++) {
        const ApdCase *kase = cases->pdata[i];
        const ApdTold *one = g_hash_table_lookup(by_id, &kase->id);
        const ApdTold nothing = { .left = APD_NEVER };
        ApdTime at = apd_ladder_next(&run->ladder, kase, one ? one : &nothing, run->now);

        if (at <= run->now || (one != NULL && is_from_wrong_clock(run, kase, one)))
            g_array_append_val(due, kase->id);
        else
            run->next = MIN(run->next, at);
    }
    return due;
}

static bool
tend_all(Run *run, const GArray *due, GError **error)
{
    for (guint i = 0; i < due->len; i++)
        if (!tend_case(run, g_array_index(due, int64_t, i), error))
            return false;

    return true;
}

static bool
run_cases(Run *run, GError **error)
{
    g_autoptr(GPtrArray) cases = apd_ledger_cases(run->ledger, APD_CASES_CLOCKED, error);
    g_autoptr(GArray) told = cases ? apd_ledger_told_all(run->ledger, error) : NULL;
    if (told == NULL)
        return false;

    g_autoptr(GArray) due = find_due(run, cases, told);
    if (due->len == 0)
        return true;

    return apd_ledger_begin(run->ledger, error)
           && apd_ledger_end(run->ledger, tend_all(run, due, error), error);
}

/* --- summaries ------------------------------------------------------------- */

/* Returns: (transfer full): those of @held that still run, soonest first. */
static GPtrArray *
running_of(ApdLedger *ledger, const ApdHeld *held, GError **error)
{
    GPtrArray *running = apd_ledger_cases(ledger, APD_CASES_RUNNING, error);

    for (guint i = running ? running->len : 0; i-- > 0;) {
        int64_t id = ((const ApdCase *) running->pdata[i])->id;
        bool is_held = false;
        for (guint j = 0; j < held->case_ids->len && !is_held; j++)
            is_held = g_array_index(held->case_ids, int64_t, j) == id;
        if (!is_held)
            g_ptr_array_remove_index(running, i);
    }
    return running;
}

static bool
summarise(ApdLedger *ledger, const ApdConfig *config, const ApdHeld *held, ApdTime now,
          GError **error)
{
    g_autofree char *key =
        g_strdup_printf("summary/%s/%s/%" G_GINT64_FORMAT, held->source, held->folder, held->since);
    g_autofree char *subject =
        g_strconcat(held->source, *held->folder ? ": " : "", held->folder, NULL);
    g_autoptr(GPtrArray) cases = running_of(ledger, held, error);

    if (cases == NULL || !apd_ledger_release_held(ledger, held->source, held->folder, error))
        return false;

    return cases->len == 0 || apd_raise_summary(ledger, config, cases, key, subject, now, error);
}

bool
apd_steps_summarise(ApdLedger *ledger, const ApdConfig *config, const char *source,
                    const char *folder, ApdTime now, GError **error)
{
    g_autoptr(GPtrArray) all = apd_ledger_held(ledger, error);

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const ApdHeld *held = all->pdata[i];
        if (g_str_equal(held->source, source) && g_str_equal(held->folder, folder))
            return summarise(ledger, config, held, now, error);
    }
    return all != NULL;
}

static bool
run_summaries(Run *run, GError **error)
{
    g_autoptr(GPtrArray) all = apd_ledger_held(run->ledger, error);

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const ApdHeld *held = all->pdata[i];
        ApdTime at = held->since + SUMMARY_PATIENCE;

        if (at > run->now)
            run->next = MIN(run->next, at);
        else if (!apd_ledger_begin(run->ledger, error)
                 || !apd_ledger_end(run->ledger,
                                    summarise(run->ledger, run->config, held, run->now, error),
                                    error))
            return false;
    }
    return all != NULL;
}

bool
apd_steps_run(ApdLedger *ledger, const ApdConfig *config, ApdTime now, ApdTime *ret_next,
              GError **error)
{
    Run run = { ledger, config, apd_reminders_ladder(config), now, APD_NEVER };

    if (!run_summaries(&run, error) || !run_cases(&run, error)
        || !apd_blindness_run(ledger, config, now, &run.next, error)
        || !apd_daily_run(ledger, config, now, &run.next, error)
        || !apd_escalate_run(ledger, config, now, &run.next, error)
        || !apd_accounts_run(ledger, config, now, error))
        return false;

    /* Never for now again: a step that cannot be taken must not spin. */
    *ret_next = MAX(run.next, now + APD_SECOND);
    return true;
}
