#include "logic/classify_weigh.h"

#include <string.h>

static const int zone_factors[APD_N_ZONES] = {
    [APD_ZONE_SUBJECT] = 150, [APD_ZONE_HEADING] = 130, [APD_ZONE_LABEL] = 60,
    [APD_ZONE_VALUE] = 110,   [APD_ZONE_BODY] = 100,    [APD_ZONE_ITEM] = 90,
    [APD_ZONE_BUTTON] = 70,   [APD_ZONE_FOOTER] = 0,
};

/* Segments, of more than a greeting's length, that an answer has come to its matter after. */
#define EARLY 3

/* Signals that change what others in their segment mean. */
typedef struct {
    int negation, hypothetical, future, example, third, tariff, offer, own_appeal;
    int point, total, deducted, measure, reversed, warn, fix, threatened;
} Modifiers;

/* A segment and what is said of everything in it. */
typedef struct {
    guint first, n; /* its hits */
    int factor;     /* percent; 0: it does not count */
    int supposed;   /* from this byte on all is only supposed; G_MAXINT: nothing is */
    int future;     /* where the first word of the future stands; G_MAXINT: nowhere */
    bool others;    /* of an example or of somebody else */
    bool tariff;    /* of what each violation costs */
    bool scale;     /* of what so many points lead to */
} Clause;

typedef struct {
    ApdWeighing *weighing;
    Modifiers mods;
    Clause clause;
    bool *near_appeal; /* owned, by segment: an appeal that was made is spoken of here or beside it;
                          NULL: nowhere */
} Weigher;

static bool
has_signal(const ApdInput *input, int segment, const char *name)
{
    int signal = apd_matcher_find(apd_rules_matcher(input->rules), name);
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; signal >= 0 && i < first + n; i++)
        if (g_array_index(input->hits, ApdHit, i).signal == signal)
            return true;
    return false;
}

int
apd_classify_factor(const ApdInput *input, int segment)
{
    const ApdSegment *at = apd_text_at(input->text, (guint) segment);

    if (at->depth > 0 && !input->text->is_forward)
        return 0;
    if (at->zone != APD_ZONE_SUBJECT && has_signal(input, segment, "zone/footer"))
        return 0;
    return zone_factors[at->zone];
}

static Modifiers
find_modifiers(const ApdMatcher *matcher)
{
    return (Modifiers){ apd_matcher_find(matcher, "mod/negation"),
                        apd_matcher_find(matcher, "mod/hypothetical"),
                        apd_matcher_find(matcher, "mod/future"),
                        apd_matcher_find(matcher, "mod/example"),
                        apd_matcher_find(matcher, "mod/third"),
                        apd_matcher_find(matcher, "mod/tariff"),
                        apd_matcher_find(matcher, "act/appeal-offer"),
                        apd_matcher_find(matcher, "mod/own-appeal"),
                        apd_matcher_find(matcher, "points/word"),
                        apd_matcher_find(matcher, "points/total"),
                        apd_matcher_find(matcher, "act/deducted"),
                        apd_matcher_find(matcher, "act/measure"),
                        apd_matcher_find(matcher, "act/reversed"),
                        apd_matcher_find(matcher, "act/warn"),
                        apd_matcher_find(matcher, "act/fix"),
                        apd_matcher_find(matcher, "act/threatened") };
}

static const ApdHit *
hit_at(const Weigher *self, guint i)
{
    return &g_array_index(self->weighing->input->hits, ApdHit, i);
}

/* "12 points: ...", as lines of a scale begin. */
static bool
is_step(const ApdInput *input, int segment)
{
    if (segment < 0 || (guint) segment >= input->text->segments->len)
        return false;

    const char *p = apd_text_at(input->text, (guint) segment)->folded;
    size_t digits = strspn(p, "0123456789.");
    size_t word = strcspn(p + digits, ":=>");
    return digits > 0 && digits < 5 && word > 0 && word < 24 && p[digits + word] != '\0'
           && memchr(p + digits, ',', word) == NULL;
}

/* One step alone may be what was done; two are a scale. */
static bool
is_scale(const ApdInput *input, int segment)
{
    return is_step(input, segment) && (is_step(input, segment - 1) || is_step(input, segment + 1));
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
                      false,    false };
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
        points += hit->signal == mods->point;
    }
    if (is_question(self->weighing->input, segment))
        clause.supposed = 0;
    clause.scale = points > 0 && (points > 2 || is_scale(self->weighing->input, segment));
    self->clause = clause;
}

