#include "logic/classify.h"

#include <string.h>

#include "logic/classify_weigh.h"

static void
take_category(ApdWeighing *self, int signal)
{
    self->category = apd_rules_signal(self->input->rules, signal)->name;
    self->category_score = MAX(self->category_score, self->scores[signal].sum);
    self->category_signal = signal;
}

/* A freeze because points add up is about the points. */
static void
prefer_threshold(ApdWeighing *self)
{
    int signal =
        apd_matcher_find(apd_rules_matcher(self->input->rules), "category/points.threshold");
    bool frozen = apd_weighing_is(self, "account.freeze")
                  || apd_weighing_is(self, "account.closure") || self->category == NULL;

    if (signal < 0 || !frozen)
        return;
    bool named =
        self->category != NULL && self->scores[signal].sum * 100 >= self->category_score * 75;
    if (named
        || (!self->scored && apd_weighing_score(self, "act/deducted")->firm == 0
            && apd_weighing_adds_up(self->input)))
        take_category(self, signal);
}

/* Consequences of a violation give way to the violation itself. */
static void
prefer_cause(ApdWeighing *self)
{
    if (!apd_weighing_is(self, "account.") && !apd_weighing_is(self, "points.")
        && !apd_weighing_is(self, "policy.") && !apd_weighing_is(self, "order.frozen"))
        return;
    /* What the points were for is history when the subject speaks of their sum. */
    if (apd_weighing_is(self, "points.") && self->scores[self->category_signal].leads)
        return;

    int best = 0, signal = -1;
    for (int i = 0; i < self->n; i++) {
        const ApdSignalInfo *info = apd_rules_signal(self->input->rules, i);
        if (strcmp(info->type, "category") != 0
            || (!g_str_has_prefix(info->name, "trade.") && !g_str_has_prefix(info->name, "info.")
                && !g_str_has_prefix(info->name, "ip.") && strcmp(info->name, "prohibited") != 0))
            continue;
        if (self->scores[i].sum > best) {
            best = self->scores[i].sum;
            signal = i;
        }
    }
    if (signal < 0 || best * 100 < self->category_score * 75)
        return;
    self->category = apd_rules_signal(self->input->rules, signal)->name;
    self->category_score = best;
    self->category_signal = signal;
}

/* "Dispute opened; reason: not as described": the buyer's reason is no violation yet. */
static void
prefer_dispute(ApdWeighing *self)
{
    static const char *const begun[] = { "category/order.dispute", "category/order.chargeback",
                                         "category/order.cancellation" };

    if (!apd_weighing_is(self, "trade.") || self->scored
        || apd_weighing_score(self, "act/deducted")->firm > 0
        || apd_weighing_score(self, "act/measure")->firm > 0
        || self->scores[self->category_signal].leads)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(begun); i++)
        if (apd_weighing_score(self, begun[i])->leads)
            take_category(self, apd_matcher_find(apd_rules_matcher(self->input->rules), begun[i]));
}

/* "An IP complaint" is of some right: the one that is named, if any is. */
static void
prefer_named_right(ApdWeighing *self)
{
    static const char *const rights[] = { "category/ip.trademark", "category/ip.copyright",
                                          "category/ip.patent", "category/ip.tro" };
    const ApdMatcher *matcher = apd_rules_matcher(self->input->rules);
    int best = 0;

    if (!apd_weighing_is(self, "ip.other"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(rights); i++) {
        int signal = apd_matcher_find(matcher, rights[i]);
        if (signal < 0 || self->scores[signal].sum <= best || self->scores[signal].best < 60)
            continue;
        best = self->scores[signal].sum;
        self->category = apd_rules_signal(self->input->rules, signal)->name;
        self->category_signal = signal;
    }
}

/* Who writes of his own right is no platform: it is a right that he writes of, in whatever
 * other words. */
static void
prefer_right_of_stranger(ApdWeighing *self)
{
    int best = 0;

    if (self->input->origin->speaker != APD_SPEAKER_STRANGER || apd_weighing_is(self, "ip.")
        || apd_weighing_best(self, "speaker/rights-holder") == 0
        || apd_weighing_best(self, "act/rights-complaint") == 0)
        return;
    for (int i = 0; i < self->n; i++) {
        const ApdSignalInfo *info = apd_rules_signal(self->input->rules, i);
        if (strcmp(info->type, "category") != 0 || !g_str_has_prefix(info->name, "ip.")
            || self->scores[i].sum <= best)
            continue;
        best = self->scores[i].sum;
        take_category(self, i);
    }
    if (best == 0 && self->concrete)
        self->category = "ip.other";
}

/* "Violation type: ..." */
static bool
has_stated_type(const ApdInput *input)
{
    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        if (segment->pair >= 0 && apd_classify_factor(input, (int) i) > 0
            && apd_weighing_has(input, segment->pair, "label/violation"))
            return true;
    }
    return false;
}

static void
set_severity(const ApdWeighing *self, ApdVerdict *verdict)
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
             && (apd_weighing_best(self, "category/account.freeze") > 0
                 || apd_weighing_best(self, "category/account.closure") > 0))
        severity = APD_SEVERITY_CRITICAL;
    verdict->severity = severity;
}

static void
add_evidence(const ApdWeighing *self, ApdVerdict *verdict, const char *what, int signal)
{
    const ApdScore *score = &self->scores[signal];

    if (score->count == 0)
        return;
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) score->segment);
    apd_verdict_add_evidence(verdict, what, segment->shown);
}

static void
explain(const ApdWeighing *self, ApdVerdict *verdict)
{
    if (self->category_signal >= 0)
        add_evidence(self, verdict, "category", self->category_signal);
    for (int i = 0; i < self->n; i++) {
        const ApdSignalInfo *info = apd_rules_signal(self->input->rules, i);
        if (strcmp(info->type, "act") == 0 && info->kind == verdict->kind
            && (info->kind != APD_KIND_DECISION || info->outcome == verdict->outcome)) {
            g_autofree char *what = g_strdup_printf("kind (%s)", info->name);
            add_evidence(self, verdict, what, i);
        }
    }
}

void
apd_classify(const ApdInput *input, ApdVerdict *verdict)
{
    int n = apd_matcher_n_signals(apd_rules_matcher(input->rules));
    g_autofree ApdScore *scores = g_new0(ApdScore, n + 1);
    ApdWeighing self = { .input = input, .scores = scores, .n = n, .category_signal = -1 };

    apd_weighing_fill(&self);
    self.concrete = apd_weighing_has_reference(input);
    self.stated = has_stated_type(input);
    self.scored = apd_weighing_has_points(input);
    prefer_threshold(&self);
    prefer_cause(&self);
    prefer_named_right(&self);
    prefer_dispute(&self);
    prefer_right_of_stranger(&self);
    apd_weighing_decide(&self);
    ApdKind kind = apd_weighing_kind(&self);
    if (input->origin->speaker == APD_SPEAKER_STRANGER)
        kind = APD_KIND_COMPLAINT;
    if (kind == APD_KIND_NONE)
        kind = APD_KIND_PENALTY;
    if (!apd_weighing_is_notice(&self, kind))
        return;

    verdict->kind = kind;
    verdict->outcome = kind == APD_KIND_DECISION ? self.outcome : APD_OUTCOME_NONE;
    verdict->category = g_strdup(kind == APD_KIND_POLICY      ? "policy.change"
                                 : self.category              ? self.category
                                 : kind == APD_KIND_COMPLAINT ? "ip.other"
                                                              : "unknown");
    set_severity(&self, verdict);
    explain(&self, verdict);
}
