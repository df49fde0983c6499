#include "logic/classify.h"

#include <string.h>

#include "logic/classify_weigh.h"

/* Signs of a kind, and of a category, that are shown. */
#define MAX_SHOWN 3

/* A right that is named, not hinted at. */
#define NAMED 100

/* A finding said in so many words. */
#define OUTRIGHT 60

typedef struct {
    const ApdInput *input;
    const ApdWeighing *weighing;
    const ApdWeights *weights;
    const GArray *traits; /* element-type ApdTrait */
    bool certain;         /* it is a notice, of whatever kind */
    ApdKind kind;         /* once it is found */
} Judge;

/* Whether @answer can be given at all, whatever speaks for it. */
typedef bool (*Fits)(const Judge *self, const char *answer);

/* The answer with the greatest sum of those that @fits; NULL: none does. */
static const char *
greatest(const Judge *self, ApdQuestion question, Fits fits)
{
    guint n = apd_weights_n_answers(self->weights, question);
    g_autofree gint64 *sums = g_new0(gint64, n + 1);
    const char *best = NULL;
    gint64 most = G_MININT64;

    apd_weights_sum(self->weights, question, self->traits, sums);
    for (guint i = 0; i < n; i++) {
        const char *answer = apd_weights_answer(self->weights, question, i);
        if (sums[i] > most && fits(self, answer)) {
            most = sums[i];
            best = answer;
        }
    }
    return best;
}

/* Whether a case, an order or a product is named by its number. */
static bool
names_number(const Judge *self)
{
    for (guint i = 0; i < self->traits->len; i++)
        if (g_array_index(self->traits, ApdTrait, i).number == APD_WHOLE_REFERENCE)
            return true;
    return false;
}

/* "26-cv-01234": how a federal court of the United States numbers its civil cases. */
static bool
names_docket(const Judge *self)
{
    static const char mark[] = "-cv-";

    for (guint i = 0; i < self->input->text->segments->len; i++) {
        const char *text = apd_text_at(self->input->text, i)->folded;
        const char *at = strstr(text, mark);
        if (at != NULL && at > text && g_ascii_isdigit(at[-1]) && g_ascii_isdigit(at[strlen(mark)]))
            return true;
    }
    return false;
}

/* Whether any words of @category are there. */
static bool
is_spoken_of(const Judge *self, const char *category)
{
    g_autofree char *signal = g_strconcat("category/", category, NULL);

    return apd_weighing_score(self->weighing, signal)->count > 0;
}

/* --- kind ------------------------------------------------------------------------------------ */

/* Whether a stranger writes of what this seller sells, or of his own right: the text of a licence
 * speaks to "you" of rights too, and a court's numbers are of cases of its own. */
static bool
is_letter(const Judge *self)
{
    const ApdWeighing *weighing = self->weighing;
    bool goods = apd_weighing_best(weighing, "ref/product") > 0
                 || apd_weighing_best(weighing, "ref/order") > 0;

    return (goods && names_number(self)) || apd_weighing_best(weighing, "address/own") > 0
           || apd_weighing_best(weighing, "speaker/rights-holder") > 0;
}

/* Which right it is about: landlords, banks and courts write of other things in the words of
 * complaints. */
static bool
speaks_of_right(const Judge *self)
{
    return is_spoken_of(self, "ip.trademark") || is_spoken_of(self, "ip.copyright")
           || is_spoken_of(self, "ip.patent") || is_spoken_of(self, "ip.other");
}

/* A stranger imposes nothing, he complains. */
static bool
is_possible_kind(const Judge *self, const char *answer)
{
    ApdKind kind;

    if (!apd_kind_parse(answer, &kind))
        return false;
    if (kind == APD_KIND_NONE)
        return !self->certain;
    /* Whatever else there is makes no complaint. */
    if (kind == APD_KIND_COMPLAINT && !apd_weighing_tells(self->weighing, APD_TELLS_RIGHT))
        return false;
    return self->input->origin->speaker != APD_SPEAKER_STRANGER
           || (kind == APD_KIND_COMPLAINT
               && (names_docket(self) || (is_letter(self) && speaks_of_right(self))));
}

