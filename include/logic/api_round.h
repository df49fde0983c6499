/* A round: everything that is asked of the platform to see one of its topics once, and
 * what its answers become.  Pure: asking is another's.
 *
 * A topic remembers what it saw by marks (name to value); what differs from them is a
 * record.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/json_read.h"
#include "logic/api_trouble.h"
#include "model/platform.h"
#include "model/verdict.h"

/* One thing that is to be filed, with the mark that it moves; or a mark alone. */
typedef struct {
    char *id;            /* owned: differs from that of every other record; NULL: a mark alone */
    ApdVerdict *verdict; /* owned; NULL: a reader is to say, of @text */
    char *text;          /* owned; what is to be read; NULL: nothing */
    ApdTime time;        /* of @text */
    char *mark;          /* owned, or NULL */
    char *value;         /* owned; NULL: the mark goes */
} ApdApiRecord;

void apd_api_record_free(ApdApiRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiRecord, apd_api_record_free)

typedef struct ApdApiRound ApdApiRound;

/* @topic: one of apd_platform_topics.  @marks (borrowed): of this source.  @sender: whose word it
 * is, for cases.  @thorough: what looks unchanged is looked at as well. */
ApdApiRound *apd_api_round_new(const ApdPlatform *platform, const char *topic, GHashTable *marks,
                               const char *sender, bool thorough, ApdTime now);
void apd_api_round_free(ApdApiRound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiRound, apd_api_round_free)

/* What rounds before had trouble with, and this one has: it goes on there.  @trouble
 * (borrowed) lives at least as long. */
void apd_api_round_set_trouble(ApdApiRound *self, ApdApiTrouble *trouble);

/* Returns: (transfer full): what is to be asked next of @ret_method (borrowed; a
 * [method] of the platform); NULL: nothing more.  The same until an answer was taken or
 * the question skipped: it may be put again. */
JsonObject *apd_api_round_ask(ApdApiRound *self, const char **ret_method);

/* @answer: good, to what was asked.  MALFORMED: it is not of the shape we know; the
 * round is over then, unless the question is skipped. */
bool apd_api_round_take(ApdApiRound *self, JsonNode *answer, GError **error);

/* What was asked cannot be had, for the reason @why.  Returns whether the round goes on
 * without it; it is at fault then, and says so at its end. */
bool apd_api_round_skip(ApdApiRound *self, const char *why);

/* The topic that gives answers like @answer; NULL: none. */
const char *apd_api_round_topic(JsonNode *answer);

/* The same of an answer that was not asked for in this round: what else would be asked
 * for is left out. */
bool apd_api_round_take_saved(ApdApiRound *self, JsonNode *answer, GError **error);

/* Returns: (transfer full): the next record; NULL: none now. */
ApdApiRecord *apd_api_round_next(ApdApiRound *self);

/* Whether all that was seen was understood (MALFORMED, with the counts), and all was seen
 * that there is (TRANSIENT: lists that came short, questions that were skipped). */
bool apd_api_round_check(const ApdApiRound *self, GError **error);
