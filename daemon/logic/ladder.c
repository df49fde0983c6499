#include "logic/ladder.h"

#include <glib.h>

#include "base/text.h"

#define QUIET_STEPS 2

static const ApdStep none = { APD_RUNG_NONE, 0 };

bool
apd_ladder_climbs(const ApdCase *kase)
{
    return kase->authenticity != APD_AUTHENTICITY_FORGED
           && (kase->kind != APD_KIND_POLICY || kase->deadline != APD_NEVER);
}

/* Waits for a person: an appealed case waits for the platform. */
static bool
waits_for_person(const ApdCase *kase)
{
    return kase->state == APD_STATE_OPEN || kase->state == APD_STATE_ACKNOWLEDGED;
}

static bool
is_snoozed(const ApdCase *kase, ApdTime now)
{
    return now < kase->snoozed_until;
}

/* The first step that counts: a case that a person took, and a rule change that
 * asks for something by a date, are quieter. */
static size_t
first_step(const ApdLadder *self, const ApdCase *kase)
{
    bool quiet = kase->state == APD_STATE_ACKNOWLEDGED || kase->kind == APD_KIND_POLICY;

    return quiet && self->n > QUIET_STEPS ? self->n - QUIET_STEPS : 0;
}

static ApdStep
due_step(const ApdLadder *self, const ApdCase *kase, const ApdTold *told, ApdTime now)
{
    size_t first = is_snoozed(kase, now) && self->n > 0 ? self->n - 1 : first_step(self, kase);
    ApdStep due = none;

    for (size_t i = first; i < self->n; i++)
        if (kase->deadline - self->lead[i] <= now)
            due = (ApdStep){ APD_RUNG_STEP, self->lead[i] };

    return due.lead < told->left ? due : none;
}

/* When the next reminder falls due; APD_NEVER: none will. */
static ApdTime
reminder_at(const ApdCase *kase, const ApdTold *told)
{
    if (kase->snoozed_until > told->latest)
        return kase->snoozed_until;
    if (kase->deadline == APD_NEVER && kase->state == APD_STATE_OPEN)
        return told->latest + APD_DAY;

    return APD_NEVER;
}

/* When the next repetition of the last hours falls due; APD_NEVER: none will. */
static ApdTime
repeat_at(const ApdLadder *self, const ApdCase *kase, const ApdTold *told)
{
    if (self->repeat == 0 || kase->state != APD_STATE_OPEN || kase->deadline == APD_NEVER
        || kase->kind == APD_KIND_POLICY)
        return APD_NEVER;

    ApdTime at = MAX(kase->deadline - self->last, told->latest + self->repeat);
    return MAX(at, kase->snoozed_until);
}

ApdStep
apd_ladder_due(const ApdLadder *self, const ApdCase *kase, const ApdTold *told, ApdTime now)
{
    if (!waits_for_person(kase))
        return none;
    if (apd_ladder_climbs(kase) && now >= kase->deadline)
        return (ApdStep){ APD_RUNG_EXPIRED, 0 };
    if (told->held)
        return none;
    if (told->latest == 0 && kase->state == APD_STATE_OPEN)
        return (ApdStep){ APD_RUNG_NEW, 0 };
    if (!apd_ladder_climbs(kase))
        return none;

    ApdStep step = due_step(self, kase, told, now);
    if (step.rung == APD_RUNG_NONE && now >= reminder_at(kase, told))
        step = (ApdStep){ APD_RUNG_REMINDER, 0 };
    if (step.rung == APD_RUNG_NONE && now >= repeat_at(self, kase, told))
        step = (ApdStep){ APD_RUNG_REPEAT, 0 };
    return step;
}

static void
soonest(ApdTime *at, ApdTime candidate, ApdTime now)
{
    if (candidate > now && candidate < *at)
        *at = candidate;
}

ApdTime
apd_ladder_next(const ApdLadder *self, const ApdCase *kase, const ApdTold *told, ApdTime now)
{
    ApdTime at = APD_NEVER;

    if (apd_ladder_due(self, kase, told, now).rung != APD_RUNG_NONE)
        return now;
    if (!waits_for_person(kase) || !apd_ladder_climbs(kase))
        return APD_NEVER;

    soonest(&at, kase->deadline, now);
    if (told->held)
        return at;

    soonest(&at, reminder_at(kase, told), now);
    soonest(&at, repeat_at(self, kase, told), now);
    soonest(&at, kase->snoozed_until, now);
    for (size_t i = first_step(self, kase); kase->deadline != APD_NEVER && i < self->n; i++)
        soonest(&at, kase->deadline - self->lead[i], now);
    return at;
}

char *
apd_ladder_key(const ApdCase *kase, const ApdStep *step, ApdTime now)
{
    g_autofree char *lead = apd_duration_format(step->lead);
    g_autofree char *stem = g_strdup_printf("case/%" G_GINT64_FORMAT "/%d", kase->id, kase->round);

    switch (step->rung) {
    case APD_RUNG_STEP:
        return g_strconcat(stem, "/step/", lead, NULL);
    case APD_RUNG_EXPIRED:
        return g_strconcat(stem, "/expired", NULL);
    case APD_RUNG_REPEAT:
        return g_strdup_printf("%s/repeat/%" G_GINT64_FORMAT, stem, now / APD_SECOND);
    case APD_RUNG_REMINDER:
        /* By the minute: two reminders are at least a snooze apart. */
        return g_strdup_printf("%s/reminder/%" G_GINT64_FORMAT, stem, now / APD_MINUTE);
    case APD_RUNG_NEW:
    case APD_RUNG_NONE:
        break;
    }
    return g_strconcat(stem, "/new", NULL);
}

ApdSeverity
apd_ladder_severity(const ApdLadder *self, const ApdCase *kase, ApdTime now)
{
    if (!waits_for_person(kase) || !apd_ladder_climbs(kase) || kase->kind == APD_KIND_POLICY
        || kase->deadline == APD_NEVER)
        return kase->severity;
    if (now >= apd_ladder_last_safe(self, kase))
        return APD_SEVERITY_CRITICAL;
    if (now >= kase->deadline - APD_DAY)
        return MAX(kase->severity, APD_SEVERITY_HIGH);

    return kase->severity;
}

ApdTime
apd_ladder_last_safe(const ApdLadder *self, const ApdCase *kase)
{
    if (kase->deadline == APD_NEVER || self->n == 0)
        return kase->deadline;

    return kase->deadline - self->lead[self->n - 1];
}
