/* Google Chat webhooks (developers.google.com/workspace/chat): a card.
 *
 * The same requestId gives back the message that is there already, so that a
 * delivery tried twice shows once; alerts of one case go to one thread.
 */
#include "port/channel_tools.h"

/* 32 000 bytes with cards. */
#define MAX_BODY  31000
#define MAX_TITLE 300
#define MAX_TEXT  2000
#define MAX_VALUE 1000
#define MAX_PLAIN 3500

/* Texts of a card know a few HTML tags. */
static const ApdMarkup html = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = apd_swaps_entities,
    .line = "<br>",
};

/* Messages know a few signs and "<users/all>", and no escape. */
/* clang-format off */
static const ApdSwap swaps[] = {
    { '*', "\xe2\x88\x97" }, { '_', "\xef\xbc\xbf" }, { '~', "\xe2\x88\xbc" }, { '`', "\xcb\x8b" },
    { '<', "\xe2\x80\xb9" }, { '>', "\xe2\x80\xba" }, { 0 },
};
static const ApdSwap url_swaps[] = { { '<', "%3C" }, { '>', "%3E" }, { '|', "%7C" }, { 0 } };
/* clang-format on */

static const ApdMarkup text_markup = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = swaps,
    .url = url_swaps,
    .title = "*{text}*",
    .fact = "*{label}:* {value}",
    .link = "<{url}|{label}>",
    .line = "\n",
};

static JsonNode *
fitted(const ApdMarkup *markup, const char *text, size_t max)
{
    return apd_text_take(apd_markup_fit(markup, text, max));
}

static JsonNode *
button(const ApdWording *wording)
{
    JsonNode *open = apd_object("openLink", apd_object("url", apd_text(wording->url), NULL), NULL);
    JsonNode *one =
        apd_object("text", fitted(&apd_markup_plain_bytes, wording->url_label, MAX_TITLE),
                   "onClick", open, NULL);

    return apd_object("buttonList", apd_object("buttons", apd_list(one, NULL), NULL), NULL);
}

static JsonNode *
widgets(const ApdWording *wording)
{
    JsonNode *list = apd_empty();

    if (*wording->body != '\0')
        apd_list_add(list,
                     apd_object("textParagraph",
                                apd_object("text", fitted(&html, wording->body, MAX_TEXT), NULL),
                                NULL));
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        apd_list_add(list,
                     apd_object("decoratedText",
                                apd_object("topLabel",
                                           fitted(&apd_markup_plain_bytes, fact->label, MAX_TITLE),
                                           "text", fitted(&html, fact->value, MAX_VALUE),
                                           "wrapText", apd_bool(true), NULL),
                                NULL));
    }
    apd_list_add(list, wording->url ? button(wording) : NULL);
    return list;
}

static JsonNode *
cards(const ApdWording *wording)
{
    JsonNode *header =
        apd_object("title", fitted(&apd_markup_plain_bytes, wording->title, MAX_TITLE), "subtitle",
                   fitted(&apd_markup_plain_bytes, wording->footer, MAX_TITLE), NULL);
    JsonNode *section = apd_object("widgets", widgets(wording), NULL);
    JsonNode *card = apd_object("header", header, "sections", apd_list(section, NULL), NULL);

    return apd_list(apd_object("cardId", apd_text("appeald"), "card", card, NULL), NULL);
}

static bool
googlechat_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                 GError **error)
{
    const ApdWording *wording = parcel->wording;
    g_autofree char *id = g_uri_escape_string(parcel->idempotency, NULL, false);
    char *url = apd_channel_query(
        parcel->url, "requestId=%s&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD", id);
    JsonNode *text =
        parcel->plain
            ? apd_text_take(apd_sheet_make(wording, &text_markup, MAX_PLAIN, APD_SHEET_ALL))
            : fitted(&text_markup, wording->title, MAX_TITLE);

    (void) config;
    (void) error;
    apd_channel_post(
        request, url,
        apd_object("text", text, "cardsV2", parcel->plain ? NULL : cards(wording), "thread",
                   apd_object("threadKey", apd_text_take(apd_channel_case_key(parcel)), NULL),
                   NULL));
    return true;
}

#define GONE                                                                                       \
    "the webhook is gone: make a new one in the space, and put its address into the url file"

/* clang-format off */
static const ApdRuling rows[] = {
    { 429, NULL, NULL, APD_TRY_AGAIN, .wait = 2 * APD_SECOND },
    { 400, NULL, "API key", APD_REFUSED, .remedy = GONE },
    { 400, NULL, NULL, APD_REFUSED, .plainer = true },
    { 413, NULL, NULL, APD_REFUSED, .plainer = true },
    { 401, NULL, NULL, APD_REFUSED, .remedy = GONE },
    { 403, NULL, NULL, APD_REFUSED, .remedy = GONE },
    { 404, NULL, NULL, APD_REFUSED, .remedy = GONE },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .said = "error.message",
                                      .rows = rows,
                                      .n = G_N_ELEMENTS(rows) };

static void
googlechat_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *name = response->status == 200 ? apd_verdicts_member(response, "name") : NULL;

    if (name != NULL)
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_googlechat = {
    .name = "googlechat",
    .rate = { 2, APD_SECOND }, /* about one a second in a space */
    .idempotent = true,
    .build = googlechat_build,
    .judge = googlechat_judge,
    .has_plain = true,
    .max_body = MAX_BODY,
};
