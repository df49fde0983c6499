/* What the AliExpress Open Platform answered.  Pure.
 *
 * Errors come with HTTP 200, in four shapes; results come wrapped or not, as
 * `simplify` was asked for: all are read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/json_read.h"
#include "model/platform.h"

typedef struct {
    ApdRemedy remedy; /* NONE: it is good */
    ApdTime wait;     /* of WAIT: how long, as the answer says; 0: not said */
    char *text;       /* owned; what is wrong, in its words; NULL: nothing */
    JsonNode *root;   /* owned; NULL: it was no JSON */
} ApdApiAnswer;

void apd_api_answer_clear(ApdApiAnswer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdApiAnswer, apd_api_answer_clear)

/* Fills an empty @ret_answer.  @status: of HTTP. */
void apd_api_answer_read(const ApdPlatform *platform, int status, const char *body, size_t size,
                         ApdApiAnswer *ret_answer);

/* Returns: (transfer full): what a person is to be told of an answer that is not good, to a
 * question of @method (as the platform names it), with what is to be done. */
char *apd_api_answer_tell(const ApdApiAnswer *self, const char *method);

/* The seconds in "This ban will last for 2 more seconds", and one; 0: not said. */
ApdTime apd_api_answer_ban(const char *text);
