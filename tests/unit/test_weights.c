/* Learnt weights: how they are written, and what they make of what a message bears. */
#include <string.h>

#include "base/error.h"
#include "logic/rules.h"
#include "logic/traits.h"
#include "logic/weights.h"

static const struct {
    const char *section, *key, *value;
} lines[] = {
    { "act finding", "phrase", "was found" },
    { "category a.b", "phrase", "parcel" },
    { "weights kind", "always", "none 1000, penalty -500" },
    { "weights kind", "act/finding", "penalty 2000" },
    { "weights kind", "act/finding +subject", "penalty 300, none -1" },
    { "weights kind", "message reply", "none 9000" },
    { "weights kind", "act/nobody-knows", "none 700" },
    { "weights category", "category/a.b +first", "a.b 10" },
};

static ApdRules *
make_rules(void)
{
    g_autoptr(GError) error = NULL;
    ApdRules *rules = apd_rules_new();

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        apd_rules_add(rules, lines[i].section, lines[i].key, lines[i].value, &error);
        g_assert_no_error(error);
    }
    apd_rules_finish(rules, &error);
    g_assert_no_error(error);
    return rules;
}

static gint64
sum_for(const ApdRules *rules, const char *answer, const char *trait, int value)
{
    const ApdWeights *weights = apd_rules_weights(rules);
    g_autoptr(GArray) traits = g_array_new(FALSE, FALSE, sizeof(ApdTrait));
    gint64 sums[8];
    ApdTrait one = { 0, value };

    g_assert_cmpuint(apd_weights_n_answers(weights, APD_QUESTION_KIND), <, G_N_ELEMENTS(sums));
    if (trait != NULL) {
        g_assert_true(apd_trait_find(apd_rules_matcher(rules), trait, &one.number));
        g_array_append_val(traits, one);
    }
    apd_weights_sum(weights, APD_QUESTION_KIND, traits, sums);
    for (guint i = 0; i < apd_weights_n_answers(weights, APD_QUESTION_KIND); i++)
        if (strcmp(apd_weights_answer(weights, APD_QUESTION_KIND, i), answer) == 0)
            return sums[i];
    g_assert_not_reached();
}

static void
test_sums(void)
{
    g_autoptr(ApdRules) rules = make_rules();

    g_assert_cmpint(sum_for(rules, "none", NULL, 0), ==, 100000);
    g_assert_cmpint(sum_for(rules, "penalty", "act/finding", 50), ==, -50000 + 100000);
    g_assert_cmpint(sum_for(rules, "penalty", "act/finding +subject", 100), ==, -50000 + 30000);
    g_assert_cmpint(sum_for(rules, "none", "act/finding +subject", 100), ==, 100000 - 100);
    g_assert_cmpint(sum_for(rules, "none", "message reply", 100), ==, 1000000);
    g_assert_cmpint(sum_for(rules, "none", "act/finding +denied", 100), ==, 100000);
    g_assert_true(apd_weights_knows(apd_rules_weights(rules), APD_QUESTION_CATEGORY, "a.b"));
    g_assert_false(apd_weights_knows(apd_rules_weights(rules), APD_QUESTION_CATEGORY, "c.d"));
}

static void
test_names(void)
{
    g_autoptr(ApdRules) rules = make_rules();
    const ApdMatcher *matcher = apd_rules_matcher(rules);

    for (guint i = 0; i < apd_traits_count(matcher); i++) {
        g_autofree char *name = apd_trait_name(matcher, i);
        guint number = G_MAXUINT;
        g_assert_true(apd_trait_find(matcher, name, &number));
        g_assert_cmpuint(number, ==, i);
    }
    guint untouched = 77;
    g_assert_false(apd_trait_find(matcher, "act/finding +loudly", &untouched));
    g_assert_false(apd_trait_find(matcher, "act/nobody-knows", &untouched));
    g_assert_cmpuint(untouched, ==, 77);
}

static void
test_later_line_replaces(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApdRules) rules = apd_rules_new();

    apd_rules_add(rules, "act finding", "phrase", "was found", &error);
    apd_rules_add(rules, "weights kind", "act/finding", "penalty 2000, none -3", &error);
    apd_rules_add(rules, "weights kind", "act/finding", "penalty 10", &error);
    apd_rules_finish(rules, &error);
    g_assert_no_error(error);
    g_assert_cmpint(sum_for(rules, "penalty", "act/finding", 100), ==, 1000);
    g_assert_cmpint(sum_for(rules, "none", "act/finding", 100), ==, 0);
}

static void
test_slips(void)
{
    static const struct {
        const char *section, *value, *told;
    } slips[] = {
        { "weights kinds", "none 1", "'kinds' is no question (kind, category, outcome)" },
        { "weights kind", "none", "'none' is not an answer and its weight" },
        { "weights kind", "none 1,", "'' is not an answer and its weight" },
        { "weights kind", "none much", "'none much' is not an answer" },
        { "weights kind", "none 99999999999999999999", "is not an answer and its weight" },
        { "weights kind", "none 1 2", "'none 1 2' is not an answer" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(slips); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ApdRules) rules = apd_rules_new();
        g_assert_false(apd_rules_add(rules, slips[i].section, "always", slips[i].value, &error));
        g_assert_error(error, APD_ERROR, APD_ERROR_CONFIG);
        g_assert_nonnull(strstr(error->message, slips[i].told));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/weights/sums", test_sums);
    g_test_add_func("/weights/names", test_names);
    g_test_add_func("/weights/later-line-replaces", test_later_line_replaces);
    g_test_add_func("/weights/slips", test_slips);
    return g_test_run();
}
