/* How requests to the AliExpress Open Platform are signed.  Pure.
 *
 * HMAC-SHA256 of names and values in byte order of the names, in upper-case hex
 * (IopUtils.signApiRequest of the official SDK); on /rest the path goes first.
 */
#pragma once

#include <glib.h>

typedef struct ApdApiParams ApdApiParams;

ApdApiParams *apd_api_params_new(void);

/* Wipes what it held. */
void apd_api_params_free(ApdApiParams *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiParams, apd_api_params_free)

/* Copies; takes the place of an older value.  An empty or blank value, or NULL, is
 * none: it is neither signed nor sent. */
void apd_api_params_set(ApdApiParams *self, const char *name, const char *value);

/* Returns: (transfer full): the signature.  @prefix: the path of a /rest call, or "". */
char *apd_api_sign(const ApdApiParams *self, const char *prefix, const char *secret);

/* Returns: (transfer full): application/x-www-form-urlencoded, in byte order. */
GString *apd_api_params_form(const ApdApiParams *self);
