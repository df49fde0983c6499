#include <glib.h>
#include <string.h>

#include "io/imap_said.h"
#include "logic/room.h"
#include "model/alert.h"

#define MB UINT64_C(1024)

/* clang-format off */
static const struct {
    ApdQuota quota; ApdRoom before, now; const char *figures;
} judged[] = {
    { { 0, 0, false },               APD_ROOM_ENOUGH, APD_ROOM_ENOUGH, NULL },
    { { 0, 500 * MB, false },        APD_ROOM_ENOUGH, APD_ROOM_ENOUGH, "0 % (0 / 500 MB)" },
    { { 474 * MB, 500 * MB, false }, APD_ROOM_ENOUGH, APD_ROOM_ENOUGH, "94 % (474 / 500 MB)" },
    { { 474 * MB, 500 * MB, false }, APD_ROOM_SCARCE, APD_ROOM_SCARCE, "94 % (474 / 500 MB)" },
    { { 475 * MB, 500 * MB, false }, APD_ROOM_ENOUGH, APD_ROOM_SCARCE, "95 % (475 / 500 MB)" },
    { { 449 * MB, 500 * MB, false }, APD_ROOM_SCARCE, APD_ROOM_ENOUGH, "89 % (449 / 500 MB)" },
    { { 500 * MB - 90, 500 * MB, false }, APD_ROOM_ENOUGH, APD_ROOM_NONE, "99 % (499 / 500 MB)" },
    { { 500 * MB - 90, 500 * MB, false }, APD_ROOM_NONE, APD_ROOM_NONE, "99 % (499 / 500 MB)" },
    { { 480 * MB, 500 * MB, false }, APD_ROOM_NONE, APD_ROOM_SCARCE, "96 % (480 / 500 MB)" },
    { { 700 * MB, 500 * MB, false }, APD_ROOM_ENOUGH, APD_ROOM_NONE, "140 % (700 / 500 MB)" },
    { { 15 * MB * MB, 15 * MB * MB, false }, APD_ROOM_ENOUGH, APD_ROOM_NONE, "100 % (15 / 15 GB)" },
    { { 98, 100, false },            APD_ROOM_ENOUGH, APD_ROOM_SCARCE, "98 % (98 / 100 kB)" },
    { { 96, 100, true },             APD_ROOM_ENOUGH, APD_ROOM_SCARCE, "96 % (96 / 100)" },
    { { 100, 100, true },            APD_ROOM_ENOUGH, APD_ROOM_NONE, "100 % (100 / 100)" },
    { { 999999999999999, 99, true }, APD_ROOM_ENOUGH, APD_ROOM_NONE, NULL },
    { { 999999999999999, 999999999999999, false }, APD_ROOM_ENOUGH, APD_ROOM_NONE, NULL },
};

static const struct { const char *words; ApdRoom room; } said[] = {
    { "Mailbox is at 92% of quota", APD_ROOM_SCARCE },           /* Cyrus */
    { "Mailbox is over quota", APD_ROOM_NONE },                  /* Cyrus */
    { "Your mailbox is almost full", APD_ROOM_SCARCE },
    { "Quota exceeded (mailbox for user is full)", APD_ROOM_NONE }, /* Dovecot */
    { "您的邮箱容量即将用完", APD_ROOM_SCARCE },
    { "邮箱空间已满", APD_ROOM_NONE },
    { "Ваш ящик переполнен", APD_ROOM_NONE },
    { "Your password expires in 3 days", APD_ROOM_ENOUGH },
    { "Please log in via your web browser", APD_ROOM_ENOUGH },
    { "\xff\xfe", APD_ROOM_ENOUGH },
    { "", APD_ROOM_ENOUGH },
};

/* Behind "* QUOTA". */
static const struct { const char *line; ApdQuota quota; } lines[] = {
    { " \"\" (STORAGE 10 512)", { 10, 512, false } },
    { " \"User quota\" (STORAGE 10 512 MESSAGE 99 100)", { 99, 100, true } },
    { " user.fred (STORAGE 10 512)", { 10, 512, false } },
    { " \"a\\\"b) (\" (storage 7 9)", { 7, 9, false } },
    { " \"\" (MAILBOX 10 10 ANNOTATION-STORAGE 1 1 STORAGE 1 9)", { 1, 9, false } },
    { " \"\" ()", { 0, 0, false } },
    { " \"\" (STORAGE 5 0)", { 0, 0, false } },
    { " \"\" (STORAGE 5", { 0, 0, false } },
    { " \"\" (STORAGE -5 6)", { 0, 0, false } },
    { " \"\" (STORAGE 5 9999999999999999)", { 0, 0, false } },
    { " {4}", { 0, 0, false } },
    { " \"\\", { 0, 0, false } },
    { " ", { 0, 0, false } },
    { "", { 0, 0, false } },
};

