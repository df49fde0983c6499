#include "logic/deadline.h"

#include <string.h>

#include "base/text.h"

#define MAX_STEPS 12

/* What nothing speaks against may be the end, if it comes soon. */
#define FAR (60 * APD_DAY)

/* Nobody is given more time than this; points live a year. */
#define TOO_FAR (350 * APD_DAY)

/* By so much more of a score a date is spoken of more plainly. */
#define PLAINLY 15

#define MAX_QUOTE 160

static const char *const role_names[APD_N_ROLES] = {
    [APD_ROLE_SANCTION] = "how long a measure lasts",
    [APD_ROLE_EVENT] = "when something happened",
    [APD_ROLE_EFFECTIVE] = "when something takes effect",
    [APD_ROLE_PLATFORM] = "the platform's own time",
    [APD_ROLE_REVIEW] = "the platform's own time",
    [APD_ROLE_OTHER] = "another party's clock",
    [APD_ROLE_HISTORY] = "a period that lies behind",
    [APD_ROLE_LIFE] = "how long points stay",
    [APD_ROLE_OFFER] = "an offer or survey",
    [APD_ROLE_OVER] = "an end that was missed",
    [APD_ROLE_DURATION] = "how long a measure lasts",
    [APD_ROLE_RULE] = "a rule for everybody",
    [APD_ROLE_FORMER] = "an end that holds no more",
};

static char *
quote(const ApdSegment *segment)
{
    g_autofree char *line = apd_text_line(segment->shown);
    return apd_text_cut(line, MAX_QUOTE);
}

static char *
quote_mention(const ApdSegment *segment, const ApdMention *mention)
{
    int from = mention->start, to = mention->end;
    while (from > 0 && mention->start - from < 24
           && strchr(".;", segment->folded[from - 1]) == NULL)
        from--;
    while (from < mention->start && ((unsigned char) segment->folded[from] & 0xc0) == 0x80)
        from++;
    while (from > 0 && from < mention->start && segment->folded[from] != ' '
           && segment->folded[from - 1] != ' ' && (unsigned char) segment->folded[from] < 0x80)
        from++;
    g_autofree char *text = g_strndup(segment->folded + from, (size_t) (to - from));
    return g_strdup(g_strstrip(text));
}

static void
step(ApdDeadline *deadline, char *text)
{
    if (deadline->steps->len < MAX_STEPS)
        g_ptr_array_add(deadline->steps, text);
    else
        g_free(text);
}

static ApdTime
reckon(const ApdTimeData *self, const ApdText *text, const GArray *candidates,
       const ApdCandidate *candidate, const ApdDeadlineCase *kase, GString *how)
{
    if (candidate->mention.type == APD_MENTION_DATE)
        return apd_reckon_date(self, &candidate->mention, kase->date, how);
    ApdTime start = apd_deadline_window_start(self, text, candidates, candidate, kase, how);
    if (start == APD_NEVER)
        return APD_NEVER;
    return apd_reckon_window(self, &candidate->mention, start, how);
}

static bool
is_better(ApdTime instant, ApdTime best, ApdTime message)
{
    if (best == APD_NEVER)
        return true;
    /* An end that lies behind yields to one that does not. */
    if ((instant < message) != (best < message))
        return best < message;
    return instant < best;
}

static void
take(const ApdText *text, const ApdCandidate *candidate, ApdTime instant, const GString *how,
     ApdDeadline *deadline)
{
    const ApdSegment *segment = apd_text_at(text, candidate->segment);
    deadline->instant = instant;
    deadline->basis =
        candidate->mention.type == APD_MENTION_DATE ? APD_BASIS_STATED : APD_BASIS_RELATIVE;
    g_free(deadline->evidence);
    deadline->evidence = quote(segment);

    g_autofree char *words = quote_mention(segment, &candidate->mention);
    g_autofree char *iso = apd_time_iso(instant);
    step(deadline,
         g_strdup_printf("'%s' in '%s'%s; = %s", words, deadline->evidence, how->str, iso));
}

/* Without a date of the message only a full date means an instant. */
static bool
can_reckon(const ApdMention *mention, const ApdDeadlineCase *kase)
{
    return kase->date != APD_NEVER || (mention->type == APD_MENTION_DATE && mention->day.year != 0);
}

/* A decision that asks for nothing: it has an end only if it says so. */
static bool
is_answer(const ApdDeadlineCase *kase)
{
    return kase->kind == APD_KIND_DECISION && kase->outcome != APD_OUTCOME_MORE_EVIDENCE;
}

