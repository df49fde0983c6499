/* Authentication-Results headers (RFC 8601). */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* One "method=result" with what it was about. */
typedef struct {
    char *method; /* owned, lower case: "dkim", "dmarc", "spf" */
    char *result; /* owned, lower case: "pass", "fail", ... */
    char *domain; /* owned, lower case: header.d or header.i of dkim, header.from of dmarc,
                     smtp.mailfrom of spf; NULL when not told */
} ApdAuthResult;

/* Stands for the name of a server that writes none, as Microsoft's do. */
#define APD_AUTH_NOBODY "none"

/* Returns: (transfer full) (element-type ApdAuthResult): what @header says; NULL when
 * it is not of @authserv_id, or is malformed. */
GPtrArray *apd_auth_results_parse(const char *header, const char *authserv_id);
