/* Prometheus Alertmanager, API v2 (prometheus/alertmanager, 68fb2d5 and Debian's 0.25).
 *
 * The set of labels is the alert: that of a case is the same through all its steps, so
 * nothing that changes may stand in it, as severity and category do: those are
 * annotations.  It fires until its end, which is the deadline, or now when nothing is
 * left to do; what goes on until it ends is told again before it would.
 */
#include "port/channel_tools.h"

#include "base/text.h"

#define MAX_TEXT 4000

/* How long an alert fires that has no deadline, or whose deadline has passed: it is told
 * again every day, but for what happens once. */
#define DEFAULT_SPAN (2 * APD_DAY)
#define ONCE_SPAN    APD_DAY

/* An end that is not over by the server's clock would be put off to the one it had. */
#define CLOCK_SLACK (5 * APD_MINUTE)

static bool
is_over(const ApdAlert *alert)
{
    return apd_alert_is_end(alert)
           || (alert->kase != NULL && alert->reason != APD_REASON_EXPIRED
               && (!apd_state_runs(alert->kase->state)
                   || alert->kase->state == APD_STATE_APPEALED));
}

static ApdTime
end_of(const ApdParcel *parcel)
{
    const ApdAlert *alert = parcel->alert;

    if (is_over(alert))
        return parcel->now - CLOCK_SLACK;
    if (alert->kase != NULL && alert->kase->deadline != APD_NEVER
        && alert->kase->deadline > parcel->now)
        return alert->kase->deadline;
    g_autofree char *source = apd_alert_blind_source(alert);
    return parcel->now + (alert->kase != NULL || source != NULL ? DEFAULT_SPAN : ONCE_SPAN);
}

/* Empty values are dropped by the server. */
static JsonNode *
labels(const ApdParcel *parcel)
{
    const ApdAlert *alert = parcel->alert;
    const ApdCase *kase = alert->kase;
    g_autofree char *name = g_strdup_printf("appeald_%s", apd_alert_type_name(alert->type));
    g_autofree char *source = apd_alert_blind_source(alert);
    g_autofree char *spell = apd_alert_blind_spell(alert);

    if (source != NULL)
        return apd_object(
            "alertname",
            apd_text(g_str_has_suffix(source, " (room)") ? "appeald_full" : "appeald_blind"),
            "source", apd_text(source), "key", apd_text(spell), NULL);
    if (kase == NULL)
        return apd_object("alertname", apd_text(name), "key", apd_text(alert->key), NULL);

    return apd_object("alertname", apd_text(name), "case",
                      apd_text_take(g_strdup_printf("%" G_GINT64_FORMAT, kase->id)), "store",
                      apd_text(kase->store && *kase->store ? kase->store : NULL), NULL);
}

static JsonNode *
annotations(const ApdParcel *parcel)
{
    const ApdWording *wording = parcel->wording;
    const ApdCase *kase = parcel->alert->kase;
    g_autofree char *deadline = kase ? apd_time_iso(kase->deadline) : NULL;
    ApdSeverity severity = kase ? kase->severity : parcel->alert->severity;

    return apd_object(
        "summary", apd_text_take(apd_markup_fit(&apd_markup_plain_bytes, wording->title, MAX_TEXT)),
        "description",
        apd_text_take(
            apd_sheet_make(wording, &apd_markup_plain_bytes, MAX_TEXT, APD_SHEET_NO_TITLE)),
        "severity", apd_text(apd_severity_name(severity)), "category",
        kase ? apd_text(kase->category) : NULL, "deadline", apd_text(deadline), "appeal_url",
        apd_text(wording->url), NULL);
}

static bool
alertmanager_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                   GError **error)
{
    const ApdCase *kase = parcel->alert->kase;
    ApdTime began = kase && kase->opened > 0 ? kase->opened : parcel->alert->created;
    ApdTime end = end_of(parcel);
    ApdTime start = MIN(began > 0 ? began : parcel->now, end);
    g_autofree char *starts = apd_time_iso(start);
    g_autofree char *ends = apd_time_iso(end);
    JsonNode *alert = apd_object("labels", labels(parcel), "annotations", annotations(parcel),
                                 "startsAt", apd_text(starts), "endsAt", apd_text(ends),
                                 "generatorURL", apd_text(parcel->wording->url), NULL);

    (void) error;
    apd_channel_post(request, apd_channel_address(config, "", "/api/v2/alerts"),
                     apd_list(alert, NULL));
    if (parcel->token != NULL)
        apd_channel_header(request, "Authorization: Bearer %s", parcel->token);
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, NULL, NULL, APD_TAKEN },
    { 401, NULL, NULL, APD_REFUSED, .remedy = "the server wants a token, or another one" },
    { 404, NULL, NULL, APD_REFUSED, .remedy = "check server =: /api/v2/alerts must be below it" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .rows = rows, .n = G_N_ELEMENTS(rows) };

const ApdChannelType apd_channel_alertmanager = {
    .name = "alertmanager",
    .keeps_account = true,
    .build = alertmanager_build,
    .verdicts = &verdicts,
};
