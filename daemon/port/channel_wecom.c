/* WeCom group robots (work.weixin.qq.com/api/doc/90000/90136/91770).
 *
 * Counts bytes, answers HTTP 200 to everything: success is errcode 0.
 */
#include "port/channel_tools.h"

#define MAX_MARKDOWN 4096
#define MAX_PLAIN    2048

/* A part of Markdown that knows no escape; "<" begins mentions and colours. */
static const ApdMarkup markdown = {
    .unit = APD_UNIT_BYTES,
    .inert = true,
    .swaps = apd_swaps_lookalike,
    .url = apd_swaps_markdown_url,
    .title = "**{text}**",
    .fact = "> {label}: {value}",
    .urgent = "> {label}: <font color=\"warning\">{value}</font>",
    .link = "[{label}]({url})",
    .line = "\n",
};

static bool
wecom_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
            GError **error)
{
    const char *type = parcel->plain ? "text" : "markdown";
    char *text =
        apd_sheet_make(parcel->wording, parcel->plain ? &apd_markup_plain_bytes : &markdown,
                       parcel->plain ? MAX_PLAIN : MAX_MARKDOWN, APD_SHEET_ALL);

    (void) config;
    (void) error;
    apd_channel_post(request, g_strdup(parcel->url),
                     apd_object("msgtype", apd_text(type), type,
                                apd_object("content", apd_text_take(text), NULL), NULL));
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 200, "0",     NULL, APD_TAKEN },
    { 0,   "40058", NULL, APD_REFUSED, .plainer = true },
    { 0,   "40008", NULL, APD_REFUSED, .plainer = true },
    { 0,   "44004", NULL, APD_REFUSED, .plainer = true },
    { 0,   "45009", NULL, APD_TRY_AGAIN, .wait = 30 * APD_SECOND },
    { 0,   "93000", NULL, APD_REFUSED, .remedy = "the address is wrong, or the robot was removed: copy it anew from the group" },
    { 0,   "93017", NULL, APD_REFUSED, .remedy = "the robot was removed from the group: add it again" },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "errcode", .said = "errmsg", .rows = rows, .n = G_N_ELEMENTS(rows)
};

const ApdChannelType apd_channel_wecom = {
    .name = "wecom",
    .rate = { 3, 4 * APD_SECOND }, /* 20 a minute */
    .build = wecom_build,
    .verdicts = &verdicts,
    .has_plain = true,
};
