#include "logic/classify_weigh.h"

#include <string.h>

/* Segments, of more than a greeting's length, that an answer has come to its matter after. */
#define EARLY 3

/* Percent of weight between two categories. */
#define MUCH_MORE 45

/* Hits before and behind one that are looked at with it: a hostile text has thousands. */
#define AROUND 48

/* Labels and values that are beside one. */
#define NEAR_PAIRS 3

/* Bytes between "not" and what it denies. */
#define NEAR 20

/* Bytes of a label beside the word that it is. */
#define MARKS 3

/* Signals that change what others in their segment mean. */
typedef struct {
    int negation, hypothetical, future, example, third, tariff, pending, offer, own_appeal,
        appeal_label;
    int point, total, deducted, measure, reversed, upheld, warn, fix, threatened;
} Modifiers;

/* A segment and what is said of everything in it. */
typedef struct {
    guint first, n; /* its hits */
    int factor;     /* percent; 0: it does not count */
    int supposed;   /* from this byte on all is only supposed; G_MAXINT: nothing is */
    int future;     /* where the first word of the future stands; G_MAXINT: nowhere */
    bool others;    /* of an example or of somebody else */
    bool tariff;    /* of what each violation costs */
    bool pending;   /* of what holds until it is decided */
    bool scale;     /* of what so many points lead to */
    bool question;  /* asks whom it may concern */
    bool number;    /* holds one, in digits or words */
} Clause;

typedef struct {
    ApdWeighing *weighing;
    Modifiers mods;
    Clause clause;
    guint from, to;    /* the hits around the one being weighed that may change what it says */
    bool *near_appeal; /* owned, by segment: an appeal that was made is spoken of here or beside it;
                          NULL: nowhere */
} Weigher;

static Modifiers
find_modifiers(const ApdMatcher *matcher)
{
    return (Modifiers){
        apd_matcher_find(matcher, "mod/negation"),   apd_matcher_find(matcher, "mod/hypothetical"),
        apd_matcher_find(matcher, "mod/future"),     apd_matcher_find(matcher, "mod/example"),
        apd_matcher_find(matcher, "mod/third"),      apd_matcher_find(matcher, "mod/tariff"),
        apd_matcher_find(matcher, "mod/pending"),    apd_matcher_find(matcher, "act/appeal-offer"),
        apd_matcher_find(matcher, "mod/own-appeal"), apd_matcher_find(matcher, "mod/appeal-label"),
        apd_matcher_find(matcher, "points/word"),    apd_matcher_find(matcher, "points/total"),
        apd_matcher_find(matcher, "act/deducted"),   apd_matcher_find(matcher, "act/measure"),
        apd_matcher_find(matcher, "act/reversed"),   apd_matcher_find(matcher, "act/upheld"),
        apd_matcher_find(matcher, "act/warn"),       apd_matcher_find(matcher, "act/fix"),
        apd_matcher_find(matcher, "act/threatened")
    };
}

static const ApdHit *
hit_at(const Weigher *self, guint i)
{
    return &g_array_index(self->weighing->input->hits, ApdHit, i);
}

/* "Store frozen?" asks whom it may concern. */
static bool
is_question(const ApdInput *input, int segment)
{
    const ApdSegment *at = apd_text_at(input->text, (guint) segment);
    const char *mark = strrchr(at->folded, '?');

    if (mark == NULL || mark == at->folded || (mark[1] != '\0' && mark[1] != ' '))
        return false;
    return at->zone == APD_ZONE_SUBJECT || strspn(mark, "? !\")'") == strlen(mark);
}

static void
enter_clause(Weigher *self, int segment)
{
    const Modifiers *mods = &self->mods;
    Clause clause = { 0,        0,        apd_classify_factor(self->weighing->input, segment),
                      G_MAXINT, G_MAXINT, false,
                      false,    false,    false };
    int points = 0;

    clause.first = apd_hits_of_segment(self->weighing->input->hits, segment, &clause.n);
    for (guint i = 0; i < clause.n; i++) {
        const ApdHit *hit = hit_at(self, clause.first + i);
        if (hit->signal == mods->hypothetical)
            clause.supposed = MIN(clause.supposed, hit->start);
        else if (hit->signal == mods->future)
            clause.future = MIN(clause.future, hit->start);
        else if (hit->signal == mods->example || hit->signal == mods->third)
            clause.others = true;
        else if (hit->signal == mods->tariff)
            clause.tariff = true;
        else if (hit->signal == mods->pending)
            clause.pending = true;
        else if (strcmp(apd_rules_signal(self->weighing->input->rules, hit->signal)->type, "number")
                 == 0)
            clause.number = true;
        points += hit->signal == mods->point;
    }
    clause.question = is_question(self->weighing->input, segment);
    clause.number |=
        strpbrk(apd_text_at(self->weighing->input->text, (guint) segment)->folded, "0123456789")
        != NULL;
    clause.scale = points > 2 || apd_weighing_is_scale(self->weighing->input, segment);
    self->clause = clause;
}

