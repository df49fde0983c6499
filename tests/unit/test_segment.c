/* Documents -> segments: what stands where, what belongs to what, what is only quoted. */
#include "logic/segment.h"

#include <string.h>

#include "logic/quote.h"
#include "logic/sentence.h"

/* One row: a plain text, and its segments behind the subject as "ZONE DEPTH shown", a label
 * and its value joined by "=>". */
static const struct {
    const char *what, *text, *expected;
} rows[] = {
    { "sentences", "One. Two! Three? Four", "B0 One.|B0 Two!|B0 Three?|B0 Four" },
    { "sentences of ideographs", "一。二！三", "B0 一。|B0 二!|B0 三" },
    { "no end in dates and numbers", "Until 5. Januar 2026 pay 1.5 points. Now.",
      "B0 Until 5. Januar 2026 pay 1.5 points.|B0 Now." },
    { "no end in abbreviations", "The U.S. Court, case no. 5 of Smith Inc. here. Next.",
      "B0 The U.S. Court, case no. 5 of Smith Inc. here.|B0 Next." },
    { "a label and its value", "Case: AE1\nPoints: 2", "L0 Case=>AE1|L0 Points=>2" },
    { "several in a line", "Case: AE1, points: 2", "L0 Case=>AE1,|L0 points=>2" },
    { "as programs write", "type=penalty\nscore=+3", "L0 type=>penalty|L0 score=>+3" },
    { "the value on the next line", "Reason:\nfalse shipment", "L0 Reason=>false shipment" },
    { "no label in an address", "See https://a.example/x:y", "B0 See https://a.example/x:y" },
    { "hard wraps", "This line was broken by the program of the sender,\nand goes on here.",
      "B0 This line was broken by the program of the sender, and goes on here." },
    { "bars", "| Case | AE1 |", "L0 Case=>AE1" },
    { "quoted", "Mine.\n> Theirs.", "B0 Mine.|B1 Theirs." },
    { "rules are no text", "A.\n----------\nB.", "B0 A.|B0 B." },
    { "invisible characters", "pe\xe2\x80\x8bnal\xc2\xadty", "B0 penalty" },
};

static char
letter_of(ApdZone zone)
{
    return "SHLVBIUF"[zone];
}

static char *
described(const ApdText *text)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        if (segment->zone == APD_ZONE_SUBJECT)
            continue;
        if (segment->pair >= 0 && segment->pair + 1 == (int) i) {
            g_string_append_printf(list, "=>%s", segment->shown);
            continue;
        }
        g_string_append_printf(list, "%s%c%d %s", list->len > 0 ? "|" : "",
                               letter_of(segment->zone), segment->depth, segment->shown);
    }
    return g_string_free(list, FALSE);
}

static void
test_rows(void)
{
    int wrong = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApdDocument) document = apd_document_new();
        document->subject = g_strdup("S");
        apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, rows[i].text);
        g_autoptr(ApdText) text = apd_segment_document(document);
        g_autofree char *got = described(text);
        if (strcmp(got, rows[i].expected) == 0)
            continue;
        g_printerr("%s:\n  expected %s\n  got      %s\n", rows[i].what, rows[i].expected, got);
        wrong++;
    }
    g_assert_cmpint(wrong, ==, 0);
}

static void
add_row(ApdDocument *document, int row, const char *a, const char *b, const char *c)
{
    const char *cells[] = { a, b, c };

    for (int i = 0; i < 3; i++)
        if (cells[i] != NULL)
            apd_document_add_block(document, APD_BLOCK_CELL, 0, row, i, cells[i]);
}

/* Rows of two are labels with their values; a row of names heads the columns. */
static void
test_tables(void)
{
    g_autoptr(ApdDocument) pairs = apd_document_new(), columns = apd_document_new();

    add_row(pairs, 0, "Violation type", "False shipment", NULL);
    add_row(pairs, 1, "Points", "2", NULL);
    g_autoptr(ApdText) one = apd_segment_document(pairs);
    g_autofree char *first = described(one);
    g_assert_cmpstr(first, ==, "L0 Violation type=>False shipment|L0 Points=>2");

    add_row(columns, 0, "Order", "Reason", "Points");
    add_row(columns, 1, "8123456789012345", "False shipment", "2");
    g_autoptr(ApdText) two = apd_segment_document(columns);
    const ApdSegment *last = apd_text_at(two, two->segments->len - 1);
    g_assert_cmpstr(last->shown, ==, "2");
    g_assert_cmpstr(apd_text_at(two, (guint) last->pair)->shown, ==, "Points");
}

static void
test_forward_and_reply(void)
{
    static const struct {
        const char *subject, *text;
        bool forward, reply;
    } mails[] = {
        { "Fwd: x",
          "FYI\n---------- Forwarded message ---------\nFrom: a@b.example\nSubject: x\n\nBody.",
          true, false },
        { "Re: x", "I am away.\n\nOn Monday A wrote:\n> Body.", false, true },
        { "转发: x", "看一下\n-----原始邮件-----\n发件人: a@b.example\n主题: x\n\n正文。", true,
          false },
        { "x", "Body.", false, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(mails); i++) {
        g_autoptr(ApdDocument) document = apd_document_new();
        document->subject = g_strdup(mails[i].subject);
        apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, mails[i].text);
        g_autoptr(ApdText) text = apd_segment_document(document);
        g_test_message("%s", mails[i].subject);
        g_assert_true(text->is_forward == mails[i].forward);
        g_assert_true(text->is_reply == mails[i].reply);
    }
}

/* What is too much is cut, and said to be. */
static void
test_bounds(void)
{
    g_autoptr(ApdDocument) document = apd_document_new();
    g_autoptr(GString) much = g_string_new(NULL);

    for (int i = 0; i < 20000; i++)
        g_string_append(much, "Word. Another sentence of this text.\n");
    apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, much->str);
    g_autoptr(ApdText) text = apd_segment_document(document);
    g_assert_true(text->is_cut);
    g_assert_cmpuint(text->segments->len, <, 10000);
}

/* The folded form ends with a NUL and lies within the one buffer of the text. */
static void
test_folded(void)
{
    g_autoptr(ApdDocument) document = apd_document_new();

    document->subject = g_strdup("ＦＡＬＳＥ Größe");
    apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, "虛假發貨：扣２分");
    g_autoptr(ApdText) text = apd_segment_document(document);
    const ApdSegment *subject = apd_text_at(text, 0);
    g_assert_cmpstr(subject->folded, ==, "false grosse");
    for (guint i = 0; i < text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        g_assert_cmpuint(strlen(segment->folded), ==, segment->n);
        g_assert_cmpuint(apd_text_offset(text, segment), <, text->folded->len);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/segment/rows", test_rows);
    g_test_add_func("/segment/tables", test_tables);
    g_test_add_func("/segment/forward-and-reply", test_forward_and_reply);
    g_test_add_func("/segment/bounds", test_bounds);
    g_test_add_func("/segment/folded", test_folded);
    return g_test_run();
}
