#include "app/ctl.h"

#include "app/acts.h"
#include "app/steps.h"
#include "base/error.h"
#include "base/text.h"
#include "logic/countdown.h"

#define BY "person"

/* What one act does; @extra: the operand after the case, or NULL. */
typedef bool (*Act)(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra,
                    GError **error);

static bool
act_ack(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra, GError **error)
{
    (void) config;
    (void) extra;
    return apd_acts_ack(ledger, id, BY, apd_now(), error);
}

static bool
act_appealed(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra,
             GError **error)
{
    (void) config;
    (void) extra;
    return apd_acts_appealed(ledger, id, BY, apd_now(), error);
}

static bool
act_close(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra, GError **error)
{
    (void) config;
    (void) extra;
    return apd_acts_close(ledger, id, BY, apd_now(), error);
}

static bool
act_reopen(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra,
           GError **error)
{
    (void) config;
    (void) extra;
    return apd_acts_reopen(ledger, id, BY, apd_now(), error);
}

static bool
act_note(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra, GError **error)
{
    (void) config;
    return apd_acts_note(ledger, id, extra, BY, apd_now(), error);
}

static bool
act_snooze(ApdLedger *ledger, const ApdConfig *config, int64_t id, const char *extra,
           GError **error)
{
    const ApdLadder ladder = apd_steps_ladder(config);
    ApdTime now = apd_now(), duration, until;

    if (!apd_duration_parse(extra, &duration)) {
        g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED,
                    "'%s' is no duration (write for example 3h or 1h30m)", extra);
        return false;
    }
    if (!apd_acts_snooze(ledger, &ladder, id, now + duration, BY, now, &until, error))
        return false;
    if (until < now + duration) {
        g_autofree char *iso = apd_time_iso(until);
        g_print("#%" G_GINT64_FORMAT ": quiet only until %s, the last step before the deadline\n",
                id, iso);
    }
    return true;
}

/* Says how the case stands after the act. */
static void
report(ApdLedger *ledger, int64_t id)
{
    g_autoptr(ApdCase) kase = NULL;

    if (!apd_ledger_get_case(ledger, id, &kase, NULL) || kase == NULL)
        return;

    g_autofree char *left = apd_ctl_left(kase, apd_now());
    g_print("#%" G_GINT64_FORMAT " %s %s: %s, %s\n", id, apd_kind_name(kase->kind), kase->category,
            apd_state_name(kase->state), left);
}

static int
perform(const ApdCtl *ctl, const char *name, const char *what, Act act, char **operands)
{
    int status = APD_EXIT_GOOD;
    int64_t id;
    g_autoptr(GError) error = NULL;

    if (!apd_ctl_id(operands[0], &id))
        return apd_ctl_complain(
            APD_EXIT_USAGE, "%s: which case? (its number, as `appealctl cases` shows it)", name);
    if (what != NULL && operands[1] == NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "%s: %s", name, what);

    g_autoptr(ApdConfig) config = apd_ctl_config(ctl, &status);
    g_autoptr(ApdLedger) ledger = config ? apd_ctl_ledger(config, &status) : NULL;
    if (ledger == NULL)
        return status;

    g_autofree char *extra = operands[1] ? g_strjoinv(" ", operands + 1) : NULL;
    if (!act(ledger, config, id, extra, &error))
        return apd_ctl_complain(g_error_matches(error, APD_ERROR, APD_ERROR_LEDGER) ? APD_EXIT_FAIL
                                                                                    : APD_EXIT_NO,
                                "%s", error->message);
    report(ledger, id);
    return APD_EXIT_GOOD;
}

int
apd_ctl_ack(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "ack", NULL, act_ack, operands);
}

int
apd_ctl_snooze(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "snooze", "for how long? (for example 3h)", act_snooze, operands);
}

int
apd_ctl_appealed(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "appealed", NULL, act_appealed, operands);
}

int
apd_ctl_close(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "close", NULL, act_close, operands);
}

int
apd_ctl_reopen(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "reopen", NULL, act_reopen, operands);
}

int
apd_ctl_note(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "note", NULL, act_note, operands);
}
