/* What the topics of the platform share; private to logic/api_*.c. */
#pragma once

#include "logic/api_list.h"
#include "logic/api_round.h"
#include "logic/zones.h"

typedef struct {
    const char *name;

    /* Gives the same until take() or skip() was called. */
    JsonObject *(*ask)(ApdApiRound *self, const char **ret_method);
    bool (*take)(ApdApiRound *self, JsonNode *answer, GError **error);

    /* The round goes on without what was asked; false: it cannot.  NULL: never. */
    bool (*skip)(ApdApiRound *self, const char *why);

    /* Of a topic with a list in pages: one record of it; and that there are no more pages.
     * For apd_api_round_take_page() and apd_api_round_skip_page(). */
    void (*take_item)(ApdApiRound *self, JsonNode *item);
    void (*end_list)(ApdApiRound *self);

    const char *const *members; /* NULL-terminated: of its answers alone */
    bool (*take_saved)(ApdApiRound *self, JsonNode *answer, GError **error); /* NULL: take */
} ApdApiTopic;

/* A thing that is to be looked at for itself. */
typedef struct {
    char *id;       /* owned */
    JsonNode *node; /* owned */
    guint rank;     /* of its trouble */
} ApdApiTask;

void apd_api_task_free(ApdApiTask *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiTask, apd_api_task_free)

struct ApdApiRound {
    const ApdApiTopic *topic;    /* borrowed for ever */
    const ApdPlatform *platform; /* borrowed */
    GHashTable *marks;           /* borrowed */
    char *sender;                /* owned */
    bool thorough;
    ApdTime now;
    ApdZones *zones;  /* owned */
    int pacific;      /* zone of its times */
    GQueue *records;  /* owned, element-type ApdApiRecord */
    GHashTable *seen; /* owned: ids of this round's list, to what the topic keeps */
    GQueue *todo;     /* owned, element-type ApdApiTask: to be looked at one by one */
    GQueue *late;     /* owned, the same: after all else, for they made trouble before */
    ApdApiList *list; /* owned, or NULL: of the topic */
    void *own;        /* owned: the topic's */
    GDestroyNotify free_own;
    ApdApiTrouble *trouble;     /* borrowed, or @own_trouble */
    ApdApiTrouble *own_trouble; /* owned */
    int stage;                  /* of the topic */
    guint n_seen;               /* records in answers */
    guint n_understood;
    guint n_skipped; /* what was not to be had */
    char *why;       /* owned: of the first of it */
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

/* The list of the round, which comes in pages of @method; made when it is first asked
 * for. */
ApdApiList *apd_api_round_list(ApdApiRound *self, const char *method, const char *what);

/* Returns: (transfer full) (element-type JsonNode, borrowed): the records on the page of
 * a list in @answer: the member @list.  NULL, MALFORMED: there is no list of @what. */
GPtrArray *apd_api_page_items(JsonNode *answer, const char *list, const ApdApiSaid *said,
                              const char *what, GError **error);

/* Takes the records on a page, and turns to the next one or ends the list. */
bool apd_api_round_take_page(ApdApiRound *self, const GPtrArray *items, const ApdApiSaid *said,
                             GError **error);

/* A skip() of a list: it goes on without this page; false: it cannot without its first. */
bool apd_api_round_skip_page(ApdApiRound *self, const char *why);

/* Takes @node: @id is to be looked at, after what made no trouble. */
void apd_api_round_plan(ApdApiRound *self, const char *id, JsonNode *node);

/* What is to be looked at now; NULL: nothing.  @all_listed: nothing more will be planned,
 * so that what made trouble may come as well. */
const ApdApiTask *apd_api_round_task(const ApdApiRound *self, bool all_listed);

/* Returns: (transfer full): the same, which was looked at. */
ApdApiTask *apd_api_round_done(ApdApiRound *self, bool all_listed);

/* Returns: (transfer full): the same, which could not be looked at, @ret_times in a row. */
ApdApiTask *apd_api_round_put_aside(ApdApiRound *self, bool all_listed, guint *ret_times);

/* Something of this round is not to be had, for the reason @why. */
void apd_api_round_note(ApdApiRound *self, const char *why);

/* Moves @mark alone, without anything to be filed.  @value NULL: it goes. */
void apd_api_round_move(ApdApiRound *self, const char *mark, const char *value);

/* The number of records on a page of @method. */
int64_t apd_api_page_size(const ApdPlatform *platform, const char *method);

/* Fails with MALFORMED; returns false. */
bool apd_api_misread(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
