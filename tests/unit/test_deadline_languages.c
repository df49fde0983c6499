/* Until when: the same list of constructions in every language, so that no
 * language is read worse than another, and every name of a month in every form. */
#include "deadline_fixture.h"
#include "time/constructions.h"

/* clang-format off */
#include "time/de.inc"
#include "time/en.inc"
#include "time/es.inc"
#include "time/fr.inc"
#include "time/it.inc"
#include "time/ko.inc"
#include "time/pl.inc"
#include "time/pt.inc"
#include "time/ru.inc"
#include "time/tr.inc"
#include "time/zh.inc"
#include "time/zh_hant.inc"
#include "time/voices_west.inc"
#include "time/voices_east.inc"
#include "time/starts.inc"
#include "time/tables.inc"
#include "time/chances.inc"
#include "time/clerks.inc"
#include "time/clocks.inc"
#include "time/desks.inc"
#include "time/ends_one.inc"
#include "time/ends_two.inc"
#include "time/ends_three.inc"
#include "time/hard.inc"
#include "time/labels.inc"
#include "time/letters.inc"
#include "time/no_end.inc"
#include "time/requests.inc"
#include "time/tickets.inc"
#include "time/traps_one.inc"
#include "time/traps_two.inc"
#include "time/windows.inc"
#include "time/mails_one.inc"
#include "time/mails_two.inc"
#include "time/mails_three.inc"
#include "time/messages.inc"
#include "time/months.inc"

static const struct {
    const char *language;
    const char *const *sentences;
} languages[] = {
    { "de", de }, { "en", en }, { "es", es }, { "fr", fr }, { "it", it },      { "ko", ko },
    { "pl", pl }, { "pt", pt }, { "ru", ru }, { "tr", tr }, { "zh", zh }, { "zh-Hant", zh_hant },
};

#define ROW(name, means) { #name, means },
static const struct {
    const char *name, *means;
} constructions[] = { CONSTRUCTIONS(ROW) };
#undef ROW
/* clang-format on */

static const Notice march = { "2026-03-11T03:00:00Z", APD_KIND_PENALTY, APD_OUTCOME_NONE };

static ApdTimeData *
load(void)
{
    g_autoptr(GError) error = NULL;
    ApdTimeData *data = apd_time_data_load("conf", NULL, &error);
    g_assert_no_error(error);
    return data;
}

static void
test_constructions(void)
{
    g_autoptr(ApdTimeData) data = load();
    int wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(languages); i++) {
        for (int k = 0; k < N_CONSTRUCTIONS; k++) {
            const char *sentence = languages[i].sentences[k];
            if (sentence == NULL)
                g_error("%s has no %s", languages[i].language, constructions[k].name);
            Row row = { languages[i].language, sentence, constructions[k].means };
            wrong += !check_row(data, &row, &march, constructions[k].name);
        }
    }
    g_assert_cmpint(wrong, ==, 0);
}

typedef struct {
    const Row *rows;
    gsize n;
    ApdKind kind;
    ApdOutcome outcome;
} Table;

static void
test_table(const void *user_data)
{
    const Table *table = user_data;
    g_autoptr(ApdTimeData) data = load();
    Notice notice = { march.date, table->kind, table->outcome };
    int wrong = 0;
    for (gsize i = 0; i < table->n; i++)
        wrong += !check_row(data, &table->rows[i], &notice, "row");
    g_assert_cmpint(wrong, ==, 0);
}

static void
test_months(void)
{
    g_autoptr(ApdTimeData) data = load();
    int wrong = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(months); i++) {
        for (int month = 1; month <= 12; month++) {
            g_auto(GStrv) forms = g_strsplit(months[i].forms[month - 1], "|", -1);
            g_autofree char *means = g_strdup_printf("2027-%02d-07T15:59:59Z stated", month);
            for (char **form = forms; *form != NULL; form++) {
                g_auto(GStrv) halves = g_strsplit(months[i].sentence, "%s", 2);
                g_autofree char *text = g_strconcat(halves[0], *form, halves[1], NULL);
                Row row = { months[i].language, text, means };
                wrong += !check_row(data, &row, &march, "month");
            }
        }
    }
    g_assert_cmpint(wrong, ==, 0);
}