/* What speaks against a notice outright. */
static int
against(const Judge *self)
{
    static const char *const names[] = { "act/promotion", "act/education", "act/service-offer",
                                         "act/buyer", "act/account-service" };
    int sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        sum += apd_weighing_score(self->weighing, names[i])->sum;
    return sum;
}

/* "Appeal deadline: 9 March", "Complaint type: trademark infringement" */
static bool
is_record(const Judge *self)
{
    const ApdScore *until = apd_weighing_score(self->weighing, "label/answer-by");
    const ApdScore *type = apd_weighing_score(self->weighing, "label/violation");

    return (until->count > 0 && apd_weighing_labels_number(self->input, until->segment))
           || (type->count > 0 && apd_weighing_states_violation(self->input, type->segment));
}

/* "A court has ordered your funds frozen." */
static bool
is_court_order(const Judge *self)
{
    return apd_weighing_best(self->weighing, "act/court-order") >= OUTRIGHT
           && apd_weighing_best(self->weighing, "category/ip.tro") >= NAMED
           && (names_number(self) || names_docket(self)
               || apd_weighing_best(self->weighing, "address/own") > 0
               || apd_weighing_score(self->weighing, "act/measure")->firm > 0);
}

/* Not: "the check is over, no violation was found". */
static bool
finds_violation(const ApdWeighing *weighing)
{
    const ApdScore *score = apd_weighing_score(weighing, "act/finding");

    return score->best >= OUTRIGHT && score->denied == 0;
}

/* "3 points were deducted", not "penalty points: 0", nor "points are deducted for". */
static bool
deducts_points(const Judge *self)
{
    const ApdScore *score = apd_weighing_score(self->weighing, "act/deducted");

    if (score->firm == 0 || score->denied > 0)
        return false;
    const char *text = apd_text_at(self->input->text, (guint) score->segment)->folded;
    for (int i = score->start; i < score->end; i++)
        if (text[i] >= '1' && text[i] <= '9')
            return true;
    return false;
}

/* The platform's words of penalties about this store, a record of a violation, and a court's order,
 * are a notice, whatever else of it is not understood: only its own words may say that it is none.
 */
static bool
must_be_notice(const Judge *self)
{
    const ApdWeighing *weighing = self->weighing;

    return self->input->origin->speaker == APD_SPEAKER_PLATFORM
           && self->input->origin->authenticity != APD_AUTHENTICITY_FORGED && against(self) == 0
           && (is_record(self) || is_court_order(self) || deducts_points(self)
               || ((finds_violation(weighing)
                    || apd_weighing_score(weighing, "act/deducted")->firm > 0
                    || apd_weighing_best(weighing, "act/counter-notice") > 0)
                   && (apd_weighing_best(weighing, "address/own") > 0 || names_number(self))));
}

/* A stranger who speaks of his right and of this seller's own store complains, and so does who
 * sends him a court's order; a firm that only offers its service in such cases names none. */
static bool
must_be_letter(const Judge *self)
{
    const ApdWeighing *weighing = self->weighing;
    bool own = apd_weighing_best(weighing, "address/own") > 0;
    bool order = is_court_order(self) && names_docket(self)
                 && (own || apd_weighing_best(weighing, "address/you") > 0);
    bool right = own && apd_weighing_score(weighing, "speaker/rights-holder")->firm > 0
                 && apd_weighing_score(weighing, "act/rights-complaint")->firm > 0;

    return self->input->origin->speaker == APD_SPEAKER_STRANGER && against(self) == 0
           && (order || right);
}

/* Whether anything says what was done or what it is about, or speaks of points: numbers alone say
 * nothing. */
static bool
says_something(const Judge *self)
{
    return apd_weighing_tells(self->weighing, APD_TELLS_ACT | APD_TELLS_MATTER);
}

