/* Gotify (gotify/server, API of d543a8a): a message of an application. */
#include "port/channel_tools.h"

#define MAX_TITLE 300
#define MAX_TEXT  8000

static JsonNode *
extras(const ApdWording *wording)
{
    JsonNode *click =
        wording->url ? apd_object("click", apd_object("url", apd_text(wording->url), NULL), NULL)
                     : NULL;

    return apd_object("client::display", apd_object("contentType", apd_text("text/markdown"), NULL),
                      "client::notification", click, NULL);
}

static bool
gotify_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
             GError **error)
{
    static const int priorities[APD_N_SEVERITIES] = { 2, 5, 8, 10 };
    const ApdWording *wording = parcel->wording;
    const ApdMarkup *markup = parcel->plain ? &apd_markup_plain_bytes : &apd_markup_markdown;

    (void) error;
    apd_channel_post(
        request, apd_channel_address(config, "", "/message"),
        apd_object(
            "title",
            apd_text_take(apd_markup_fit(&apd_markup_plain_bytes, wording->title, MAX_TITLE)),
            "message", apd_text_take(apd_sheet_make(wording, markup, MAX_TEXT, APD_SHEET_NO_TITLE)),
            "priority", apd_int(priorities[wording->severity]), "extras",
            parcel->plain ? NULL : extras(wording), NULL));
    apd_channel_header(request, "X-Gotify-Key: %s", parcel->token);
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 400, NULL, NULL, APD_REFUSED, .plainer = true },
    { 413, NULL, NULL, APD_REFUSED, .plainer = true },
    { 401, NULL, NULL, APD_REFUSED, .remedy = "the token is wrong: copy the application's token (not a client's)" },
    { 403, NULL, NULL, APD_REFUSED, .remedy = "the token is wrong: copy the application's token (not a client's)" },
    { 404, NULL, NULL, APD_REFUSED, .remedy = "check server =" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .said = "errorDescription",
                                      .rows = rows,
                                      .n = G_N_ELEMENTS(rows) };

static void
gotify_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *id = response->status == 200 ? apd_verdicts_member(response, "id") : NULL;

    if (id != NULL)
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_gotify = {
    .name = "gotify",
    .build = gotify_build,
    .judge = gotify_judge,
    .has_plain = true,
};
