/* Pushover (pushover.net/api).
 *
 * The most urgent alerts repeat on the phone until somebody taps them.  4xx is for
 * good, save 429, which is the month's quota; 5xx is tried again after 5 s or more.
 */
#include "port/channel_tools.h"

#include <string.h>

#define PUBLIC_SERVER "https://api.pushover.net"

#define MAX_MESSAGE 1024
#define MAX_TITLE   250
#define MAX_URL     512
#define MAX_LABEL   100

/* Of emergencies: how often, and for how long (at most 3 h). */
#define RETRY_SECONDS  300
#define EXPIRE_SECONDS 10800

static const ApdMarkup html = {
    .unit = APD_UNIT_POINTS,
    .inert = true,
    .swaps = apd_swaps_entities,
    .url = apd_swaps_entities,
    .title = "<b>{text}</b>",
    .fact = "{label}: {value}",
    .urgent = "{label}: <b>{value}</b>",
    .link = "<a href=\"{url}\">{label}</a>",
    .line = "\n",
};

static JsonNode *
message(const ApdParcel *parcel)
{
    static const int priorities[APD_N_SEVERITIES] = { -1, 0, 1, 2 };
    const ApdWording *wording = parcel->wording;
    bool emergency = wording->severity == APD_SEVERITY_CRITICAL;
    bool linked = wording->url != NULL && strlen(wording->url) <= MAX_URL;
    char *text =
        apd_sheet_make(wording, parcel->plain ? &apd_markup_plain_points : &html, MAX_MESSAGE,
                       linked ? APD_SHEET_NO_TITLE | APD_SHEET_NO_LINK : APD_SHEET_NO_TITLE);

    return apd_object(
        "token", apd_text(parcel->token), "user", apd_text(parcel->secret), "title",
        apd_text_take(apd_markup_fit(&apd_markup_plain_points, wording->title, MAX_TITLE)),
        "message", apd_text_take(text), "html", parcel->plain ? NULL : apd_int(1), "url",
        linked ? apd_text(wording->url) : NULL, "url_title",
        linked
            ? apd_text_take(apd_markup_fit(&apd_markup_plain_points, wording->url_label, MAX_LABEL))
            : NULL,
        "priority", apd_int(priorities[wording->severity]), "retry",
        emergency ? apd_int(RETRY_SECONDS) : NULL, "expire",
        emergency ? apd_int(EXPIRE_SECONDS) : NULL, "timestamp", apd_int(parcel->now / APD_SECOND),
        NULL);
}

static bool
pushover_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
               GError **error)
{
    (void) error;
    apd_channel_post(request, apd_channel_address(config, PUBLIC_SERVER, "/1/messages.json"),
                     message(parcel));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, "1",  NULL, APD_TAKEN },
    { 429, NULL, NULL, APD_TRY_AGAIN, .wait = APD_HOUR, .remedy = "the month's quota of messages is used up" },
    { 500, NULL, NULL, APD_TRY_AGAIN, .wait = 5 * APD_SECOND },
    { 502, NULL, NULL, APD_TRY_AGAIN, .wait = 5 * APD_SECOND },
    { 503, NULL, NULL, APD_TRY_AGAIN, .wait = 5 * APD_SECOND },
    { 504, NULL, NULL, APD_TRY_AGAIN, .wait = 5 * APD_SECOND },
    { 0,   "0",  "token", APD_REFUSED, .remedy = "check the token file: it holds the application's token" },
    { 0,   "0",  "user",  APD_REFUSED, .remedy = "check the user file: it holds the key of a user or group" },
    { 0,   "0",  "message", APD_REFUSED, .plainer = true },
    { 0,   "0",  "url",   APD_REFUSED, .plainer = true },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .code = "status", .rows = rows, .n = G_N_ELEMENTS(rows) };

/* Of an exhausted quota it says when the next begins; a new plan may come before. */
static void
pushover_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    guint64 reset;

    apd_verdicts_judge(&verdicts, response, now, judgement);
    if (response->status == 429 && response->limit_reset != NULL
        && g_ascii_string_to_unsigned(response->limit_reset, 10, 0, G_MAXINT32, &reset, NULL))
        judgement->wait = CLAMP((ApdTime) reset * APD_SECOND - now, APD_MINUTE, 6 * APD_HOUR);
}

const ApdChannelType apd_channel_pushover = {
    .name = "pushover",
    .rate = { 5, APD_SECOND },
    .build = pushover_build,
    .judge = pushover_judge,
    .has_plain = true,
};