static ApdKind
find_kind(Judge *self)
{
    ApdSpeaker speaker = self->input->origin->speaker;
    ApdKind kind = APD_KIND_NONE;

    if (speaker == APD_SPEAKER_MARKETING || speaker == APD_SPEAKER_MARKETPLACE
        || self->input->text->is_reply || !says_something(self))
        return APD_KIND_NONE;
    self->certain = must_be_notice(self) || must_be_letter(self);
    const char *answer = greatest(self, APD_QUESTION_KIND, is_possible_kind);
    if (answer != NULL)
        apd_kind_parse(answer, &kind);
    return kind;
}

static bool
is_outcome(const Judge *self, const char *answer)
{
    ApdOutcome outcome;

    (void) self;
    return apd_outcome_parse(answer, &outcome);
}

static ApdOutcome
find_outcome(const Judge *self)
{
    const char *answer = greatest(self, APD_QUESTION_OUTCOME, is_outcome);
    ApdOutcome outcome = APD_OUTCOME_NONE;

    if (answer != NULL)
        apd_outcome_parse(answer, &outcome);
    return outcome;
}

/* --- category -------------------------------------------------------------------------------- */

/* What was done, and whose right or what goods it is about, is told by words of its own: without
 * any of them it is not known.  A store that is closed, frozen funds, a dispute are told by the act
 * itself. */
static bool
needs_words(const char *category)
{
    static const char *const named[] = { "ip.trademark", "ip.copyright", "ip.patent",
                                         "prohibited",   "compliance",   NULL };

    return g_str_has_prefix(category, "trade.") || g_str_has_prefix(category, "info.")
           || g_strv_contains(named, category);
}

static bool
is_possible_category(const Judge *self, const char *answer)
{
    if (strcmp(answer, "none") == 0)
        return false;
    if (self->kind == APD_KIND_COMPLAINT && !g_str_has_prefix(answer, "ip."))
        return false;
    if ((strcmp(answer, "policy.change") == 0) != (self->kind == APD_KIND_POLICY))
        return false;
    return !needs_words(answer) || is_spoken_of(self, answer);
}

/* A category of one's own rules, which no weights are learnt for, is what the message is about
 * where no other is there as strongly. */
static const char *
own_category(const Judge *self)
{
    int signal = self->weighing->category_signal;
    const char *first = signal >= 0 ? apd_rules_signal(self->input->rules, signal)->name : NULL;
    bool own = first != NULL && !apd_weights_knows(self->weights, APD_QUESTION_CATEGORY, first);

    return own ? first : NULL;
}

/* "An IP complaint" is of some right: the one that is named, if any is. */
static const char *
named_right(const Judge *self)
{
    static const char *const rights[] = { "category/ip.trademark", "category/ip.copyright",
                                          "category/ip.patent", "category/ip.tro" };
    const char *best = NULL;
    int most = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++) {
        const ApdScore *score = apd_weighing_score(self->weighing, rights[i]);
        if (score->best >= NAMED && score->sum > most) {
            most = score->sum;
            best = strchr(rights[i], '/') + 1;
        }
    }
    return best != NULL ? best : "ip.other";
}

static const char *
find_category(const Judge *self)
{
    const char *category = own_category(self);

    if (category == NULL)
        category = greatest(self, APD_QUESTION_CATEGORY, is_possible_category);
    if (category != NULL)
        return strcmp(category, "ip.other") == 0 ? named_right(self) : category;
    return self->kind == APD_KIND_COMPLAINT ? "ip.other"
           : self->kind == APD_KIND_POLICY  ? "policy.change"
                                            : "unknown";
}

/* --- what is told ------------------------------------------------------------------- */

