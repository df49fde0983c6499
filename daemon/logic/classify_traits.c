#include <string.h>

#include "logic/classify_weigh.h"

/* Segments of a message that is as long as any. */
#define LONG 60

static void
add(GArray *traits, guint number, int value)
{
    ApdTrait trait = { number, value };

    if (value > 0)
        g_array_append_val(traits, trait);
}

static void
add_wholes(const ApdWeighing *weighing, GArray *traits)
{
    const ApdInput *input = weighing->input;
    int values[APD_N_WHOLES] = {
        [APD_WHOLE_STRANGER] = 100 * (input->origin->speaker == APD_SPEAKER_STRANGER),
        [APD_WHOLE_PLATFORM] = 100 * (input->origin->speaker == APD_SPEAKER_PLATFORM),
        [APD_WHOLE_REPLY] = 100 * input->text->is_reply,
        [APD_WHOLE_FORWARD] = 100 * input->text->is_forward,
        [APD_WHOLE_BULK] = 100 * input->document->is_bulk,
        [APD_WHOLE_LIST] = 100 * (input->document->list_id != NULL),
        [APD_WHOLE_REFERENCE] = 100 * apd_weighing_has_reference(input),
        [APD_WHOLE_POINTS] = 100 * apd_weighing_has_points(input),
        [APD_WHOLE_SUM] = 100 * apd_weighing_adds_up(input),
        [APD_WHOLE_LINK] = 100 * (input->origin->call != NULL),
        [APD_WHOLE_NO_ACT] = 100 * !apd_weighing_tells(weighing, APD_TELLS_ACT),
        [APD_WHOLE_LENGTH] = (int) (100 * MIN(input->text->segments->len, LONG) / LONG),
    };

    for (guint i = 0; i < APD_N_WHOLES; i++)
        add(traits, i, values[i]);
}

static void
add_aspects(const ApdWeighing *weighing, int signal, GArray *traits)
{
    const ApdScore *score = &weighing->scores[signal];
    int values[APD_N_ASPECTS] = {
        [APD_ASPECT_BEST] = MIN(score->best, 200),
        [APD_ASPECT_SUM] = MIN(score->sum, 400) / 2,
        [APD_ASPECT_SUBJECT] = 100 * score->leads,
        [APD_ASPECT_FIRM] = MIN(score->firm, 150),
        [APD_ASPECT_MAYBE] = 100 * (score->maybe > 0),
        [APD_ASPECT_DENIED] = 100 * (score->denied > 0),
        [APD_ASPECT_FIRST] = 100 * (weighing->category_signal == signal),
    };

    for (guint i = 0; i < APD_N_ASPECTS; i++)
        add(traits, apd_trait_number(signal, (ApdAspect) i), values[i]);
}

GArray *
apd_classify_traits(const ApdWeighing *weighing)
{
    static const char *const unweighed[] = { "language", "number", "zone", NULL };
    GArray *traits = g_array_new(FALSE, FALSE, sizeof(ApdTrait));

    add_wholes(weighing, traits);
    for (int i = 0; i < weighing->n; i++) {
        const ApdScore *score = &weighing->scores[i];
        if (score->best + score->maybe + score->denied > 0
            && !g_strv_contains(unweighed, apd_rules_signal(weighing->input->rules, i)->type))
            add_aspects(weighing, i, traits);
    }
    return traits;
}
