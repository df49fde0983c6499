/* DingTalk custom robots (open.dingtalk.com/document/robots/custom-robot-access).
 *
 * Everything is answered with HTTP 200: success is errcode 0.  More than 20 messages
 * in a minute stop the robot for ten.
 */
#include "port/channel_tools.h"

#include <string.h>

#define MAX_TITLE 200
#define MAX_TEXT  4500 /* of a body of 20 000 bytes */

/* A part of Markdown that knows no escape; a line break needs two. */
static const ApdMarkup markdown = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = apd_swaps_lookalike,
    .url = apd_swaps_markdown_url,
    .title = "### {text}",
    .fact = "**{label}:** {value}",
    .link = "[{label}]({url})",
    .line = "\n\n",
};

/* base64(HMAC-SHA256(key = secret, message = timestamp "\n" secret)), timestamp in
 * milliseconds and at most 1 h old; escaped once for the address. */
static char *
sign(const char *secret, const char *timestamp)
{
    g_autofree char *text = g_strdup_printf("%s\n%s", timestamp, secret);
    g_autofree char *signature = apd_channel_hmac(secret, strlen(secret), text, strlen(text));

    explicit_bzero(text, strlen(text));
    return g_uri_escape_string(signature, NULL, false);
}

static char *
address(const ApdParcel *parcel)
{
    if (parcel->secret == NULL)
        return g_strdup(parcel->url);

    g_autofree char *timestamp = g_strdup_printf("%" G_GINT64_FORMAT, parcel->now / 1000);
    g_autofree char *signature = sign(parcel->secret, timestamp);

    return apd_channel_query(parcel->url, "timestamp=%s&sign=%s", timestamp, signature);
}

static bool
dingtalk_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
               GError **error)
{
    const ApdWording *wording = parcel->wording;
    const ApdMarkup *markup = parcel->plain ? &apd_markup_plain_bytes : &markdown;
    char *text = apd_sheet_make(wording, markup, MAX_TEXT, APD_SHEET_ALL);
    JsonNode *content = NULL, *card = NULL;

    (void) config;
    (void) error;
    if (parcel->plain)
        content = apd_object("content", apd_text(text), NULL);
    else
        card =
            apd_object("title", apd_text_take(apd_markup_fit(&markdown, wording->title, MAX_TITLE)),
                       "text", apd_text(text), NULL);
    g_free(text);
    apd_channel_post(request, address(parcel),
                     apd_object("msgtype", apd_text(parcel->plain ? "text" : "markdown"), "text",
                                content, "markdown", card, "at",
                                apd_object("isAtAll", apd_bool(false), NULL), NULL));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, "0",      NULL, APD_TAKEN },
    { 0,   "310000", "eyword", APD_REFUSED, .remedy = "add appeald to the robot's keywords" },
    { 0,   "310000", "sign",   APD_REFUSED, .remedy = "check the secret, and the clock of this machine" },
    { 0,   "310000", NULL, APD_REFUSED, .remedy = "the robot's security settings forbid it: keyword, signature or address" },
    { 0,   "300001", NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the robot's settings" },
    { 0,   "300005", NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the robot's settings" },
    { 0,   "130101", NULL, APD_TRY_AGAIN, .wait = 10 * APD_MINUTE },
    { 0,   "460101", NULL, APD_REFUSED, .plainer = true },
    { 0,   "101002", NULL, APD_REFUSED, .plainer = true },
    { 0,   "400402", NULL, APD_REFUSED, .plainer = true },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "errcode", .said = "errmsg", .wait = "wait", .rows = rows, .n = G_N_ELEMENTS(rows)
};

const ApdChannelType apd_channel_dingtalk = {
    .name = "dingtalk",
    .rate = { 3, 4 * APD_SECOND }, /* 20 a minute, else it is stopped for ten */
    .build = dingtalk_build,
    .verdicts = &verdicts,
    .has_plain = true,
};
