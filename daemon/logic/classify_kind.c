#include "logic/classify_weigh.h"

#include <string.h>

/* --- the answer to an appeal ---------------------------------------------------------- */

static const char *const outcome_acts[] = {
    [APD_OUTCOME_UPHELD] = "upheld",
    [APD_OUTCOME_REVERSED] = "reversed",
    [APD_OUTCOME_RECEIVED] = "received",
    [APD_OUTCOME_MORE_EVIDENCE] = "more-evidence",
};

static int
capped(const ApdScore *score)
{
    return MIN(score->sum, 2 * score->best);
}

/* What speaks for @outcome.  Words that tell it only of an appeal ("arrived", "stays") count
 * where an appeal was made. */
static int
outcome_score(const ApdWeighing *self, ApdOutcome outcome, bool appealed)
{
    g_autofree char *act = g_strconcat("act/", outcome_acts[outcome], NULL);
    g_autofree char *answer = g_strconcat("answer/", outcome_acts[outcome], NULL);
    int points = capped(apd_weighing_score(self, act)) * 3 / 2;

    if (appealed)
        points += capped(apd_weighing_score(self, answer));
    /* "Not accepted" refuses, "not maintained" gives back. */
    if (appealed && outcome == APD_OUTCOME_UPHELD)
        points += MAX(apd_weighing_score(self, "answer/reversed")->denied,
                      apd_weighing_score(self, "act/reversed")->denied);
    if (appealed && outcome == APD_OUTCOME_REVERSED)
        points += apd_weighing_score(self, "answer/upheld")->denied;
    return points;
}

static bool
asks_for_more(const ApdWeighing *self)
{
    return apd_weighing_best(self, "act/demand") > 0
           || apd_weighing_best(self, "act/more-evidence") > 0;
}

void
apd_weighing_decide(ApdWeighing *self)
{
    const ApdScore *own = apd_weighing_score(self, "mod/own-appeal");
    bool appealed = own->best > 0;

    self->decided = 0;
    self->outcome = APD_OUTCOME_NONE;
    for (int i = APD_OUTCOME_UPHELD; i <= APD_OUTCOME_MORE_EVIDENCE; i++) {
        ApdOutcome outcome = (ApdOutcome) i;
        /* "We received", "add evidence" are said of anything. */
        if (!appealed && (outcome == APD_OUTCOME_RECEIVED || outcome == APD_OUTCOME_MORE_EVIDENCE))
            continue;
        int points = outcome_score(self, outcome, appealed);
        /* Whoever asks for more has received something, and found it wanting. */
        if (outcome == APD_OUTCOME_MORE_EVIDENCE)
            points = asks_for_more(self) ? points * 5 / 4 : points * 2 / 3;
        if (own->leads)
            points = points * 3 / 2;
        if (points > self->decided) {
            g_autofree char *act = g_strconcat("act/", outcome_acts[outcome], NULL);
            self->decided = points;
            self->outcome = outcome;
            self->answered =
                apd_weighing_score(self, act)->leads
                && (own->leads || outcome == APD_OUTCOME_UPHELD || outcome == APD_OUTCOME_REVERSED);
            self->acted = apd_weighing_best(self, act) > 0;
        }
    }
    /* The subject speaks of an appeal, in words that tell no more. */
    if (self->decided == 0 && own->leads && !apd_weighing_is(self, "order.")) {
        self->decided = own->best / 2;
        self->outcome = asks_for_more(self) ? APD_OUTCOME_MORE_EVIDENCE : APD_OUTCOME_RECEIVED;
    }
}

/* --- what is asked --------------------------------------------------------------------- */

/* What was done, and what is asked: the strongest sign of each. */
typedef struct {
    int deducted, measure; /* done already */
    int threatened;        /* may or will be done */
    int clean;             /* "nothing has been imposed" */
    int fix, warn, demand, complaint, counter, offer, finding;
} Acts;

static int
firm(const ApdWeighing *self, const char *name)
{
    return apd_weighing_score(self, name)->firm;
}

static int
coming(const ApdWeighing *self, const char *name)
{
    const ApdScore *score = apd_weighing_score(self, name);
    return MAX(score->maybe, score->best > score->firm ? score->best : 0);
}

