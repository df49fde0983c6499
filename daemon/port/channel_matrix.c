/* Matrix (matrix-org/matrix-spec, client-server API v3): a message to a room.
 *
 * The transaction is named after the delivery: tried twice, it is one event.  No
 * end-to-end encryption: an encrypted room shows the message as not encrypted.
 */
#include "port/channel_tools.h"

/* An event may have 65 536 bytes. */
#define MAX_TEXT 8000

static JsonNode *
message(const ApdParcel *parcel)
{
    const ApdWording *wording = parcel->wording;
    char *html =
        parcel->plain ? NULL : apd_sheet_make(wording, &apd_markup_html, MAX_TEXT, APD_SHEET_ALL);

    /* m.text, though we are a machine: clients stay silent on m.notice.  The empty
     * m.mentions says that nobody is meant, whatever the body holds. */
    return apd_object(
        "msgtype", apd_text("m.text"), "body",
        apd_text_take(apd_sheet_make(wording, &apd_markup_plain_bytes, MAX_TEXT, APD_SHEET_ALL)),
        "format", html ? apd_text("org.matrix.custom.html") : NULL, "formatted_body",
        apd_text_take(html), "m.mentions", apd_object(NULL, NULL), NULL);
}

static bool
matrix_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
             GError **error)
{
    g_autofree char *room =
        g_uri_escape_string(apd_channel_option(config, "room", ""), NULL, false);
    g_autofree char *transaction = g_uri_escape_string(parcel->idempotency, NULL, false);

    (void) error;
    apd_channel_post(request,
                     apd_channel_address(config, "",
                                         "/_matrix/client/v3/rooms/%s/send/m.room.message/%s%s",
                                         room, transaction, parcel->plain ? "-plain" : ""),
                     message(parcel));
    g_free(request->method);
    request->method = g_strdup("PUT");
    apd_channel_header(request, "Authorization: Bearer %s", parcel->token);
    return true;
}

/* clang-format off */
static const ApdRuling rows[] = {
    { 0,   "M_LIMIT_EXCEEDED", NULL, APD_TRY_AGAIN },
    { 0,   "M_TOO_LARGE",      NULL, APD_REFUSED, .plainer = true },
    { 0,   "M_BAD_JSON",       NULL, APD_REFUSED, .plainer = true },
    { 0,   "M_UNKNOWN_TOKEN",  NULL, APD_REFUSED, .remedy = "the access token is wrong or revoked: log in anew" },
    { 0,   "M_MISSING_TOKEN",  NULL, APD_REFUSED, .remedy = "the access token is missing" },
    { 0,   "M_FORBIDDEN",      NULL, APD_REFUSED, .remedy = "invite the token's user to the room and let it join" },
    { 404, NULL, NULL, APD_REFUSED, .remedy = "check server = and room =" },
};
/* clang-format on */

static const ApdVerdicts verdicts = { .code = "errcode",
                                      .said = "error",
                                      .wait = "retry_after_ms",
                                      .milliseconds = true,
                                      .rows = rows,
                                      .n = G_N_ELEMENTS(rows) };

static void
matrix_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *event =
        response->status == 200 ? apd_verdicts_member(response, "event_id") : NULL;

    if (event != NULL)
        judgement->taking = APD_TAKEN;
    else
        apd_verdicts_judge(&verdicts, response, now, judgement);
}

const ApdChannelType apd_channel_matrix = {
    .name = "matrix",
    .rate = { 5, APD_SECOND }, /* a setting of the server, often ten a second */
    .idempotent = true,
    .build = matrix_build,
    .judge = matrix_judge,
    .has_plain = true,
};
