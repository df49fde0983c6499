/* Telegram bots: sendMessage (Bot API 10.1, 2026-06).
 *
 * The token stands in the address.  HTML needs three escapes only; values are in
 * <code>, where Telegram looks for no mention, tag or address, and a tap copies.
 */
#include "port/channel_tools.h"

#include <string.h>

#define PUBLIC_SERVER "https://api.telegram.org"

/* Counted after the markup is read; we count with it. */
#define MAX_TEXT  4096
#define MAX_LABEL 60

static const ApdMarkup html = {
    .unit = APD_UNIT_UTF16,
    .inert = true,
    .swaps = apd_swaps_entities,
    .url = apd_swaps_entities,
    .title = "<b>{text}</b>",
    .fact = "{label}: <code>{value}</code>",
    .urgent = "{label}: <b>{value}</b>",
    .link = "<a href=\"{url}\">{label}</a>",
    .line = "\n",
};

static JsonNode *
keyboard(const ApdWording *wording)
{
    JsonNode *button = apd_object(
        "text",
        apd_text_take(apd_markup_fit(&apd_markup_plain_utf16, wording->url_label, MAX_LABEL)),
        "url", apd_text(wording->url), NULL);

    return apd_object("inline_keyboard", apd_list(apd_list(button, NULL), NULL), NULL);
}

/* A number goes as one, @name as text. */
static JsonNode *
number_or_text(const char *text)
{
    gint64 number;

    if (text != NULL && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return apd_int(number);
    return apd_text(text);
}

static JsonNode *
message(const ApdChannelConfig *config, const ApdParcel *parcel)
{
    const ApdWording *wording = parcel->wording;
    const char *chat = parcel->moved ? parcel->moved : apd_channel_option(config, "chat", "");
    bool rich = !parcel->plain;
    char *text =
        apd_sheet_make(wording, rich ? &html : &apd_markup_plain_utf16, MAX_TEXT, APD_SHEET_ALL);

    return apd_object("chat_id", number_or_text(chat), "message_thread_id",
                      number_or_text(apd_channel_option(config, "thread", NULL)), "text",
                      apd_text_take(text), "parse_mode", rich ? apd_text("HTML") : NULL,
                      "link_preview_options", apd_object("is_disabled", apd_bool(true), NULL),
                      "disable_notification", apd_bool(wording->severity == APD_SEVERITY_LOW),
                      "reply_markup", rich && wording->url ? keyboard(wording) : NULL, NULL);
}

static bool
telegram_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
               GError **error)
{
    if (!apd_channel_check_token(parcel->token, ":_-", "copy it from @BotFather, as 123456:ABC...",
                                 error))
        return false;

    apd_channel_post(
        request, apd_channel_address(config, PUBLIC_SERVER, "/bot%s/sendMessage", parcel->token),
        message(config, parcel));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, "true", NULL, APD_TAKEN },
    { 400, NULL, "parse entities", APD_REFUSED, .plainer = true },
    { 400, NULL, "BUTTON_",        APD_REFUSED, .plainer = true },
    { 400, NULL, "inline keyboard", APD_REFUSED, .plainer = true },
    { 400, NULL, "too long",       APD_REFUSED, .plainer = true },
    { 400, NULL, "chat not found", APD_REFUSED, .remedy = "check chat =, and write to the bot (or add it to the group) first" },
    { 401, NULL, NULL, APD_REFUSED, .remedy = "the token is wrong or revoked: take a new one from @BotFather" },
    { 403, NULL, NULL, APD_REFUSED, .remedy = "the bot was blocked or removed: let it in again" },
    { 404, NULL, NULL, APD_REFUSED, .remedy = "the token is wrong: copy it anew from @BotFather" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .code = "ok",
                                      .said = "description",
                                      .wait = "parameters.retry_after",
                                      .rows = rows,
                                      .n = G_N_ELEMENTS(rows) };

static void
telegram_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    char *moved = response->status == 400
                      ? apd_verdicts_member(response, "parameters.migrate_to_chat_id")
                      : NULL;

    apd_verdicts_judge(&verdicts, response, now, judgement);
    if (moved == NULL)
        return;

    g_free(judgement->text);
    judgement->text = g_strdup_printf(
        "the group became a supergroup: set chat = %s (until then it is sent there all the same)",
        moved);
    judgement->taking = APD_TRY_AGAIN;
    judgement->moved = moved;
}

const ApdChannelType apd_channel_telegram = {
    .name = "telegram",
    .rate = { 2, 7 * APD_SECOND / 2 }, /* 20 a minute in a group, one a second else */
    .build = telegram_build,
    .judge = telegram_judge,
    .has_plain = true,
    .place = "chat",
};
