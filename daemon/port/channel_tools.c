#include "port/channel_tools.h"

#include <string.h>

#include "base/text.h"

/* As much of an answer as helps a person. */
#define MAX_SAID 200

char *
apd_channel_json_text(JsonBuilder *builder)
{
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_builder_get_root(builder);

    json_generator_set_root(generator, root);
    return json_generator_to_data(generator, NULL);
}

void
apd_channel_post_json(ApdHttpRequest *request, const char *url, JsonBuilder *builder)
{
    char *text = apd_channel_json_text(builder);

    request->method = g_strdup("POST");
    request->url = g_strdup(url);
    request->headers = g_new0(char *, 2);
    request->headers[0] = g_strdup("Content-Type: application/json; charset=utf-8");
    request->body = g_bytes_new_take(text, strlen(text));
}

void
apd_channel_json_case(JsonBuilder *builder, const ApdCase *kase, ApdTime now)
{
    bool genuine = kase->authenticity == APD_AUTHENTICITY_GENUINE;

    json_builder_begin_object(builder);
    apd_json_int(builder, "id", kase->id);
    apd_json_text(builder, "store", kase->store);
    apd_json_text(builder, "state", apd_state_name(kase->state));
    apd_json_text(builder, "kind", apd_kind_name(kase->kind));
    apd_json_text(builder, "category", kase->category);
    apd_json_text(builder, "outcome", apd_outcome_name(kase->outcome));
    apd_json_hundredths(builder, "points", kase->points);
    apd_json_text(builder, "case_ref", kase->case_ref);
    apd_json_list(builder, "orders", kase->orders);
    apd_json_list(builder, "products", kase->products);
    apd_json_time(builder, "deadline", kase->deadline);
    apd_json_text(builder, "basis", apd_basis_name(kase->basis));
    json_builder_set_member_name(builder, "seconds_left");
    if (kase->deadline == APD_NEVER)
        json_builder_add_null_value(builder);
    else
        json_builder_add_int_value(builder, MAX(kase->deadline - now, 0) / APD_SECOND);
    apd_json_text(builder, "authenticity", apd_authenticity_name(kase->authenticity));
    apd_json_text(builder, "severity", apd_severity_name(kase->severity));
    apd_json_text(builder, "subject", kase->subject);
    apd_json_text(builder, "sender", kase->sender);
    apd_json_text(builder, "excerpt", kase->excerpt);
    apd_json_text(builder, "appeal_url", genuine ? kase->appeal_url : NULL);
    apd_json_text(builder, "source", kase->source);
    apd_json_time(builder, "noticed", kase->noticed);
    apd_json_time(builder, "opened", kase->opened);
    json_builder_end_object(builder);
}

static void
add_cases(JsonBuilder *builder, const GPtrArray *cases, ApdTime now)
{
    json_builder_set_member_name(builder, "cases");
    json_builder_begin_array(builder);
    for (guint i = 0; i < cases->len; i++)
        apd_channel_json_case(builder, cases->pdata[i], now);
    json_builder_end_array(builder);
}

void
apd_channel_json_alert(JsonBuilder *builder, const ApdParcel *parcel)
{
    const ApdAlert *alert = parcel->alert;

    json_builder_begin_object(builder);
    apd_json_text(builder, "type", "appeald.alert");
    apd_json_time(builder, "timestamp", parcel->now);
    json_builder_set_member_name(builder, "data");
    json_builder_begin_object(builder);
    apd_json_int(builder, "version", 1);
    apd_json_text(builder, "alert", apd_alert_type_name(alert->type));
    apd_json_text(builder, "key", alert->key);
    apd_json_text(builder, "title", parcel->wording->title);
    apd_json_text(builder, "text", parcel->wording->body);
    apd_json_text(builder, "severity", apd_severity_name(parcel->wording->severity));
    if (alert->kase != NULL) {
        apd_json_text(builder, "reason", apd_reason_name(alert->reason));
        json_builder_set_member_name(builder, "case");
        apd_channel_json_case(builder, alert->kase, parcel->now);
    } else {
        apd_json_text(builder, "subject", alert->subject);
        apd_json_text(builder, "detail", alert->text);
        add_cases(builder, alert->cases, parcel->now);
    }
    json_builder_end_object(builder);
    json_builder_end_object(builder);
}

void
apd_judge(ApdJudgement *judgement, ApdTaking taking, ApdTime wait, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    judgement->taking = taking;
    judgement->wait = wait;
    judgement->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

char *
apd_channel_said(const ApdHttpResponse *response)
{
    g_autofree char *line = apd_text_line(response->body->str);
    return apd_text_cut(line, MAX_SAID);
}

void
apd_judge_status(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement)
{
    g_autofree char *said = apd_channel_said(response);
    bool later = response->status == 429 || response->status == 408 || response->status >= 500;

    apd_judge(judgement, later ? APD_TRY_AGAIN : APD_REFUSED,
              apd_http_retry_after(response->retry_after, now), "HTTP %d: %s", response->status,
              said);
}
