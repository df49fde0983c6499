#include <string.h>

#include "io/smtp_talk.h"

/* A dialogue: lines of ours begin with ">". */
/* clang-format off */
static const struct {
    const char *what, *lines, *accepted, *refusals, *last;
} rows[] = {
    { "all taken", "220 hi|>EHLO x|250-x|250 SIZE|>MAIL FROM:<a@x>|250 ok|>RCPT TO:<b@x>|250 ok|>RCPT TO:<c@x>|251 ok|>DATA|354 go|250 queued",
      "b@x c@x", "", "" },
    { "one refused", ">RCPT TO:<b@x>|550 5.1.1 nobody|>RCPT TO:<c@x>|250 ok|>DATA|354 go|250 queued",
      "c@x", "b@x=550:550 5.1.1 nobody", "550 5.1.1 nobody" },
    { "a reply of several lines counts once", ">RCPT TO:<b@x>|450-4.2.0 greylisted|450 4.2.0 see our page|>RCPT TO:<c@x>|250-ok|250 ok",
      "c@x", "b@x=450:450 4.2.0 see our page", "450 4.2.0 see our page" },
    { "what is said later is of the mail", ">RCPT TO:<b@x>|250 ok|>DATA|354 go|451 4.3.0 later", "b@x", "", "451 4.3.0 later" },
    { "a login is no address", ">AUTH PLAIN AGIAYw==|535 5.7.8 no", "", "", "535 5.7.8 no" },
    { "options after the address", ">RCPT TO:<b@x> NOTIFY=FAILURE|250 ok", "b@x", "", "" },
    { "cut short", ">RCPT TO:<b@x|25|2", "", "", "" },
    { "nothing in it", ">RCPT TO:<>|550 no", "", "=550:550 no", "550 no" },
    { "a code alone", ">RCPT TO:<b@x>|550", "", "b@x=550:550", "550" },
    { "bytes that are no text", ">RCPT TO:<b@x>|550 \xff\x1b[31m bad", "", "b@x=550:550 \xef\xbf\xbd[31m bad", "550 \xff\x1b[31m bad" },
};
/* clang-format on */

static char *
join(const ApdSmtpTalk *talk)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < talk->accepted->len; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? " " : "", (char *) talk->accepted->pdata[i]);
    return g_string_free(all, FALSE);
}

static char *
join_refusals(const ApdSmtpTalk *talk)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < talk->refusals->len; i++) {
        const ApdMailRefusal *one = talk->refusals->pdata[i];
        g_string_append_printf(all, "%s%s=%d:%s", i > 0 ? " " : "", one->address, one->status,
                               one->said);
    }
    return g_string_free(all, FALSE);
}

static void
play(ApdSmtpTalk *talk, const char *lines)
{
    g_auto(GStrv) all = g_strsplit(lines, "|", -1);

    for (char **line = all; *line != NULL; line++) {
        g_autofree char *whole = g_strconcat(*line, "\r\n", NULL);
        if (*whole == '>')
            apd_smtp_talk_sent(talk, whole + 1, strlen(whole + 1));
        else
            apd_smtp_talk_came(talk, whole, strlen(whole));
    }
}

static void
test_rows(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ApdSmtpTalk *talk = apd_smtp_talk_new();
        g_test_message("%s", rows[i].what);
        play(talk, rows[i].lines);

        g_autofree char *accepted = join(talk), *refusals = join_refusals(talk);
        g_assert_cmpstr(accepted, ==, rows[i].accepted);
        g_assert_cmpstr(refusals, ==, rows[i].refusals);
        g_assert_cmpstr(g_strchomp(talk->last->str), ==, rows[i].last);
        apd_smtp_talk_free(talk);
    }
}

/* A server may say as much as it likes. */
static void
test_bounds(void)
{
    ApdSmtpTalk *talk = apd_smtp_talk_new();
    g_autofree char *huge = g_strnfill(100000, '5');

    for (int i = 0; i < 1000; i++) {
        apd_smtp_talk_sent(talk, "RCPT TO:<b@x>", 13);
        apd_smtp_talk_came(talk, huge, 100000);
    }
    apd_smtp_talk_came(talk, "", 0);
    apd_smtp_talk_sent(talk, "", 0);
    g_assert_cmpuint(talk->refusals->len, <=, 100);
    g_assert_cmpuint(strlen(((ApdMailRefusal *) talk->refusals->pdata[0])->said), <=, 300);
    g_assert_cmpuint(talk->last->len, <=, 1024);
    apd_smtp_talk_free(talk);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/smtp-talk/rows", test_rows);
    g_test_add_func("/smtp-talk/bounds", test_bounds);
    return g_test_run();
}
