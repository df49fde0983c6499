#include "logic/envelope.h"

#include <glib.h>
#include <string.h>

/* clang-format off */
static const struct { const char *message, *said; } rows[] = {
    { "From: Notice <a@b.example>\nTo: x\nSubject: Look at this\nDate: Mon, 12 Jan 2026 09:00:00 +0800\n\nbody",
      "From: Notice <a@b.example>\nSubject: Look at this\nDate: Mon, 12 Jan 2026 09:00:00 +0800" },
    { "SUBJECT:folded\r\n  over\r\n\tlines\r\nfrom:\r\n x@y\r\n\r\nDate: in the body", "From: x@y\nSubject: folded over lines" },
    { "Subject: =?UTF-8?B?5aSE572a6YCa55+l?= =?utf-8?q?_=C3=A9t=C3=A9?=\n\n", "Subject: 处罚通知 été" },
    { "Subject: Re: =?utf-8?Q?a?= and =?us-ascii?Q?b?=!\n\n", "Subject: Re: a and b!" },
    { "Subject: =?gb18030?B?tKa3ow==?= 7\n\n", "Subject: \xe2\x80\xa6 7" },
    { "Subject: =?utf-8?Q?cut =?utf-8 =? =?x?\n\n", "Subject: =?utf-8?Q?cut =?utf-8 =? =?x?" },
    { "Subject: =?utf-8?Q?=00=1B[31m=0AFrom:_forged=?=\n\n", "Subject: =00[31m From: forged=" },
    { "Subject: \x1b]0;title\x07 \xe2\x80\xaegnp.exe \xff\n\n", "Subject: ]0;title gnp.exe \xef\xbf\xbd" },
    { "Subject: one\nSubject: two\n\n", "Subject: one" },
    { "Subjects: no\n\n", "" },
    { "\nSubject: in the body\n", "" },
    { "Subject:\n\n", "" },
    { "Subject", "" },
    { "", "" },
};
/* clang-format on */

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *said = apd_envelope_describe(rows[i].message, strlen(rows[i].message));
        g_assert_cmpstr(said, ==, rows[i].said);
    }
}

static void
test_bounds(void)
{
    g_autofree char *long_line = g_strnfill(3 * 1024 * 1024, 'x');
    g_autofree char *message = g_strconcat("Subject: ", long_line, "\nFrom: too late\n\n", NULL);
    g_autofree char *said = apd_envelope_describe(message, strlen(message));

    g_assert_cmpuint(strlen(said), <=, strlen("Subject: ") + 200);
    g_assert_cmpuint(strlen(said), >, 190);
}

/* Any bytes at all: valid text of at most three lines. */
static void
test_random(void)
{
    static const char *const bits[] = { "=?",  "?=",       "utf-8?", "Q?",   "B?",     "\n",
                                        "\n ", "Subject:", "=E5",    "5aSE", "From: ", "\r",
                                        "?",   "=",        "\xe5",   "Date:" };

    for (int round = 0; round < 20000; round++) {
        GString *message = g_string_new(NULL);
        for (int i = g_test_rand_int_range(0, 30); i > 0; i--)
            g_string_append(message, bits[g_test_rand_int_range(0, G_N_ELEMENTS(bits))]);
        g_autofree char *said = apd_envelope_describe(message->str, message->len);
        g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
        g_assert_true(g_utf8_validate(said, -1, NULL));
        g_assert_cmpuint(g_strv_length(lines), <=, 3);
        g_string_free(message, TRUE);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/envelope/rows", test_rows);
    g_test_add_func("/envelope/bounds", test_bounds);
    g_test_add_func("/envelope/random", test_random);
    return g_test_run();
}