static Acts
find_acts(const ApdWeighing *self)
{
    Acts acts = {
        .deducted = firm(self, "act/deducted"),
        .measure = firm(self, "act/measure"),
        .clean = apd_weighing_best(self, "act/nothing-imposed"),
        .fix = capped(apd_weighing_score(self, "act/fix")),
        .warn = capped(apd_weighing_score(self, "act/warn")),
        .demand = capped(apd_weighing_score(self, "act/demand")),
        .complaint = apd_weighing_best(self, "act/rights-complaint"),
        .counter = MAX(apd_weighing_best(self, "act/counter-notice"),
                       apd_weighing_score(self, "act/counter-notice")->maybe),
        .offer = MAX(apd_weighing_best(self, "act/appeal-offer"),
                     apd_weighing_score(self, "act/appeal-offer")->maybe),
        .finding = apd_weighing_best(self, "act/finding"),
    };

    /* The sum so far, where nothing was done, is none that is taken now. */
    if (self->scored && !(apd_weighing_is(self, "points.threshold") && acts.clean > 0))
        acts.deducted = MAX(acts.deducted, 100);
    /* "Supplement the certificate" asks for it, appeal or none. */
    acts.demand = MAX(acts.demand, capped(apd_weighing_score(self, "act/more-evidence")));
    acts.threatened = MAX(apd_weighing_best(self, "act/threatened"),
                          apd_weighing_score(self, "act/threatened")->maybe);
    acts.threatened = MAX(acts.threatened, coming(self, "act/deducted"));
    acts.threatened = MAX(acts.threatened, coming(self, "act/measure"));
    return acts;
}

static ApdKind
strongest(const ApdWeighing *self)
{
    ApdKind best = APD_KIND_NONE;

    for (unsigned i = APD_KIND_NONE + 1; i < APD_N_KINDS; i++)
        if (self->kinds[i] > self->kinds[best])
            best = (ApdKind) i;
    return best;
}

/* Others begin these, and the seller answers. */
static bool
is_answerable(const ApdWeighing *self)
{
    return apd_weighing_is(self, "order.dispute") || apd_weighing_is(self, "order.chargeback")
           || apd_weighing_is(self, "order.cancellation")
           || apd_weighing_is(self, "account.deposit");
}

/* An answer to an appeal goes before all else that is said again with it; a penalty lifted or
 * executed without one must outweigh the rest. */
static bool
is_decision(const ApdWeighing *self, const Acts *acts)
{
    const ApdScore *own = apd_weighing_score(self, "mod/own-appeal");
    bool offered = acts->offer > 0 && !own->leads;

    if (self->decided < 60)
        return false;
    /* What was handed in with an appeal is the violation here. */
    if (own->best > 0 && apd_weighing_is(self, "trade.forgery")
        && self->outcome != APD_OUTCOME_UPHELD && acts->deducted > 0)
        return self->decided > 2 * acts->deducted;
    /* Who is told how to appeal has not done so yet. */
    if (offered && self->outcome == APD_OUTCOME_RECEIVED)
        return false;
    bool settled =
        self->acted
        || (own->leads && self->decided >= 150 && apd_weighing_is(self, "order.dispute")
            && (self->outcome == APD_OUTCOME_UPHELD || self->outcome == APD_OUTCOME_REVERSED));
    /* "Your answer" to a dispute is what is asked for. */
    if (is_answerable(self)
        && (!settled || (own->best == 0 && !apd_weighing_is(self, "order.dispute"))))
        return false;
    /* Executed, but open to appeal; or of something else that stands. */
    if (own->best == 0 && self->outcome == APD_OUTCOME_UPHELD && acts->offer + acts->demand > 0)
        return false;
    if (own->leads || (own->best > 0 && self->decided >= 150 && !offered) || self->answered)
        return true;
    /* "Stays", "deleted" tell little where nothing says so of an appeal outright. */
    int against = self->kinds[strongest(self)];
    return self->decided > (self->acted ? against : against * 3 / 2);
}

/* A rule that changes, not a matter of this store: the subject says so, and nothing of
 * this store is named. */
