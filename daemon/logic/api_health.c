/* The health of a store: its level, how many problems, frozen, closed.
 *
 * The mark "health" holds level, problems, a count of changes and a digest of what the
 * platform says of the store; a store that was never seen counts as well. */
#include <stdio.h>

#include "base/text.h"
#include "logic/api_topic.h"

#define MARK "health"

/* From here on the store itself is touched. */
#define FROZEN 300

typedef struct {
    int64_t level, problems;
    guint change;   /* how often it changed: so that no two records are one */
    char words[17]; /* digest of its description; "": not known, or none */
} Health;

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    if (self->stage > 0)
        return NULL;
    *ret_method = "diagnosis";
    return json_object_new();
}

static Health
last_seen(const ApdApiRound *self)
{
    Health health = { 0 };
    long long level = 0, problems = 0;

    if (sscanf(apd_api_round_mark(self, MARK), "%lld/%lld/%u/%16[0-9a-f]", &level, &problems,
               &health.change, health.words)
        >= 3) {
        health.level = level;
        health.problems = problems;
    }
    return health;
}

/* False: it says nothing of a level. */
static bool
read_health(JsonNode *answer, const Health *old, Health *health)
{
    g_autofree char *status = apd_json_read_text(apd_json_hunt(answer, "shop_status_desc"));
    g_autofree char *sum =
        status && *status ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, status, -1) : NULL;

    if (!apd_json_read_int(apd_json_hunt(answer, "levelCode"), &health->level)
        && !apd_json_read_int(apd_json_hunt(answer, "level_code"), &health->level))
        return false;
    /* Where it does not say how many, there are as many as before. */
    if (!apd_json_read_int(apd_json_hunt(answer, "issue_num"), &health->problems)
        && !apd_json_read_int(apd_json_hunt(answer, "issueNum"), &health->problems))
        health->problems = health->level == 0 ? 0 : old->problems;
    health->change = old->change + 1;
    g_strlcpy(health->words, sum ? sum : "", sizeof health->words);
    return true;
}

static const char *
level_value(const ApdApiRound *self, int64_t level, const char *key)
{
    g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT, level);

    return apd_platform_get(self->platform, "level", name, key);
}

static const char *
category_of(const ApdApiRound *self, int64_t level)
{
    const char *category = level_value(self, level, "category");

    return category ? category : "account.other";
}

static void
describe(const ApdApiRound *self, const Health *health, JsonNode *answer, ApdVerdict *verdict)
{
    const char *known = level_value(self, health->level, "name");
    g_autofree char *status = apd_json_read_text(apd_json_hunt(answer, "shop_status_desc"));
    g_autofree char *own =
        apd_json_read_text(apd_json_member(apd_json_hunt(answer, "level"), "name"));
    g_autofree char *line = apd_text_line(status && *status ? status : own ? own : "");
    g_autofree char *cut = apd_text_cut(line, 300);

    verdict->subject = g_strdup_printf(
        "Store diagnosis: level %" G_GINT64_FORMAT " (%s), problems: %" G_GINT64_FORMAT,
        health->level, known ? known : "a level that appeald does not know", health->problems);
    verdict->excerpt = g_strdup(*cut != '\0' ? cut : verdict->subject);
    verdict->appeal_url = apd_api_link(apd_json_hunt(answer, "action_url"));
    apd_verdict_add_evidence(verdict, "kind", verdict->subject);
}

static void
add(ApdApiRound *self, ApdVerdict *verdict, const Health *health)
{
    g_autofree char *value =
        g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%u/%s", health->level,
                        health->problems, health->change, health->words);

    apd_api_round_add(self, verdict, MARK, value);
}

/* Worse than before, or met for the first time and not well. */
static ApdVerdict *
worse(const ApdApiRound *self, const Health *health)
{
    const char *stated = level_value(self, health->level, "kind");
    const char *severity = level_value(self, health->level, "severity");
    ApdKind kind = APD_KIND_WARNING;

    apd_kind_parse(stated, &kind);
    ApdVerdict *verdict =
        apd_api_verdict_new(self, kind, category_of(self, health->level), APD_BEARING_NEWS);
    apd_severity_parse(severity, &verdict->severity);
    return verdict;
}

/* What was frozen and is not any more was reversed; a warning is over. */
static ApdVerdict *
better(const ApdApiRound *self, const Health *old, const Health *health)
{
    bool thawed = old->level >= FROZEN && health->level < FROZEN;
    bool over = thawed || (health->level == 0 && health->problems == 0);
    ApdVerdict *verdict = apd_api_verdict_new(self, over ? APD_KIND_DECISION : APD_KIND_WARNING,
                                              category_of(self, old->level),
                                              over && !thawed ? APD_BEARING_END : APD_BEARING_MOVE);

    if (thawed)
        verdict->outcome = APD_OUTCOME_REVERSED;
    return verdict;
}

/* Other words of a store that is not well are news; of one that is, small talk. */
static bool
says_otherwise(const Health *old, const Health *health)
{
    return *old->words != '\0' && *health->words != '\0' && !g_str_equal(old->words, health->words)
           && (health->level > 0 || health->problems > 0);
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    Health old = last_seen(self), health = { 0 };

    if (!read_health(answer, &old, &health))
        return apd_api_misread(error, "understood 0 of 1 records (no levelCode)");
    self->stage = 1;
    self->n_seen = self->n_understood = 1;

    bool same = health.level == old.level && health.problems == old.problems;
    if (same && !says_otherwise(&old, &health))
        return true;
    bool rises =
        health.level > old.level || (health.level == old.level && health.problems >= old.problems);
    ApdVerdict *verdict = rises ? worse(self, &health) : better(self, &old, &health);
    describe(self, &health, answer, verdict);
    add(self, verdict, &health);
    return true;
}

static const char *const members[] = { "levelCode", "level_code", NULL };

const ApdApiTopic apd_api_topic_diagnosis = {
    .name = "diagnosis", .ask = ask, .take = take, .members = members
};