static bool
is_bound(const ApdCandidate *candidate)
{
    const ApdMention *mention = &candidate->mention;
    return mention->bound != APD_BOUND_NONE || mention->within || candidate->labelled
           || (mention->type == APD_MENTION_WINDOW && candidate->role.against < 0);
}

static bool
stands_alone(const ApdCandidate *candidate, const ApdDeadlineCase *kase)
{
    const ApdMention *mention = &candidate->mention;
    if (candidate->role.against >= 0 || mention->is_start || mention->is_range_start)
        return false;
    if (mention->type == APD_MENTION_WINDOW)
        return mention->within && !mention->is_weak && !candidate->role.lasts;
    /* "We look again on 31 March" warns of nothing. */
    if (kase->kind == APD_KIND_WARNING && mention->bound == APD_BOUND_NONE && !candidate->labelled
        && !candidate->role.asks)
        return false;
    return !mention->is_range_end || candidate->labelled;
}

/* "the period for appeals (7 days) ended on 9 March", "your appeal (sent within 7 days)" */
static bool
tells_of_past(const ApdTimeData *self, const GArray *candidates, const ApdCandidate *window,
              ApdTime message)
{
    if (window->mention.type == APD_MENTION_WINDOW && window->role.aside)
        return true;
    for (guint i = 0; window->role.bracketed && i < candidates->len; i++) {
        const ApdCandidate *other = &g_array_index(candidates, ApdCandidate, i);
        if (other->segment == window->segment && other->mention.type == APD_MENTION_DATE
            && (other->mention.day.year == 0
                || apd_reckon_date(self, &other->mention, message, NULL) < message))
            return true;
    }
    return false;
}

/* Which candidates are asked first: those of the notice's own sentences that words of them speak
 * for, then all of them, then what is quoted or said by the way. */
typedef enum { BEST, OWN, ANY } Trust;

static bool
is_trusted(const ApdCandidate *candidate, Trust trust)
{
    const ApdMention *mention = &candidate->mention;
    if (trust < ANY && (candidate->role.aside || candidate->quoted))
        return false;
    if (trust > BEST)
        return true;
    /* "Ends: 6 July" may be the end of anything. */
    if (candidate->role.only_ends)
        return false;
    if (mention->type == APD_MENTION_WINDOW)
        return candidate->role.own || candidate->labelled;
    return true;
}

/* A day without a year that comes in half a year has rather been. */
static bool
has_been(const ApdCandidate *candidate, ApdTime instant, ApdTime message)
{
    const ApdMention *mention = &candidate->mention;
    return mention->type == APD_MENTION_DATE && mention->day.year == 0
           && mention->near == APD_NEAR_NONE && message != APD_NEVER && instant > message + 3 * FAR;
}

/* "Date of the request: 19 May", of that very day: nobody is asked to be done before he reads. */
static bool
is_of_message(const ApdCandidate *candidate, ApdTime instant, ApdTime message)
{
    const ApdMention *mention = &candidate->mention;
    return mention->type == APD_MENTION_DATE && mention->bound == APD_BOUND_NONE
           && mention->near == APD_NEAR_NONE && !mention->has_time && !candidate->role.named
           && message != APD_NEVER && instant >= message && instant < message + APD_DAY;
}

static bool
is_too_far(const ApdDeadlineCase *kase, ApdTime instant)
{
    return kase->kind != APD_KIND_POLICY && kase->date != APD_NEVER
           && instant > kase->date + TOO_FAR;
}

/* "Your licence expires on" is no end that a warning sets, nor is "mind the next weeks". */
static bool
can_warn(const ApdCandidate *candidate)
{
    const ApdMention *mention = &candidate->mention;
    if (candidate->role.only_ends && !candidate->labelled && mention->bound == APD_BOUND_NONE)
        return false;
    return mention->type == APD_MENTION_DATE || candidate->role.explicit_chance
           || (candidate->role.asks && mention->within && !mention->is_weak);
}

/* A window beside a date that is spoken of far more plainly as the end is rather the time of
 * another step: "send it by the 9th; allow two days for the check". */
static bool
is_outdone(const ApdTimeData *self, const GArray *candidates, const ApdCandidate *window,
           ApdTime message)
{
    if (window->mention.type != APD_MENTION_WINDOW || message == APD_NEVER)
        return false;
    for (guint i = 0; i < candidates->len; i++) {
        const ApdCandidate *date = &g_array_index(candidates, ApdCandidate, i);
        if (date->mention.type == APD_MENTION_DATE && !date->quoted && !date->role.aside
            && date->role.against < 0 && date->role.score >= window->role.score + PLAINLY
            && apd_reckon_date(self, &date->mention, message, NULL) > message)
            return true;
    }
    return false;
}

