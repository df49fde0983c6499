#include "logic/classify.h"

#include <string.h>

#include "logic/classify_weigh.h"

static int
best_of(const ApdWeighing *self, const char *name)
{
    return apd_weighing_score(self, name)->best;
}

static bool
category_is(const ApdWeighing *self, const char *prefix)
{
    return self->category != NULL && g_str_has_prefix(self->category, prefix);
}

/* A freeze because points add up is about the points. */
static void
prefer_threshold(ApdWeighing *self)
{
    int signal =
        apd_matcher_find(apd_rules_matcher(self->input->rules), "category/points.threshold");

    if (signal < 0
        || (!category_is(self, "account.freeze") && !category_is(self, "account.closure"))
        || self->scores[signal].sum * 100 < self->category_score * 75)
        return;
    self->category = "points.threshold";
    self->category_score = self->scores[signal].sum;
    self->category_signal = signal;
}

/* Consequences of a violation give way to the violation itself. */
static void
prefer_cause(ApdWeighing *self)
{
    if (!category_is(self, "account.") && !category_is(self, "points.")
        && !category_is(self, "policy.") && !category_is(self, "order.frozen"))
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
    if (best * 100 < self->category_score * 75)
        return;
    self->category = apd_rules_signal(self->input->rules, signal)->name;
    self->category_score = best;
    self->category_signal = signal;
}

static ApdOutcome
best_outcome(const ApdWeighing *self, int *ret_score)
{
    ApdOutcome outcome = APD_OUTCOME_NONE;

    *ret_score = 0;
    for (int i = 0; i < self->n; i++) {
        const ApdSignalInfo *info = apd_rules_signal(self->input->rules, i);
        int points = MIN(self->scores[i].sum, 2 * self->scores[i].best) * info->weight / 100;
        bool of_appeal =
            info->outcome == APD_OUTCOME_RECEIVED || info->outcome == APD_OUTCOME_MORE_EVIDENCE;
        if (of_appeal && best_of(self, "mod/own-appeal") == 0)
            continue;
        if (apd_weighing_score(self, "mod/own-appeal")->leads)
            points = points * 3 / 2;
        /* "Send more evidence" is a demand too: the appeal it speaks of decides. */
        if (info->outcome == APD_OUTCOME_MORE_EVIDENCE)
            points = points * 3 / 2;
        if (strcmp(info->type, "act") == 0 && info->kind == APD_KIND_DECISION
            && points > *ret_score) {
            *ret_score = points;
            outcome = info->outcome;
        }
    }
    return outcome;
}

static bool
is_in_subject(const ApdWeighing *self, int signal)
{
    if (signal < 0 || self->scores[signal].count == 0)
        return false;
    return apd_text_at(self->input->text, (guint) self->scores[signal].segment)->zone
           == APD_ZONE_SUBJECT;
}

static ApdKind
best_kind(const ApdWeighing *self)
{
    ApdKind best = APD_KIND_NONE;

    for (unsigned i = APD_KIND_NONE + 1; i < APD_N_KINDS; i++)
        if (self->kinds[i] > self->kinds[best])
            best = (ApdKind) i;
    return best;
}

/* Something was done already, not only announced. */
static bool
is_firm(const ApdWeighing *self)
{
    return apd_weighing_score(self, "act/deducted")->firm > 0
           || apd_weighing_score(self, "act/measure")->firm > 0;
}

/* A rule that changes, not a matter of this store: the subject says so, and nothing of
 * this store is named. */
static bool
is_policy(const ApdWeighing *self)
{
    return (apd_weighing_score(self, "act/policy")->leads
            || apd_weighing_score(self, "category/policy.change")->leads)
           && !self->concrete && !self->stated;
}

