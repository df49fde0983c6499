#include "logic/classify_weigh.h"

#include <string.h>

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

/* "will be frozen", not "is frozen": the word stands before it, or after, or in it. */
static bool
is_future(const ApdInput *input, const ApdHit *hit)
{
    return has_signal(input, hit->segment, "mod/future", hit->end, NULL);
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
weigh_hit(ApdWeighing *self, const ApdHit *hit)
{
    const ApdSignalInfo *info = apd_rules_signal(self->input->rules, hit->signal);
    ApdScore *score = &self->scores[hit->signal];
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
    if (!is_future(self->input, hit))
        score->firm = MAX(score->firm, points);
    score->leads |= apd_text_at(self->input->text, (guint) hit->segment)->zone == APD_ZONE_SUBJECT;
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

const ApdScore *
apd_weighing_score(const ApdWeighing *self, const char *name)
{
    static const ApdScore nothing = { 0 };
    int signal = apd_matcher_find(apd_rules_matcher(self->input->rules), name);

    return signal < 0 ? &nothing : &self->scores[signal];
}

void
apd_weighing_fill(ApdWeighing *self)
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

bool
apd_weighing_has(const ApdInput *input, int segment, const char *name)
{
    return has_signal(input, segment, name, G_MAXINT, NULL);
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
        if (digits == 16 && !apd_text_is_word_byte(segment->folded[i]))
            return true;
        digits = g_ascii_isdigit(segment->folded[i]) ? digits + 1 : 0;
    }
    return false;
}

bool
apd_weighing_has_reference(const ApdInput *input)
{
    static const char *const names[] = { "ref/case", "ref/order", "ref/product" };

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
