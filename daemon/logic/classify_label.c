/* Labels, and what stands beside them. */
#include <string.h>

#include "logic/classify_weigh.h"
#include "logic/extract_token.h"

/* Those that weigh less label other things as well. */
#define SURE 100

/* Bytes of a label beside the word that it is. */
#define MARKS 3

/* Returns: the first segment that @segment labels; NULL: it labels none. */
static const ApdSegment *
value_of(const ApdInput *input, int segment)
{
    guint value = (guint) segment + 1;

    if (value >= input->text->segments->len || apd_text_at(input->text, value)->pair != segment)
        return NULL;
    return apd_text_at(input->text, value);
}

static bool
labels_category(const ApdInput *input, int segment)
{
    guint n, first = apd_hits_of_segment(input->hits, segment + 1, &n);

    if (value_of(input, segment) == NULL)
        return false;
    for (guint i = first; i < first + n; i++) {
        int signal = g_array_index(input->hits, ApdHit, i).signal;
        if (strcmp(apd_rules_signal(input->rules, signal)->type, "category") == 0)
            return true;
    }
    return false;
}

static int
violation_signal(const ApdInput *input)
{
    return apd_matcher_find(apd_rules_matcher(input->rules), "label/violation");
}

static bool
is_all_of_segment(const ApdInput *input, const ApdHit *hit)
{
    return (size_t) (hit->end - hit->start) + MARKS
           >= apd_text_at(input->text, (guint) hit->segment)->n;
}

/* "Violation type", or "Type" and nothing beside it. */
static bool
is_violation_label(const ApdInput *input, const ApdHit *hit)
{
    return apd_text_at(input->text, (guint) hit->segment)->zone == APD_ZONE_LABEL
           && (hit->weight >= SURE || is_all_of_segment(input, hit));
}

bool
apd_weighing_is_label(const ApdInput *input, const ApdHit *hit)
{
    if (hit->signal != violation_signal(input))
        return apd_text_at(input->text, (guint) hit->segment)->zone == APD_ZONE_LABEL;
    return is_violation_label(input, hit)
           && (hit->weight >= SURE || labels_category(input, hit->segment));
}

bool
apd_weighing_states_violation(const ApdInput *input, int segment)
{
    int violation = violation_signal(input);
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == violation && hit->weight >= SURE)
            return labels_category(input, segment);
    }
    return false;
}

bool
apd_weighing_is_stated_type(const ApdInput *input, int segment)
{
    int violation = violation_signal(input), pair = apd_text_at(input->text, (guint) segment)->pair;
    guint n = 0, first = pair >= 0 ? apd_hits_of_segment(input->hits, pair, &n) : 0;

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == violation && is_violation_label(input, hit))
            return true;
    }
    return false;
}

bool
apd_weighing_is_itself_label(const ApdInput *input, const ApdHit *hit)
{
    int violation = violation_signal(input);
    guint n, first = apd_hits_of_segment(input->hits, hit->segment, &n);

    const ApdSegment *segment = apd_text_at(input->text, (guint) hit->segment);
    bool line = segment->zone == APD_ZONE_BODY && segment->pair < 0;

    if (segment->zone != APD_ZONE_LABEL && !line)
        return false;
    for (guint i = first; i < first + n; i++) {
        const ApdHit *other = &g_array_index(input->hits, ApdHit, i);
        if (other->signal == violation && other->start == hit->start && other->end == hit->end
            && (is_violation_label(input, other) || (line && is_all_of_segment(input, other))))
            return true;
    }
    return false;
}

bool
apd_weighing_labels_number(const ApdInput *input, int segment)
{
    const ApdSegment *value = value_of(input, segment);

    return value != NULL && strpbrk(value->folded, "0123456789") != NULL;
}

bool
apd_weighing_labels_reference(const ApdInput *input, int segment)
{
    const ApdSegment *value = value_of(input, segment);
    size_t i = 0;
    ApdToken token;

    if (apd_text_at(input->text, (guint) segment)->zone != APD_ZONE_LABEL || value == NULL
        || !apd_token_next(value->folded, value->n, &i, &token) || token.start > 2)
        return false;
    g_autofree char *text = g_strndup(value->folded + token.start, token.end - token.start);
    return apd_token_is_reference(text, &token);
}
