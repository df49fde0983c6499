/* What the topics of the platform share; private to logic/api_*.c. */
#pragma once

#include "logic/api_round.h"
#include "logic/zones.h"

typedef struct {
    const char *name;
    JsonObject *(*ask)(ApdApiRound *self, const char **ret_method);
    bool (*take)(ApdApiRound *self, JsonNode *answer, GError **error);

    const char *const *members; /* NULL-terminated: of its answers alone */
    bool (*take_saved)(ApdApiRound *self, JsonNode *answer, GError **error); /* NULL: take */
} ApdApiTopic;

struct ApdApiRound {
    const ApdApiTopic *topic;    /* borrowed for ever */
    const ApdPlatform *platform; /* borrowed */
    GHashTable *marks;           /* borrowed */
    char *sender;                /* owned */
    bool thorough;
    ApdTime now;
    ApdZones *zones;  /* owned */
    int pacific;      /* zone of its times */
    GQueue *held;     /* owned, element-type ApdApiRecord: not yet given out */
    GQueue *records;  /* owned, element-type ApdApiRecord */
    GHashTable *seen; /* owned: ids of this round's list, to what the topic keeps */
    GQueue *todo;     /* owned, element-type JsonNode: to be looked at one by one */
    int stage;        /* of the topic */
    int64_t page;     /* from 1 */
    guint n_seen;     /* records in answers */
    guint n_understood;
    guint n_asked; /* questions of this round */
    bool over;
};

extern const ApdApiTopic apd_api_topic_diagnosis;
extern const ApdApiTopic apd_api_topic_disputes;
extern const ApdApiTopic apd_api_topic_products;
extern const ApdApiTopic apd_api_topic_orders;
extern const ApdApiTopic apd_api_topic_messages;

/* A verdict of the platform's own record, with what all have in common. */
ApdVerdict *apd_api_verdict_new(const ApdApiRound *self, ApdKind kind, const char *category,
                                ApdBearing bearing);

/* Takes @verdict.  @value NULL: the mark goes. */
void apd_api_round_add(ApdApiRound *self, ApdVerdict *verdict, const char *mark, const char *value);

/* The mark's value; "" when there is none. */
const char *apd_api_round_mark(const ApdApiRound *self, const char *mark);

/* Returns: (transfer full) (element-type utf8, borrowed of the marks): those that begin
 * with @prefix, of what was not seen in this round. */
GPtrArray *apd_api_round_unseen(const ApdApiRound *self, const char *prefix);

/* "2026-11-30 12:00:00" of the US Pacific coast, or milliseconds since the epoch;
 * APD_NEVER when senseless. */
ApdTime apd_api_time(const ApdApiRound *self, const char *text);

/* Returns: (transfer full): @node as an address that a person may be sent to: encrypted,
 * on the platform's own domains, without a user in it; NULL else. */
char *apd_api_link(JsonNode *node);

/* Returns: (transfer full) (element-type JsonNode, borrowed): the records on the page of
 * a list in @answer: the member @list, their number in all the member @total.  NULL,
 * MALFORMED: there is no list of @what, or none of those that it counts.  @ret_total: -1:
 * not said. */
GPtrArray *apd_api_page_items(const ApdApiRound *self, JsonNode *answer, const char *list,
                              const char *total, const char *what, int64_t *ret_total,
                              GError **error);

/* A page of a list is read: whether there is another.  @n: elements of this page, @n_new
 * those that were not on an earlier one, @total: as the answer says, -1: not. */
bool apd_api_page_next(ApdApiRound *self, guint n, guint n_new, int64_t total, int64_t size);

/* The number of records on a page of @method. */
int64_t apd_api_page_size(const ApdPlatform *platform, const char *method);

/* Fails with MALFORMED; returns false. */
bool apd_api_misread(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
