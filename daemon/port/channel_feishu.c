/* Feishu and Lark custom bots (open.larkoffice.com/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN.md).
 *
 * Errors mostly come with HTTP 200: success is code 0 in the body.
 */
#include "port/channel_tools.h"

#include <string.h>

/* The body may have 20 KB. */
#define MAX_BODY  20000
#define MAX_TITLE 300
#define MAX_TEXT  3000
#define MAX_VALUE 1000

/* sign = base64(HMAC-SHA256(key = timestamp "\n" secret, message = "")): key and
 * message are the other way round than at DingTalk; seconds, at most 1 h old. */
static char *
sign(const char *secret, const char *timestamp)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", timestamp, secret);
    char *signature = apd_channel_hmac(key, strlen(key), "", 0);

    explicit_bzero(key, strlen(key));
    return signature;
}

static const char *
colour(ApdSeverity severity)
{
    static const char *const colours[APD_N_SEVERITIES] = { "grey", "blue", "orange", "red" };
    return colours[severity];
}

static JsonNode *
text(const char *words, size_t max)
{
    return apd_object("tag", apd_text("plain_text"), "content",
                      apd_text_take(apd_markup_fit(&apd_markup_plain_bytes, words, max)), NULL);
}

static JsonNode *
division(const char *words)
{
    return apd_object("tag", apd_text("div"), "text", text(words, MAX_VALUE), NULL);
}

static JsonNode *
button(const ApdWording *wording)
{
    JsonNode *action =
        apd_object("tag", apd_text("button"), "text", text(wording->url_label, MAX_TITLE), "url",
                   apd_text(wording->url), "type", apd_text("primary"), NULL);

    return apd_object("tag", apd_text("action"), "actions", apd_list(action, NULL), NULL);
}

/* Plain text everywhere: nothing from a mail can become markup or a mention. */
static JsonNode *
card(const ApdWording *wording)
{
    JsonNode *elements = apd_empty();

    if (*wording->body != '\0')
        apd_list_add(elements, division(wording->body));
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        g_autofree char *line = g_strdup_printf("%s: %s", fact->label, fact->value);
        apd_list_add(elements, division(line));
    }
    apd_list_add(elements, wording->url ? button(wording) : NULL);
    apd_list_add(elements, division(wording->footer));
    return apd_object("header",
                      apd_object("template", apd_text(colour(wording->severity)), "title",
                                 text(wording->title, MAX_TITLE), NULL),
                      "elements", elements, NULL);
}

static bool
feishu_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
             GError **error)
{
    const ApdWording *wording = parcel->wording;
    g_autofree char *timestamp = g_strdup_printf("%" G_GINT64_FORMAT, parcel->now / APD_SECOND);
    g_autofree char *signature = parcel->secret ? sign(parcel->secret, timestamp) : NULL;
    JsonNode *content = NULL;

    (void) config;
    (void) error;
    if (parcel->plain)
        content = apd_object("text",
                             apd_text_take(apd_sheet_make(wording, &apd_markup_plain_bytes,
                                                          MAX_TEXT, APD_SHEET_ALL)),
                             NULL);
    apd_channel_post(request, g_strdup(parcel->url),
                     apd_object("timestamp", signature ? apd_text(timestamp) : NULL, "sign",
                                apd_text(signature), "msg_type",
                                apd_text(parcel->plain ? "text" : "interactive"), "content",
                                content, "card", parcel->plain ? NULL : card(wording), NULL));
    return true;
}

/* What no row names passes by itself: their list of codes is not public. */
/* clang-format off */
static const ApdRuling rows[] = {
    { 429, NULL,    NULL, APD_TRY_AGAIN },
    { 500, NULL,    NULL, APD_TRY_AGAIN },
    { 502, NULL,    NULL, APD_TRY_AGAIN },
    { 503, NULL,    NULL, APD_TRY_AGAIN },
    { 504, NULL,    NULL, APD_TRY_AGAIN },
    { 0, "0",       NULL, APD_TAKEN },
    { 0, "19001",   NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the bot's settings" },
    { 0, "19021",   NULL, APD_REFUSED, .remedy = "the signature was refused: check the secret, and the clock of this machine" },
    { 0, "19022",   NULL, APD_REFUSED, .remedy = "this machine's address is not on the bot's list" },
    { 0, "19024",   NULL, APD_REFUSED, .remedy = "the bot wants a keyword that alerts do not have: add appeald to its keywords" },
    { 0, "11232",   NULL, APD_TRY_AGAIN },
    { 0, "9499",    "oo many", APD_TRY_AGAIN },
    { 0, "9499",    NULL, APD_REFUSED, .plainer = true },
    { 0, NULL,      "card", APD_REFUSED, .plainer = true },
    { 404, NULL,    NULL, APD_REFUSED, .remedy = "the address is wrong: copy it anew from the bot's settings" },
    { 0, NULL,      NULL, APD_TRY_AGAIN },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "code", .said = "msg", .rows = rows, .n = G_N_ELEMENTS(rows)
};

const ApdChannelType apd_channel_feishu = {
    .name = "feishu",
    .rate = { 4, APD_SECOND }, /* 100 a minute, five a second */
    .spare_half_hours = true,
    .build = feishu_build,
    .verdicts = &verdicts,
    .has_plain = true,
    .max_body = MAX_BODY,
};

/* The same service outside China, at open.larksuite.com. */
const ApdChannelType apd_channel_lark = {
    .name = "lark",
    .rate = { 4, APD_SECOND },
    .spare_half_hours = true,
    .build = feishu_build,
    .verdicts = &verdicts,
    .has_plain = true,
    .max_body = MAX_BODY,
};
