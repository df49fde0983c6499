#include "logic/classify.h"

#include <string.h>

/* What is known of one signal in this message. */
typedef struct {
    int best;                /* of its hits: weight of phrase, of section and of zone, percent */
    int sum;                 /* all hits, each further segment counting less */
    int count;               /* segments it stands in */
    int maybe;               /* best of those that are only supposed ("if", "otherwise") */
    int segment, start, end; /* of the best hit */
} Score;

typedef struct {
    const ApdInput *input;
    Score *scores; /* owned: by signal */
    int n;
    int kinds[APD_N_KINDS];
    const char *category;
    int category_score;
    int category_signal;
} Weighing;

static const int zone_factors[APD_N_ZONES] = {
    [APD_ZONE_SUBJECT] = 150, [APD_ZONE_HEADING] = 130, [APD_ZONE_LABEL] = 60,
    [APD_ZONE_VALUE] = 110,   [APD_ZONE_BODY] = 100,    [APD_ZONE_ITEM] = 90,
    [APD_ZONE_BUTTON] = 70,   [APD_ZONE_FOOTER] = 0,
};

static bool
has_signal(const ApdInput *input, int segment, const char *name, int before, int *ret_end)
{
    int signal = apd_matcher_find(apd_rules_matcher(input->rules), name);
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    bool found = false;

    for (guint i = first; signal >= 0 && i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal != signal || hit->start >= before)
            continue;
        found = true;
        if (ret_end != NULL)
            *ret_end = hit->end;
    }
    return found;
}

int
apd_classify_factor(const ApdInput *input, int segment)
{
    const ApdSegment *at = apd_text_at(input->text, (guint) segment);

    if (at->depth > 0 && !input->text->is_forward)
        return 0;
    if (at->zone != APD_ZONE_SUBJECT && has_signal(input, segment, "zone/footer", G_MAXINT, NULL))
        return 0;
    return zone_factors[at->zone];
}

/* Whether "not" or its like stands right before @hit, in the same clause. */
static bool
is_negated(const ApdInput *input, const ApdHit *hit)
{
    const ApdSegment *segment = apd_text_at(input->text, (guint) hit->segment);
    int end;

    if (!has_signal(input, hit->segment, "mod/negation", hit->start, &end))
        return false;
    if (end > hit->start)
        return true;
    return hit->start - end <= 12
           && memchr(segment->folded + end, ',', (size_t) (hit->start - end)) == NULL;
}

static bool
is_supposed(const ApdInput *input, const ApdHit *hit)
{
    return has_signal(input, hit->segment, "mod/hypothetical", hit->start + 1, NULL);
}

static bool
is_about_others(const ApdInput *input, const ApdHit *hit)
{
    return has_signal(input, hit->segment, "mod/example", G_MAXINT, NULL)
           || has_signal(input, hit->segment, "mod/third", G_MAXINT, NULL);
}

/* The value of "Violation type: ..." says it outright. */
static bool
is_stated_type(const ApdInput *input, const ApdHit *hit)
{
    int pair = apd_text_at(input->text, (guint) hit->segment)->pair;

    return pair >= 0 && has_signal(input, pair, "label/violation", G_MAXINT, NULL);
}

/* A category hit inside a longer one of another category is part of its name. */
static bool
is_inside_other(const ApdInput *input, const ApdHit *hit, const char *type)
{
    guint n, first = apd_hits_of_segment(input->hits, hit->segment, &n);

    for (guint i = first; i < first + n; i++) {
        const ApdHit *other = &g_array_index(input->hits, ApdHit, i);
        if (other->signal != hit->signal && other->start <= hit->start && other->end >= hit->end
            && other->end - other->start > hit->end - hit->start
            && apd_rules_signal(input->rules, other->signal)->type == type)
            return true;
    }
    return false;
}

static void
weigh_hit(Weighing *self, const ApdHit *hit)
{
    const ApdSignalInfo *info = apd_rules_signal(self->input->rules, hit->signal);
    Score *score = &self->scores[hit->signal];
    bool category = strcmp(info->type, "category") == 0;
    bool act = strcmp(info->type, "act") == 0;
    int points = hit->weight * apd_classify_factor(self->input, hit->segment) / 100;

    if (points == 0)
        return;
    if (category && is_inside_other(self->input, hit, info->type))
        return;
    if (category && is_stated_type(self->input, hit))
        points *= 2;
    if (act || category) {
        if (is_about_others(self->input, hit))
            points /= 3;
        if (act && strcmp(info->name, "nothing-imposed") != 0 && is_negated(self->input, hit))
            return;
        if (act && is_supposed(self->input, hit)) {
            score->maybe = MAX(score->maybe, points);
            return;
        }
    }
    bool again = score->count > 0 && score->segment == hit->segment;
    if (points > score->best) {
        score->best = points;
        score->segment = hit->segment;
        score->start = hit->start;
        score->end = hit->end;
    }
    if (!again)
        score->sum += score->count == 0 ? points : points / 2;
    score->count += !again;
}

static const Score *
score_of(const Weighing *self, const char *name)
{
    static const Score nothing = { 0 };
    int signal = apd_matcher_find(apd_rules_matcher(self->input->rules), name);

    return signal < 0 ? &nothing : &self->scores[signal];
}

static int
best_of(const Weighing *self, const char *name)
{
    return score_of(self, name)->best;
}

