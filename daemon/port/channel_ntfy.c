/* ntfy (binwiederhier/ntfy, docs/publish.md): JSON to the root of the server.
 *
 * The url is the topic's own address, which is what people share and what is secret
 * about it.  Plain text: its Markdown is not shown by every client.
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/error.h"

/* A longer message becomes an attachment. */
#define MAX_MESSAGE 4096
#define MAX_TITLE   250
#define MAX_LABEL   60

/* "https://ntfy.sh/topic" in its two parts. */
static bool
split(const char *url, char **ret_root, char **ret_topic, GError **error)
{
    const char *host = strstr(url, "://");
    const char *slash = host ? strrchr(host + 3, '/') : NULL;

    if (slash == NULL || slash[1] == '\0' || strpbrk(slash, "?#") != NULL) {
        g_set_error_literal(error, APD_ERROR, APD_ERROR_CONFIG,
                            "the url names no topic (write it as https://ntfy.sh/my-topic)");
        return false;
    }

    *ret_root = g_strndup(url, (gsize) (slash - url) + 1);
    *ret_topic = g_uri_unescape_string(slash + 1, NULL);
    return true;
}

static JsonNode *
actions(const ApdWording *wording)
{
    JsonNode *action = apd_object(
        "action", apd_text("view"), "label",
        apd_text_take(apd_markup_fit(&apd_markup_plain_bytes, wording->url_label, MAX_LABEL)),
        "url", apd_text(wording->url), NULL);

    return apd_list(action, NULL);
}

static JsonNode *
message(const ApdParcel *parcel, const char *topic)
{
    static const int priorities[APD_N_SEVERITIES] = { 2, 3, 4, 5 };
    static const char *const tags[APD_N_SEVERITIES] = { "memo", "bell", "warning",
                                                        "rotating_light" };
    const ApdWording *wording = parcel->wording;
    const ApdMarkup *markup = &apd_markup_plain_bytes;
    bool linked = !parcel->plain && wording->url != NULL;

    return apd_object(
        "topic", apd_text(topic), "title",
        apd_text_take(apd_markup_fit(markup, wording->title, MAX_TITLE)), "message",
        apd_text_take(apd_sheet_make(wording, markup, MAX_MESSAGE, APD_SHEET_NO_TITLE)), "priority",
        apd_int(priorities[wording->severity]), "tags",
        apd_list(apd_text(tags[wording->severity]), NULL), "click",
        linked ? apd_text(wording->url) : NULL, "actions", linked ? actions(wording) : NULL, NULL);
}

static bool
ntfy_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
           GError **error)
{
    g_autofree char *root = NULL, *topic = NULL;

    (void) config;
    if (!split(parcel->url, &root, &topic, error))
        return false;

    apd_channel_post(request, g_steal_pointer(&root), message(parcel, topic));
    if (parcel->token != NULL)
        apd_channel_header(request, "Authorization: Bearer %s", parcel->token);
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 0,   "42908", NULL, APD_TRY_AGAIN, .wait = APD_HOUR, .remedy = "the day's quota is used up" },
    { 429, NULL,    NULL, APD_TRY_AGAIN, .wait = 10 * APD_SECOND },
    { 0,   "40017", NULL, APD_REFUSED, .plainer = true },
    { 0,   "40018", NULL, APD_REFUSED, .plainer = true },
    { 413, NULL,    NULL, APD_REFUSED, .plainer = true },
    { 401, NULL,    NULL, APD_REFUSED, .remedy = "the server wants a token, or another one" },
    { 403, NULL,    NULL, APD_REFUSED, .remedy = "the token may not write to this topic" },
    { 404, NULL,    NULL, APD_REFUSED, .remedy = "check the address of the topic" },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "code", .said = "error", .rows = rows, .n = G_N_ELEMENTS(rows)
};

static void
ntfy_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *id = response->status == 200 ? apd_verdicts_member(response, "id") : NULL;

    if (id != NULL)
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_ntfy = {
    .name = "ntfy",
    .rate = { 20, 5 * APD_SECOND }, /* 60 at once, then one every 5 s */
    .build = ntfy_build,
    .judge = ntfy_judge,
    .has_plain = true,
};