/* Korean denies behind the verb: "...ji anh-". */
static bool
is_denied_behind(const Weigher *self, const ApdHit *hit, const char *folded)
{
    static const char ending[] = "지";
    int n = (int) sizeof ending - 1;

    if (hit->end - hit->start < n || memcmp(folded + hit->end - n, ending, (size_t) n) != 0)
        return false;
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->signal == self->mods.negation && other->start >= hit->end
            && other->start <= hit->end + 1)
            return true;
    }
    return false;
}

/* Whether "not" or its like stands right before @hit, in the same part of the sentence. */
static bool
is_negated(const Weigher *self, const ApdHit *hit)
{
    const ApdSegment *segment = apd_text_at(self->weighing->input->text, (guint) hit->segment);
    int end = -1;

    if (is_denied_behind(self, hit, segment->folded))
        return true;
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->start >= hit->start)
            break;
        if (other->signal == self->mods.negation)
            end = other->end;
    }
    if (end < 0)
        return false;
    return end > hit->start
           || (hit->start - end <= NEAR
               && memchr(segment->folded + end, ',', (size_t) (hit->start - end)) == NULL);
}

/* Whether a longer hit of another signal covers @hit, and it is of @type.  A name that weighs
 * much more than what happens to span it stands for itself. */
static bool
is_inside(const Weigher *self, const ApdHit *hit, const char *type)
{
    const ApdRules *rules = self->weighing->input->rules;
    bool peer = strcmp(apd_rules_signal(rules, hit->signal)->type, type) == 0;

    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (peer && hit->weight >= other->weight + MUCH_MORE)
            continue;
        if (other->signal != hit->signal && other->start <= hit->start && other->end >= hit->end
            && other->end - other->start > hit->end - hit->start
            && strcmp(apd_rules_signal(rules, other->signal)->type, type) == 0)
            return true;
    }
    return false;
}

/* "No appeal was filed by 12 January": with "not" in it, or right before it. */
static bool
is_missed(const Weigher *self, const ApdHit *hit)
{
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->signal == self->mods.negation && other->end <= hit->end
            && other->end + NEAR >= hit->start)
            return true;
    }
    return false;
}

/* An appeal that is only offered is none that was made. */
static bool
is_offered(const Weigher *self, const ApdHit *hit)
{
    if (is_missed(self, hit))
        return false;
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->signal == self->mods.offer && other->start <= hit->start
            && other->end >= hit->end && other->end - other->start > hit->end - hit->start)
            return true;
    }
    return false;
}

/* "The deduction was taken back" deducts nothing, "the time to appeal is over" offers none. */
static bool
is_taken_back(const Weigher *self, const ApdHit *hit)
{
    bool offer = hit->signal == self->mods.offer;
    int taken_back = offer ? self->mods.upheld : self->mods.reversed;

    if (!offer && hit->signal != self->mods.deducted && hit->signal != self->mods.measure)
        return false;
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->signal == taken_back && other->start < hit->end && other->end > hit->start)
            return true;
    }
    return false;
}

/* @each: every hit counts, not each segment once. */
static void
add_to_score(ApdScore *score, const ApdHit *hit, int points, bool each)
{
    bool again = score->count > 0 && score->segment == hit->segment;

    if (points > score->best) {
        score->best = points;
        score->segment = hit->segment;
        score->start = hit->start;
        score->end = hit->end;
    }
    if (!again || each)
        score->sum += score->count == 0 ? points : points / 2;
    score->count += !again;
}

/* Whether what @hit tells is a fact.  Keeps in @score what is only denied or supposed. */
static bool
is_fact(const Weigher *self, const ApdHit *hit, const ApdSignalInfo *info, int points,
        ApdScore *score)
{
    bool answers = strcmp(info->type, "answer") == 0;

    if (strcmp(info->name, "nothing-imposed") != 0 && hit->signal != self->mods.own_appeal
        && is_negated(self, hit)) {
        score->denied = MAX(score->denied, points);
        return false;
    }
    bool future =
        hit->end > self->clause.future && (answers || hit->signal == self->mods.own_appeal);
    if (hit->start >= self->clause.supposed || future) {
        score->maybe = MAX(score->maybe, points);
        return false;
    }
    return true;
}

