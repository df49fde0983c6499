/* What is asked of the platform, and whose turn it is; private to port/source_aliexpress.c.
 *
 * Times are of apd_uptime().
 */
#pragma once

#include <stdbool.h>

#include "io/config.h"
#include "io/ledger.h"
#include "logic/api_round.h"

/* A network that drops a request is no news; one that drops three is. */
#define APD_ALIEXPRESS_PATIENCE 3

/* Who may not ask for longer is not looking. */
#define APD_ALIEXPRESS_LONG_BAN (10 * APD_MINUTE)

/* After so many questions the other topics have their turn. */
#define APD_ALIEXPRESS_TURN 100

typedef struct {
    const char *name; /* borrowed of the configuration */
    ApdTime due;
    ApdTime banned; /* until then nothing is asked, whoever wants it */
    ApdTime every;
    guint failures; /* rounds in a row */
    bool looked_back;
    guint rounds;
    guint token;            /* the last one that was refused, as a hash */
    guint tokens;           /* different ones that were, in a row */
    bool gone;              /* not allowed, or not there: told */
    ApdApiTrouble *trouble; /* owned */
    ApdApiRound *round;     /* owned: which goes on when it is due; NULL: none */
    GHashTable *marks;      /* owned: of this round */
    bool first_look;        /* this round is */
    bool good;              /* this round had a good answer */
    guint asked;            /* in this turn */
    guint stumbles;         /* questions in a row that got no answer */
    GError *lost;           /* owned: why the round is over; NULL: it is not */
} ApdAliexpressTopic;

/* Returns: (transfer full) (element-type ApdAliexpressTopic): those that @config watches;
 * it is borrowed.  @host: of its gateway.  @ledger: of bans that last from before. */
GArray *apd_aliexpress_topics_new(const ApdSourceConfig *config, ApdLedger *ledger,
                                  const char *host);

/* The one that is due first. */
ApdAliexpressTopic *apd_aliexpress_topics_first(GArray *topics);

/* Whether the first look at each is over, or will not be soon. */
bool apd_aliexpress_topics_settled(const GArray *topics);

/* All are due now, but those that are banned or gone. */
void apd_aliexpress_topics_poke(GArray *topics);

/* A round of @config's topic begins, or goes on.  False: the ledger cannot be read; it is
 * due again later. */
bool apd_aliexpress_topic_begin(ApdAliexpressTopic *self, const ApdSourceConfig *config,
                                ApdLedger *ledger, const char *host);

/* The gateway wants a pause of @said (0: it does not say).  Returns for how long nothing is
 * to be asked; the ledger keeps it, for whoever starts next. */
ApdTime apd_aliexpress_topic_ban(ApdAliexpressTopic *self, const ApdSourceConfig *config,
                                 ApdLedger *ledger, ApdTime said);

/* Returns: (transfer full): how long its ban lasts still. */
char *apd_aliexpress_topic_ban_text(const ApdAliexpressTopic *self);

/* A question got no answer, for the reason @text.  Sets @lost when it was one too many in
 * a row, or is no @good to go on without. */
void apd_aliexpress_topic_stumble(ApdAliexpressTopic *self, bool good, int code, const char *text);

/* The access token with the hash @token was refused.  Whether a new one may help: not when
 * new ones were refused, too; that would go on for ever. */
bool apd_aliexpress_topic_renew(ApdAliexpressTopic *self, guint token);

/* The round is over. */
void apd_aliexpress_topic_clear(ApdAliexpressTopic *self);