static const struct { const char *line, *alert; bool over; } statuses[] = {
    { " [ALERT] Mailbox is over quota", "Mailbox is over quota", false },
    { "  [alert]   hi", "hi", false },
    { " [OVERQUOTA] Soft quota has been exceeded", "Soft quota has been exceeded", true },
    { " [OVERQUOTA]", "OVERQUOTA", true },
    { " [ALERT]", "", false },
    { " [ALERTX] hi", "", false },
    { " [UIDVALIDITY 7] [ALERT] hi", "", false },
    { " all is well", "", false },
    { "", "", false },
};
/* clang-format on */

static void
test_judging(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(judged); i++) {
        g_autofree char *figures = apd_room_figures(&judged[i].quota);

        g_test_message("%s", figures);
        g_assert_cmpint(apd_room_judge(&judged[i].quota, judged[i].before), ==, judged[i].now);
        if (judged[i].figures != NULL)
            g_assert_cmpstr(figures, ==, judged[i].figures);
    }
}

static void
test_words(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        g_test_message("%s", said[i].words);
        g_assert_cmpint(apd_room_of_words(said[i].words), ==, said[i].room);
    }
}

/* From memory that ends with the text, so that a sanitizer sees what reads on. */
static char *
bare(const char *text)
{
    return g_memdup2(text, MAX(strlen(text), 1));
}

static void
test_quota_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        ApdImapSaid got = { 0 };
        g_autofree char *text = bare(lines[i].line);

        g_test_message("%s", lines[i].line);
        apd_imap_said_quota(&got, text, strlen(lines[i].line));
        g_assert_cmpuint(got.quota.limit, ==, lines[i].quota.limit);
        g_assert_cmpuint(got.quota.used, ==, lines[i].quota.used);
        if (got.quota.limit > 0)
            g_assert_true(got.quota.messages == lines[i].quota.messages);
    }
}

static void
test_the_worst_of_several_lines(void)
{
    static const char *const roots[] = { " a (STORAGE 50 100)", " b (STORAGE 99 100)",
                                         " c (MESSAGE 7 100)" };
    ApdImapSaid got = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++)
        apd_imap_said_quota(&got, roots[i], strlen(roots[i]));
    g_assert_cmpuint(got.quota.used, ==, 99);
}

static void
test_status_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        ApdImapSaid got = { 0 };
        g_autofree char *text = bare(statuses[i].line);

        apd_imap_said_status(&got, text, strlen(statuses[i].line));
        g_assert_cmpstr(got.alert, ==, statuses[i].alert);
        g_assert_true(got.over == statuses[i].over);
    }

    ApdImapSaid got = { 0 };
    g_autofree char *longest = g_strnfill(5000, 'a');
    g_autofree char *line = g_strconcat("[ALERT] ", longest, NULL);
    apd_imap_said_status(&got, line, strlen(line));
    g_assert_cmpuint(strlen(got.alert), ==, sizeof got.alert - 1);
}

/* What a key says of the trouble it belongs to. */
static void
test_troubles(void)
{
    /* clang-format off */
    static const struct { const char *key, *source, *spell; } keys[] = {
        { "blind/imap office/1767225600000000/0", "imap office", "imap office/1767225600000000" },
        { "blind/imap a/b/1767225600000000/12", "imap a/b", "imap a/b/1767225600000000" },
        { "sight/imap a/b/1767225600000000", "imap a/b", "imap a/b/1767225600000000" },
        { "full/imap a/b/1767225600000000/scarce0", "imap a/b (room)", "imap a/b/1767225600000000 (room)" },
        { "full/imap a/b/1767225600000000/full3", "imap a/b (room)", "imap a/b/1767225600000000 (room)" },
        { "room/imap a/b/1767225600000000", "imap a/b (room)", "imap a/b/1767225600000000 (room)" },
        { "said/imap office/0123456789abcdef", NULL, NULL },
        { "case/12/0/step/24h", NULL, NULL },
        { "blind/x", "x", "x" },
    };
    /* clang-format on */

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(ApdAlert) alert = apd_alert_new();
        alert->key = g_strdup(keys[i].key);
        g_autofree char *source = apd_alert_blind_source(alert);
        g_autofree char *spell = apd_alert_blind_spell(alert);
        g_assert_cmpstr(source, ==, keys[i].source);
        g_assert_cmpstr(spell, ==, keys[i].spell);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/room/judging", test_judging);
    g_test_add_func("/room/words", test_words);
    g_test_add_func("/room/quota_lines", test_quota_lines);
    g_test_add_func("/room/the_worst_of_several_lines", test_the_worst_of_several_lines);
    g_test_add_func("/room/status_lines", test_status_lines);
    g_test_add_func("/room/troubles", test_troubles);
    return g_test_run();
}
