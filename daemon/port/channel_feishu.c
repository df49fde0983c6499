/* Feishu custom bots (open.larkoffice.com/document/ukTMukTMukTM/ucTM5YjL3ETO24yNxkjN.md).
 *
 * Errors mostly come with HTTP 200: success is code 0 in the body.
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/text.h"

/* The body may have 20 KB; texts from mail are cut long before. */
#define MAX_TEXT 3000

/* sign = base64(HMAC-SHA256(key = timestamp "\n" secret, message = "")): key and
 * message are the other way round than at DingTalk; seconds, at most 1 h old. */
static char *
sign(const char *secret, const char *timestamp)
{
    g_autofree char *key = g_strdup_printf("%s\n%s", timestamp, secret);
    g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) key, strlen(key));
    guint8 digest[32];
    gsize size = sizeof digest;

    g_hmac_get_digest(hmac, digest, &size);
    explicit_bzero(key, strlen(key));
    return g_base64_encode(digest, size);
}

static const char *
colour(ApdSeverity severity)
{
    static const char *const colours[APD_N_SEVERITIES] = { "grey", "blue", "orange", "red" };
    return colours[severity];
}

static void
add_plain(JsonBuilder *builder, const char *text)
{
    g_autofree char *cut = apd_text_cut(text, MAX_TEXT);

    json_builder_begin_object(builder);
    apd_json_text(builder, "tag", "plain_text");
    apd_json_text(builder, "content", cut);
    json_builder_end_object(builder);
}

static void
add_div(JsonBuilder *builder, const char *text)
{
    json_builder_begin_object(builder);
    apd_json_text(builder, "tag", "div");
    json_builder_set_member_name(builder, "text");
    add_plain(builder, text);
    json_builder_end_object(builder);
}

static void
add_button(JsonBuilder *builder, const ApdWording *wording)
{
    json_builder_begin_object(builder);
    apd_json_text(builder, "tag", "action");
    json_builder_set_member_name(builder, "actions");
    json_builder_begin_array(builder);
    json_builder_begin_object(builder);
    apd_json_text(builder, "tag", "button");
    json_builder_set_member_name(builder, "text");
    add_plain(builder, wording->url_label);
    apd_json_text(builder, "url", wording->url);
    apd_json_text(builder, "type", "primary");
    json_builder_end_object(builder);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

/* Plain text everywhere: nothing from a mail can become markup or a mention. */
static void
add_card(JsonBuilder *builder, const ApdWording *wording)
{
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "header");
    json_builder_begin_object(builder);
    apd_json_text(builder, "template", colour(wording->severity));
    json_builder_set_member_name(builder, "title");
    add_plain(builder, wording->title);
    json_builder_end_object(builder);

    json_builder_set_member_name(builder, "elements");
    json_builder_begin_array(builder);
    if (*wording->body != '\0')
        add_div(builder, wording->body);
    for (guint i = 0; i < wording->facts->len; i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        g_autofree char *line = g_strdup_printf("%s: %s", fact->label, fact->value);
        add_div(builder, line);
    }
    if (wording->url != NULL)
        add_button(builder, wording);
    add_div(builder, wording->footer);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static bool
feishu_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
             GError **error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    (void) config;
    (void) error;
    json_builder_begin_object(builder);
    if (parcel->secret != NULL) {
        g_autofree char *timestamp = g_strdup_printf("%" G_GINT64_FORMAT, parcel->now / APD_SECOND);
        g_autofree char *signature = sign(parcel->secret, timestamp);
        apd_json_text(builder, "timestamp", timestamp);
        apd_json_text(builder, "sign", signature);
    }
    apd_json_text(builder, "msg_type", "interactive");
    json_builder_set_member_name(builder, "card");
    add_card(builder, parcel->wording);
    json_builder_end_object(builder);
    apd_channel_post_json(request, parcel->url, builder);
    return true;
}

/* Codes that a person must mend; all others pass by themselves. */
/* clang-format off */
static const struct { gint64 code; const char *remedy; } refusals[] = {
    { 19001, "the address is wrong: copy it anew from the bot's settings" },
    { 19021, "the signature was refused: check the secret, and the clock of this machine" },
    { 19022, "this machine's address is not on the bot's list" },
    { 19024, "the bot wants a keyword that alerts do not have: add appeald to its keywords" },
};
/* clang-format on */

static bool
read_code(const ApdHttpResponse *response, gint64 *ret_code, char **ret_message)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    if (!json_parser_load_from_data(parser, response->body->str, (gssize) response->body->len, NULL)
        || json_parser_get_root(parser) == NULL
        || !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        return false;

    JsonObject *answer = json_node_get_object(json_parser_get_root(parser));
    if (!json_object_has_member(answer, "code"))
        return false;

    *ret_code = json_object_get_int_member_with_default(answer, "code", -1);
    *ret_message = apd_text_line(json_object_get_string_member_with_default(answer, "msg", ""));
    return true;
}

static void
feishu_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    gint64 code;
    g_autofree char *message = NULL;

    if (response->status == 429 || response->status >= 500
        || !read_code(response, &code, &message)) {
        g_autofree char *said = apd_channel_said(response);
        apd_judge(judgement, APD_TRY_AGAIN, apd_http_retry_after(response->retry_after, now),
                  "HTTP %d: %s", response->status, said);
        return;
    }
    if (code == 0) {
        judgement->taking = APD_TAKEN;
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++)
        if (refusals[i].code == code) {
            apd_judge(judgement, APD_REFUSED, 0, "code %" G_GINT64_FORMAT " (%s): %s", code,
                      message, refusals[i].remedy);
            return;
        }
    apd_judge(judgement, APD_TRY_AGAIN, 0, "code %" G_GINT64_FORMAT ": %s", code, message);
}

const ApdChannelType apd_channel_feishu = {
    .name = "feishu",
    .build = feishu_build,
    .judge = feishu_judge,
};
