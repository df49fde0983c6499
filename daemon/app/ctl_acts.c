/* appealctl ack, snooze, appealed, close, reopen, note: what a person does. */
#include "app/ctl.h"

#include "app/acts.h"
#include "app/reminders.h"
#include "base/text.h"
#include "port/channel_tools.h"

#define BY "person"

/* What an act is given besides the case. */
typedef struct {
    const ApdCtlDesk *desk; /* borrowed */
    ApdTime until;
    const char *note; /* borrowed; NULL: none */
} Wish;

typedef bool (*Act)(const Wish *wish, int64_t id, GError **error);

static bool
act_ack(const Wish *wish, int64_t id, GError **error)
{
    return apd_acts_ack(wish->desk->ledger, id, BY, wish->desk->now, error);
}

static bool
act_appealed(const Wish *wish, int64_t id, GError **error)
{
    return apd_acts_appealed(wish->desk->ledger, id, BY, wish->desk->now, error);
}

static bool
act_close(const Wish *wish, int64_t id, GError **error)
{
    return apd_acts_close(wish->desk->ledger, id, BY, wish->desk->now, error);
}

static bool
act_reopen(const Wish *wish, int64_t id, GError **error)
{
    return apd_acts_reopen(wish->desk->ledger, id, BY, wish->desk->now, error);
}

static bool
act_note(const Wish *wish, int64_t id, GError **error)
{
    return apd_acts_note(wish->desk->ledger, id, wish->note, BY, wish->desk->now, error);
}

static bool
act_snooze(const Wish *wish, int64_t id, GError **error)
{
    const ApdLadder ladder = apd_reminders_ladder(wish->desk->config);
    ApdTime until;

    if (!apd_acts_snooze(wish->desk->ledger, &ladder, id, wish->until, BY, wish->desk->now, &until,
                         error))
        return false;
    if (until < wish->until)
        g_printerr("appealctl: only until the last step before the deadline\n");
    return true;
}

/* What follows of the state that an act left. */
static char *
consequence(const ApdCtlDesk *desk, const ApdCase *kase)
{
    if (kase->snoozed_until > desk->now) {
        g_autofree char *date = apd_ctl_date(desk, kase->snoozed_until);
        return g_strdup_printf("quiet until %s", date);
    }
    switch (kase->state) {
    case APD_STATE_ACKNOWLEDGED:
        return g_strdup("only the last two steps will alert");
    case APD_STATE_APPEALED:
        return g_strdup("no more alerts until the decision");
    case APD_STATE_OPEN:
        return g_strdup("every step alerts");
    default:
        return g_strdup("no more alerts");
    }
}

static void
print_case(const ApdCtlDesk *desk, const ApdCase *kase)
{
    g_autofree char *matter = apd_ctl_category(desk, kase->category);
    g_autofree char *left = apd_ctl_left(desk, kase);
    g_autofree char *follows = consequence(desk, kase);

    g_print("#%" G_GINT64_FORMAT " %s: %s, %s%s%s%s\n", kase->id, matter, apd_ctl_state(desk, kase),
            follows, *left ? " (" : "", left, *left ? ")" : "");
}

/* Says how the case stands after the act. */
static int
report(const ApdCtl *ctl, const ApdCtlDesk *desk, int64_t id)
{
    g_autoptr(ApdCase) kase = NULL;
    g_autoptr(GError) error = NULL;

    if (!apd_ledger_get_case(desk->ledger, id, &kase, &error))
        return apd_ctl_fail(error);
    if (kase == NULL)
        return APD_EXIT_NO;
    if (!ctl->json) {
        print_case(desk, kase);
        return APD_EXIT_GOOD;
    }

    g_autoptr(JsonBuilder) builder = json_builder_new();
    apd_channel_json_case(builder, kase, desk->now);
    apd_ctl_print_json(builder);
    return APD_EXIT_GOOD;
}

static int
perform_one(const ApdCtl *ctl, Act act, const Wish *wish, const char *operand)
{
    g_autoptr(GError) error = NULL;
    int64_t id = 0;

    apd_ctl_id(operand, &id);
    if (!act(wish, id, &error))
        return apd_ctl_fail(error);
    return report(ctl, wish->desk, id);
}

/* The first @n operands are cases. */
static int
perform(const ApdCtl *ctl, const char *name, Act act, const Wish *wish, char **operands, guint n)
{
    int status = APD_EXIT_GOOD;
    int64_t id;
    g_auto(ApdCtlDesk) desk = { NULL };

    for (guint i = 0; i < n; i++)
        if (!apd_ctl_id(operands[i], &id))
            return apd_ctl_complain(APD_EXIT_USAGE,
                                    "%s: '%s' is no case (write its number, as `appealctl cases` "
                                    "shows it)",
                                    name, operands[i]);
    if (n == 0)
        return apd_ctl_complain(
            APD_EXIT_USAGE, "%s: which case? (its number, as `appealctl cases` shows it)", name);
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    Wish now = *wish;
    now.desk = &desk;
    now.until += desk.now;
    for (guint i = 0; i < n; i++) {
        int one = perform_one(ctl, act, &now, operands[i]);
        status = MAX(status, one);
    }
    return status;
}

int
apd_ctl_ack(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "ack", act_ack, &(Wish){ NULL }, operands, g_strv_length(operands));
}

int
apd_ctl_snooze(const ApdCtl *ctl, char **operands)
{
    guint n = g_strv_length(operands);
    Wish wish = { NULL };

    if (n != 2)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "snooze: which case, and for how long? (appealctl snooze 12 3h)");
    if (!apd_duration_parse(operands[1], &wish.until) || wish.until == 0)
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "snooze: '%s' is no duration (write for example 3h or 1h30m)",
                                operands[1]);
    return perform(ctl, "snooze", act_snooze, &wish, operands, 1);
}

int
apd_ctl_appealed(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "appealed", act_appealed, &(Wish){ NULL }, operands,
                   g_strv_length(operands));
}

int
apd_ctl_close(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "close", act_close, &(Wish){ NULL }, operands, g_strv_length(operands));
}

int
apd_ctl_reopen(const ApdCtl *ctl, char **operands)
{
    return perform(ctl, "reopen", act_reopen, &(Wish){ NULL }, operands, g_strv_length(operands));
}

int
apd_ctl_note(const ApdCtl *ctl, char **operands)
{
    guint n = g_strv_length(operands);
    g_autofree char *text = n > 1 ? g_strjoinv(" ", operands + 1) : NULL;

    return perform(ctl, "note", act_note, &(Wish){ .note = text }, operands, MIN(n, 1));
}