static void
adjust_kinds(ApdWeighing *self)
{
    int *kinds = self->kinds;
    bool imposed = best_of(self, "act/deducted") > 0 || best_of(self, "act/measure") > 0;
    bool clocked = category_is(self, "order.") || category_is(self, "account.deposit")
                   || category_is(self, "account.other");

    /* A dispute or an order named in passing asks for nothing. */
    bool asked = best_of(self, "act/demand") > 0 || is_in_subject(self, self->category_signal);
    if (clocked)
        kinds[APD_KIND_REQUEST] += asked ? 150 : 40;
    if (category_is(self, "ip."))
        kinds[APD_KIND_COMPLAINT] += kinds[APD_KIND_COMPLAINT] > 0 ? 50 : 0;
    else
        kinds[APD_KIND_COMPLAINT] /= 3;
    if (category_is(self, "points.threshold") && !is_firm(self))
        kinds[APD_KIND_WARNING] += kinds[APD_KIND_PENALTY] + 100;
    if (category_is(self, "policy.change"))
        kinds[APD_KIND_POLICY] += 100;
    if (is_policy(self))
        kinds[APD_KIND_POLICY] += kinds[best_kind(self)] + 150;
    else if (apd_weighing_score(self, "act/policy")->leads)
        kinds[APD_KIND_POLICY] += 150;
    else if (imposed)
        kinds[APD_KIND_POLICY] /= 2;
    if (best_of(self, "act/counter-notice") == 0 && imposed)
        kinds[APD_KIND_COMPLAINT] = kinds[APD_KIND_COMPLAINT] * 2 / 3;
}

/* What speaks against a notice, all together. */
static int
against(const ApdWeighing *self)
{
    static const char *const names[] = { "act/promotion",       "act/education",
                                         "act/service-offer",   "act/buyer",
                                         "act/account-service", "act/press" };
    int sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        sum += MIN(apd_weighing_score(self, names[i])->sum, 300);
    return sum;
}

/* Whether it speaks of this very store: addressed to it, a number of its own, a stated
 * violation, points taken. */
static bool
concerns_store(const ApdWeighing *self)
{
    return self->concrete || self->stated || best_of(self, "address/own") > 0
           || apd_weighing_score(self, "act/deducted")->firm > 0;
}

