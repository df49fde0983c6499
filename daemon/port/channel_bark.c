/* Bark (Finb/bark-server, API v2): a push to an iPhone.
 *
 * Alerts of one case replace each other.  The answer is 200 also when a device did not
 * get it: then its own code is in data[].
 */
#include "port/channel_tools.h"

#include <string.h>

#define PUBLIC_SERVER "https://api.day.app"

/* Apple takes 4096 bytes, JSON's escapes counted. */
#define MAX_TITLE 200
#define MAX_TEXT  1800
#define MAX_LEAST 500
#define MAX_URL   2000
#define MAX_BOTH  3000

/* The id becomes Apple's apns-collapse-id. */
#define MAX_ID 64

static char *
identifier(const ApdParcel *parcel)
{
    g_autofree char *key = apd_channel_case_key(parcel);

    return strlen(key) <= MAX_ID ? g_steal_pointer(&key)
                                 : g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
}

static JsonNode *
message(const ApdParcel *parcel)
{
    static const char *const levels[APD_N_SEVERITIES] = { "passive", "active", "timeSensitive",
                                                          "critical" };
    const ApdWording *wording = parcel->wording;
    const ApdMarkup *markup = &apd_markup_plain_bytes;
    bool linked = wording->url != NULL && strlen(wording->url) <= MAX_URL;
    ApdSheetFlags flags = APD_SHEET_NO_TITLE | (linked ? APD_SHEET_NO_LINK : 0);
    size_t room = MIN(MAX_TEXT, MAX_BOTH - (linked ? strlen(wording->url) : 0));

    return apd_object(
        "device_key", apd_text(parcel->token), "title",
        apd_text_take(apd_markup_fit(markup, wording->title, MAX_TITLE)), "body",
        apd_text_take(apd_sheet_make(wording, markup, parcel->plain ? MAX_LEAST : room, flags)),
        "level", apd_text(levels[wording->severity]), "group", apd_text("appeald"), "url",
        linked ? apd_text(wording->url) : NULL, "id", apd_text_take(identifier(parcel)), NULL);
}

static bool
bark_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
           GError **error)
{
    (void) error;
    apd_channel_post(request, apd_channel_address(config, PUBLIC_SERVER, "/push"), message(parcel));
    return true;
}

#define NEW_KEY "copy the device key anew from the Bark app"

/* clang-format off */
static const ApdRuling rows[] = {
    { 0,   NULL, "PayloadTooLarge", APD_REFUSED, .plainer = true },
    { 413, NULL, NULL,              APD_REFUSED, .plainer = true },
    { 0,   NULL, "device token",    APD_REFUSED, .remedy = NEW_KEY },
    { 0,   NULL, "device key",      APD_REFUSED, .remedy = NEW_KEY },
    { 0,   NULL, "BadDeviceToken",  APD_REFUSED, .remedy = NEW_KEY },
    { 0,   NULL, "Unregistered",    APD_REFUSED, .remedy = NEW_KEY },
    { 0,   "400", NULL,             APD_REFUSED, .remedy = NEW_KEY },
};
/* clang-format on */

static const ApdVerdicts verdicts = {
    .code = "code", .said = "message", .rows = rows, .n = G_N_ELEMENTS(rows)
};

/* Whether data[], where there is one, holds no other code than 200. */
static bool
all_devices(const ApdHttpResponse *response)
{
    g_autoptr(JsonNode) root = apd_verdicts_parse(response);

    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root))
        return false;

    JsonNode *data = json_object_get_member(json_node_get_object(root), "data");
    if (data == NULL || !JSON_NODE_HOLDS_ARRAY(data))
        return true;

    JsonArray *devices = json_node_get_array(data);
    for (guint i = 0; i < json_array_get_length(devices); i++) {
        JsonNode *device = json_array_get_element(devices, i);
        if (!JSON_NODE_HOLDS_OBJECT(device)
            || json_object_get_int_member_with_default(json_node_get_object(device), "code", 0)
                   != 200)
            return false;
    }
    return true;
}

static void
bark_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *code = apd_verdicts_member(response, "code");

    if (response->status == 200 && g_strcmp0(code, "200") == 0 && all_devices(response))
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_bark = {
    .name = "bark",
    .rate = { 5, APD_SECOND },
    .build = bark_build,
    .judge = bark_judge,
    .has_plain = true,
};
