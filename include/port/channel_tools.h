/* What channels share: addresses, headers, signatures, the JSON form of an alert. */
#pragma once

#include "base/json.h"
#include "port/channel.h"
#include "port/channel_json.h"
#include "port/channel_sheet.h"
#include "port/channel_verdict.h"

/* Makes @request a POST of @body.  Takes @url and @body. */
void apd_channel_post(ApdHttpRequest *request, char *url, JsonNode *body);

/* Adds a header line. */
void apd_channel_header(ApdHttpRequest *request, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A key of [channel NAME] that only some types know; @fallback when it is not set. */
const char *apd_channel_option(const ApdChannelConfig *config, const char *key,
                               const char *fallback);

/* Returns: (transfer full): `server =`, else @fallback, and a path below it. */
char *apd_channel_address(const ApdChannelConfig *config, const char *fallback, const char *format,
                          ...) G_GNUC_PRINTF(3, 4);

/* Returns: (transfer full): @url, which stays byte for byte, with more of a query. */
char *apd_channel_query(const char *url, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Whether @token is letters, digits and @allowed alone, so that it can stand in an
 * address; else APD_ERROR_CONFIG with @remedy. */
bool apd_channel_check_token(const char *token, const char *allowed, const char *remedy,
                             GError **error);

/* Returns: (transfer full): HMAC-SHA256 in base64. */
char *apd_channel_hmac(const void *key, size_t key_size, const void *text, size_t size);

/* Returns: (transfer full): what stays the same through all alerts of a case, for
 * services that thread or replace by such a key. */
char *apd_channel_case_key(const ApdParcel *parcel);

/* Returns: (transfer full): @builder's JSON as text. */
char *apd_channel_json_text(JsonBuilder *builder);

/* Writes @kase as an object: the documented form of the generic webhook,
 * appeald.conf(5).  Without the appeal address unless the notice is genuine. */
void apd_channel_json_case(JsonBuilder *builder, const ApdCase *kase, ApdTime now);

/* Returns: (transfer full): an alert as the generic webhook and commands get it:
 * {"type","timestamp","data"}, appeald.conf(5).  Without the appeal address unless
 * the notice is genuine. */
JsonNode *apd_channel_alert(const ApdParcel *parcel);

/* Returns: (transfer full): the beginning of the body as one line, for messages. */
char *apd_channel_said(const ApdHttpResponse *response);
