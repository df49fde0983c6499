/* A question to the platform that is on its way: so that it can be put again, and so that
 * its secrets can be left out of what is answered.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "io/config.h"
#include "io/http.h"
#include "logic/api_answer.h"

/* Empty at first, and once it is cleared. */
typedef struct {
    char *method;       /* owned: a [method] of the platform */
    JsonObject *fields; /* owned */
    char *secret;       /* owned, a secret: until the answer is here */
    char *token;        /* owned, a secret: the same */
    guint token_mark;   /* tells the token from others */
    bool again;         /* it is put for the second time */
} ApdApiQuestion;

void apd_api_question_clear(ApdApiQuestion *self);

/* Asks @source for what @self holds, signed as of @now; @done comes from the main context.
 * False when nothing is asked: TRANSIENT while the token is being renewed, else a person
 * must mend what @error says. */
bool apd_api_question_send(ApdApiQuestion *self, const ApdSourceConfig *source, ApdHttp *http,
                           ApdTime now, ApdHttpDone done, void *user_data, GError **error);

/* Fills an empty @ret_answer with what was answered to @self, whose secrets stand in no text
 * of it: whoever was sent them may repeat them.  They are forgotten then. */
void apd_api_question_read(ApdApiQuestion *self, const ApdSourceConfig *source,
                           const ApdHttpResponse *response, ApdApiAnswer *ret_answer);
