/* One text of a notice -> its deadline, as tests of time judge it. */
#pragma once

#include <stdio.h>
#include <string.h>

#include "app/time_data.h"
#include "base/text.h"
#include "logic/segment.h"

typedef struct {
    const char *language, *text, *expected;
} Row;

/* What is the same for a whole table: the message they stand in. */
typedef struct {
    const char *date;
    ApdKind kind;
    ApdOutcome outcome;
} Notice;

static ApdTime
parse_time(const char *iso)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(iso, NULL);
    g_assert_nonnull(at);
    return g_date_time_to_unix(at) * APD_SECOND;
}

/* A line "label | value" is a row of a table, "# words" a heading. */
static ApdText *
make_text(const char *lines)
{
    g_autoptr(ApdDocument) document = apd_document_new();
    document->subject = g_strdup("");
    g_auto(GStrv) blocks = g_strsplit(lines, "\n", -1);
    for (guint i = 0; blocks[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(blocks[i], " | ", -1);
        bool heading = g_str_has_prefix(blocks[i], "# ");
        if (g_strv_length(cells) < 2) {
            apd_document_add_block(document, heading ? APD_BLOCK_HEADING : APD_BLOCK_TEXT, 0, -1,
                                   -1, blocks[i] + (heading ? 2 : 0));
            continue;
        }
        for (guint k = 0; cells[k] != NULL; k++)
            apd_document_add_block(document, APD_BLOCK_CELL, 0, (int) i, (int) k, cells[k]);
    }
    return apd_segment_document(document);
}

/* Returns: whether @row reads as expected; if not, says what was read and why. */
static bool
check_row(const ApdTimeData *data, const Row *row, const Notice *notice, const char *name)
{
    g_autoptr(ApdText) text = make_text(row->text);
    ApdDeadlineCase kase = { notice->kind, notice->outcome, "trade.false-shipment", row->language,
                             parse_time(notice->date) };
    g_auto(ApdDeadline) deadline = { 0 };
    apd_deadline_find(data, text, &kase, &deadline);

    g_autofree char *got = apd_time_iso(deadline.instant);
    g_autofree char *all =
        g_strdup_printf("%s %s", got != NULL ? got : "none", apd_basis_name(deadline.basis));
    if (strcmp(all, row->expected) == 0)
        return true;
    fprintf(stderr, "%s %s: %s\n  expected %s\n  got      %s\n", row->language, name, row->text,
            row->expected, all);
    for (guint i = 0; i < deadline.steps->len; i++)
        fprintf(stderr, "    %s\n", (char *) g_ptr_array_index(deadline.steps, i));
    return false;
}
