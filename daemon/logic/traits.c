#include "logic/traits.h"

#include <string.h>

/* How a signal is there. */
typedef enum {
    ASPECT_BEST,
    ASPECT_SUM,
    ASPECT_SUBJECT,
    ASPECT_FIRM,
    ASPECT_MAYBE,
    ASPECT_DENIED,
    ASPECT_FIRST, /* of a category: no other is there as strongly */
    N_ASPECTS,
} Aspect;

static const char *const aspect_names[N_ASPECTS] = {
    [ASPECT_BEST] = "",         [ASPECT_SUM] = " +sum",     [ASPECT_SUBJECT] = " +subject",
    [ASPECT_FIRM] = " +firm",   [ASPECT_MAYBE] = " +maybe", [ASPECT_DENIED] = " +denied",
    [ASPECT_FIRST] = " +first",
};

typedef enum {
    WHOLE_STRANGER,
    WHOLE_PLATFORM,
    WHOLE_REPLY,
    WHOLE_FORWARD,
    WHOLE_BULK,
    WHOLE_LIST,
    WHOLE_REFERENCE, /* a case, an order or a product is named by its number */
    WHOLE_POINTS,    /* a label says how many points it costs */
    WHOLE_SUM,       /* points came to a sum that has consequences */
    WHOLE_LINK,      /* leads to the platform */
    WHOLE_LENGTH,
    N_WHOLES,
} Whole;

static const char *const whole_names[N_WHOLES] = {
    [WHOLE_STRANGER] = "message stranger",
    [WHOLE_PLATFORM] = "message platform",
    [WHOLE_REPLY] = "message reply",
    [WHOLE_FORWARD] = "message forward",
    [WHOLE_BULK] = "message bulk",
    [WHOLE_LIST] = "message list",
    [WHOLE_REFERENCE] = "message reference",
    [WHOLE_POINTS] = "message points",
    [WHOLE_SUM] = "message sum",
    [WHOLE_LINK] = "message link",
    [WHOLE_LENGTH] = "message length",
};

/* Segments of a message that is as long as any. */
#define LONG 60

guint
apd_traits_count(const ApdMatcher *matcher)
{
    return N_WHOLES + (guint) apd_matcher_n_signals(matcher) * N_ASPECTS;
}

char *
apd_trait_name(const ApdMatcher *matcher, guint number)
{
    if (number < N_WHOLES)
        return g_strdup(whole_names[number]);

    return g_strconcat(apd_matcher_name(matcher, apd_trait_signal(number)),
                       aspect_names[(number - N_WHOLES) % N_ASPECTS], NULL);
}

int
apd_trait_signal(guint number)
{
    return number < N_WHOLES ? -1 : (int) ((number - N_WHOLES) / N_ASPECTS);
}

bool
apd_trait_find(const ApdMatcher *matcher, const char *name, guint *ret_number)
{
    size_t n = strcspn(name, " ");
    g_autofree char *signal_name = g_strndup(name, n);
    int signal = apd_matcher_find(matcher, signal_name);

    for (guint i = 0; i < N_WHOLES; i++)
        if (strcmp(whole_names[i], name) == 0) {
            *ret_number = i;
            return true;
        }
    for (guint i = 0; signal >= 0 && i < N_ASPECTS; i++)
        if (strcmp(aspect_names[i], name + n) == 0) {
            *ret_number = N_WHOLES + (guint) signal * N_ASPECTS + i;
            return true;
        }
    return false;
}

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
    int values[N_WHOLES] = {
        [WHOLE_STRANGER] = 100 * (input->origin->speaker == APD_SPEAKER_STRANGER),
        [WHOLE_PLATFORM] = 100 * (input->origin->speaker == APD_SPEAKER_PLATFORM),
        [WHOLE_REPLY] = 100 * input->text->is_reply,
        [WHOLE_FORWARD] = 100 * input->text->is_forward,
        [WHOLE_BULK] = 100 * input->document->is_bulk,
        [WHOLE_LIST] = 100 * (input->document->list_id != NULL),
        [WHOLE_REFERENCE] = 100 * apd_weighing_has_reference(input),
        [WHOLE_POINTS] = 100 * apd_weighing_has_points(input),
        [WHOLE_SUM] = 100 * apd_weighing_adds_up(input),
        [WHOLE_LINK] = 100 * (input->origin->call != NULL),
        [WHOLE_LENGTH] = (int) (100 * MIN(input->text->segments->len, LONG) / LONG),
    };

    for (guint i = 0; i < N_WHOLES; i++)
        add(traits, i, values[i]);
}

static void
add_aspects(const ApdWeighing *weighing, int signal, GArray *traits)
{
    const ApdScore *score = &weighing->scores[signal];
    int values[N_ASPECTS] = {
        [ASPECT_BEST] = MIN(score->best, 200),
        [ASPECT_SUM] = MIN(score->sum, 400) / 2,
        [ASPECT_SUBJECT] = 100 * score->leads,
        [ASPECT_FIRM] = MIN(score->firm, 150),
        [ASPECT_MAYBE] = 100 * (score->maybe > 0),
        [ASPECT_DENIED] = 100 * (score->denied > 0),
        [ASPECT_FIRST] = 100 * (weighing->category_signal == signal),
    };

    for (guint i = 0; i < N_ASPECTS; i++)
        add(traits, N_WHOLES + (guint) signal * N_ASPECTS + i, values[i]);
}

GArray *
apd_traits_find(const ApdWeighing *weighing)
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