/* Checks every row of @rows, a table of kinds, outcomes and rows. */
#define CHECK_ALL(data, rows, wrong)                                                               \
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {                                               \
        Notice notice = { march.date, (rows)[i].kind, (rows)[i].outcome };                         \
        (wrong) += !check_row(data, &(rows)[i].row, &notice, #rows);                               \
    }

static void
test_messages(void)
{
    g_autoptr(ApdTimeData) data = load();
    int wrong = 0;
    CHECK_ALL(data, messages, wrong)
    CHECK_ALL(data, chances, wrong)
    CHECK_ALL(data, letters, wrong)
    CHECK_ALL(data, hard, wrong)
    g_assert_cmpint(wrong, ==, 0);
}

static void
test_ends(void)
{
    g_autoptr(ApdTimeData) data = load();
    int wrong = 0;
    CHECK_ALL(data, ends_one, wrong)
    CHECK_ALL(data, ends_two, wrong)
    CHECK_ALL(data, ends_three, wrong)
    CHECK_ALL(data, mails_one, wrong)
    CHECK_ALL(data, mails_two, wrong)
    CHECK_ALL(data, mails_three, wrong)
    CHECK_ALL(data, traps_one, wrong)
    CHECK_ALL(data, traps_two, wrong)
    CHECK_ALL(data, labels, wrong)
    CHECK_ALL(data, no_end, wrong)
    CHECK_ALL(data, requests, wrong)
    CHECK_ALL(data, tickets, wrong)
    CHECK_ALL(data, windows, wrong)
    g_assert_cmpint(wrong, ==, 0);
}

static const Table west = { voices_west, G_N_ELEMENTS(voices_west), APD_KIND_PENALTY,
                            APD_OUTCOME_NONE };
static const Table east = { voices_east, G_N_ELEMENTS(voices_east), APD_KIND_PENALTY,
                            APD_OUTCOME_NONE };
static const Table more = { clerks, G_N_ELEMENTS(clerks), APD_KIND_PENALTY, APD_OUTCOME_NONE };
static const Table other = { desks, G_N_ELEMENTS(desks), APD_KIND_PENALTY, APD_OUTCOME_NONE };
static const Table cells = { tables, G_N_ELEMENTS(tables), APD_KIND_PENALTY, APD_OUTCOME_NONE };
static const Table times = { clocks, G_N_ELEMENTS(clocks), APD_KIND_PENALTY, APD_OUTCOME_NONE };
static const Table counted = { starts, G_N_ELEMENTS(starts), APD_KIND_REQUEST, APD_OUTCOME_NONE };
static const Table upheld = { decisions_final, G_N_ELEMENTS(decisions_final), APD_KIND_DECISION,
                              APD_OUTCOME_UPHELD };
static const Table evidence = { more_evidence, G_N_ELEMENTS(more_evidence), APD_KIND_DECISION,
                                APD_OUTCOME_MORE_EVIDENCE };
static const Table rules = { policies, G_N_ELEMENTS(policies), APD_KIND_POLICY, APD_OUTCOME_NONE };

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/deadline/constructions", test_constructions);
    g_test_add_func("/deadline/months", test_months);
    g_test_add_func("/deadline/messages", test_messages);
    g_test_add_func("/deadline/ends", test_ends);
    g_test_add_data_func("/deadline/voices/west", &west, test_table);
    g_test_add_data_func("/deadline/voices/clerks", &more, test_table);
    g_test_add_data_func("/deadline/voices/desks", &other, test_table);
    g_test_add_data_func("/deadline/clocks", &times, test_table);
    g_test_add_data_func("/deadline/starts", &counted, test_table);
    g_test_add_data_func("/deadline/tables", &cells, test_table);
    g_test_add_data_func("/deadline/voices/east", &east, test_table);
    g_test_add_data_func("/deadline/decisions/upheld", &upheld, test_table);
    g_test_add_data_func("/deadline/decisions/more-evidence", &evidence, test_table);
    g_test_add_data_func("/deadline/policies", &rules, test_table);
    return g_test_run();
}
