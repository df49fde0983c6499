/* Discord webhooks (discord/discord-api-docs, 2026-08): one embed.
 *
 * Without wait=true the answer comes before the message is kept, and a lost one
 * gives no error: only 200 with the message itself is success.
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/text.h"

/* All embeds together may have 6000. */
#define MAX_TITLE   256
#define MAX_BODY    1200
#define MAX_LABEL   100
#define MAX_VALUE   350 /* of 1024 */
#define MAX_FIELDS  10  /* of 25 */
#define MAX_FOOTER  200
#define MAX_URL     2000
#define MAX_CONTENT 2000

/* "<" begins mentions. */
static const ApdMarkup markdown = {
    .unit = APD_UNIT_UTF16,
    .inert = true,
    .backslash = "\\`*_[]()<>#|~",
    .url = apd_swaps_markdown_url,
    .title = "**{text}**",
    .fact = "**{label}:** {value}",
    .link = "[{label}](<{url}>)",
    .line = "\n",
};

static int
colour(ApdSeverity severity)
{
    static const int colours[APD_N_SEVERITIES] = { 0x95a5a6, 0x3498db, 0xe67e22, 0xd9534f };
    return colours[severity];
}

static JsonNode *
text(const char *words, size_t max)
{
    return apd_text_take(apd_markup_fit(&markdown, words, max));
}

static JsonNode *
fields(const ApdWording *wording)
{
    JsonNode *list = apd_empty();

    for (guint i = 0; i < MIN(wording->facts->len, MAX_FIELDS); i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        apd_list_add(list, apd_object("name", text(fact->label, MAX_LABEL), "value",
                                      text(fact->value, MAX_VALUE), "inline",
                                      apd_bool(g_utf8_strlen(fact->value, -1) <= 40), NULL));
    }
    return list;
}

/* The title itself is the link; a body that says so is for those who do not see it. */
static JsonNode *
embed(const ApdParcel *parcel)
{
    const ApdWording *wording = parcel->wording;
    g_autofree char *now = apd_time_iso(parcel->now);
    g_autofree char *body = apd_markup_fit(&markdown, wording->body, MAX_BODY);
    g_autofree char *url = wording->url && strlen(wording->url) <= MAX_URL
                               ? apd_markup_url(&markdown, wording->url)
                               : NULL;
    g_autofree char *link =
        url ? g_strdup_printf("%s[%s](%s)", *body ? "\n" : "", wording->url_label, url) : NULL;

    return apd_object("title", text(wording->title, MAX_TITLE), "url", apd_text(url), "description",
                      apd_text_take(g_strconcat(body, link, NULL)), "color",
                      apd_int(colour(wording->severity)), "timestamp", apd_text(now), "fields",
                      fields(wording), "footer",
                      apd_object("text",
                                 apd_text_take(apd_markup_fit(&apd_markup_plain_utf16,
                                                              wording->footer, MAX_FOOTER)),
                                 NULL),
                      NULL);
}

static bool
discord_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
              GError **error)
{
    JsonNode *content = NULL, *embeds = NULL;

    (void) config;
    (void) error;
    if (parcel->plain)
        content =
            apd_text_take(apd_sheet_make(parcel->wording, &markdown, MAX_CONTENT, APD_SHEET_ALL));
    else
        embeds = apd_list(embed(parcel), NULL);
    apd_channel_post(request, apd_channel_query(parcel->url, "wait=true"),
                     apd_object("username", apd_text("appeald"), "content", content, "embeds",
                                embeds, "allowed_mentions", apd_object("parse", apd_empty(), NULL),
                                NULL));
    return true;
}

/* 10 000 answers of 401, 403 and 429 in ten minutes lead to a ban: they stop the channel. */
/* clang-format off */
static const ApdRuling rows[] = {
    { 400, "50035", NULL, APD_REFUSED, .plainer = true },
    { 400, "50006", NULL, APD_REFUSED, .plainer = true },
    { 413, NULL,    NULL, APD_REFUSED, .plainer = true },
    { 401, NULL,    NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the webhook's settings" },
    { 403, NULL,    NULL, APD_REFUSED, .remedy = "the webhook may not write there" },
    { 404, NULL,    NULL, APD_REFUSED, .remedy = "the webhook is gone: make a new one, and put its address into the url file" },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "code", .said = "message", .wait = "retry_after", .rows = rows, .n = G_N_ELEMENTS(rows)
};

static void
discord_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *id = response->status == 200 ? apd_verdicts_member(response, "id") : NULL;

    if (id != NULL)
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_discord = {
    .name = "discord",
    .rate = { 4, 2 * APD_SECOND }, /* 30 a minute */
    .build = discord_build,
    .judge = discord_judge,
    .has_plain = true,
};
