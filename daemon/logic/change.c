#include "logic/change.h"

#include <string.h>

#include "logic/matter.h"

#define MAX_LIST 256 /* as the verdict's own bound */

/* Not proved, while the case is. */
static bool
is_weak(const ApdCase *kase, const ApdVerdict *verdict)
{
    return kase->authenticity == APD_AUTHENTICITY_GENUINE
           && verdict->authenticity != APD_AUTHENTICITY_GENUINE;
}

static bool
waits_for_person(const ApdCase *kase)
{
    return kase->state == APD_STATE_OPEN || kase->state == APD_STATE_ACKNOWLEDGED;
}

static void
set_text(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static void
adopt_text(char **field, const char *value)
{
    if (*field == NULL && value != NULL)
        *field = g_strdup(value);
}

static void
unite(char ***list, char **more)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (size_t i = 0; (*list)[i] != NULL; i++)
        g_ptr_array_add(all, (*list)[i]);
    for (size_t i = 0; more[i] != NULL && all->len < MAX_LIST; i++)
        if (!g_strv_contains((const char *const *) *list, more[i]))
            g_ptr_array_add(all, g_strdup(more[i]));
    g_ptr_array_add(all, NULL);

    g_free(*list);
    *list = (char **) g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

/* What identifies the matter grows; what is shown stays that of the notice. */
static void
merge_facts(ApdCase *kase, const ApdVerdict *verdict)
{
    bool group = apd_matter_is_group(verdict->case_ref);

    if (apd_matter_is_group(kase->case_ref) && verdict->case_ref != NULL && !group)
        set_text(&kase->case_ref, verdict->case_ref);
    else if (!group || apd_case_is_of_record(kase))
        adopt_text(&kase->case_ref, verdict->case_ref);
    unite(&kase->orders, verdict->orders);
    unite(&kase->products, verdict->products);
    if (g_str_equal(kase->category, "unknown") && verdict->category != NULL)
        set_text(&kase->category, verdict->category);
    if (!is_weak(kase, verdict) && verdict->appeal_url != NULL)
        set_text(&kase->appeal_url, verdict->appeal_url);
}

/* A new clock, or none: its steps are owed again. */
static void
wind_up(ApdCase *kase, const ApdVerdict *verdict, ApdTime deadline)
{
    kase->deadline = deadline;
    if (deadline == verdict->deadline) {
        kase->basis = verdict->basis;
        g_strfreev(kase->derivation);
        kase->derivation = g_strdupv(verdict->derivation);
    }
    kase->snoozed_until = 0;
    kase->round++;
}

static ApdChange
reopen(ApdCase *kase, const ApdVerdict *verdict, ApdTime now, const char *what)
{
    bool runs = waits_for_person(kase) && kase->deadline > now;
    ApdTime deadline = verdict->deadline;

    if (deadline == APD_NEVER && kase->deadline > now)
        deadline = kase->deadline;
    if (runs && is_weak(kase, verdict))
        deadline = MIN(deadline, kase->deadline);

    /* The same said once more. */
    if (waits_for_person(kase) && deadline == kase->deadline && kase->outcome == verdict->outcome)
        return (ApdChange){ false, APD_REASON_DECISION, "said again what was known" };

    if (deadline == APD_NEVER)
        kase->basis = APD_BASIS_NONE;
    wind_up(kase, verdict, deadline);
    apd_case_ask(kase, now);
    kase->outcome = verdict->outcome;
    return (ApdChange){ true, APD_REASON_DECISION, what };
}

static ApdChange
finish(ApdCase *kase, const ApdVerdict *verdict, ApdState state, const char *what)
{
    bool known = kase->state == state && kase->outcome == verdict->outcome;

    kase->state = state;
    kase->outcome = verdict->outcome;
    kase->snoozed_until = 0;
    return (ApdChange){ !known, APD_REASON_DECISION, known ? "said again what was known" : what };
}

static ApdChange
apply_decision(ApdCase *kase, const ApdVerdict *verdict, ApdTime now)
{
    bool more_chances = verdict->deadline != APD_NEVER && verdict->deadline > now;
    bool over = kase->state == APD_STATE_WON || kase->state == APD_STATE_LOST;

    if (verdict->outcome == APD_OUTCOME_MORE_EVIDENCE)
        return reopen(kase, verdict, now, "more evidence asked for: open again");
    if (verdict->outcome == APD_OUTCOME_UPHELD && more_chances)
        return reopen(kase, verdict, now, "appeal rejected with a chance left: open again");
    if (is_weak(kase, verdict))
        return (ApdChange){ true, APD_REASON_DECISION,
                            "an unverified message speaks of a decision: nothing was changed" };

    switch (verdict->outcome) {
    case APD_OUTCOME_UPHELD:
        return finish(kase, verdict, APD_STATE_LOST, "appeal rejected: lost");
    case APD_OUTCOME_REVERSED:
        return finish(kase, verdict, APD_STATE_WON, "appeal successful: won");
    case APD_OUTCOME_RECEIVED:
        if (over || kase->state == APD_STATE_CLOSED)
            return (ApdChange){ false, APD_REASON_DECISION, "appeal received, after the end" };
        return finish(kase, verdict, APD_STATE_APPEALED, "appeal received: waits for decision");
    default:
        return (ApdChange){ true, APD_REASON_DECISION, "a decision without a clear outcome" };
    }
}

/* Whether the deadline of @verdict takes the place of the case's. */
static bool
new_clock(const ApdCase *kase, const ApdVerdict *verdict, bool proved, ApdTime when)
{
    if (verdict->deadline == APD_NEVER || verdict->deadline == kase->deadline)
        return false;
    if (kase->deadline == APD_NEVER)
        return true;
    if (verdict->basis == APD_BASIS_ESTIMATED && kase->basis != APD_BASIS_ESTIMATED)
        return false;
    /* Of a dispute the platform's record names the instant; mails count from their own. */
    if (verdict->basis == APD_BASIS_RELATIVE && kase->basis == APD_BASIS_STATED
        && g_str_equal(kase->category, "order.dispute") && kase->deadline > when)
        return false;
    /* Estimates of copies differ by the minutes between them: no news. */
    if (verdict->basis == APD_BASIS_ESTIMATED && !proved)
        return false;

    return !is_weak(kase, verdict) || verdict->deadline < kase->deadline;
}

/* Whether @verdict says something graver or more exact; takes it over. */
static bool
take_substance(ApdCase *kase, const ApdVerdict *verdict)
{
    bool news = false;

    if (is_weak(kase, verdict))
        return false;
    if (verdict->kind == APD_KIND_PENALTY && kase->kind != APD_KIND_PENALTY) {
        kase->kind = APD_KIND_PENALTY;
        news = true;
    }
    if (verdict->points != APD_NO_POINTS && verdict->points != kase->points) {
        kase->points = verdict->points;
        news = true;
    }
    kase->severity = MAX(kase->severity, verdict->severity);
    return news;
}

static ApdChange
apply_notice(ApdCase *kase, const ApdVerdict *verdict, ApdTime when, ApdTime now)
{
    bool proved = kase->authenticity == APD_AUTHENTICITY_UNVERIFIED
                  && verdict->authenticity == APD_AUTHENTICITY_GENUINE;
    bool late = !waits_for_person(kase) && when <= kase->updated && kase->kind == APD_KIND_DECISION;

    if (late) {
        kase->kind = verdict->kind;
        if (kase->points == APD_NO_POINTS)
            kase->points = verdict->points;
        return (ApdChange){ false, APD_REASON_CHANGED, "the notice that was decided" };
    }

    bool clock = new_clock(kase, verdict, proved, when);
    bool news = take_substance(kase, verdict);
    if (proved)
        kase->authenticity = APD_AUTHENTICITY_GENUINE;
    if (clock && (waits_for_person(kase) || verdict->deadline > now)) {
        wind_up(kase, verdict, verdict->deadline);
        if (!waits_for_person(kase))
            apd_case_ask(kase, now);
        return (ApdChange){ true, APD_REASON_CHANGED, "its deadline was set anew" };
    }
    return (ApdChange){ news, APD_REASON_CHANGED,
                        news ? "more was said of it" : "another message of it" };
}

/* --- the platform's own record -------------------------------------------------------------- */

/* What it wants is to be done, whatever a person or a message made of the case. */
static ApdChange
apply_demand(ApdCase *kase, const ApdVerdict *verdict, ApdTime when, ApdTime now)
{
    bool waits = waits_for_person(kase);
    ApdChange change = apply_notice(kase, verdict, when, now);

    if (!waits) {
        apd_case_ask(kase, now);
        kase->round += change.told ? 0 : 1;
    }
    if (!change.told && (!waits || verdict->bearing == APD_BEARING_NEWS))
        change = (ApdChange){ true, APD_REASON_CHANGED, "the platform asks for more" };
    return change;
}

static ApdChange
apply_record(ApdCase *kase, const ApdVerdict *verdict, ApdTime when, ApdTime now)
{
    ApdChange change = { false, APD_REASON_CHANGED, "the platform's record of it changed" };

    /* What a notice took or asked for stays when the platform has no more against the product. */
    bool stays = apd_matter_is_group(verdict->case_ref) && kase->kind != APD_KIND_WARNING;

    if (verdict->bearing == APD_BEARING_END) {
        if (stays)
            change.what = "the platform lists no such problem any more; the notice of it stays";
        else if (apd_state_runs(kase->state) || kase->state == APD_STATE_EXPIRED)
            change = finish(kase, verdict, APD_STATE_CLOSED, "over, by the platform's own record");
    } else if (verdict->bearing != APD_BEARING_MOVE) {
        change = apply_demand(kase, verdict, when, now);
    } else if (verdict->kind == APD_KIND_DECISION) {
        change = apply_decision(kase, verdict, now);
        /* That somebody else's answer is waited for is no news to who gave theirs. */
        change.told &= verdict->outcome != APD_OUTCOME_RECEIVED;
    }
    if (g_strcmp0(kase->sender, verdict->sender) == 0 && verdict->subject != NULL) {
        set_text(&kase->subject, verdict->subject);
        set_text(&kase->excerpt, verdict->excerpt);
    }
    return change;
}

ApdChange
apd_change_apply(ApdCase *kase, const ApdVerdict *verdict, ApdTime when, ApdTime now)
{
    ApdChange change =
        verdict->bearing != APD_BEARING_MESSAGE ? apply_record(kase, verdict, when, now)
        : verdict->kind == APD_KIND_DECISION    ? apply_decision(kase, verdict, now)
                                                : apply_notice(kase, verdict, when, now);

    merge_facts(kase, verdict);
    return change;
}

static ApdState
state_of_decision(const ApdCase *kase, ApdTime now)
{
    switch (kase->outcome) {
    case APD_OUTCOME_MORE_EVIDENCE:
        return APD_STATE_OPEN;
    case APD_OUTCOME_UPHELD:
        return kase->deadline != APD_NEVER && kase->deadline > now ? APD_STATE_OPEN
                                                                   : APD_STATE_LOST;
    case APD_OUTCOME_REVERSED:
        return APD_STATE_WON;
    case APD_OUTCOME_RECEIVED:
        return APD_STATE_APPEALED;
    default:
        return kase->deadline != APD_NEVER ? APD_STATE_OPEN : APD_STATE_CLOSED;
    }
}

void
apd_change_begin(ApdCase *kase, ApdTime now)
{
    bool forged = kase->authenticity == APD_AUTHENTICITY_FORGED;

    if (kase->kind == APD_KIND_POLICY)
        kase->severity = APD_SEVERITY_LOW;
    /* A forged decision decides nothing: a person should look at it. */
    if (kase->kind == APD_KIND_DECISION && !forged)
        kase->state = state_of_decision(kase, now);
    if (kase->state == APD_STATE_OPEN && kase->deadline <= now && !forged)
        kase->state = APD_STATE_EXPIRED;
}
