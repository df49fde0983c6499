#include <glib.h>

#include "base/text.h"

/* clang-format off */
static const struct { const char *text; ApdTime length; const char *back; } durations[] = {
    { "72h",   72 * APD_HOUR,              "3d" },
    { "1h30m", APD_HOUR + 30 * APD_MINUTE, "1h30m" },
    { "2w",    14 * APD_DAY,               "14d" },
    { "90s",   90 * APD_SECOND,            "1m30s" },
    { "0s",    0,                          "0s" },
    { "",      -1, NULL },
    { "5",     -1, NULL },
    { "h",     -1, NULL },
    { "-1h",   -1, NULL },
    { "1h ",   -1, NULL },
    { "99999999999999999999d", -1, NULL },
    { "3661d", -1, NULL },
};

static const struct { const char *text; size_t max; const char *cut; } cuts[] = {
    { "plain",       5, "plain" },
    { "plainer",     6, "pla\xe2\x80\xa6" },
    { "\xe8\xbf\x9d\xe8\xa7\x84\xe9\x80\x9a", 8, "\xe8\xbf\x9d\xe2\x80\xa6" },
    { "abc",         0, "" },
};

static const struct { const char *text, *line; } lines[] = {
    { "two\r\n  lines\t", "two lines" },
    { "esc\x1b[31m",      "esc[31m" },
    { "a\xe2\x80\xae" "b", "ab" },
    { "bad\xff",          "bad\xef\xbf\xbd" },
};
/* clang-format on */

static void
test_durations(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(durations); i++) {
        ApdTime length = -1;

        g_test_message("'%s'", durations[i].text);
        g_assert_true(apd_duration_parse(durations[i].text, &length)
                      == (durations[i].back != NULL));
        g_assert_cmpint(length, ==, durations[i].length);
        if (durations[i].back != NULL) {
            g_autofree char *back = apd_duration_format(length);
            g_assert_cmpstr(back, ==, durations[i].back);
        }
    }
}

static void
test_cuts_between_characters(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_autofree char *cut = apd_text_cut(cuts[i].text, cuts[i].max);
        g_assert_cmpstr(cut, ==, cuts[i].cut);
    }
}

static void
test_lines_are_safe_to_show(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *line = apd_text_line(lines[i].text);
        g_assert_cmpstr(line, ==, lines[i].line);
    }
}

static void
test_nearest(void)
{
    const char *words[] = { "folders", "password-file", "host", NULL };

    g_assert_cmpstr(apd_text_nearest("folder", words), ==, "folders");
    g_assert_cmpstr(apd_text_nearest("pasword-file", words), ==, "password-file");
    g_assert_null(apd_text_nearest("colour", words));
}

static void
test_iso(void)
{
    g_autofree char *epoch = apd_time_iso(0);
    g_assert_cmpstr(epoch, ==, "1970-01-01T00:00:00Z");
    g_assert_null(apd_time_iso(APD_NEVER));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/durations", test_durations);
    g_test_add_func("/text/cuts-between-characters", test_cuts_between_characters);
    g_test_add_func("/text/lines-are-safe-to-show", test_lines_are_safe_to_show);
    g_test_add_func("/text/nearest", test_nearest);
    g_test_add_func("/text/iso", test_iso);
    return g_test_run();
}
