#include "io/ini.h"

#include <string.h>

#include "base/error.h"

static void
log_section(const char *section, int line, void *user_data)
{
    g_string_append_printf(user_data, "%d[%s] ", line, section);
}

static void
log_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    g_string_append_printf(user_data, "%d%s.%s=<%s> ", line, section, key, value);
}

static const ApdIniEvents events = { log_section, log_entry };

/* clang-format off */
static const struct {
    const char *what, *text, *events, *problems;
} rows[] = {
    { "nothing", "", "", "" },
    { "plain", "[a]\nk = v\n", "1[a] 2a.k=<v> ", "" },
    { "byte order mark, CRLF, no last newline", "\xef\xbb\xbf[a]\r\nk=v", "1[a] 2a.k=<v> ", "" },
    { "comments are whole lines", "; x\n# y\n[a]\nurl = https://x/?a=1 ;b=2#frag\n",
      "3[a] 4a.url=<https://x/?a=1 ;b=2#frag> ", "" },
    { "indented lines are lines", "[a]\n  k = v\n\t l = w\n", "1[a] 2a.k=<v> 3a.l=<w> ", "" },
    { "before a section, repeated, empty", "k=\n[a]\nk=1\nk=2\n[a]\n",
      "1.k=<> 2[a] 3a.k=<1> 4a.k=<2> 5[a] ", "" },
    { "all mistakes", "[a\nwhat\n=5\n[]\n[b]\nk=\xff\nx=1\n",
      "5[b] 7b.x=<1> ",
      "f:1: a section needs ']' at the end of its line\n"
      "f:2: neither a [section] nor key = value\n"
      "f:3: '' is no name of a key (1 to 49 bytes without [ ] = : ; #)\n"
      "f:4: '' is no name of a section (1 to 49 bytes without [ ] = : ; #)\n"
      "f:6: not UTF-8\n" },
    { "names that inih would cut", "[0123456789012345678901234567890123456789012345678]\nk=1\n"
      "[01234567890123456789012345678901234567890123456789]\n",
      "1[0123456789012345678901234567890123456789012345678] "
      "20123456789012345678901234567890123456789012345678.k=<1> ",
      "f:3: '01234567890123456789012345678901234567890123456789' is no name of a section "
      "(1 to 49 bytes without [ ] = : ; #)\n" },
};
/* clang-format on */

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) log = g_string_new(NULL);
        g_autoptr(GString) problems = g_string_new(NULL);

        g_test_message("%s", rows[i].what);
        bool good =
            apd_ini_read_text("f", rows[i].text, strlen(rows[i].text), &events, log, problems);
        g_assert_cmpstr(log->str, ==, rows[i].events);
        g_assert_cmpstr(problems->str, ==, rows[i].problems);
        g_assert_cmpint(good, ==, *rows[i].problems == '\0');
    }
}

static void
test_long_value(void)
{
    g_autofree char *value = g_strnfill(100000, 'x');
    g_autofree char *text = g_strdup_printf("[a]\nk = %s\n", value);
    g_autofree char *expected = g_strdup_printf("1[a] 2a.k=<%s> ", value);
    g_autoptr(GString) log = g_string_new(NULL);
    g_autoptr(GString) problems = g_string_new(NULL);

    g_assert_true(apd_ini_read_text("f", text, strlen(text), &events, log, problems));
    g_assert_cmpstr(log->str, ==, expected);
}

static void
test_missing_file(void)
{
    g_autoptr(GString) log = g_string_new(NULL);
    g_autoptr(GString) problems = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(apd_ini_conclude(problems, &error));
    g_assert_no_error(error);
    g_assert_false(apd_ini_read("/nonexistent/x.conf", &events, log, problems));
    g_assert_false(apd_ini_conclude(problems, &error));
    g_assert_error(error, APD_ERROR, APD_ERROR_CONFIG);
    g_assert_nonnull(strstr(error->message, "/nonexistent/x.conf"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ini/rows", test_rows);
    g_test_add_func("/ini/long-value", test_long_value);
    g_test_add_func("/ini/missing-file", test_missing_file);
    return g_test_run();
}