/* "Forty reports came from your store within a week": nothing is asked for there, nor allowed. */
static bool
is_told_only(const ApdCandidate *candidate)
{
    const ApdRoleScore *role = &candidate->role;

    return candidate->mention.type == APD_MENTION_WINDOW && !candidate->labelled && !role->own
           && !role->named && !role->explicit_chance && !role->asks;
}

/* Takes the earliest of the candidates of at least @least that are trusted so much. */
static bool
choose(const ApdTimeData *self, const ApdText *text, GArray *candidates, int least, Trust trust,
       const ApdDeadlineCase *kase, ApdDeadline *deadline)
{
    guint taken = 0;
    for (guint i = 0; i < candidates->len; i++) {
        ApdCandidate *candidate = &g_array_index(candidates, ApdCandidate, i);
        if (candidate->role.score < least || !can_reckon(&candidate->mention, kase)
            || !is_trusted(candidate, trust) || is_outdone(self, candidates, candidate, kase->date))
            continue;
        /* "Sellers have 7 days to appeal each penalty" is what the rule will say. */
        if (kase->kind == APD_KIND_POLICY && candidate->mention.type == APD_MENTION_WINDOW)
            continue;
        if (is_answer(kase)
            && (!candidate->role.explicit_chance
                || tells_of_past(self, candidates, candidate, kase->date)))
            continue;
        if (is_told_only(candidate) || (kase->kind == APD_KIND_WARNING && !can_warn(candidate)))
            continue;
        if ((is_answer(kase) || kase->kind == APD_KIND_POLICY) && !is_bound(candidate))
            continue;

        g_autoptr(GString) how = g_string_new(NULL);
        ApdTime instant = reckon(self, text, candidates, candidate, kase, how);
        if (instant == APD_NEVER || is_of_message(candidate, instant, kase->date))
            continue;
        /* An end that lies behind is believed only when nothing speaks against it. */
        bool doubtful = is_answer(kase) || kase->kind == APD_KIND_POLICY
                        || candidate->role.score < APD_ROLE_CERTAIN
                        || !candidate->role.explicit_chance || candidate->role.against >= 0
                        || !is_bound(candidate)
                        || (candidate->mention.is_range_end && !candidate->labelled);
        if (doubtful && (instant < kase->date || is_too_far(kase, instant)))
            continue;
        if ((trust < ANY || candidate->mention.bound == APD_BOUND_NONE)
            && has_been(candidate, instant, kase->date))
            continue;
        if (least == APD_ROLE_SILENT
            && (!stands_alone(candidate, kase) || instant < kase->date + APD_DAY
                || instant > kase->date + FAR))
            continue;
        /* "5 days, that is until 8 March, 10:00" states it. */
        bool same = instant == deadline->instant && deadline->basis == APD_BASIS_RELATIVE
                    && candidate->mention.type == APD_MENTION_DATE;
        if (!same && !is_better(instant, deadline->instant, kase->date))
            continue;
        if (least == APD_ROLE_SILENT)
            g_string_append(how, "; no word calls it the end, none speaks against it");
        take(text, candidate, instant, how, deadline);
        candidate->taken = true;
        taken++;
    }
    if (taken > 1)
        step(deadline, g_strdup("several ends are stated: the earliest counts (rule 6)"));
    return taken > 0;
}

/* Why @candidate was not taken; NULL when it is only a later end. */
static const char *
why_not(const ApdCandidate *candidate)
{
    if (candidate->role.score < APD_ROLE_POSSIBLE && candidate->role.against >= 0)
        return role_names[candidate->role.against];
    if (candidate->quoted)
        return "what is quoted below";
    return candidate->role.aside ? "a remark in brackets" : NULL;
}

static void
explain_others(const ApdText *text, const GArray *candidates, ApdDeadline *deadline)
{
    for (guint i = 0; i < candidates->len; i++) {
        const ApdCandidate *candidate = &g_array_index(candidates, ApdCandidate, i);
        const char *why = why_not(candidate);
        if (why == NULL || candidate->taken)
            continue;
        g_autofree char *words =
            quote_mention(apd_text_at(text, candidate->segment), &candidate->mention);
        step(deadline, g_strdup_printf("not the deadline: '%s' (%s)", words, why));
    }
}

