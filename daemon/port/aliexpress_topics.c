#include "port/aliexpress_topics.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "logic/backoff.h"

/* What looks unchanged is looked at anew in every so many rounds. */
#define THOROUGH 12

typedef ApdAliexpressTopic Topic;

void
apd_aliexpress_topic_clear(Topic *self)
{
    g_clear_pointer(&self->round, apd_api_round_free);
    g_clear_pointer(&self->marks, g_hash_table_unref);
    g_clear_error(&self->lost);
    self->stumbles = 0;
    self->good = false;
}

bool
apd_aliexpress_topic_begin(Topic *self, const ApdSourceConfig *config, ApdLedger *ledger,
                           const char *host)
{
    ApdCursor cursor;
    bool thorough = self->rounds % THOROUGH == 0;

    if (self->round != NULL)
        return true;
    self->marks = apd_ledger_marks(ledger, config->section, NULL);
    if (self->marks == NULL
        || !apd_ledger_get_cursor(ledger, config->section, self->name, &cursor, NULL)) {
        g_clear_pointer(&self->marks, g_hash_table_unref);
        self->due = apd_uptime() + APD_MINUTE;
        return false;
    }
    self->first_look = !cursor.looked_back;
    self->looked_back = cursor.looked_back;
    self->round =
        apd_api_round_new(config->platform, self->name, self->marks, host, thorough, apd_now());
    apd_api_round_set_trouble(self->round, self->trouble);
    return true;
}

/* --- bans ------------------------------------------------------------------------------ */

/* The mark "ban/TOPIC" holds until when, in microseconds since the epoch. */
#define BAN "ban/"

/* No ban is believed to be longer, whatever the clock was when it was written. */
#define MAX_BAN (2 * APD_DAY)

/* Shorter ones are over before anybody has started anew. */
#define SHORT_BAN (30 * APD_SECOND)

ApdTime
apd_aliexpress_topic_ban(Topic *self, const ApdSourceConfig *config, ApdLedger *ledger,
                         ApdTime said)
{
    g_autofree char *mark = g_strconcat(BAN, self->name, NULL);
    guint stumbles = ++self->stumbles;
    ApdTime wait = said > 0 ? said : APD_MINUTE;

    /* Seconds are usual; "0 seconds", again and again, is no leave to go on so. */
    if (stumbles >= APD_ALIEXPRESS_PATIENCE)
        wait =
            MAX(wait, MIN(apd_backoff_wait((int) stumbles, g_random_int(), APD_HOUR), self->every));
    g_autofree char *until = g_strdup_printf("%" G_GINT64_FORMAT, apd_now() + wait);
    self->banned = apd_uptime() + wait;
    if (wait > SHORT_BAN)
        (void) apd_ledger_set_mark(ledger, config->section, mark, until, NULL);
    return wait;
}

char *
apd_aliexpress_topic_ban_text(const Topic *self)
{
    ApdTime left = self->banned - apd_uptime();
    g_autofree char *span = apd_duration_format((left / APD_MINUTE + 1) * APD_MINUTE);

    return g_strdup_printf("the platform allows no question for %s more", span);
}

static ApdTime
read_ban(GHashTable *marks, const char *name)
{
    g_autofree char *mark = g_strconcat(BAN, name, NULL);
    const char *text = marks ? g_hash_table_lookup(marks, mark) : NULL;
    gint64 until;

    if (text == NULL || !g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &until, NULL))
        return 0;
    ApdTime left = until - apd_now();
    return left > 0 && left <= MAX_BAN ? apd_uptime() + left : 0;
}

/* --- what goes wrong -------------------------------------------------------------------- */

/* What is refused is refused at once: more of it is no loss of time. */
#define REFUSALS 20

/* So many different access tokens are refused in a row: another is no use. */
#define TOKENS 2

void
apd_aliexpress_topic_stumble(Topic *self, bool good, int code, const char *text)
{
    guint patience = code == APD_ERROR_REFUSED ? REFUSALS : APD_ALIEXPRESS_PATIENCE;

    if (!good || ++self->stumbles >= patience)
        self->lost = g_error_new_literal(APD_ERROR, code, text);
}

bool
apd_aliexpress_topic_renew(Topic *self, guint token)
{
    self->tokens += self->tokens == 0 || token != self->token ? 1 : 0;
    self->token = token;
    return self->tokens < TOKENS;
}

/* --- all of them ----------------------------------------------------------------------- */

static void
release_topic(void *data)
{
    Topic *self = data;

    apd_aliexpress_topic_clear(self);
    apd_api_trouble_free(self->trouble);
}

GArray *
apd_aliexpress_topics_new(const ApdSourceConfig *config, ApdLedger *ledger, const char *host)
{
    g_autoptr(GHashTable) marks = apd_ledger_marks(ledger, config->section, NULL);
    GArray *topics = g_array_new(FALSE, TRUE, sizeof(Topic));
    /* A gateway of one's own is asked as often as one likes. */
    bool theirs = g_str_has_suffix(host, "aliexpress.com");

    g_array_set_clear_func(topics, release_topic);
    for (char **name = config->folders; *name != NULL; name++) {
        const char *every = apd_platform_get(config->platform, "method", *name, "every");
        ApdTime least = 0;
        Topic topic = { .name = *name, .every = config->poll, .trouble = apd_api_trouble_new() };
        if (every != NULL && apd_duration_parse(every, &least) && theirs)
            topic.every = MAX(topic.every, least);
        topic.banned = read_ban(marks, *name);
        g_array_append_val(topics, topic);
    }
    return topics;
}

Topic *
apd_aliexpress_topics_first(GArray *topics)
{
    Topic *best = NULL;

    for (guint i = 0; i < topics->len; i++) {
        Topic *topic = &g_array_index(topics, Topic, i);
        if (best == NULL || topic->due < best->due)
            best = topic;
    }
    return best;
}

bool
apd_aliexpress_topics_settled(const GArray *topics)
{
    bool settled = true;

    for (guint i = 0; i < topics->len; i++) {
        const Topic *topic = &g_array_index(topics, Topic, i);
        settled &= topic->looked_back || topic->gone || topic->banned > apd_uptime()
                   || topic->failures >= APD_ALIEXPRESS_PATIENCE;
    }
    return settled;
}

void
apd_aliexpress_topics_poke(GArray *topics)
{
    for (guint i = 0; i < topics->len; i++) {
        Topic *topic = &g_array_index(topics, Topic, i);
        if (!topic->gone)
            topic->due = MAX(apd_uptime(), topic->banned);
    }
}
