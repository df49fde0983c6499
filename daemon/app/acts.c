#include "app/acts.h"

#include "base/error.h"
#include "base/text.h"

#define MAX_NOTE 4000

/* What is given to an act besides the case. */
typedef struct {
    const ApdLadder *ladder;
    ApdTime until;
    const char *note;
} Wish;

typedef struct {
    const char *what; /* for the history; NULL: nothing is to be done */
    bool quiet;       /* what is owed of the case gives way */
} Deed;

/* Changes @kase; refuses with @error what makes no sense. */
typedef bool (*Act)(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error);

static bool
refuse(const ApdCase *kase, const char *why, GError **error)
{
    g_set_error(error, APD_ERROR, APD_ERROR_REFUSED, "case #%" G_GINT64_FORMAT " is %s: %s",
                kase->id, apd_state_name(kase->state), why);
    return false;
}

static bool
load(ApdLedger *ledger, int64_t id, ApdCase **ret_case, GError **error)
{
    g_autoptr(ApdCase) kase = NULL;

    if (!apd_ledger_get_case(ledger, id, &kase, error))
        return false;
    if (kase == NULL) {
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "there is no case #%" G_GINT64_FORMAT " (appealctl cases --all lists them)",
                    id);
        return false;
    }

    *ret_case = g_steal_pointer(&kase);
    return true;
}

static bool
act_within(ApdLedger *ledger, int64_t id, Act act, Wish *wish, const char *by, ApdTime now,
           GError **error)
{
    g_autoptr(ApdCase) kase = NULL;
    Deed deed = { NULL, true };

    if (!load(ledger, id, &kase, error) || !act(kase, wish, now, &deed, error))
        return false;
    if (deed.what == NULL)
        return true;

    return apd_ledger_put_case(ledger, kase, by, deed.what, now, error)
           && (!deed.quiet || apd_ledger_drop_owed(ledger, id, error));
}

static bool
perform(ApdLedger *ledger, int64_t id, Act act, Wish *wish, const char *by, ApdTime now,
        GError **error)
{
    if (!apd_ledger_begin(ledger, error))
        return false;
    return apd_ledger_end(ledger, act_within(ledger, id, act, wish, by, now, error), error);
}

/* --- the acts -------------------------------------------------------------- */

static bool
ack(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error)
{
    (void) wish;
    (void) now;
    (void) error;

    if (kase->state == APD_STATE_EXPIRED
        || (kase->state == APD_STATE_OPEN
            && (!apd_ladder_climbs(kase) || kase->kind == APD_KIND_POLICY))) {
        kase->state = APD_STATE_CLOSED;
        deed->what = "acknowledged: nothing more to do";
    } else if (kase->state == APD_STATE_OPEN) {
        kase->state = APD_STATE_ACKNOWLEDGED;
        deed->what = "acknowledged: only the last two steps alert";
    }
    return true;
}

bool
apd_acts_ack(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error)
{
    return perform(ledger, id, ack, NULL, by, now, error);
}

static bool
snooze(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error)
{
    ApdTime last = apd_ladder_last_safe(wish->ladder, kase);

    if (kase->state != APD_STATE_OPEN && kase->state != APD_STATE_ACKNOWLEDGED)
        return refuse(kase, "it alerts no more, there is nothing to snooze", error);
    if (wish->until <= now)
        return refuse(kase, "that time has passed, a snooze ends in the future", error);
    if (last <= now)
        return refuse(kase, "too near its deadline to snooze, answer it now", error);

    wish->until = MIN(wish->until, last);
    kase->snoozed_until = wish->until;
    deed->what = "snoozed";
    return true;
}

bool
apd_acts_snooze(ApdLedger *ledger, const ApdLadder *ladder, int64_t id, ApdTime until,
                const char *by, ApdTime now, ApdTime *ret_until, GError **error)
{
    Wish wish = { .ladder = ladder, .until = until };

    if (!perform(ledger, id, snooze, &wish, by, now, error))
        return false;

    if (ret_until != NULL)
        *ret_until = wish.until;
    return true;
}

static bool
appeal(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error)
{
    (void) wish;
    (void) now;

    if (kase->state == APD_STATE_WON || kase->state == APD_STATE_CLOSED)
        return refuse(kase, "open it again first (appealctl reopen)", error);

    if (kase->state != APD_STATE_APPEALED)
        deed->what = "appealed: waits for the decision";
    kase->state = APD_STATE_APPEALED;
    kase->snoozed_until = 0;
    return true;
}

bool
apd_acts_appealed(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error)
{
    return perform(ledger, id, appeal, NULL, by, now, error);
}

static bool
close_case(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error)
{
    (void) wish;
    (void) now;
    (void) error;

    if (kase->state != APD_STATE_CLOSED)
        deed->what = "closed";
    kase->state = APD_STATE_CLOSED;
    kase->snoozed_until = 0;
    return true;
}

bool
apd_acts_close(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error)
{
    return perform(ledger, id, close_case, NULL, by, now, error);
}

static bool
reopen(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error)
{
    (void) wish;
    (void) error;

    if (kase->state == APD_STATE_OPEN)
        return true;

    deed->what = "opened again";
    if (kase->deadline <= now) {
        kase->deadline = APD_NEVER;
        kase->basis = APD_BASIS_NONE;
        deed->what = "opened again, without its past deadline";
    }
    apd_case_ask(kase, now);
    kase->snoozed_until = 0;
    kase->round++;
    return true;
}

bool
apd_acts_reopen(ApdLedger *ledger, int64_t id, const char *by, ApdTime now, GError **error)
{
    return perform(ledger, id, reopen, NULL, by, now, error);
}

static bool
write_note(ApdCase *kase, Wish *wish, ApdTime now, Deed *deed, GError **error)
{
    (void) now;
    (void) error;

    g_free(kase->note);
    kase->note =
        wish->note != NULL && *wish->note != '\0' ? apd_text_cut(wish->note, MAX_NOTE) : NULL;
    deed->what = kase->note ? "noted" : "note removed";
    deed->quiet = false;
    return true;
}

bool
apd_acts_note(ApdLedger *ledger, int64_t id, const char *note, const char *by, ApdTime now,
              GError **error)
{
    Wish wish = { .note = note };

    return perform(ledger, id, write_note, &wish, by, now, error);
}
