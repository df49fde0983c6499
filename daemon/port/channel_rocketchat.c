/* Rocket.Chat incoming integrations (docs.rocket.chat; errors as its server's source
 * and issues show them).
 */
#include "port/channel_attachment.h"

#define MAX_TEXT 900 /* the limit is a server's setting; 1000 goes everywhere */

/* As apd_swaps_lookalike, and "_" sets apart here, too. */
/* clang-format off */
static const ApdSwap swaps[] = {
    { '*', "\xe2\x88\x97" }, { '`', "\xcb\x8b" }, { '~', "\xe2\x88\xbc" }, { '|', "\xef\xbd\x9c" },
    { '<', "\xe2\x80\xb9" }, { '>', "\xe2\x80\xba" }, { '#', "\xef\xbc\x83" }, { '[', "\xef\xbc\xbb" },
    { ']', "\xef\xbc\xbd" }, { '\\', "\xef\xbc\xbc" }, { '_', "\xef\xbc\xbf" }, { 0 },
};
/* clang-format on */

static const ApdMarkup markdown = {
    .unit = APD_UNIT_UTF16,
    .inert = true, /* @all and @here fire from any text */
    .swaps = swaps,
    .url = apd_swaps_markdown_url,
    .title = "*{text}*",
    .fact = "*{label}:* {value}",
    .link = "[{label}]({url})",
    .line = "\n",
};

static bool
rocketchat_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                 GError **error)
{
    const ApdWording *wording = parcel->wording;
    char *text = parcel->plain
                     ? apd_sheet_make(wording, &apd_markup_plain_utf16, MAX_TEXT, APD_SHEET_ALL)
                     : apd_markup_fit(&markdown, wording->title, MAX_TEXT);
    JsonNode *attachments =
        parcel->plain ? NULL : apd_list(apd_attachment_make(wording, &markdown), NULL);

    (void) config;
    (void) error;
    apd_channel_post(request, g_strdup(parcel->url),
                     apd_object("text", apd_text_take(text), "alias", apd_text("appeald"),
                                "attachments", attachments, NULL));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 0,   "false", "error-not-allowed",  APD_REFUSED, .remedy = "let the integration's user into the room" },
    { 0,   "false", "error-code-invalid", APD_REFUSED, .remedy = "the integration's script is broken: mend or remove it" },
    { 400, "false", NULL, APD_REFUSED, .plainer = true },
    { 413, NULL,    NULL, APD_REFUSED, .plainer = true },
    { 401, NULL,    NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the integration" },
    { 404, NULL,    NULL, APD_REFUSED, .remedy = "the address is wrong, or the integration switched off" },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "success", .said = "error", .rows = rows, .n = G_N_ELEMENTS(rows)
};

static bool
is_success(JsonNode *node)
{
    return JSON_NODE_HOLDS_OBJECT(node)
           && json_object_get_boolean_member_with_default(json_node_get_object(node), "success",
                                                          FALSE);
}

/* Several rooms answer with an array: all of them count. */
static bool
all_took_it(const ApdHttpResponse *response)
{
    g_autoptr(JsonNode) root = apd_verdicts_parse(response);

    if (response->status != 200 || root == NULL)
        return false;
    if (!JSON_NODE_HOLDS_ARRAY(root))
        return is_success(root);

    JsonArray *rooms = json_node_get_array(root);
    for (guint i = 0; i < json_array_get_length(rooms); i++)
        if (!is_success(json_array_get_element(rooms, i)))
            return false;
    return json_array_get_length(rooms) > 0;
}

static void
rocketchat_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    if (all_took_it(response))
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_rocketchat = {
    .name = "rocketchat",
    .rate = { 5, APD_SECOND }, /* a setting of the server */
    .build = rocketchat_build,
    .judge = rocketchat_judge,
    .has_plain = true,
};