static void
weigh(Weighing *self)
{
    const GArray *hits = self->input->hits;

    for (guint i = 0; i < hits->len; i++)
        weigh_hit(self, &g_array_index(hits, ApdHit, i));
    for (int i = 0; i < self->n; i++) {
        const ApdSignalInfo *info = apd_rules_signal(self->input->rules, i);
        int points = MIN(self->scores[i].sum, 2 * self->scores[i].best);
        if (strcmp(info->type, "act") == 0 && info->kind != APD_KIND_NONE
            && info->kind != APD_KIND_DECISION)
            self->kinds[info->kind] += points * info->weight / 100;
        if (strcmp(info->type, "category") == 0 && points > self->category_score) {
            self->category_score = points;
            self->category = info->name;
            self->category_signal = i;
        }
    }
}

static bool
category_is(const Weighing *self, const char *prefix)
{
    return self->category != NULL && g_str_has_prefix(self->category, prefix);
}

/* Consequences of a violation give way to the violation itself. */
static void
prefer_cause(Weighing *self)
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
best_outcome(const Weighing *self, int *ret_score)
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
is_in_subject(const Weighing *self, int signal)
{
    if (signal < 0 || self->scores[signal].count == 0)
        return false;
    return apd_text_at(self->input->text, (guint) self->scores[signal].segment)->zone
           == APD_ZONE_SUBJECT;
}

static void
adjust_kinds(Weighing *self)
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
    if (category_is(self, "points.threshold") && !imposed)
        kinds[APD_KIND_WARNING] += 100;
    if (category_is(self, "policy.change"))
        kinds[APD_KIND_POLICY] += 100;
    int policy = apd_matcher_find(apd_rules_matcher(self->input->rules), "act/policy");
    if (is_in_subject(self, policy))
        kinds[APD_KIND_POLICY] += 150;
    else if (imposed)
        kinds[APD_KIND_POLICY] /= 2;
    if (best_of(self, "act/counter-notice") == 0 && imposed)
        kinds[APD_KIND_COMPLAINT] = kinds[APD_KIND_COMPLAINT] * 2 / 3;
}

static ApdKind
best_kind(const Weighing *self)
{
    ApdKind best = APD_KIND_NONE;

    for (unsigned i = APD_KIND_NONE + 1; i < APD_N_KINDS; i++)
        if (self->kinds[i] > self->kinds[best])
            best = (ApdKind) i;
    return best;
}

/* What speaks against a notice, all together. */
static int
against(const Weighing *self)
{
    static const char *const names[] = { "act/promotion",       "act/education",
                                         "act/service-offer",   "act/buyer",
                                         "act/account-service", "act/press" };
    int sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        sum += MIN(score_of(self, names[i])->sum, 300);
    return sum;
}

/* Goods or behaviour against the rules: such a category named by the platform is a matter
 * even where no verb says so. */
static int
violation_score(const Weighing *self)
{
    if (category_is(self, "trade.") || category_is(self, "info.") || category_is(self, "ip.")
        || category_is(self, "prohibited") || category_is(self, "compliance")
        || category_is(self, "account.freeze") || category_is(self, "account.closure"))
        return self->category_score / 2;
    return 0;
}

/* Written to a buyer about his purchase, by a platform that writes to both. */
static bool
is_to_buyer(const Weighing *self)
{
    int seller = score_of(self, "address/seller")->sum;
    bool imposed = best_of(self, "act/deducted") > 0 || best_of(self, "act/measure") > 0;

    if (seller == 0 && !imposed && category_is(self, "order.")
        && (best_of(self, "act/buyer") > 0 || best_of(self, "act/account-service") > 0))
        return true;
    return score_of(self, "address/buyer")->sum > seller;
}

/* A letter to the seller himself from who says he owns a right, or from a court's side. */
static bool
is_rights_letter(const Weighing *self)
{
    bool speaks =
        best_of(self, "speaker/rights-holder") > 0
        || ((best_of(self, "act/demand") > 0 || category_is(self, "ip.tro")) && against(self) == 0);

    return category_is(self, "ip.") && best_of(self, "address/seller") > 0 && speaks
           && (best_of(self, "act/rights-complaint") > 0 || best_of(self, "act/court-order") > 0);
}

/* Whether it is a notice at all.  @matter: what speaks for one. */
static bool
is_notice(const Weighing *self, int matter)
{
    const ApdOrigin *origin = self->input->origin;

    if (origin->speaker == APD_SPEAKER_MARKETING || origin->speaker == APD_SPEAKER_MARKETPLACE)
        return false;
    if (self->input->text->is_reply)
        return false;
    if (origin->speaker == APD_SPEAKER_STRANGER ? !is_rights_letter(self) : is_to_buyer(self))
        return false;
    return matter >= 60 && matter + self->category_score > against(self);
}

static void
set_severity(const Weighing *self, ApdVerdict *verdict)
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
add_evidence(const Weighing *self, ApdVerdict *verdict, const char *what, int signal)
{
    const Score *score = &self->scores[signal];

    if (score->count == 0)
        return;
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) score->segment);
    apd_verdict_add_evidence(verdict, what, segment->shown);
}

static void
explain(const Weighing *self, ApdVerdict *verdict)
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
    g_autofree Score *scores = g_new0(Score, n + 1);
    Weighing self = { .input = input, .scores = scores, .n = n, .category_signal = -1 };

    weigh(&self);
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
