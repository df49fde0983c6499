/* Slack incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks;
 * limits of @slack/types, 2026-08).
 */
#include "port/channel_tools.h"

#include <string.h>

#define MAX_HEADER  150
#define MAX_BUTTON  75
#define MAX_URL     3000
#define MAX_PLAIN   3000
#define MAX_BODY    1500 /* of 3000: all blocks together have a limit, too */
#define MAX_VALUE   600  /* of 2000 */
#define MAX_ROWS    5    /* a section has ten fields: a label and a value each */
#define NO_SECTIONS 3

/* Entities stop <!channel> and <@U...> (docs.slack.dev/messaging/formatting-message-text);
 * what is left of the markup knows no escape. */
/* clang-format off */
static const ApdSwap swaps[] = {
    { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '*', "\xe2\x88\x97" },
    { '`', "\xcb\x8b" }, { '~', "\xe2\x88\xbc" }, { '_', "\xef\xbc\xbf" }, { 0 },
};
static const ApdSwap url_swaps[] = {
    { '&', "&amp;" }, { '<', "%3C" }, { '>', "%3E" }, { '|', "%7C" }, { 0 },
};
/* clang-format on */

static const ApdMarkup mrkdwn = {
    .unit = APD_UNIT_UTF16,
    .inert = true,
    .swaps = swaps,
    .url = url_swaps,
    .title = "*{text}*",
    .fact = "*{label}:* {value}",
    .link = "<{url}|{label}>",
    .line = "\n",
};

static JsonNode *
plain(const char *text, size_t max)
{
    return apd_object("type", apd_text("plain_text"), "text",
                      apd_text_take(apd_markup_fit(&apd_markup_plain_utf16, text, max)), NULL);
}

static JsonNode *
marked(const char *format, const char *text, size_t max)
{
    g_autofree char *fitted = apd_markup_fit(&mrkdwn, text, max);

    return apd_object("type", apd_text("mrkdwn"), "text",
                      apd_text_take(g_strdup_printf(format, fitted)), "verbatim", apd_bool(true),
                      NULL);
}

/* A table: bold labels on the left, values on the right. */
static JsonNode *
section(const ApdWording *wording, guint first)
{
    JsonNode *fields = apd_empty();

    for (guint i = first; i < MIN(wording->facts->len, first + MAX_ROWS); i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        apd_list_add(fields, marked("*%s*", fact->label, MAX_VALUE));
        apd_list_add(fields, marked("%s", fact->value, MAX_VALUE));
    }
    return apd_object("type", apd_text("section"), "fields", fields, NULL);
}

static JsonNode *
button(const ApdWording *wording)
{
    bool danger = wording->severity == APD_SEVERITY_CRITICAL;

    if (wording->url == NULL || strlen(wording->url) > MAX_URL)
        return NULL;

    JsonNode *element =
        apd_object("type", apd_text("button"), "text", plain(wording->url_label, MAX_BUTTON), "url",
                   apd_text(wording->url), "style", danger ? apd_text("danger") : NULL, NULL);
    return apd_object("type", apd_text("actions"), "elements", apd_list(element, NULL), NULL);
}

static JsonNode *
blocks(const ApdWording *wording)
{
    JsonNode *list = apd_list(
        apd_object("type", apd_text("header"), "text", plain(wording->title, MAX_HEADER), NULL),
        NULL);

    if (*wording->body != '\0')
        apd_list_add(list, apd_object("type", apd_text("section"), "text",
                                      marked("%s", wording->body, MAX_BODY), NULL));
    for (guint i = 0; i < MIN(wording->facts->len, MAX_ROWS * NO_SECTIONS); i += MAX_ROWS)
        apd_list_add(list, section(wording, i));
    apd_list_add(list, button(wording));
    apd_list_add(list, apd_object("type", apd_text("context"), "elements",
                                  apd_list(marked("%s", wording->footer, MAX_VALUE), NULL), NULL));
    return list;
}

static bool
slack_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
            GError **error)
{
    const ApdWording *wording = parcel->wording;

    (void) config;
    (void) error;
    apd_channel_post(
        request, g_strdup(parcel->url),
        apd_object("text",
                   apd_text_take(apd_sheet_make(wording, &mrkdwn, MAX_PLAIN, APD_SHEET_ALL)),
                   "blocks", parcel->plain ? NULL : blocks(wording), NULL));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 400, NULL, "blocks",          APD_REFUSED, .plainer = true },
    { 400, NULL, "invalid_payload", APD_REFUSED, .plainer = true },
    { 400, NULL, "attachments",     APD_REFUSED, .plainer = true },
    { 403, NULL, NULL, APD_REFUSED, .remedy = "the workspace forbids it: ask its administrator" },
    { 404, NULL, NULL, APD_REFUSED, .remedy = "the webhook is gone: make a new one, and put its address into the url file" },
    { 410, NULL, NULL, APD_REFUSED, .remedy = "the Slack channel is archived" },
    { 200, NULL, NULL, APD_REFUSED, .remedy = "Slack answers ok to what it takes" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .rows = rows, .n = G_N_ELEMENTS(rows) };

/* Success is 200 and the body "ok", nothing else. */
static void
slack_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);

    if (response->status == 200 && g_str_equal(said, "ok"))
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_slack = {
    .name = "slack",
    .rate = { 3, APD_SECOND }, /* one a second, with short bursts */
    .build = slack_build,
    .judge = slack_judge,
    .has_plain = true,
};
