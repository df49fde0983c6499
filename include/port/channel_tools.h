/* What chat channels share: JSON bodies, colours, verdicts. */
#pragma once

#include "base/json.h"
#include "port/channel.h"

/* Makes @request a POST of the JSON in @builder to @url.  Takes nothing. */
void apd_channel_post_json(ApdHttpRequest *request, const char *url, JsonBuilder *builder);

/* Returns: (transfer full): @builder's JSON as text. */
char *apd_channel_json_text(JsonBuilder *builder);

/* Writes @kase as an object: the documented form of the generic webhook,
 * appeald.conf(5).  Without the appeal address unless the notice is genuine. */
void apd_channel_json_case(JsonBuilder *builder, const ApdCase *kase, ApdTime now);

/* Writes an alert as the generic webhook sends it: {"type","timestamp","data"}. */
void apd_channel_json_alert(JsonBuilder *builder, const ApdParcel *parcel);

/* Answers: a verdict with @format as what the far side said. */
void apd_judge(ApdJudgement *judgement, ApdTaking taking, ApdTime wait, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The verdict of services that speak by status alone apart from success: 429
 * and 5xx are tried again (Retry-After honoured), everything else is refused. */
void apd_judge_status(const ApdHttpResponse *response, ApdTime now, ApdJudgement *judgement);

/* Returns: (transfer full): the beginning of the body as one line, for messages. */
char *apd_channel_said(const ApdHttpResponse *response);
