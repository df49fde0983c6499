/* Microsoft Teams: workflows ("When a Teams webhook request is received"), with an
 * Adaptive Card 1.4; the retired Office 365 connectors, whose addresses are still about,
 * take the same message.
 *
 * A workflow answers 202 before it runs: that the card was shown, only a person can
 * say.  Connectors answer 200 to everything: success is the body "1".
 */
#include "port/channel_tools.h"

/* 28 KB for the whole message. */
#define MAX_BODY  26000
#define MAX_TITLE 300
#define MAX_TEXT  2000
#define MAX_VALUE 1000
#define MAX_PLAIN 4000

/* A part of Markdown (learn.microsoft.com/adaptive-cards/authoring-cards/text-features). */
static const ApdMarkup markdown = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .backslash = "\\`*_[]<>~", /* no headings there, and no link without its brackets */
    .url = apd_swaps_markdown_url,
    .title = "**{text}**",
    .fact = "**{label}:** {value}",
    .link = "[{label}]({url})",
    .line = "\n\n",
};

static const char *
colour(ApdSeverity severity)
{
    static const char *const colours[APD_N_SEVERITIES] = { "Default", "Accent", "Warning",
                                                           "Attention" };
    return colours[severity];
}

static JsonNode *
block(char *text, const char *size, const char *weight, const char *colour_name, bool subtle)
{
    return apd_object("type", apd_text("TextBlock"), "text", apd_text_take(text), "wrap",
                      apd_bool(true), "size", apd_text(size), "weight", apd_text(weight), "color",
                      apd_text(colour_name), "isSubtle", subtle ? apd_bool(true) : NULL, NULL);
}

/* A line for each, not a FactSet: that is a table, which on a narrow screen cuts off
 * what is long and sets short labels a letter below the other. */
static void
add_facts(JsonNode *list, const ApdWording *wording)
{
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        g_autofree char *label = apd_markup_fit(&markdown, fact->label, MAX_TITLE);
        g_autofree char *value = apd_markup_fit(&markdown, fact->value, MAX_VALUE);

        apd_list_add(list, apd_object("type", apd_text("TextBlock"), "text",
                                      apd_text_take(g_strdup_printf("**%s:** %s", label, value)),
                                      "wrap", apd_bool(true), "spacing",
                                      apd_text(i == 0 ? "Default" : "Small"), NULL));
    }
}

static JsonNode *
body(const ApdWording *wording)
{
    JsonNode *list = apd_list(block(apd_markup_fit(&markdown, wording->title, MAX_TITLE), "Medium",
                                    "Bolder", colour(wording->severity), false),
                              NULL);

    if (*wording->body != '\0')
        apd_list_add(list, block(apd_markup_fit(&markdown, wording->body, MAX_TEXT), NULL, NULL,
                                 NULL, false));
    add_facts(list, wording);
    apd_list_add(list, block(apd_markup_fit(&markdown, wording->footer, MAX_TITLE), "Small", NULL,
                             NULL, true));
    return list;
}

static JsonNode *
actions(const ApdWording *wording)
{
    if (wording->url == NULL)
        return NULL;
    return apd_list(apd_object("type", apd_text("Action.OpenUrl"), "title",
                               apd_text_take(apd_markup_fit(&apd_markup_plain_bytes,
                                                            wording->url_label, MAX_TITLE)),
                               "url", apd_text(wording->url), NULL),
                    NULL);
}

static JsonNode *
card(const ApdParcel *parcel)
{
    const ApdWording *wording = parcel->wording;
    JsonNode *content =
        parcel->plain ? apd_list(block(apd_sheet_make(wording, &markdown, MAX_PLAIN, APD_SHEET_ALL),
                                       NULL, NULL, NULL, false),
                                 NULL)
                      : body(wording);

    return apd_object("$schema", apd_text("http://adaptivecards.io/schemas/adaptive-card.json"),
                      "type", apd_text("AdaptiveCard"), "version", apd_text("1.4"), "body", content,
                      "actions", parcel->plain ? NULL : actions(wording), NULL);
}

static bool
teams_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
            GError **error)
{
    JsonNode *attachment =
        apd_object("contentType", apd_text("application/vnd.microsoft.card.adaptive"), "content",
                   card(parcel), NULL);

    (void) config;
    (void) error;
    apd_channel_post(
        request, g_strdup(parcel->url),
        apd_object("type", apd_text("message"), "attachments", apd_list(attachment, NULL), NULL));
    return true;
}

#define NEW_ADDRESS "make a new workflow in Teams, and put its address into the url file"

/* clang-format off */
static const ApdRuling rows[] = {
    { 202, NULL, NULL, APD_TAKEN },
    { 200, NULL, "HTTP error 429", APD_TRY_AGAIN, .wait = APD_MINUTE },
    { 200, NULL, "HTTP error 413", APD_REFUSED, .plainer = true },
    { 200, NULL, "HTTP error 400", APD_REFUSED, .plainer = true },
    { 200, NULL, "HTTP error 403", APD_REFUSED, .remedy = NEW_ADDRESS },
    { 200, NULL, "HTTP error 404", APD_REFUSED, .remedy = NEW_ADDRESS },
    { 200, NULL, "HTTP error 410", APD_REFUSED, .remedy = NEW_ADDRESS },
    { 413, NULL, NULL, APD_REFUSED, .plainer = true },
    { 400, NULL, "too large",   APD_REFUSED, .plainer = true },
    { 400, NULL, NULL, APD_REFUSED, .remedy = "is the workflow switched on, and made for Teams webhook requests?" },
    { 401, NULL, NULL, APD_REFUSED, .remedy = "let anyone call the workflow: its address is the secret" },
    { 403, NULL, NULL, APD_REFUSED, .remedy = NEW_ADDRESS },
    { 404, NULL, NULL, APD_REFUSED, .remedy = NEW_ADDRESS },
    { 410, NULL, NULL, APD_REFUSED, .remedy = NEW_ADDRESS },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .said = "error.message",
                                      .rows = rows,
                                      .n = G_N_ELEMENTS(rows) };

static void
teams_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);

    if (response->status == 200 && g_str_equal(said, "1"))
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_teams = {
    .name = "teams",
    .rate = { 4, APD_SECOND }, /* four a second */
    .build = teams_build,
    .judge = teams_judge,
    .has_plain = true,
    .max_body = MAX_BODY,
    .unseen = true,
};
