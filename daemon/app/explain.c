#include "app/explain.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/text.h"

static void
add_text(JsonBuilder *builder, const char *key, const char *text)
{
    json_builder_set_member_name(builder, key);
    if (text != NULL)
        json_builder_add_string_value(builder, text);
    else
        json_builder_add_null_value(builder);
}

static void
add_list(JsonBuilder *builder, const char *key, char **list)
{
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
    for (char **p = list; *p != NULL; p++)
        json_builder_add_string_value(builder, *p);
    json_builder_end_array(builder);
}

/* Whole points as an integer, halves with a fraction. */
static void
add_points(JsonBuilder *builder, int points)
{
    json_builder_set_member_name(builder, "points");
    if (points == APD_NO_POINTS)
        json_builder_add_null_value(builder);
    else if (points % 100 == 0)
        json_builder_add_int_value(builder, points / 100);
    else
        json_builder_add_double_value(builder, points / 100.0);
}

static void
add_evidence(JsonBuilder *builder, const GPtrArray *evidence)
{
    json_builder_set_member_name(builder, "evidence");
    json_builder_begin_array(builder);
    for (guint i = 0; i < evidence->len; i++) {
        const ApdEvidence *item = evidence->pdata[i];
        json_builder_begin_object(builder);
        add_text(builder, "what", item->what);
        add_text(builder, "text", item->text);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

char *
apd_explain_json(const char *file, const ApdVerdict *verdict)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *name = g_utf8_make_valid(file, -1);
    g_autofree char *deadline = apd_time_iso(verdict->deadline);

    json_builder_begin_object(builder);
    add_text(builder, "file", name);
    add_text(builder, "kind", apd_kind_name(verdict->kind));
    add_text(builder, "category", verdict->category);
    add_text(builder, "outcome", apd_outcome_name(verdict->outcome));
    add_points(builder, verdict->points);
    add_text(builder, "case_ref", verdict->case_ref);
    add_list(builder, "orders", verdict->orders);
    add_list(builder, "products", verdict->products);
    add_text(builder, "deadline", deadline);
    add_text(builder, "basis", apd_basis_name(verdict->basis));
    add_text(builder, "authenticity", apd_authenticity_name(verdict->authenticity));
    add_text(builder, "severity", apd_severity_name(verdict->severity));
    add_text(builder, "language", verdict->language);
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
    g_string_append_printf(page, "  %-13s %s\n", what, line);
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
        g_string_append_printf(page, "    %s: %s\n", item->what, cut);
    }
    return g_string_free(page, FALSE);
}