static bool
says_what_was_done(const ApdWeighing *self)
{
    static const char *const names[] = { "act/finding", "act/deducted",         "act/measure",
                                         "act/fix",     "act/rights-complaint", "act/court-order",
                                         "act/demand",  "act/threatened" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (best_of(self, names[i]) + apd_weighing_score(self, names[i])->maybe > 0)
            return true;
    return self->concrete && best_of(self, "points/word") > 0;
}

/* Goods or behaviour against the rules: such a category named by the platform is a matter
 * even where no verb says so, if it is one of this store. */
static int
violation_score(const ApdWeighing *self)
{
    if (!says_what_was_done(self) && (!concerns_store(self) || against(self) > 0))
        return 0;
    if (category_is(self, "trade.") || category_is(self, "info.") || category_is(self, "ip.")
        || category_is(self, "prohibited") || category_is(self, "compliance")
        || category_is(self, "account.freeze") || category_is(self, "account.closure"))
        return self->category_score / 2;
    return 0;
}

/* Written to a buyer about his purchase, by a platform that writes to both. */
static bool
is_to_buyer(const ApdWeighing *self)
{
    int seller = apd_weighing_score(self, "address/seller")->sum
                 + apd_weighing_score(self, "address/own")->sum;
    bool imposed = best_of(self, "act/deducted") > 0 || best_of(self, "act/measure") > 0;

    if (seller == 0 && !imposed && category_is(self, "order.")
        && (best_of(self, "act/buyer") > 0 || best_of(self, "act/account-service") > 0))
        return true;
    int buyer = apd_weighing_score(self, "address/buyer")->sum;
    if (!imposed && buyer > 0 && best_of(self, "address/own") == 0
        && best_of(self, "act/demand") == 0 && category_is(self, "order."))
        return true;
    return buyer > seller;
}

/* A letter to the seller himself from who says he owns a right, or from a court's side. */
static bool
is_rights_letter(const ApdWeighing *self)
{
    bool speaks =
        best_of(self, "speaker/rights-holder") > 0
        || ((best_of(self, "act/demand") > 0 || category_is(self, "ip.tro")) && against(self) == 0);

    bool addressed = best_of(self, "address/seller") > 0 || best_of(self, "address/own") > 0;
    return category_is(self, "ip.") && addressed && speaks
           && (best_of(self, "act/rights-complaint") > 0 || best_of(self, "act/court-order") > 0);
}

static bool
is_violation_kind(const ApdWeighing *self)
{
    ApdKind kind = best_kind(self);
    return kind == APD_KIND_PENALTY || kind == APD_KIND_COMPLAINT || kind == APD_KIND_NONE;
}

/* Whether anything was done to the store or is asked of it. */
static bool
is_acted_on(const ApdWeighing *self)
{
    static const char *const acts[] = {
        "act/deducted",         "act/measure",        "act/demand", "act/upheld",
        "act/rights-complaint", "act/counter-notice", "act/fix"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(acts); i++)
        if (best_of(self, acts[i]) > 0)
            return true;
    return false;
}

/* Whether it is a notice at all.  @matter: what speaks for one. */
static bool
is_notice(const ApdWeighing *self, int matter)
{
    const ApdOrigin *origin = self->input->origin;

    if (origin->speaker == APD_SPEAKER_MARKETING || origin->speaker == APD_SPEAKER_MARKETPLACE)
        return false;
    if (self->input->text->is_reply)
        return false;
    if (origin->speaker == APD_SPEAKER_STRANGER ? !is_rights_letter(self) : is_to_buyer(self))
        return false;
    bool concerns = concerns_store(self);
    int contrary = against(self);
    if (!concerns && contrary > 0 && is_violation_kind(self))
        matter = matter * 2 / 3;
    /* A lesson, an offer or a purchase that touches the subject is no matter of this store. */
    if (!concerns && contrary >= 100 && (contrary >= matter || !is_acted_on(self)))
        return false;
    /* Words of penalties from the platform about this store are a notice whatever they mean. */
    if (concerns && contrary == 0 && best_of(self, "act/finding") >= 60)
        return true;
    return matter >= 60
           && matter + (concerns ? self->category_score : self->category_score / 3) > contrary;
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
             && (best_of(self, "category/account.freeze") > 0
                 || best_of(self, "category/account.closure") > 0))
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
    int n = apd_matcher_n_signals(apd_rules_matcher(input->rules)), decided;
    g_autofree ApdScore *scores = g_new0(ApdScore, n + 1);
    ApdWeighing self = { .input = input, .scores = scores, .n = n, .category_signal = -1 };

    apd_weighing_fill(&self);
    self.concrete = apd_weighing_has_reference(input);
    self.stated = has_stated_type(input);
    prefer_threshold(&self);
    prefer_cause(&self);
    ApdOutcome outcome = best_outcome(&self, &decided);
    bool is_decision = decided > 60 && decided > self.kinds[best_kind(&self)];
    adjust_kinds(&self);
    ApdKind kind = is_decision ? APD_KIND_DECISION : best_kind(&self);
    if (input->origin->speaker == APD_SPEAKER_STRANGER)
        kind = APD_KIND_COMPLAINT;
    int matter = MAX(MAX(decided, self.kinds[best_kind(&self)]), violation_score(&self));
    if (kind == APD_KIND_NONE)
        kind = APD_KIND_PENALTY;
    if (!is_notice(&self, matter))
        return;

    verdict->kind = kind;
    verdict->outcome = kind == APD_KIND_DECISION ? outcome : APD_OUTCOME_NONE;
    verdict->category = g_strdup(kind == APD_KIND_POLICY ? "policy.change"
                                 : self.category         ? self.category
                                                         : "unknown");
    set_severity(&self, verdict);
    explain(&self, verdict);
}
