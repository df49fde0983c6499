#include "app/explain.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

static void
add_evidence(JsonBuilder *builder, const GPtrArray *evidence)
{
    json_builder_set_member_name(builder, "evidence");
    json_builder_begin_array(builder);
    for (guint i = 0; i < evidence->len; i++) {
        const ApdEvidence *item = evidence->pdata[i];
        json_builder_begin_object(builder);
        apd_json_text(builder, "what", item->what);
        apd_json_text(builder, "text", item->text);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

char *
apd_explain_json(const char *file, const ApdVerdict *verdict)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *name = g_utf8_make_valid(file, -1);

    json_builder_begin_object(builder);
    apd_json_text(builder, "file", name);
    apd_json_text(builder, "kind", apd_kind_name(verdict->kind));
    apd_json_text(builder, "category", verdict->category);
    apd_json_text(builder, "outcome", apd_outcome_name(verdict->outcome));
    apd_json_hundredths(builder, "points", verdict->points);
    apd_json_text(builder, "case_ref", verdict->case_ref);
    apd_json_list(builder, "orders", verdict->orders);
    apd_json_list(builder, "products", verdict->products);
    apd_json_time(builder, "deadline", verdict->deadline);
    apd_json_text(builder, "basis", apd_basis_name(verdict->basis));
    apd_json_text(builder, "authenticity", apd_authenticity_name(verdict->authenticity));
    apd_json_text(builder, "severity", apd_severity_name(verdict->severity));
    apd_json_text(builder, "language", verdict->language);
    add_evidence(builder, verdict->evidence);
    json_builder_end_object(builder);

    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    return json_to_string(root, FALSE);
}

static void
add_line(GString *page, const char *what, const char *text)
{
    if (text == NULL || *text == '\0')
        return;

    g_autofree char *line = apd_text_line(text);
    g_string_append_printf(page, "  %-*s %s\n", APD_EXPLAIN_TEXT - 3, what, line);
}

static void
add_lines(GString *page, const char *what, char **list)
{
    for (char **p = list; *p != NULL; p++)
        add_line(page, p == list ? what : "", *p);
}

static void
add_facts(GString *page, const ApdVerdict *verdict)
{
    g_autofree char *deadline = apd_time_iso(verdict->deadline);
    g_autofree char *when = deadline != NULL ? g_strdup_printf("%s (%s)", deadline,
                                                               verdict->basis == APD_BASIS_ESTIMATED
                                                                   ? "an estimate"
                                                                   : apd_basis_name(verdict->basis))
                                             : g_strdup("none");
    g_autofree char *points =
        verdict->points == APD_NO_POINTS ? NULL : g_strdup_printf("%g", verdict->points / 100.0);

    add_line(page, "kind", apd_kind_name(verdict->kind));
    add_line(page, "category", verdict->category);
    add_line(page, "outcome", apd_outcome_name(verdict->outcome));
    add_line(page, "points", points);
    add_line(page, "case", verdict->case_ref);
    add_lines(page, "orders", verdict->orders);
    add_lines(page, "products", verdict->products);
    if (verdict->kind != APD_KIND_NONE)
        add_line(page, "deadline", when);
    add_lines(page, "because", verdict->derivation);
    add_line(page, "authenticity", apd_authenticity_name(verdict->authenticity));
    if (verdict->kind != APD_KIND_NONE)
        add_line(page, "severity", apd_severity_name(verdict->severity));
    add_line(page, "language", verdict->language);
}

char *
apd_explain_page(const char *file, const ApdVerdict *verdict)
{
    GString *page = g_string_new(NULL);
    g_autofree char *name = apd_text_line(file);

    g_string_append_printf(page, "%s\n", name);
    add_line(page, "subject", verdict->subject);
    add_line(page, "from", verdict->sender);
    add_facts(page, verdict);
    if (verdict->evidence->len > 0)
        g_string_append(page, "  what decided:\n");
    for (guint i = 0; i < verdict->evidence->len; i++) {
        const ApdEvidence *item = verdict->evidence->pdata[i];
        g_autofree char *text = apd_text_line(item->text);
        g_autofree char *cut = apd_text_cut(text, 200);
        g_string_append_printf(page, "%*s%s: %s\n", APD_EXPLAIN_EVIDENCE, "", item->what, cut);
    }
    return g_string_free(page, FALSE);
}