/* Whether "not" or its like stands right before @hit, in the same part of the sentence. */
static bool
is_negated(const Weigher *self, const ApdHit *hit)
{
    const ApdSegment *segment = apd_text_at(self->weighing->input->text, (guint) hit->segment);
    int end = -1;

    for (guint i = 0; i < self->clause.n; i++) {
        const ApdHit *other = hit_at(self, self->clause.first + i);
        if (other->start >= hit->start)
            break;
        if (other->signal == self->mods.negation)
            end = other->end;
    }
    if (end < 0)
        return false;
    return end > hit->start
           || (hit->start - end <= 12
               && memchr(segment->folded + end, ',', (size_t) (hit->start - end)) == NULL);
}

/* The value of "Violation type: ..." says it outright. */
static bool
is_stated_type(const Weigher *self, const ApdHit *hit)
{
    const ApdInput *input = self->weighing->input;
    int pair = apd_text_at(input->text, (guint) hit->segment)->pair;

    return pair >= 0 && has_signal(input, pair, "label/violation");
}

/* Whether a longer hit of another signal covers @hit, and it is of @type. */
static bool
is_inside(const Weigher *self, const ApdHit *hit, const char *type)
{
    const ApdRules *rules = self->weighing->input->rules;

    for (guint i = 0; i < self->clause.n; i++) {
        const ApdHit *other = hit_at(self, self->clause.first + i);
        if (other->signal != hit->signal && other->start <= hit->start && other->end >= hit->end
            && other->end - other->start > hit->end - hit->start
            && strcmp(apd_rules_signal(rules, other->signal)->type, type) == 0)
            return true;
    }
    return false;
}

/* An appeal that is only offered is none that was made. */
static bool
is_offered(const Weigher *self, const ApdHit *hit)
{
    for (guint i = 0; i < self->clause.n; i++) {
        const ApdHit *other = hit_at(self, self->clause.first + i);
        if (other->signal == self->mods.offer && other->start <= hit->start
            && other->end >= hit->end && other->end - other->start > hit->end - hit->start)
            return true;
    }
    return false;
}

