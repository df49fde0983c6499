/* appealctl report: what came in, what was answered, what was missed. */
#include "app/ctl.h"

#include "base/text.h"
#include "port/channel_tools.h"

#define SINCE (30 * APD_DAY)

typedef struct {
    guint opened;    /* cases opened in the span */
    guint answered;  /* of them: taken or appealed by a person, or over otherwise */
    guint waiting;   /* still open */
    guint missed;    /* the deadline passed unanswered */
    guint won, lost; /* decided */
    guint forged;
    int points;    /* hundredths: imposed in the span and not lifted */
    int lifted;    /* hundredths */
    GArray *spans; /* owned, element-type ApdTime: from opening to the first act of a person */
} Report;

static int
by_span(const void *a, const void *b)
{
    ApdTime one = *(const ApdTime *) a, two = *(const ApdTime *) b;

    return (one > two) - (one < two);
}

/* @ret_answered: when a person first did something; untouched when nobody has. */
static bool
first_act(const GPtrArray *history, ApdTime *ret_answered)
{
    for (guint i = 0; i < history->len; i++) {
        const ApdHistory *entry = history->pdata[i];
        if (g_str_has_prefix(entry->by, "person")) {
            *ret_answered = entry->at;
            return true;
        }
    }
    return false;
}

static void
count_state(Report *self, const ApdCase *kase)
{
    self->waiting += kase->state == APD_STATE_OPEN;
    self->missed += kase->state == APD_STATE_EXPIRED;
    self->won += kase->state == APD_STATE_WON;
    self->lost += kase->state == APD_STATE_LOST;
    if (kase->points > 0 && kase->kind != APD_KIND_WARNING)
        *(kase->state == APD_STATE_WON ? &self->lifted : &self->points) += kase->points;
}

static bool
count_case(Report *self, const ApdCtlDesk *desk, const ApdCase *kase, GError **error)
{
    ApdTime answered;

    self->opened++;
    if (kase->authenticity == APD_AUTHENTICITY_FORGED) {
        self->forged++;
        return true;
    }

    g_autoptr(GPtrArray) history = apd_ledger_history(desk->ledger, kase->id, error);
    if (history == NULL)
        return false;
    if (first_act(history, &answered)) {
        ApdTime span = MAX(answered - kase->opened, 0);
        self->answered++;
        g_array_append_val(self->spans, span);
    }
    count_state(self, kase);
    return true;
}

static bool
count(Report *self, const ApdCtlDesk *desk, ApdTime since, GError **error)
{
    g_autoptr(GPtrArray) cases = apd_ledger_cases(desk->ledger, APD_CASES_ALL, error);

    if (cases == NULL)
        return false;

    for (guint i = 0; i < cases->len; i++) {
        const ApdCase *kase = cases->pdata[i];
        if (kase->opened >= since && !count_case(self, desk, kase, error))
            return false;
    }
    g_array_sort(self->spans, by_span);
    return true;
}

static ApdTime
median(const Report *self)
{
    return self->spans->len > 0 ? g_array_index(self->spans, ApdTime, self->spans->len / 2) : -1;
}

static void
print_count(const char *label, guint n, ApdPaint paint)
{
    g_print("  %-26s%s%4u%s\n", label, apd_screen_on(n > 0 ? paint : APD_PAINT_PLAIN), n,
            apd_screen_off(n > 0 ? paint : APD_PAINT_PLAIN));
}

static void
print_report(const Report *self, const ApdCtlDesk *desk, ApdTime since)
{
    g_autofree char *date = apd_ctl_date(desk, since);
    g_autofree char *points = apd_points_text(self->points);
    g_autofree char *lifted = apd_points_text(self->lifted);
    g_autofree char *middle = median(self) >= 0 ? apd_ctl_span(desk, median(self)) : g_strdup("-");

    g_print("Since %s\n", date);
    print_count("cases opened", self->opened, APD_PAINT_BOLD);
    print_count("of them forged", self->forged, APD_PAINT_PLAIN);
    print_count("answered by a person", self->answered, APD_PAINT_PLAIN);
    print_count("waiting for a person", self->waiting, APD_PAINT_BOLD);
    print_count("missed", self->missed, APD_PAINT_URGENT);
    print_count("won", self->won, APD_PAINT_GOOD);
    print_count("lost", self->lost, APD_PAINT_PLAIN);
    g_print("  %-26s%4s\n", "points given", points);
    g_print("  %-26s%4s\n", "points lifted", lifted);
    g_print("  %-26s%s\n", "time to the first answer", middle);
    g_print("  (half of the cases sooner)\n");
}

static void
print_json(const Report *self, ApdTime since)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *date = apd_time_iso(since);

    json_builder_begin_object(builder);
    apd_json_text(builder, "since", date);
    apd_json_int(builder, "opened", self->opened);
    apd_json_int(builder, "forged", self->forged);
    apd_json_int(builder, "answered", self->answered);
    apd_json_int(builder, "waiting", self->waiting);
    apd_json_int(builder, "missed", self->missed);
    apd_json_int(builder, "won", self->won);
    apd_json_int(builder, "lost", self->lost);
    json_builder_set_member_name(builder, "points");
    json_builder_add_double_value(builder, self->points / 100.0);
    json_builder_set_member_name(builder, "lifted");
    json_builder_add_double_value(builder, self->lifted / 100.0);
    json_builder_set_member_name(builder, "median_seconds_to_answer");
    if (median(self) >= 0)
        json_builder_add_int_value(builder, median(self) / APD_SECOND);
    else
        json_builder_add_null_value(builder);
    json_builder_end_object(builder);
    apd_ctl_print_json(builder);
}

int
apd_ctl_report(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    ApdTime span = SINCE;
    g_auto(ApdCtlDesk) desk = { NULL };
    g_autoptr(GError) error = NULL;

    (void) operands;
    if (ctl->since != NULL && !apd_duration_parse(ctl->since, &span))
        return apd_ctl_complain(APD_EXIT_USAGE,
                                "report: '%s' is no duration (write for example 30d)", ctl->since);
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    Report report = { .spans = g_array_new(FALSE, FALSE, sizeof(ApdTime)) };
    if (!count(&report, &desk, desk.now - span, &error))
        status = apd_ctl_fail(error);
    else if (ctl->json)
        print_json(&report, desk.now - span);
    else
        print_report(&report, &desk, desk.now - span);
    g_array_unref(report.spans);
    return status;
}