static void
set_severity(const Judge *self, ApdVerdict *verdict)
{
    const char *stated =
        apd_rules_value(self->input->rules, "category", verdict->category, "severity");
    ApdSeverity severity = APD_SEVERITY_MEDIUM;

    apd_severity_parse(stated, &severity);
    if (verdict->kind == APD_KIND_POLICY
        || (verdict->kind == APD_KIND_DECISION
            && (verdict->outcome == APD_OUTCOME_RECEIVED
                || verdict->outcome == APD_OUTCOME_REVERSED)))
        severity = APD_SEVERITY_LOW;
    else if (verdict->kind == APD_KIND_WARNING && severity > APD_SEVERITY_MEDIUM)
        severity = APD_SEVERITY_MEDIUM;
    else if (severity < APD_SEVERITY_CRITICAL && verdict->kind == APD_KIND_PENALTY
             && (apd_weighing_best(self->weighing, "category/account.freeze") > 0
                 || apd_weighing_best(self->weighing, "category/account.closure") > 0))
        severity = APD_SEVERITY_CRITICAL;
    verdict->severity = severity;
}

/* What each signal, in all the ways it is there, speaks for @answer.  Returns: by signal. */
static gint64 *
shares_of(const Judge *self, ApdQuestion question, const char *answer)
{
    gint64 *shares = g_new0(gint64, self->weighing->n + 1);
    guint n = apd_weights_n_answers(self->weights, question), number = 0;

    while (number < n && strcmp(apd_weights_answer(self->weights, question, number), answer) != 0)
        number++;
    for (guint i = 0; i < self->traits->len && number < n; i++) {
        const ApdTrait *trait = &g_array_index(self->traits, ApdTrait, i);
        int signal = apd_trait_signal(trait->number);
        if (signal >= 0)
            shares[signal] += (gint64) trait->value
                              * apd_weights_of(self->weights, question, trait->number, number);
    }
    return shares;
}

static void
add_evidence(const Judge *self, ApdVerdict *verdict, const char *what, int signal)
{
    const ApdScore *score = &self->weighing->scores[signal];

    if (score->count == 0)
        return;
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) score->segment);
    apd_verdict_add_evidence(verdict, what, segment->shown);
}

static bool
is_told(const char *type)
{
    return strcmp(type, "act") == 0 || strcmp(type, "answer") == 0 || strcmp(type, "category") == 0
           || strcmp(type, "speaker") == 0;
}

/* The signals that speak most for @answer, with the words that decided. */
static void
explain(const Judge *self, ApdQuestion question, const char *what, const char *answer,
        ApdVerdict *verdict)
{
    g_autofree gint64 *shares = shares_of(self, question, answer);

    for (int i = 0; i < self->weighing->n; i++)
        if (shares[i] > 0 && !is_told(apd_rules_signal(self->input->rules, i)->type))
            shares[i] = 0;
    for (int shown = 0; shown < MAX_SHOWN; shown++) {
        int best = -1;
        for (int i = 0; i < self->weighing->n; i++)
            if (shares[i] > (best >= 0 ? shares[best] : 0))
                best = i;
        if (best < 0)
            return;
        g_autofree char *line =
            g_strdup_printf("%s (%s)", what, apd_rules_signal(self->input->rules, best)->name);
        add_evidence(self, verdict, line, best);
        shares[best] = 0;
    }
}

void
apd_classify(const ApdInput *input, ApdVerdict *verdict)
{
    int n = apd_matcher_n_signals(apd_rules_matcher(input->rules));
    g_autofree ApdScore *scores = g_new0(ApdScore, n + 1);
    ApdWeighing weighing = { .input = input, .scores = scores, .n = n };

    apd_weighing_fill(&weighing);
    g_autoptr(GArray) traits = apd_classify_traits(&weighing);
    Judge self = { .input = input,
                   .weighing = &weighing,
                   .weights = apd_rules_weights(input->rules),
                   .traits = traits };
    self.kind = find_kind(&self);
    if (self.kind == APD_KIND_NONE)
        return;

    verdict->kind = self.kind;
    verdict->outcome = self.kind == APD_KIND_DECISION ? find_outcome(&self) : APD_OUTCOME_NONE;
    verdict->category = g_strdup(find_category(&self));
    set_severity(&self, verdict);
    explain(&self, APD_QUESTION_KIND, "kind", apd_kind_name(self.kind), verdict);
    explain(&self, APD_QUESTION_CATEGORY, "category", verdict->category, verdict);
}
