/* appealctl calendar: the running deadlines as an iCalendar file (RFC 5545). */
#include "app/ctl.h"

#include <string.h>

#include "app/reminders.h"
#include "base/text.h"

/* Lines are folded at 75 octets (section 3.1), never within a character. */
#define FOLD 75u

static void
add_line(GString *calendar, const char *line)
{
    size_t room = FOLD;

    while (strlen(line) > room) {
        size_t n = room;
        while (n > 1 && ((unsigned char) line[n] & 0xc0) == 0x80)
            n--;
        g_string_append_len(calendar, line, (gssize) n);
        g_string_append(calendar, "\r\n ");
        line += n;
        room = FOLD - 1;
    }
    g_string_append_printf(calendar, "%s\r\n", line);
}

static void add(GString *calendar, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
add(GString *calendar, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    add_line(calendar, line);
}

/* TEXT values (section 3.3.11). */
static char *
escape(const char *text)
{
    GString *escaped = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (strchr("\\;,", *text) != NULL)
            g_string_append_c(escaped, '\\');
        if (*text == '\n')
            g_string_append(escaped, "\\n");
        else
            g_string_append_c(escaped, *text);
    }
    return g_string_free(escaped, FALSE);
}

static char *
instant(ApdTime when)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(when / APD_SECOND);

    return date ? g_date_time_format(date, "%Y%m%dT%H%M%SZ") : NULL;
}

static void
add_alarms(GString *calendar, const ApdCtlDesk *desk, const char *summary)
{
    const ApdLadder ladder = apd_reminders_ladder(desk->config);

    for (size_t i = 0; i < ladder.n; i++) {
        add_line(calendar, "BEGIN:VALARM");
        add_line(calendar, "ACTION:DISPLAY");
        add(calendar, "TRIGGER:-PT%" G_GINT64_FORMAT "S", ladder.lead[i] / APD_SECOND);
        add(calendar, "DESCRIPTION:%s", summary);
        add_line(calendar, "END:VALARM");
    }
}

static char *
describe(const ApdCtlDesk *desk, const ApdCase *kase)
{
    GString *text = g_string_new(NULL);
    g_autofree char *date = apd_ctl_date(desk, kase->deadline);
    g_autofree char *subject = apd_text_line(kase->subject);
    g_autofree char *points = apd_points_text(kase->points);

    g_string_append_printf(text, "Deadline: %s (%s)\n", date, apd_basis_name(kase->basis));
    if (*points != '\0')
        g_string_append_printf(text, "Points: %s\n", points);
    if (kase->case_ref != NULL)
        g_string_append_printf(text, "Case number: %s\n", kase->case_ref);
    if (kase->authenticity != APD_AUTHENTICITY_GENUINE)
        g_string_append(text, "The sender is not verified: open the seller centre by hand.\n");
    g_string_append_printf(text, "Subject: %s", subject);
    return g_string_free(text, FALSE);
}

static void
add_case(GString *calendar, const ApdCtlDesk *desk, const ApdCase *kase)
{
    g_autofree char *matter = apd_ctl_category(desk, kase->category);
    g_autofree char *title = g_strdup_printf(
        "%s: %s%s%s (#%" G_GINT64_FORMAT ")",
        kase->basis == APD_BASIS_ESTIMATED ? "Appeal deadline, estimated" : "Appeal deadline",
        matter, *kase->store ? " · " : "", kase->store, kase->id);
    g_autofree char *text = describe(desk, kase);
    g_autofree char *summary = escape(title), *description = escape(text);
    g_autofree char *stamp = instant(desk->now), *start = instant(kase->deadline);

    add_line(calendar, "BEGIN:VEVENT");
    add(calendar, "UID:case-%" G_GINT64_FORMAT "@appeald.%s", kase->id, g_get_host_name());
    add(calendar, "DTSTAMP:%s", stamp);
    add(calendar, "SEQUENCE:%d", kase->round);
    add(calendar, "DTSTART:%s", start);
    add(calendar, "SUMMARY:%s", summary);
    add(calendar, "DESCRIPTION:%s", description);
    if (kase->authenticity == APD_AUTHENTICITY_GENUINE && kase->appeal_url != NULL)
        add(calendar, "URL:%s", kase->appeal_url);
    add_line(calendar, "TRANSP:TRANSPARENT");
    if (kase->state != APD_STATE_APPEALED)
        add_alarms(calendar, desk, summary);
    add_line(calendar, "END:VEVENT");
}

static char *
make_calendar(const ApdCtlDesk *desk, const GPtrArray *cases)
{
    GString *calendar = g_string_new(NULL);

    add_line(calendar, "BEGIN:VCALENDAR");
    add_line(calendar, "VERSION:2.0");
    add_line(calendar, "PRODID:-//appeald//appealctl " APD_VERSION "//EN");
    add_line(calendar, "CALSCALE:GREGORIAN");
    add_line(calendar, "X-WR-CALNAME:Appeal deadlines");
    for (guint i = 0; i < cases->len; i++) {
        const ApdCase *kase = cases->pdata[i];
        if (kase->deadline != APD_NEVER && kase->authenticity != APD_AUTHENTICITY_FORGED)
            add_case(calendar, desk, kase);
    }
    add_line(calendar, "END:VCALENDAR");
    return g_string_free(calendar, FALSE);
}

int
apd_ctl_calendar(const ApdCtl *ctl, char **operands)
{
    int status = APD_EXIT_GOOD;
    g_auto(ApdCtlDesk) desk = { NULL };
    g_autoptr(GError) error = NULL;

    if (operands[0] != NULL && operands[1] != NULL)
        return apd_ctl_complain(APD_EXIT_USAGE, "calendar: '%s' is not expected here", operands[1]);
    if (!apd_ctl_desk_open(&desk, ctl, &status))
        return status;

    g_autoptr(GPtrArray) cases = apd_ledger_cases(desk.ledger, APD_CASES_RUNNING, &error);
    if (cases == NULL)
        return apd_ctl_fail(error);

    g_autofree char *calendar = make_calendar(&desk, cases);
    if (operands[0] == NULL)
        g_print("%s", calendar);
    else if (!g_file_set_contents_full(operands[0], calendar, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                       0644, &error))
        return apd_ctl_complain(APD_EXIT_FAIL, "%s", error->message);
    return APD_EXIT_GOOD;
}
