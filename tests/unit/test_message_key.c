#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "logic/message_key.h"

#define HEAD                                                                                       \
    "From: <notice@notice.aliexpress.com>\n"                                                       \
    "Subject: Violation\n"                                                                         \
    "Message-ID: <0123456789abcdef0123456789abcdef>\n"                                             \
    "Date: Mon, 5 Jan 2026 10:00:00 -0800\n"
#define BODY "Your product was removed.\n\nAppeal until 9 January.\n"

static const char original[] = HEAD "\n" BODY;

/* clang-format off */
static const struct {
    const char *what;
    const char *copy;
    bool same;
} rows[] = {
    { "itself", HEAD "\n" BODY, true },
    { "other hops", "Received: from a by b\nAuthentication-Results: mx; dmarc=pass\n"
      HEAD "X-Spam: no\n\n" BODY, true },
    { "network line ends",
      "From: <notice@notice.aliexpress.com>\r\nSubject: Violation\r\n"
      "Message-ID: <0123456789abcdef0123456789abcdef>\r\n"
      "Date: Mon, 5 Jan 2026 10:00:00 -0800\r\n\r\n"
      "Your product was removed.\r\n\r\nAppeal until 9 January.\r\n", true },
    { "folded, in another order",
      "Date: Mon, 5 Jan 2026\n 10:00:00 -0800\nMESSAGE-ID:\n\t<0123456789abcdef0123456789abcdef>\n"
      "From: <notice@notice.aliexpress.com>\nSubject:  Violation \n\n" BODY, true },
    { "more blank lines at the end", HEAD "\n" BODY "\n\n\r\n", true },
    { "another body, same Message-ID", HEAD "\nYour product was restored.\n", false },
    { "a paragraph joined", HEAD "\nYour product was removed.\nAppeal until 9 January.\n", false },
    { "another Message-ID",
      "From: <notice@notice.aliexpress.com>\nSubject: Violation\nMessage-ID: <x>\n"
      "Date: Mon, 5 Jan 2026 10:00:00 -0800\n\n" BODY, false },
    { "a later date",
      "From: <notice@notice.aliexpress.com>\nSubject: Violation\n"
      "Message-ID: <0123456789abcdef0123456789abcdef>\n"
      "Date: Mon, 5 Jan 2026 10:00:01 -0800\n\n" BODY, false },
    { "no header at all", "\n" BODY, false },
    { "empty", "", false },
};
/* clang-format on */

static void
test_rows(void)
{
    g_autofree char *wanted = apd_message_key(original, strlen(original));

    g_assert_cmpuint(strlen(wanted), ==, 64);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *key = apd_message_key(rows[i].copy, strlen(rows[i].copy));
        g_test_message("%s", rows[i].what);
        g_assert_true(g_str_equal(key, wanted) == rows[i].same);
    }
}

/* Any cut of a message has a key of its own and is read within its bounds (the
 * sanitizers watch). */
static void
test_cuts(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t n = 0; n < strlen(original); n++) {
        g_autofree char *copy = g_memdup2(original, n);
        g_hash_table_add(seen, apd_message_key(copy ? copy : "", n));
    }
    g_assert_cmpuint(g_hash_table_size(seen), >, strlen(original) / 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/message-key/rows", test_rows);
    g_test_add_func("/message-key/cuts", test_cuts);
    return g_test_run();
}
