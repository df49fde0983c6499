/* PagerDuty, Events API v2 (PagerDuty/developer-docs).
 *
 * All alerts of a case are one incident, by its dedup_key, which is resolved when
 * nothing is left to do.  400 is never sent again.
 */
#include "port/channel_tools.h"

#include "base/text.h"

#define PUBLIC_SERVER "https://events.pagerduty.com"
#define MAX_SUMMARY   1024
#define MAX_KEY       255
#define MAX_VALUE     2000
#define MAX_LABEL     200

/* Expired and lost cases still want a person. */
static bool
is_resolved(const ApdAlert *alert)
{
    if (apd_alert_is_end(alert))
        return true;
    return alert->kase != NULL
           && (alert->kase->state == APD_STATE_APPEALED || alert->kase->state == APD_STATE_WON
               || alert->kase->state == APD_STATE_CLOSED);
}

static JsonNode *
details(const ApdWording *wording)
{
    JsonNode *object = apd_object(
        "text", apd_text_take(apd_markup_fit(&apd_markup_plain_bytes, wording->body, MAX_VALUE)),
        NULL);

    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        json_object_set_member(
            json_node_get_object(object), fact->label,
            apd_text_take(apd_markup_fit(&apd_markup_plain_bytes, fact->value, MAX_VALUE)));
    }
    return object;
}

/* The deadline stands in the summary: it is what the phone reads out. */
static char *
summary(const ApdWording *wording)
{
    const ApdFact *first = wording->facts->len > 0 ? wording->facts->pdata[0] : NULL;
    g_autofree char *title =
        apd_markup_fit(&apd_markup_plain_bytes, wording->title, MAX_SUMMARY / 2);
    g_autofree char *text = first && g_strcmp0(first->key, "deadline") == 0
                                ? g_strdup_printf("%s (%s)", title, first->value)
                                : g_steal_pointer(&title);

    return apd_markup_fit(&apd_markup_plain_bytes, text, MAX_SUMMARY);
}

static JsonNode *
payload(const ApdParcel *parcel)
{
    static const char *const severities[APD_N_SEVERITIES] = { "info", "warning", "error",
                                                              "critical" };
    g_autofree char *now = apd_time_iso(parcel->now);

    return apd_object(
        "summary", apd_text_take(summary(parcel->wording)), "source", apd_text("appeald"),
        "severity", apd_text(severities[parcel->wording->severity]), "timestamp", apd_text(now),
        "component", parcel->alert->kase ? apd_text(parcel->alert->kase->store) : NULL,
        "custom_details", details(parcel->wording), NULL);
}

/* A blindness and its end share a key, which the alert's own does not. */
static char *
dedup_key(const ApdParcel *parcel)
{
    g_autofree char *spell = apd_alert_blind_spell(parcel->alert);
    g_autofree char *key =
        spell ? g_strdup_printf("appeald-source-%s", spell) : apd_channel_case_key(parcel);

    return apd_markup_fit(&apd_markup_plain_bytes, key, MAX_KEY);
}

static bool
pagerduty_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                GError **error)
{
    const ApdWording *wording = parcel->wording;
    bool resolved = is_resolved(parcel->alert);
    JsonNode *links = NULL;

    (void) error;
    if (wording->url != NULL)
        links = apd_list(apd_object("href", apd_text(wording->url), "text",
                                    apd_text_take(apd_markup_fit(&apd_markup_plain_bytes,
                                                                 wording->url_label, MAX_LABEL)),
                                    NULL),
                         NULL);
    apd_channel_post(request, apd_channel_address(config, PUBLIC_SERVER, "/v2/enqueue"),
                     apd_object("routing_key", apd_text(parcel->token), "event_action",
                                apd_text(resolved ? "resolve" : "trigger"), "dedup_key",
                                apd_text_take(dedup_key(parcel)), "payload", payload(parcel),
                                "links", links, NULL));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 202, "success", NULL, APD_TAKEN },
    { 429, NULL, NULL, APD_TRY_AGAIN, .wait = 2 * APD_MINUTE },
    { 400, NULL, NULL, APD_REFUSED, .remedy = "check the token file: it holds the integration key of Events API v2" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .code = "status", .rows = rows, .n = G_N_ELEMENTS(rows) };

const ApdChannelType apd_channel_pagerduty = {
    .name = "pagerduty",
    .rate = { 10, APD_SECOND }, /* 120 a minute */
    .one_by_one = true,
    .keeps_account = true,
    .build = pagerduty_build,
    .verdicts = &verdicts,
};