/* "2 more until the freeze" warns of it, "remove the pictures" asks for it. */
static bool
is_part_of_warning(const Weigher *self, const ApdHit *hit)
{
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if ((other->signal == self->mods.warn || other->signal == self->mods.fix
             || other->signal == self->mods.threatened)
            && other->start <= hit->start && other->end >= hit->end)
            return true;
    }
    return false;
}

/* "2 points were deducted", and no total, no scale, no price list. */
static bool
is_done(const Weigher *self, const ApdHit *hit)
{
    if (hit->end > self->clause.future)
        return false;
    if (hit->signal == self->mods.measure)
        return !self->clause.scale && !is_part_of_warning(self, hit);
    if (hit->signal != self->mods.deducted)
        return true;
    if (self->clause.tariff || self->clause.scale || !self->clause.number)
        return false;
    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->signal == self->mods.total && other->start < hit->end
            && other->end + 8 >= hit->start)
            return false;
    }
    return true;
}

static bool
is_violation(const ApdSignalInfo *info)
{
    return strcmp(info->type, "category") == 0
           && (g_str_has_prefix(info->name, "trade.") || g_str_has_prefix(info->name, "info."));
}

/* Whether @hit is a part of what names an appeal that was made, or a violation: "your request
 * for review", "parcels handed over late". */
static bool
is_of_matter(const Weigher *self, const ApdHit *hit)
{
    const ApdRules *rules = self->weighing->input->rules;

    for (guint i = self->from; i < self->to; i++) {
        const ApdHit *other = hit_at(self, i);
        if (other->start <= hit->start && other->end >= hit->end
            && other->end - other->start > hit->end - hit->start
            && (other->signal == self->mods.own_appeal
                || is_violation(apd_rules_signal(rules, other->signal))))
            return true;
    }
    return false;
}

/* Whether it tells how an appeal ended. */
static bool
is_settled(const ApdSignalInfo *info)
{
    return strcmp(info->name, "upheld") == 0 || strcmp(info->name, "reversed") == 0;
}

static void
weigh_hit(Weigher *self, const ApdHit *hit)
{
    const ApdInput *input = self->weighing->input;
    const ApdSignalInfo *info = apd_rules_signal(input->rules, hit->signal);
    ApdScore *score = &self->weighing->scores[hit->signal];
    bool category = strcmp(info->type, "category") == 0;
    bool answer = strcmp(info->type, "answer") == 0;
    bool act = answer || strcmp(info->type, "act") == 0;
    int points = hit->weight * self->clause.factor / 100;

    if (points == 0 || hit->signal == self->mods.own_appeal)
        return;
    if (strcmp(info->type, "label") == 0 && !apd_weighing_is_label(input, hit))
        return;
    if (answer && (self->near_appeal == NULL || !self->near_appeal[hit->segment]))
        return;
    /* Part of the name of something else. */
    if ((category || answer) && is_inside(self, hit, "category"))
        return;
    if (act && info->kind == APD_KIND_NONE && is_of_matter(self, hit))
        return;
    if (category && apd_weighing_is_itself_label(input, hit))
        return;
    if (is_taken_back(self, hit) || (act && self->clause.question))
        return;
    /* "Until then the points stay": nothing is decided yet. */
    if (self->clause.pending && (act || answer) && is_settled(info))
        return;
    if (category && self->clause.question)
        points /= 2;
    if (category && self->clause.scale)
        points /= 4;
    /* "Penalty points" without a number are spoken of, not taken. */
    if (hit->signal == self->mods.deducted && !self->clause.number)
        points /= 3;
    if (category && apd_weighing_is_stated_type(input, hit->segment))
        points *= 2;
    if ((act || category) && self->clause.others)
        points /= 3;
    if (act && !is_fact(self, hit, info, points, score))
        return;
    bool done = is_done(self, hit);
    bool subject = apd_text_at(input->text, (guint) hit->segment)->zone == APD_ZONE_SUBJECT;
    if (done)
        score->firm = MAX(score->firm, points);
    score->leads |= subject && (done || hit->signal != self->mods.measure);
    add_to_score(score, hit, points, answer);
}

const ApdScore *
apd_weighing_score(const ApdWeighing *self, const char *name)
{
    static const ApdScore nothing = { 0 };
    int signal = apd_matcher_find(apd_rules_matcher(self->input->rules), name);

    return signal < 0 ? &nothing : &self->scores[signal];
}

