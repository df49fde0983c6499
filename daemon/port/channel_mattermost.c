/* Mattermost incoming webhooks (mattermost-developer-documentation, a259f36). */
#include "port/channel_attachment.h"

/* Longer text is split by the server. */
#define MAX_TEXT 16383
#define MAX_BACK 1000

static const ApdMarkup markdown = {
    .unit = APD_UNIT_POINTS,
    .inert = true, /* @channel and @here fire from any text */
    .backslash = "\\`*_{}[]()<>#+-!|~",
    .url = apd_swaps_markdown_url,
    .title = "**{text}**",
    .fact = "**{label}:** {value}",
    .link = "[{label}]({url})",
    .line = "  \n",
};

static JsonNode *
rich_attachment(const ApdWording *wording)
{
    JsonNode *attachment = apd_attachment_make(wording, &markdown);
    JsonObject *object = json_node_get_object(attachment);

    json_object_set_member(
        object, "fallback",
        apd_text_take(apd_sheet_make(wording, &apd_markup_plain_points, MAX_BACK, APD_SHEET_ALL)));
    return attachment;
}

static const char *
priority(ApdSeverity severity)
{
    static const char *const priorities[APD_N_SEVERITIES] = { NULL, NULL, "important", "urgent" };
    return priorities[severity];
}

static bool
mattermost_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                 GError **error)
{
    const ApdWording *wording = parcel->wording;
    const char *level = parcel->plain ? NULL : priority(wording->severity);
    JsonNode *text = NULL, *attachments = NULL;

    (void) config;
    (void) error;
    if (parcel->plain)
        text = apd_text_take(
            apd_sheet_make(wording, &apd_markup_plain_points, MAX_TEXT / 4, APD_SHEET_ALL));
    else
        attachments = apd_list(rich_attachment(wording), NULL);
    apd_channel_post(
        request, g_strdup(parcel->url),
        apd_object("username", apd_text("appeald"), "text", text, "attachments", attachments,
                   "priority", level ? apd_object("priority", apd_text(level), NULL) : NULL, NULL));
    return true;
}

#define GONE                                                                                       \
    "the webhook is gone or switched off: make a new one, and put its address into the url file"

/* clang-format off */
static const ApdRuling rows[] = {
    { 400, NULL, "parse",    APD_REFUSED, .plainer = true },
    { 400, NULL, "priority", APD_REFUSED, .plainer = true },
    { 400, NULL, "invalid",  APD_REFUSED, .remedy = GONE },
    { 400, NULL, NULL,       APD_REFUSED, .plainer = true },
    { 413, NULL, NULL,       APD_REFUSED, .plainer = true },
    { 403, NULL, NULL,       APD_REFUSED, .remedy = "the webhook may not post there" },
    { 404, NULL, NULL,       APD_REFUSED, .remedy = GONE },
    { 501, NULL, NULL,       APD_REFUSED, .remedy = "incoming webhooks are switched off on this server" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .said = "message", .rows = rows, .n = G_N_ELEMENTS(rows) };

static void
mattermost_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);

    if (response->status == 200 && g_str_equal(said, "ok"))
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_mattermost = {
    .name = "mattermost",
    .rate = { 5, APD_SECOND }, /* a setting of the server */
    .build = mattermost_build,
    .judge = mattermost_judge,
    .has_plain = true,
};
