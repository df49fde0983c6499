/* Requests to the AliExpress Open Platform, signed and ready for io/http.
 *
 * All that is secret, the token and the signature, travels in the body, as the official
 * Python SDK sends it: addresses end in logs of proxies and servers.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "io/config.h"
#include "io/http.h"
#include "model/platform.h"

/* Fills an empty @request: @question (borrowed) put to @method, a [method] of @platform.
 * @secret: of the app.  @token: NULL for what needs none.  @now: of the timestamp.
 * False when the platform's data has no such method; @error CONFIG. */
bool apd_api_call(const ApdPlatform *platform, const ApdSourceConfig *source, const char *method,
                  JsonObject *question, const char *secret, const char *token, ApdTime now,
                  ApdHttpRequest *request, GError **error);
