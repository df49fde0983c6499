#include "logic/settle.h"

#include "base/text.h"

static ApdSeverity
severity_of(const ApdRules *rules, const ApdVerdict *verdict)
{
    ApdSeverity severity = APD_SEVERITY_MEDIUM;

    apd_severity_parse(apd_rules_value(rules, "category", verdict->category, "severity"),
                       &severity);
    if (verdict->kind == APD_KIND_POLICY)
        return APD_SEVERITY_LOW;
    return verdict->kind == APD_KIND_WARNING ? MIN(severity, APD_SEVERITY_MEDIUM) : severity;
}

static void
add_evidence(const ApdStated *stated, ApdVerdict *verdict, const char *what, const char *text)
{
    g_autofree char *line = g_strdup_printf("stated by %s: %s", stated->by, text);

    apd_verdict_add_evidence(verdict, what, line);
}

void
apd_settle_matter(const ApdStated *stated, const ApdRules *rules, ApdVerdict *verdict)
{
    if (!stated->is_matter)
        return;

    /* A text that answers an appeal is an answer, whatever list it stands in. */
    bool decided = verdict->kind == APD_KIND_DECISION && stated->kind == APD_KIND_PENALTY;
    if (!decided) {
        verdict->kind = stated->kind;
        verdict->outcome = APD_OUTCOME_NONE;
        add_evidence(stated, verdict, "kind", apd_kind_name(stated->kind));
    }
    if (verdict->kind == APD_KIND_NONE) {
        g_clear_pointer(&verdict->category, g_free);
        return;
    }
    if (stated->category != NULL) {
        g_free(verdict->category);
        verdict->category = g_strdup(stated->category);
        add_evidence(stated, verdict, "category", stated->category_how);
    }
    if (verdict->category == NULL)
        verdict->category = g_strdup("unknown");
    verdict->severity = severity_of(rules, verdict);
}

static void
settle_deadline(const ApdStated *stated, ApdVerdict *verdict)
{
    g_autofree char *iso = apd_time_iso(stated->deadline);
    g_autofree char *line =
        g_strdup_printf("%s states the deadline as a field: %s", stated->by, stated->deadline_how);
    g_autofree char *text = apd_time_iso(verdict->deadline);

    if (verdict->basis == APD_BASIS_STATED && verdict->deadline < stated->deadline) {
        g_autofree char *both = g_strdup_printf("%s, which is %s: the text's own is earlier, and "
                                                "is taken",
                                                line, iso);
        apd_text_list_add(&verdict->derivation, both);
        return;
    }

    bool other = verdict->basis == APD_BASIS_STATED && verdict->deadline > stated->deadline;
    g_strfreev(verdict->derivation);
    verdict->derivation = g_new0(char *, 1);
    apd_text_list_add(&verdict->derivation, line);
    if (other) {
        g_autofree char *both = g_strdup_printf("the text says %s, which is later: the earlier of "
                                                "the two is taken",
                                                text);
        apd_text_list_add(&verdict->derivation, both);
    }
    verdict->deadline = stated->deadline;
    verdict->basis = APD_BASIS_STATED;
    add_evidence(stated, verdict, "deadline", stated->deadline_how);
}

static void
settle_points(const ApdStated *stated, ApdVerdict *verdict)
{
    g_autofree char *text = apd_points_text(stated->points);

    verdict->points = stated->points;
    add_evidence(stated, verdict, "points", text);
}

static void
settle_authenticity(const ApdStated *stated, ApdVerdict *verdict)
{
    for (guint i = 0; i < verdict->evidence->len; i++) {
        ApdEvidence *evidence = verdict->evidence->pdata[i];
        if (!g_str_equal(evidence->what, "authenticity")
            || verdict->authenticity == APD_AUTHENTICITY_FORGED)
            continue;
        g_free(evidence->text);
        evidence->text = g_strdup_printf(verdict->authenticity == APD_AUTHENTICITY_GENUINE
                                             ? "read from %s, which is vouched for"
                                             : "read from %s, for which nobody vouches",
                                         stated->by);
    }
    g_free(verdict->sender);
    verdict->sender = g_strdup(stated->by);
}

static void
settle_list(char ***list, const char *one)
{
    if (one != NULL && !g_strv_contains((const char *const *) *list, one))
        apd_text_list_add(list, one);
}

void
apd_settle_facts(const ApdStated *stated, ApdVerdict *verdict)
{
    settle_authenticity(stated, verdict);
    if (verdict->kind == APD_KIND_NONE)
        return;

    if (stated->points != APD_NO_POINTS)
        settle_points(stated, verdict);
    if (stated->deadline != APD_NEVER)
        settle_deadline(stated, verdict);
    if (stated->deadline_wrong != NULL) {
        g_autofree char *line = g_strdup_printf("%s states \"%s\" as the deadline, which cannot be "
                                                "read",
                                                stated->by, stated->deadline_wrong);
        apd_text_list_add(&verdict->derivation, line);
    }
    if (stated->case_ref != NULL) {
        g_free(verdict->case_ref);
        verdict->case_ref = g_strdup(stated->case_ref);
    }
    settle_list(&verdict->orders, stated->order);
    settle_list(&verdict->products, stated->product);
}
