/* Slack incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks;
 * limits of @slack/types, 2026-08).
 */
#include "port/channel_tools.h"

#include <string.h>

#include "base/text.h"

#define MAX_HEADER  150
#define MAX_SECTION 3000
#define MAX_FIELD   2000
#define MAX_FIELDS  10
#define MAX_BUTTON  75
#define MAX_URL     3000

/* Only these three are special (docs.slack.dev/messaging/formatting-message-text);
 * the escape also stops <!channel> and <@U...>. */
static char *
escape(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++)
        switch (*text) {
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        default:
            g_string_append_c(out, *text);
        }
    return g_string_free(out, FALSE);
}

/* @max bytes are never more than @max of the characters that Slack counts.  The
 * cut comes before the escape, so that no entity is cut in two. */
static void
add_text(JsonBuilder *builder, const char *type, const char *text, size_t max)
{
    g_autofree char *cut = apd_text_cut(text, max);
    g_autofree char *escaped = g_str_equal(type, "mrkdwn") ? escape(cut) : g_strdup(cut);

    json_builder_begin_object(builder);
    apd_json_text(builder, "type", type);
    apd_json_text(builder, "text", escaped);
    json_builder_end_object(builder);
}

static void
add_fields(JsonBuilder *builder, const ApdWording *wording)
{
    if (wording->facts->len == 0)
        return;

    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "section");
    json_builder_set_member_name(builder, "fields");
    json_builder_begin_array(builder);
    for (guint i = 0; i < MIN(wording->facts->len, MAX_FIELDS); i++) {
        const ApdFact *fact = wording->facts->pdata[i];
        g_autofree char *text = g_strdup_printf("%s:\n%s", fact->label, fact->value);
        add_text(builder, "mrkdwn", text, MAX_FIELD / 5);
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void
add_button(JsonBuilder *builder, const ApdWording *wording)
{
    if (wording->url == NULL || strlen(wording->url) > MAX_URL)
        return;

    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "actions");
    json_builder_set_member_name(builder, "elements");
    json_builder_begin_array(builder);
    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "button");
    json_builder_set_member_name(builder, "text");
    add_text(builder, "plain_text", wording->url_label, MAX_BUTTON);
    apd_json_text(builder, "url", wording->url);
    if (wording->severity == APD_SEVERITY_CRITICAL)
        apd_json_text(builder, "style", "danger");
    json_builder_end_object(builder);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void
add_blocks(JsonBuilder *builder, const ApdWording *wording)
{
    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "header");
    json_builder_set_member_name(builder, "text");
    add_text(builder, "plain_text", wording->title, MAX_HEADER);
    json_builder_end_object(builder);

    if (*wording->body != '\0') {
        json_builder_begin_object(builder);
        apd_json_text(builder, "type", "section");
        json_builder_set_member_name(builder, "text");
        add_text(builder, "mrkdwn", wording->body, MAX_SECTION / 5);
        json_builder_end_object(builder);
    }
    add_fields(builder, wording);
    add_button(builder, wording);

    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "context");
    json_builder_set_member_name(builder, "elements");
    json_builder_begin_array(builder);
    add_text(builder, "mrkdwn", wording->footer, MAX_FIELD / 5);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static bool
slack_build(const ApdChannelConfig *config, const ApdParcel *parcel, ApdHttpRequest *request,
            GError **error)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autofree char *plain = escape(parcel->wording->title);

    (void) config;
    (void) error;
    json_builder_begin_object(builder);
    apd_json_text(builder, "text", plain);
    json_builder_set_member_name(builder, "blocks");
    json_builder_begin_array(builder);
    add_blocks(builder, parcel->wording);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    apd_channel_post_json(request, parcel->url, builder);
    return true;
}

/* Success is 200 and the body "ok", nothing else. */
static void
slack_judge(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);

    if (response->status == 200 && g_str_equal(said, "ok"))
        judgement->taking = APD_TAKEN;
    else if (response->status == 200)
        apd_judge(judgement, APD_REFUSED, 0, "HTTP 200, but Slack said: %s", said);
    else
        apd_judge_status(response, now, judgement);
}

const ApdChannelType apd_channel_slack = {
    .name = "slack",
    .build = slack_build,
    .judge = slack_judge,
};
