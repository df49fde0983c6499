/* appealctl export: cases as CSV (RFC 4180) or JSON. */
#include "app/ctl.h"

#include <string.h>

#include "base/text.h"
#include "port/channel_tools.h"

/* A field of a case as text. Returns: (transfer full), may be NULL. */
typedef char *(*Field)(const ApdCase *kase);

static char *
field_id(const ApdCase *kase)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, kase->id);
}

static char *
field_store(const ApdCase *kase)
{
    return g_strdup(kase->store);
}

static char *
field_state(const ApdCase *kase)
{
    return g_strdup(apd_state_name(kase->state));
}

static char *
field_kind(const ApdCase *kase)
{
    return g_strdup(apd_kind_name(kase->kind));
}

static char *
field_category(const ApdCase *kase)
{
    return g_strdup(kase->category);
}

static char *
field_outcome(const ApdCase *kase)
{
    return g_strdup(apd_outcome_name(kase->outcome));
}

static char *
field_points(const ApdCase *kase)
{
    return apd_points_text(kase->points);
}

static char *
field_case_ref(const ApdCase *kase)
{
    return g_strdup(kase->case_ref);
}

static char *
field_orders(const ApdCase *kase)
{
    return g_strjoinv(" ", kase->orders);
}

static char *
field_products(const ApdCase *kase)
{
    return g_strjoinv(" ", kase->products);
}

static char *
field_deadline(const ApdCase *kase)
{
    return apd_time_iso(kase->deadline);
}

static char *
field_basis(const ApdCase *kase)
{
    return g_strdup(apd_basis_name(kase->basis));
}

static char *
field_authenticity(const ApdCase *kase)
{
    return g_strdup(apd_authenticity_name(kase->authenticity));
}

static char *
field_severity(const ApdCase *kase)
{
    return g_strdup(apd_severity_name(kase->severity));
}

static char *
field_sender(const ApdCase *kase)
{
    return g_strdup(kase->sender);
}

static char *
field_subject(const ApdCase *kase)
{
    return apd_text_line(kase->subject);
}

static char *
field_noticed(const ApdCase *kase)
{
    return apd_time_iso(kase->noticed);
}

static char *
field_opened(const ApdCase *kase)
{
    return apd_time_iso(kase->opened);
}

static char *
field_note(const ApdCase *kase)
{
    return g_strdup(kase->note);
}

static const struct {
    const char *name;
    Field field;
} fields[] = {
    { "id", field_id },
    { "store", field_store },
    { "state", field_state },
    { "kind", field_kind },
    { "category", field_category },
    { "outcome", field_outcome },
    { "points", field_points },
    { "case_ref", field_case_ref },
    { "orders", field_orders },
    { "products", field_products },
    { "deadline", field_deadline },
    { "basis", field_basis },
    { "authenticity", field_authenticity },
    { "severity", field_severity },
    { "sender", field_sender },
    { "subject", field_subject },
    { "noticed", field_noticed },
    { "opened", field_opened },
    { "note", field_note },
};

/* Quoted always.  What a spreadsheet would take for a formula is made text by an
 * apostrophe, and so is a number too long for it: a 16-digit order would lose
 * its end. */
static void
add_cell(GString *line, const char *text)
{
    bool formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;
    bool number = strlen(text) > 15 && text[strspn(text, "0123456789")] == '\0';
    g_auto(GStrv) parts = g_strsplit(text, "\"", -1);
    g_autofree char *escaped = g_strjoinv("\"\"", parts);

    g_string_append_printf(line, "%s\"%s%s\"", line->len > 0 ? "," : "",
                           formula || number ? "'" : "", escaped);
}

static void
print_csv(const GPtrArray *cases)
{
    g_autoptr(GString) head = g_string_new(NULL);

    for (size_t f = 0; f < G_N_ELEMENTS(fields); f++)
        add_cell(head, fields[f].name);
    g_print("%s\r\n", head->str);
    for (guint i = 0; i < cases->len; i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        for (size_t f = 0; f < G_N_ELEMENTS(fields); f++) {
            g_autofree char *text = fields[f].field(cases->pdata[i]);
            add_cell(line, text ? text : "");
        }
        g_print("%s\r\n", line->str);
    }
}

int
apd_ctl_export(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_auto(ApdCtlDesk) desk = { NULL };
    g_autoptr(GError) error = NULL;

    (void) operands;
    if (ctl->json)
        return apd_ctl_cases(ctl, operands);
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    g_autoptr(GPtrArray) cases =
        apd_ledger_cases(desk.ledger, ctl->all ? APD_CASES_ALL : APD_CASES_RUNNING, &error);
    if (cases == NULL)
        return apd_ctl_fail(error);

    print_csv(cases);
    return APD_EXIT_GOOD;
}
