/* One page of a [json NAME]: asked for, judged, and its records taken out. */
#pragma once

#include <json-glib/json-glib.h>

#include "io/config.h"
#include "io/http.h"
#include "logic/json_item.h"
#include "logic/json_pages.h"

/* What one look at an endpoint goes with; read anew for each. */
typedef struct {
    char *url;      /* owned, may be a secret */
    char **headers; /* owned, secrets */
} ApdJsonAccess;

/* May block, where a command gives the address or the headers.  APD_ERROR_CONFIG. */
bool apd_json_access_read(ApdJsonAccess *self, const ApdSourceConfig *source, GError **error);
void apd_json_access_clear(ApdJsonAccess *self);

/* Takes @error (NULL is allowed), and leaves out of its text what @self must not tell:
 * whoever was sent it may repeat it.  Returns: (transfer full). */
GError *apd_json_access_leave_out(const ApdJsonAccess *self, GError *error);

/* How the pages of @source go, from @access; borrows from both. */
ApdJsonPaging apd_json_paging(const ApdSourceConfig *source, const ApdJsonAccess *access);

/* Fills an empty @ret_request for @url.  @etag, @modified: of the answer that is known
 * already; may be NULL. */
void apd_json_request(const ApdSourceConfig *source, const ApdJsonAccess *access, const char *url,
                      const char *etag, const char *modified, ApdHttpRequest *ret_request);

/* What stands in an answer. */
typedef struct {
    JsonNode *root;     /* owned */
    GPtrArray *records; /* owned, element-type JsonNode, borrowed of @root */
} ApdJsonAnswer;

void apd_json_answer_clear(ApdJsonAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdJsonAnswer, apd_json_answer_clear)

/* Reads a saved or fetched answer; MALFORMED: it is not what is expected, TRANSIENT: the
 * service says that something is wrong. */
bool apd_json_answer_read(const ApdSourceConfig *source, const char *text, size_t size,
                          ApdJsonAnswer *ret_answer, GError **error);

/* The same of @response, whose status is judged first; not for 304. */
bool apd_json_response_read(const ApdSourceConfig *source, const ApdHttpResponse *response,
                            ApdJsonAnswer *ret_answer, GError **error);
