/* ServerChan (easychen/serverchan-sdk, 0b5b63c): pushes to WeChat and the app.
 *
 * The key stands in the address, and says which of two services it is of.  Every answer
 * is 200: success is code 0.
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/error.h"

#define TURBO_SERVER "https://sctapi.ftqq.com"
#define MAX_TITLE    32 /* no line break in it */
#define MAX_SHORT    64
#define MAX_TEXT     8000 /* of 32 KB */

/* A "<" or "&" ends the text. */
/* clang-format off */
static const ApdSwap swaps[] = {
    { '*', "\xe2\x88\x97" }, { '`', "\xcb\x8b" }, { '<', "\xef\xbc\x9c" }, { '>', "\xef\xbc\x9e" },
    { '&', "\xef\xbc\x86" }, { '#', "\xef\xbc\x83" }, { '[', "\xef\xbc\xbb" }, { ']', "\xef\xbc\xbd" },
    { '_', "\xef\xbc\xbf" }, { '~', "\xe2\x88\xbc" }, { 0 },
};
/* clang-format on */

static const ApdMarkup markdown = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = swaps,
    .url = apd_swaps_markdown_url,
    .title = "### {text}",
    .fact = "**{label}:** {value}",
    .link = "[{label}]({url})",
    .line = "\n\n",
};

static const ApdMarkup one_line = {
    .unit = APD_UNIT_UTF16,
    .inert = true,
    .swaps = swaps,
    .line = " ",
};

/* "sctp123t..." belongs to 123.push.ft07.com, "SCT..." to sctapi.ftqq.com. */
static char *
address(const ApdChannelConfig *config, const char *key)
{
    size_t digits = g_str_has_prefix(key, "sctp") ? strspn(key + 4, "0123456789") : 0;

    if (digits == 0 || key[4 + digits] != 't')
        return apd_channel_address(config, TURBO_SERVER, "/%s.send", key);

    g_autofree char *server = g_strdup_printf("https://%.*s.push.ft07.com", (int) digits, key + 4);
    return apd_channel_address(config, server, "/send/%s.send", key);
}

static bool
serverchan_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
                 GError **error)
{
    const ApdWording *wording = parcel->wording;

    if (!apd_channel_check_token(parcel->token, "", "copy the SendKey, as SCT123...", error))
        return false;

    apd_channel_post(
        request, address(config, parcel->token),
        apd_object("title", apd_text_take(apd_markup_fit(&one_line, wording->title, MAX_TITLE)),
                   "short", apd_text_take(apd_markup_fit(&one_line, wording->title, MAX_SHORT)),
                   "desp",
                   apd_text_take(apd_sheet_make(wording, &markdown, MAX_TEXT, APD_SHEET_ALL)),
                   "tags", apd_text("appeald"), NULL));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, "0",     NULL, APD_TAKEN },
    { 0,   NULL,    "\xe8\xb6\x85\xe8\xbf\x87", APD_TRY_AGAIN, .wait = APD_HOUR, .remedy = "the day's quota is used up" },
    { 0,   NULL,    "\xe9\xa2\x91\xe7\xb9\x81", APD_TRY_AGAIN, .wait = APD_MINUTE },
    { 0,   "40001", NULL, APD_REFUSED, .remedy = "the SendKey is wrong: copy it anew" },
    { 401, NULL,    NULL, APD_REFUSED, .remedy = "the SendKey is wrong: copy it anew" },
    { 404, NULL,    NULL, APD_REFUSED, .remedy = "the SendKey is wrong: copy it anew" },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "code", .said = "message", .rows = rows, .n = G_N_ELEMENTS(rows)
};

const ApdChannelType apd_channel_serverchan = {
    .name = "serverchan",
    .rate = { 3, 3 * APD_SECOND },
    .build = serverchan_build,
    .verdicts = &verdicts,
};