bool
apd_weighing_tells(const ApdWeighing *self, unsigned what)
{
    for (int i = 0; i < self->n; i++)
        if (self->scores[i].best + self->scores[i].maybe > 0
            && (apd_rules_signal(self->input->rules, i)->tells & what) != 0)
            return true;
    return false;
}

/* An answer begins with what it answers; further down it is told how one may appeal. */
static bool
is_late(const ApdInput *input, int segment)
{
    int before = 0, depth = apd_text_at(input->text, (guint) segment)->depth;

    for (int i = 0; i < segment && before <= EARLY; i++) {
        const ApdSegment *at = apd_text_at(input->text, (guint) i);
        before += at->depth == depth && at->n > 12 && apd_classify_factor(input, i) > 0;
    }
    return before > EARLY;
}

/* "Appeal: AP-33190" */
static void
weigh_appeal_label(Weigher *self, const ApdHit *hit)
{
    const ApdText *text = self->weighing->input->text;
    int signal = self->mods.own_appeal;

    if (self->clause.factor == 0
        || (size_t) (hit->end - hit->start) + MARKS < apd_text_at(text, (guint) hit->segment)->n
        || !apd_weighing_labels_reference(self->weighing->input, hit->segment))
        return;
    add_to_score(&self->weighing->scores[signal], hit, 100, false);
    if (self->near_appeal == NULL)
        self->near_appeal = g_new0(bool, text->segments->len);
    memset(self->near_appeal, true, text->segments->len * sizeof *self->near_appeal);
}

/* Words of an appeal that was made.  The segment, its neighbours, and all of a message whose
 * subject says so, are near it. */
static void
weigh_appeal(Weigher *self, const ApdHit *hit)
{
    const GArray *segments = self->weighing->input->text->segments;
    const ApdSegment *segment = &g_array_index(segments, ApdSegment, (guint) hit->segment);
    const ApdSignalInfo *info = apd_rules_signal(self->weighing->input->rules, hit->signal);
    ApdScore *score = &self->weighing->scores[hit->signal];
    int points = hit->weight * self->clause.factor / 100;

    if (points == 0 || segment->zone == APD_ZONE_BUTTON || is_offered(self, hit)
        || is_late(self->weighing->input, hit->segment) || !is_fact(self, hit, info, points, score))
        return;
    add_to_score(score, hit, points, false);
    score->leads |= segment->zone == APD_ZONE_SUBJECT;
    if (self->near_appeal == NULL)
        self->near_appeal = g_new0(bool, segments->len);
    int last = (int) segments->len - 1, at = hit->segment;
    int reach = segment->pair >= 0 || segment->zone == APD_ZONE_LABEL ? NEAR_PAIRS : 1;
    for (int i = MAX(at - reach, 0); i <= MIN(at + reach, last); i++)
        self->near_appeal[i] = true;
    if (segment->zone == APD_ZONE_SUBJECT)
        memset(self->near_appeal, true, segments->len * sizeof *self->near_appeal);
}

static void
weigh_all(Weigher *self, void (*weigh)(Weigher *, const ApdHit *), int only)
{
    const GArray *hits = self->weighing->input->hits;
    int segment = -1;

    for (guint i = 0; i < hits->len; i++) {
        const ApdHit *hit = hit_at(self, i);
        if (only >= 0 && hit->signal != only)
            continue;
        if (hit->segment != segment)
            enter_clause(self, hit->segment);
        segment = hit->segment;
        self->from = MAX(self->clause.first, i - MIN(i, AROUND));
        self->to = MIN(self->clause.first + self->clause.n, i + AROUND);
        weigh(self, hit);
    }
}

void
apd_weighing_fill(ApdWeighing *self)
{
    Weigher weigher = { .weighing = self,
                        .mods = find_modifiers(apd_rules_matcher(self->input->rules)) };

    if (weigher.mods.own_appeal >= 0)
        weigh_all(&weigher, weigh_appeal, weigher.mods.own_appeal);
    if (weigher.mods.own_appeal >= 0 && weigher.mods.appeal_label >= 0)
        weigh_all(&weigher, weigh_appeal_label, weigher.mods.appeal_label);
    weigh_all(&weigher, weigh_hit, -1);
    g_free(weigher.near_appeal);
    int most = 0;
    self->category_signal = -1;
    for (int i = 0; i < self->n; i++) {
        int points = MIN(self->scores[i].sum, 2 * self->scores[i].best);
        if (points > most
            && strcmp(apd_rules_signal(self->input->rules, i)->type, "category") == 0) {
            most = points;
            self->category_signal = i;
        }
    }
}