/* "The deduction was taken back" deducts nothing. */
static bool
is_taken_back(const Weigher *self, const ApdHit *hit)
{
    if (hit->signal != self->mods.deducted && hit->signal != self->mods.measure)
        return false;
    for (guint i = 0; i < self->clause.n; i++) {
        const ApdHit *other = hit_at(self, self->clause.first + i);
        if (other->signal == self->mods.reversed && other->start < hit->end
            && other->end > hit->start)
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
    for (guint i = 0; i < self->clause.n; i++) {
        const ApdHit *other = hit_at(self, self->clause.first + i);
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
    if (self->clause.tariff || self->clause.scale)
        return false;
    for (guint i = 0; i < self->clause.n; i++) {
        const ApdHit *other = hit_at(self, self->clause.first + i);
        if (other->signal == self->mods.total && other->start < hit->end
            && other->end + 8 >= hit->start)
            return false;
    }
    return true;
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
    if (answer && (self->near_appeal == NULL || !self->near_appeal[hit->segment]))
        return;
    /* Part of the name of something else. */
    if ((category || answer) && is_inside(self, hit, "category"))
        return;
    if (is_taken_back(self, hit))
        return;
    if (category && is_stated_type(self, hit))
        points *= 2;
    if ((act || category) && self->clause.others)
        points /= 3;
    if (act && !is_fact(self, hit, info, points, score))
        return;
    if (is_done(self, hit))
        score->firm = MAX(score->firm, points);
    score->leads |= apd_text_at(input->text, (guint) hit->segment)->zone == APD_ZONE_SUBJECT;
    add_to_score(score, hit, points, answer);
}

const ApdScore *
apd_weighing_score(const ApdWeighing *self, const char *name)
{
    static const ApdScore nothing = { 0 };
    int signal = apd_matcher_find(apd_rules_matcher(self->input->rules), name);

    return signal < 0 ? &nothing : &self->scores[signal];
}

/* An answer begins with what it answers; further down it is told how one may appeal. */
static bool
is_late(const ApdInput *input, int segment)
{
    int before = 0;

    for (int i = 0; i < segment; i++) {
        const ApdSegment *at = apd_text_at(input->text, (guint) i);
        before += at->depth == apd_text_at(input->text, (guint) segment)->depth && at->n > 12
                  && apd_classify_factor(input, i) > 0;
    }
    return before > EARLY;
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
    for (guint i = 0; i < segments->len; i++)
        self->near_appeal[i] |= score->leads || ABS((int) i - hit->segment) <= 1;
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
    weigh_all(&weigher, weigh_hit, -1);
    g_free(weigher.near_appeal);
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

bool
apd_weighing_has(const ApdInput *input, int segment, const char *name)
{
    return has_signal(input, segment, name);
}

/* Whether a number that can be a reference stands in the first @n bytes. */
static bool
has_number(const char *text, size_t n)
{
    int digits = 0, marks = 0;

    for (size_t i = 0; i < n && text[i] != '\0'; i++) {
        digits += g_ascii_isdigit(text[i]);
        marks += text[i] == '-' || g_ascii_isalpha(text[i]);
        if (text[i] == ' ' || text[i] == ',') {
            if (digits >= 6 || (digits >= 3 && marks > 0))
                return true;
            digits = marks = 0;
        }
    }
    return digits >= 6 || (digits >= 3 && marks > 0);
}

/* Sixteen digits in a row: an order or a product, whatever stands beside it. */
static bool
has_long_number(const ApdSegment *segment)
{
    size_t digits = 0;

    for (size_t i = 0; i <= segment->n; i++) {
        if (digits == 16 && !g_ascii_isalnum(segment->folded[i]))
            return true;
        digits = g_ascii_isdigit(segment->folded[i]) ? digits + 1 : 0;
    }
    return false;
}

/* "Deduction: 2" */
static bool
is_points_pair(const ApdInput *input, const ApdSegment *segment)
{
    static const char *const others[] = { "points/total", "points/threshold", "points/tariff" };
    const char *digit = strpbrk(segment->folded, "123456789");

    if (segment->pair < 0 || digit == NULL || segment->n > 40
        || !apd_weighing_has(input, segment->pair, "points/label"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (apd_weighing_has(input, segment->pair, others[i]))
            return false;
    return true;
}

/* "12 points, and the function is closed": a sentence that begins with them. */
static bool
is_points_sentence(const ApdInput *input, int segment)
{
    static const char *const others[] = { "points/total", "points/threshold", "points/tariff",
                                          "mod/tariff",   "mod/hypothetical", "act/warn" };
    const char *p = apd_text_at(input->text, (guint) segment)->folded;
    size_t digits = strspn(p, "0123456789.");

    if (digits == 0 || digits > 4 || strspn(p, "0.") == digits || is_scale(input, segment)
        || !apd_weighing_has(input, segment, "points/word"))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (apd_weighing_has(input, segment, others[i]))
            return false;
    return strncmp(p + digits, " p", 2) == 0 || (unsigned char) p[digits + 1] >= 0x80;
}

bool
apd_weighing_has_points(const ApdInput *input)
{
    for (guint i = 0; i < input->text->segments->len; i++)
        if ((is_points_pair(input, apd_text_at(input->text, i))
             || is_points_sentence(input, (int) i))
            && apd_classify_factor(input, (int) i) > 0)
            return true;
    return false;
}

bool
apd_weighing_has_reference(const ApdInput *input)
{
    static const char *const names[] = { "ref/case", "ref/number", "ref/order", "ref/product" };

    for (guint i = 0; i < input->hits->len; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const char *name = apd_matcher_name(apd_rules_matcher(input->rules), hit->signal);
        const ApdSegment *segment = apd_text_at(input->text, (guint) hit->segment);
        if (!g_str_has_prefix(name, "ref/") || apd_classify_factor(input, hit->segment) == 0)
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
            if (strcmp(name, names[k]) == 0 && has_number(segment->folded + hit->end, 30))
                return true;
    }
    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        if (has_long_number(segment) && apd_classify_factor(input, (int) i) > 0)
            return true;
        if (segment->pair < 0 || !has_number(segment->folded, segment->n))
            continue;
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
            if (apd_weighing_has(input, segment->pair, names[k]))
                return true;
    }
    return false;
}