static void
estimate(const ApdTimeData *self, const ApdDeadlineCase *kase, ApdDeadline *deadline)
{
    if (kase->kind != APD_KIND_PENALTY && kase->kind != APD_KIND_COMPLAINT
        && kase->kind != APD_KIND_REQUEST)
        return;
    const char *category = kase->category != NULL ? kase->category : "unknown";
    const ApdWindow *window = apd_time_data_window(self, category);
    if (window == NULL || window->amount == 0 || kase->date == APD_NEVER)
        return;
    ApdMention mention = { .type = APD_MENTION_WINDOW,
                           .amount = window->amount,
                           .unit = window->unit };
    g_autoptr(GString) how = g_string_new("no end is stated: the usual window of ");
    g_string_append_printf(how, "'%s' (%s), an ESTIMATE (rule 6)", category, window->category);
    deadline->instant = apd_reckon_window(self, &mention, kase->date, how);
    deadline->basis = APD_BASIS_ESTIMATED;
    g_autofree char *iso = apd_time_iso(deadline->instant);
    step(deadline, g_strdup_printf("%s, counted from the Date header; = %s", how->str, iso));
}

/* Of a decision only one that leaves a further chance has a deadline. */
static bool
can_have_one(const ApdDeadlineCase *kase)
{
    if (kase->kind == APD_KIND_NONE)
        return false;
    return kase->kind != APD_KIND_DECISION
           || (kase->outcome != APD_OUTCOME_REVERSED && kase->outcome != APD_OUTCOME_RECEIVED);
}

/* What the words of @languages tell.  Returns: whether an end was found. */
static bool
look(const ApdTimeData *self, const ApdText *text, const ApdDeadlineCase *kase, guint32 languages,
     int least, ApdDeadline *deadline)
{
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(ApdCandidate));
    bool final = false;
    int zone = apd_deadline_collect(self, text, kase, languages, candidates, &final);
    bool closed = final && kase->kind == APD_KIND_DECISION && kase->outcome == APD_OUTCOME_UPHELD;
    for (guint i = 0; i < candidates->len; i++) {
        ApdMention *mention = &g_array_index(candidates, ApdCandidate, i).mention;
        if (mention->zone == APD_ZONE_UNNAMED)
            mention->zone = zone;
    }
    static const struct {
        int least;
        Trust trust;
    } turns[] = { { APD_ROLE_CERTAIN, BEST }, { APD_ROLE_CERTAIN, OWN },
                  { APD_ROLE_POSSIBLE, OWN }, { APD_ROLE_CERTAIN, ANY },
                  { APD_ROLE_POSSIBLE, ANY }, { APD_ROLE_SILENT, ANY } };
    bool found = false;
    /* What is final may be the decision on a second appeal, to be lodged by a date that is told. */
    for (gsize i = 0; i < (closed ? 1 : G_N_ELEMENTS(turns)) && !found; i++)
        if (turns[i].least >= least && (turns[i].least == least || least >= APD_ROLE_POSSIBLE))
            found = choose(self, text, candidates, turns[i].least, turns[i].trust, kase, deadline);
    if (least >= APD_ROLE_POSSIBLE && (found || languages != 0))
        explain_others(text, candidates, deadline);
    return found;
}

void
apd_deadline_find(const ApdTimeData *self, const ApdText *text, const ApdDeadlineCase *kase,
                  ApdDeadline *deadline)
{
    *deadline = (ApdDeadline){ .instant = APD_NEVER, .basis = APD_BASIS_NONE };
    deadline->steps = g_ptr_array_new_with_free_func(g_free);
    if (!can_have_one(kase))
        return;

    bool cautious = is_answer(kase) || kase->kind == APD_KIND_POLICY;
    guint32 own = apd_words_languages_beside(kase->language);
    if (look(self, text, kase, own, cautious ? APD_ROLE_CERTAIN : APD_ROLE_POSSIBLE, deadline))
        return;
    /* A terse ticket may be in another language than it seems. */
    if (own != 0 && !cautious && look(self, text, kase, 0, APD_ROLE_CERTAIN, deadline))
        return;
    if (!cautious && look(self, text, kase, own, APD_ROLE_SILENT, deadline))
        return;
    estimate(self, kase, deadline);
}

void
apd_deadline_clear(ApdDeadline *self)
{
    if (self->steps != NULL)
        g_ptr_array_unref(self->steps);
    g_free(self->evidence);
}
