#include <glib.h>
#include <string.h>

#include "io/imap_filter.h"
#include "io/imap_name.h"

typedef struct {
    const char *line;
    ApdLineFate fate;
    const char *changed; /* NULL: not at all */
    uint64_t literal;
} Row;

/* clang-format off */
static const Row rows[] = {
    { "* OK hi", APD_LINE_PASS, NULL, 0 },
    { "* OK [ALERT]", APD_LINE_PASS, "* OK (ALERT]", 0 },
    { "* OK [PARSE]", APD_LINE_PASS, "* OK (PARSE]", 0 },
    { "* OK [BADCHARSET (x)] hi", APD_LINE_PASS, "* OK (BADCHARSET (x)] hi", 0 },
    { "* OK [UIDVALIDITY 7] [x", APD_LINE_PASS, "* OK [UIDVALIDITY 7] (x", 0 },
    { "* OK [UIDVALIDITY 99999999999] x", APD_LINE_PASS, "* OK (UIDVALIDITY 99999999999] x", 0 },
    { "C2 OK [PERMANENTFLAGS (* x] y", APD_LINE_PASS, "C2 OK (PERMANENTFLAGS (* x] y", 0 },
    { "C2 NO [AUTHENTICATIONFAILED] no", APD_LINE_PASS, NULL, 0 },
    { "* OK [CAPABILITY ] hi", APD_LINE_PASS, "* OK (CAPABILITY ] hi", 0 },
    { "* OK [CAPABILITY IMAP4rev1 AUTH=] hi", APD_LINE_PASS, "* OK (CAPABILITY IMAP4rev1 AUTH=] hi", 0 },
    { "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi", APD_LINE_PASS, NULL, 0 },
    { "* CAPABILITY IMAP4rev1 IDLE", APD_LINE_PASS, NULL, 0 },
    { "* CAPABILITY ", APD_LINE_DROP, NULL, 0 },
    { "* BYE later", APD_LINE_REFUSE, NULL, 0 },
    { "+ idling", APD_LINE_PASS, NULL, 0 },
    { "* 4 EXISTS", APD_LINE_PASS, NULL, 0 },
    { "* 4 EXISTS x", APD_LINE_DROP, NULL, 0 },
    { "* 99999999999 EXISTS", APD_LINE_REFUSE, NULL, 0 },
    { "* NAMESPACE ((", APD_LINE_DROP, NULL, 0 },
    { "* ID (\"name\" NIL)", APD_LINE_DROP, NULL, 0 },
    { "* LIST (\\Junk) \"/\" Spam", APD_LINE_PASS, NULL, 0 },
    { "* LIST () \"/\" {4}", APD_LINE_DROP, NULL, 4 },
    { "* SEARCH 1 2 3", APD_LINE_PASS, NULL, 0 },
    { "* SEARCH", APD_LINE_PASS, NULL, 0 },
    { "* SEARCH 1 (2", APD_LINE_REFUSE, NULL, 0 },
    { "* 1 FETCH (UID 4 RFC822.SIZE 10 INTERNALDATE \"x\")", APD_LINE_PASS, NULL, 0 },
    { "* 1 FETCH (FLAGS (\\Seen $x) MODSEQ (12))", APD_LINE_PASS, NULL, 0 },
    { "* 1 FETCH (UID 4 BODY[]<0> {10}", APD_LINE_PASS, NULL, 10 },
    { "* 1 FETCH (UID 4 BODY[]<0> {4294967299}", APD_LINE_REFUSE, NULL, 0 },
    { "* 1 FETCH (UID 4 BODY[]<0> {2000}", APD_LINE_REFUSE, NULL, 0 },
    { "* 1 FETCH (UID 4 BODY[]<0> {10} ", APD_LINE_REFUSE, NULL, 0 },
    { "* 1 FETCH (ENVELOPE (NIL))", APD_LINE_REFUSE, NULL, 0 },
    { "* 1 FETCH (UID {7}", APD_LINE_REFUSE, NULL, 0 },
    { "hello", APD_LINE_REFUSE, NULL, 0 },
    { "", APD_LINE_REFUSE, NULL, 0 },
    { "* OK a\rb", APD_LINE_REFUSE, NULL, 0 },
};
/* clang-format on */

static void
test_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdImapFilter filter = { .max_literal = 1000 };
        g_autofree char *line = g_strconcat(rows[i].line, "\r\n", NULL);
        const char *expected = rows[i].changed != NULL ? rows[i].changed : rows[i].line;
        const char *why = NULL;
        uint64_t literal = 0;

        g_test_message("%s", rows[i].line);
        ApdLineFate fate = apd_imap_filter_line(&filter, line, strlen(line), &literal, &why);
        g_assert_cmpint(fate, ==, rows[i].fate);
        g_assert_true((why != NULL) == (fate == APD_LINE_REFUSE));
        if (fate == APD_LINE_REFUSE)
            continue;
        g_assert_cmpuint(literal, ==, rows[i].literal);
        g_assert_true(g_str_has_prefix(line, expected));
    }
}

static void
test_rest(void)
{
    ApdImapFilter filter = { .max_literal = 1000 };
    char first[] = "* 1 FETCH (UID 4 BODY[]<0> {10}\r\n", second[] = " FLAGS (\\Seen))\r\n";
    char bad[] = "C9 OK done\r\n";
    const char *why;
    uint64_t literal;

    g_assert_cmpint(apd_imap_filter_line(&filter, first, strlen(first), &literal, &why), ==,
                    APD_LINE_PASS);
    g_assert_cmpint(apd_imap_filter_line(&filter, second, strlen(second), &literal, &why), ==,
                    APD_LINE_PASS);
    g_assert_cmpint(apd_imap_filter_line(&filter, first, strlen(first), &literal, &why), ==,
                    APD_LINE_PASS);
    g_assert_cmpint(apd_imap_filter_line(&filter, bad, strlen(bad), &literal, &why), ==,
                    APD_LINE_REFUSE);
}

static void
test_names(void)
{
    static const struct {
        const char *name, *wire;
    } names[] = {
        { "INBOX", "INBOX" },
        { "R&D", "R&-D" },
        { "垃圾邮件", "&V4NXPpCuTvY-" },
        { "Спам", "&BCEEPwQwBDw-" },
        { "a/日本語/b", "a/&ZeVnLIqe-/b" },
        { "😀", "&2D3eAA-" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *wire = apd_imap_name_encode(names[i].name);
        g_autofree char *name = apd_imap_name_decode(names[i].wire);
        g_assert_cmpstr(wire, ==, names[i].wire);
        g_assert_cmpstr(name, ==, names[i].name);
    }
    g_autofree char *broken = apd_imap_name_decode("a&!!-b");
    g_assert_cmpstr(broken, ==, "a&!!-b");
    g_assert_null(apd_imap_name_encode("a\nb"));
    g_assert_null(apd_imap_name_encode("\xff"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/imap_filter/lines", test_lines);
    g_test_add_func("/imap_filter/rest", test_rest);
    g_test_add_func("/imap_name", test_names);
    return g_test_run();
}