static bool
is_policy(const ApdWeighing *self, const Acts *acts)
{
    const ApdScore *act = apd_weighing_score(self, "act/policy");
    const ApdScore *category = apd_weighing_score(self, "category/policy.change");

    if (self->concrete || self->stated || act->best + category->best == 0)
        return false;
    if (act->leads || category->leads)
        return true;
    return apd_weighing_is(self, "policy.change")
           && self->kinds[APD_KIND_POLICY] + capped(category) > self->kinds[APD_KIND_PENALTY]
           && acts->deducted == 0;
}

static ApdKind
kind_of_right(const ApdWeighing *self, const Acts *acts)
{
    if (apd_weighing_is(self, "ip.tro") || acts->counter > 0)
        return APD_KIND_COMPLAINT;
    if (acts->complaint > 0 && acts->deducted == 0)
        return APD_KIND_COMPLAINT;
    return self->kinds[APD_KIND_COMPLAINT] > self->kinds[APD_KIND_PENALTY] ? APD_KIND_COMPLAINT
                                                                           : APD_KIND_NONE;
}

/* Nothing is imposed yet: what is to be supplied, what is to be mended, or what comes. */
static ApdKind
kind_of_pending(const ApdWeighing *self, const Acts *acts)
{
    bool supplies = apd_weighing_is(self, "compliance") || apd_weighing_is(self, "account.")
                    || self->category == NULL;
    bool violates = apd_weighing_is(self, "trade.") || apd_weighing_is(self, "info.")
                    || apd_weighing_is(self, "ip.") || apd_weighing_is(self, "prohibited");

    /* A violation that is stated, with nothing to mend, is about to be punished. */
    if (acts->clean + acts->fix + acts->warn == 0 && (acts->offer > 0 || violates))
        return APD_KIND_PENALTY;
    if (acts->clean > 0 && acts->fix > 0)
        return APD_KIND_WARNING;
    if (supplies && acts->demand > 0 && acts->demand >= acts->fix)
        return APD_KIND_REQUEST;
    if (acts->clean > 0 || acts->fix > 0 || acts->warn >= 100)
        return APD_KIND_WARNING;
    if (acts->threatened > 0 && acts->finding < 60)
        return APD_KIND_WARNING;
    return strongest(self);
}

ApdKind
apd_weighing_kind(const ApdWeighing *self)
{
    Acts acts = find_acts(self);
    bool imposed = acts.deducted > 0 || acts.measure > 0;

    if (is_decision(self, &acts))
        return APD_KIND_DECISION;
    if (is_policy(self, &acts))
        return APD_KIND_POLICY;
    if (apd_weighing_is(self, "ip.") && kind_of_right(self, &acts) != APD_KIND_NONE)
        return APD_KIND_COMPLAINT;
    if (self->category == NULL && acts.counter > 0)
        return APD_KIND_COMPLAINT;
    if (apd_weighing_is(self, "order.") || apd_weighing_is(self, "account.deposit"))
        return APD_KIND_REQUEST;
    if (apd_weighing_is(self, "points.threshold") && acts.warn > 0 && acts.deducted == 0
        && (acts.measure == 0 || acts.clean > 0 || !apd_weighing_score(self, "act/measure")->leads))
        return APD_KIND_WARNING;
    /* "12 are reached: the store will be frozen" is no warning any more. */
    if (apd_weighing_is(self, "points.threshold"))
        return imposed
                       || (apd_weighing_best(self, "act/measure") > 0
                           && acts.warn + acts.clean == 0)
                   ? APD_KIND_PENALTY
                   : APD_KIND_WARNING;
    if (apd_weighing_is(self, "account.other"))
        return acts.demand > 0 && acts.demand >= acts.measure ? APD_KIND_REQUEST
               : imposed                                      ? APD_KIND_PENALTY
                                                              : kind_of_pending(self, &acts);
    /* "No points this time" beside a measure is a penalty all the same. */
    if (acts.clean > 0 && acts.deducted == 0
        && (acts.measure == 0 || (acts.fix > 0 && acts.offer == 0))
        && self->kinds[APD_KIND_WARNING] >= self->kinds[APD_KIND_PENALTY])
        return kind_of_pending(self, &acts);
    return imposed ? APD_KIND_PENALTY : kind_of_pending(self, &acts);
}
