#include "app/ctl.h"

#include "app/table.h"
#include "port/channel_tools.h"

/* A line of every list of cases: what is told first stays longest when the
 * terminal is narrow. */
static const ApdColumn columns[] = {
    { "CASE", 0, 0, true },   { "LEFT", 0, 0, false },    { "DEADLINE", 8, 0, false },
    { "KIND", 6, 0, false },  { "MATTER", 1, 14, false }, { "POINTS", 5, 0, true },
    { "STATE", 3, 0, false }, { "STORE", 7, 8, false },   { "SENDER", 2, 0, false },
    { NULL, 0, 0, false },
};

/* A forgery says so in the one column that is always there. */
static char *
matter_words(const ApdCtlDesk *desk, const ApdCase *kase)
{
    g_autofree char *category = apd_ctl_category(desk, kase->category);

    return kase->authenticity == APD_AUTHENTICITY_FORGED ? g_strconcat("FORGED? ", category, NULL)
                                                         : g_steal_pointer(&category);
}

static void
add_case(ApdTable *table, const ApdCtlDesk *desk, const ApdCase *kase)
{
    g_autofree char *id = g_strdup_printf("#%" G_GINT64_FORMAT, kase->id);
    g_autofree char *left = apd_ctl_left(desk, kase);
    g_autofree char *date = apd_ctl_date_short(desk, kase->deadline);
    g_autofree char *matter = matter_words(desk, kase);
    g_autofree char *points = apd_points_text(kase->points);
    const char *cells[] = { id,
                            left,
                            date,
                            apd_kind_name(kase->kind),
                            matter,
                            points,
                            apd_ctl_state(desk, kase),
                            kase->store,
                            apd_authenticity_name(kase->authenticity) };

    apd_table_add(table, cells, apd_ctl_paint(desk, kase));
}

static void
print_table(const ApdCtlDesk *desk, const GPtrArray *cases, bool all)
{
    g_autoptr(ApdTable) table = apd_table_new(columns);

    if (cases->len == 0) {
        g_print(all ? "No case was ever opened.\n"
                    : "No case is running. (appealctl cases --all shows the ended ones)\n");
        return;
    }
    for (guint i = 0; i < cases->len; i++)
        add_case(table, desk, cases->pdata[i]);
    apd_table_print(table);
}

static void
print_json(const ApdCtlDesk *desk, const GPtrArray *cases)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_array(builder);
    for (guint i = 0; i < cases->len; i++)
        apd_channel_json_case(builder, cases->pdata[i], desk->now);
    json_builder_end_array(builder);
    apd_ctl_print_json(builder);
}

int
apd_ctl_cases(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_auto(ApdCtlDesk) desk = { NULL };
    g_autoptr(GError) error = NULL;

    (void) operands;
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    g_autoptr(GPtrArray) cases =
        apd_ledger_cases(desk.ledger, ctl->all ? APD_CASES_ALL : APD_CASES_RUNNING, &error);
    if (cases == NULL)
        return apd_ctl_fail(error);

    if (ctl->json)
        print_json(&desk, cases);
    else
        print_table(&desk, cases, ctl->all);
    return APD_EXIT_GOOD;
}
