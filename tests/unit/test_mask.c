#include <glib.h>

#include "base/mask.h"

#define URL                                                                                        \
    "https://chat.example/v1/spaces/AAAA/messages?key=AIza-0123456789&token=tok_abcdefghij%3D"

/* clang-format off */
static const struct { const char *secret, *text, *wanted; } rows[] = {
    { "planted-secret", "no planted-secret, no",     "no ***, no" },
    { "planted-secret", "planted-secretplanted-secret", "******" },
    { "planted-secret", "cut at planted-s\xe2\x80\xa6: mend it", "cut at ***\xe2\x80\xa6: mend it" },
    { "planted-secret", "cut at pla\xe2\x80\xa6",  "cut at pla\xe2\x80\xa6" },
    { "abc",            "abc",                       "abc" },
    { NULL,             "abc",                       "abc" },
    { URL,              "bad " URL,                  "bad ***" },
    { URL,              "bad /v1/spaces/AAAA/messages?key=AIza-0123456789 at chat.example", "bad /v1/spaces/AAAA/messages?key=*** at chat.example" },
    { URL,              "token tok_abcdefg\xe2\x80\xa6", "token ***\xe2\x80\xa6" },
};
/* clang-format on */

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup(rows[i].text);

        if (g_strcmp0(rows[i].secret, URL) == 0)
            apd_mask_url(&text, rows[i].secret);
        else
            apd_mask(&text, rows[i].secret);
        g_assert_cmpstr(text, ==, rows[i].wanted);
    }
}

static void
test_no_text(void)
{
    char *text = NULL;

    apd_mask(&text, "planted-secret");
    apd_mask_url(&text, URL);
    g_assert_null(text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mask/rows", test_rows);
    g_test_add_func("/mask/no-text", test_no_text);
    return g_test_run();
}
