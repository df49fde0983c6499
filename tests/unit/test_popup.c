#include <string.h>

#include "logic/popup.h"

#define NOW (20000 * APD_DAY)

/* One row: time left; what is worded, and the pause until the popup changes. */
/* clang-format off */
static const struct {
    const char *what;
    ApdTime left, worded, pause;
} rows[] = {
    { "far off: steps of six hours", 8 * APD_DAY + 7 * APD_HOUR,  8 * APD_DAY + 6 * APD_HOUR, APD_HOUR },
    { "within three days: hours",    53 * APD_HOUR + APD_MINUTE,  53 * APD_HOUR,              APD_MINUTE },
    { "three days to the dot",       3 * APD_DAY,                 3 * APD_DAY,                0 },
    { "an hour and a bit",           APD_HOUR + APD_SECOND,       APD_HOUR,                   APD_SECOND },
    { "the last hour: ten minutes",  59 * APD_MINUTE,             50 * APD_MINUTE,            9 * APD_MINUTE },
    { "the last ten: five",          9 * APD_MINUTE,              5 * APD_MINUTE,             4 * APD_MINUTE },
    { "the last five: no more",      200 * APD_SECOND,            3 * APD_MINUTE,             200 * APD_SECOND - 1 },
    { "the last minute",             30 * APD_SECOND,             30 * APD_SECOND,            30 * APD_SECOND - 1 },
};
/* clang-format on */

static void
test_counts_in_steps(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdTime deadline = NOW + rows[i].left;

        g_test_message("%s", rows[i].what);
        g_assert_cmpint(deadline - apd_popup_worded_at(deadline, NOW), ==, rows[i].worded);
        g_assert_cmpint(apd_popup_next(deadline, NOW), ==, NOW + rows[i].pause + 1);
    }
}

static void
test_nothing_to_count(void)
{
    g_assert_cmpint(apd_popup_worded_at(APD_NEVER, NOW), ==, NOW);
    g_assert_cmpint(apd_popup_next(APD_NEVER, NOW), ==, APD_NEVER);
    g_assert_cmpint(apd_popup_worded_at(NOW - 1, NOW), ==, NOW);
    g_assert_cmpint(apd_popup_next(NOW - 1, NOW), ==, APD_NEVER);
}

/* From twenty days on to the end: what is shown is never more than what is
 * left, and the popup changes a bounded number of times. */
static void
test_never_more_than_is_left(void)
{
    ApdTime deadline = NOW + 20 * APD_DAY;
    int changes = 0;

    for (ApdTime now = NOW, next; (next = apd_popup_next(deadline, now)) != APD_NEVER; now = next) {
        ApdTime shown = deadline - apd_popup_worded_at(deadline, now);
        g_assert_cmpint(next, >, now);
        if (deadline - now > 5 * APD_MINUTE)
            g_assert_cmpint(shown, <=, deadline - next + 1);
        changes++;
    }
    g_assert_cmpint(changes, <, 160);
}

static ApdPhrases *
phrases_new(void)
{
    ApdPhrases *phrases = apd_phrases_new("en");

    apd_phrases_set(phrases, "facts", "deadline", "Deadline");
    apd_phrases_set(phrases, "facts", "left", "Time left");
    apd_phrases_set(phrases, "desktop", "commands", "appealctl ack {id}");
    apd_phrases_set(phrases, "desktop", "click", "Click");
    return phrases;
}

static void
free_fact(void *data)
{
    ApdFact *fact = data;

    g_free(fact->label);
    g_free(fact->value);
    g_free(fact);
}

static void
add_fact(ApdWording *wording, const char *label, const char *value)
{
    ApdFact *fact = g_new0(ApdFact, 1);

    fact->label = g_strdup(label);
    fact->value = g_strdup(value);
    g_ptr_array_add(wording->facts, fact);
}

static ApdWording *
wording_new(void)
{
    ApdWording *wording = g_new0(ApdWording, 1);

    wording->title = g_strdup("2 d left");
    wording->body = g_strdup("Answer it.");
    wording->footer = g_strdup("appeald, case #7");
    wording->facts = g_ptr_array_new_with_free_func(free_fact);
    add_fact(wording, "Subject", "<b>a</b> & b");
    add_fact(wording, "Time left", "2 d");
    add_fact(wording, "Deadline", "Monday");
    return wording;
}

static void
test_body(void)
{
    g_autoptr(ApdPhrases) phrases = phrases_new();
    g_autoptr(ApdWording) wording = wording_new();
    const ApdPopupServer rich = { true, true }, plain = { false, false };

    g_autofree char *fine = apd_popup_body(phrases, wording, &rich, 7);
    g_assert_cmpstr(fine, ==,
                    "<b>Deadline:</b> Monday\nAnswer it.\n"
                    "<b>Subject:</b> &lt;b&gt;a&lt;/b&gt; &amp; b\nappeald, case #7");

    const ApdPopupServer narrow = { true, true, true };
    g_autofree char *page = apd_popup_body(phrases, wording, &narrow, 7);
    g_assert_null(strstr(page, "Click")); /* there is none */
    wording->url = g_strdup("https://csp.aliexpress.com/");
    g_autofree char *click = apd_popup_body(phrases, wording, &narrow, 7);
    g_assert_true(g_str_has_suffix(click, "\nClick\nappeald, case #7"));

    g_autofree char *poor = apd_popup_body(phrases, wording, &plain, 7);
    g_assert_cmpstr(poor, ==,
                    "Deadline: Monday\nAnswer it.\nSubject: <b>a</b> & b\nappealctl ack 7");
}

static void
test_body_is_bounded(void)
{
    g_autoptr(ApdPhrases) phrases = phrases_new();
    g_autoptr(ApdWording) wording = wording_new();
    g_autofree char *flood = g_strnfill(100000, '&');
    const ApdPopupServer rich = { true, true };

    for (int i = 0; i < 50; i++)
        add_fact(wording, "Flood", flood);

    g_autofree char *body = apd_popup_body(phrases, wording, &rich, 7);
    g_assert_cmpuint(strlen(body), <=, 1600);
    g_assert_true(g_str_has_prefix(body, "<b>Deadline:</b> Monday\nAnswer it."));
    g_assert_true(g_str_has_suffix(body, "case #7"));
}

static void
test_settled(void)
{
    g_assert_false(apd_popup_is_settled(APD_STATE_OPEN, APD_STATE_OPEN));
    g_assert_true(apd_popup_is_settled(APD_STATE_OPEN, APD_STATE_ACKNOWLEDGED));
    g_assert_true(apd_popup_is_settled(APD_STATE_ACKNOWLEDGED, APD_STATE_APPEALED));
    g_assert_false(apd_popup_is_settled(APD_STATE_ACKNOWLEDGED, APD_STATE_ACKNOWLEDGED));
    g_assert_false(apd_popup_is_settled(APD_STATE_LOST, APD_STATE_OPEN));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/popup/counts-in-steps", test_counts_in_steps);
    g_test_add_func("/popup/nothing-to-count", test_nothing_to_count);
    g_test_add_func("/popup/never-more-than-is-left", test_never_more_than_is_left);
    g_test_add_func("/popup/body", test_body);
    g_test_add_func("/popup/body-is-bounded", test_body_is_bounded);
    g_test_add_func("/popup/settled", test_settled);
    return g_test_run();
}
