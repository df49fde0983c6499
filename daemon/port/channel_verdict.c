#include "port/channel_verdict.h"

#include <string.h>

#include "base/text.h"
#include "port/channel_tools.h"

/* No pause is longer, whatever a service asks for: deadlines do not wait. */
#define MAX_WAIT (6 * APD_HOUR)

/* No answer of a service has as many objects and lists. */
#define MAX_OPENINGS 4096

static ApdTime
seconds(double value)
{
    if (!(value > 0)) /* NaN, too */
        return 0;
    return value >= (double) MAX_WAIT / (double) APD_SECOND
               ? MAX_WAIT
               : (ApdTime) (value * (double) APD_SECOND) + 1;
}

ApdTime
apd_verdicts_wait(const char *header, ApdTime now)
{
    char *end = NULL;

    if (header == NULL)
        return 0;

    double value = g_ascii_strtod(header, &end);
    if (end != header && *end == '\0')
        return seconds(value);
    return MIN(apd_http_retry_after(header, now), MAX_WAIT);
}

/* The node at @path below @root, borrowed; NULL when there is none. */
static JsonNode *
descend(JsonNode *root, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, ".", -1);
    JsonNode *node = root;

    for (char **name = names; node != NULL && *name != NULL; name++)
        node = JSON_NODE_HOLDS_OBJECT(node)
                   ? json_object_get_member(json_node_get_object(node), *name)
                   : NULL;
    return node;
}

/* Whether @text could nest deeper than the stack is.  The parser calls itself for
 * every level, and takes comments, so that only the count of all brackets is safe. */
static bool
is_deep(const char *text)
{
    size_t openings = 0;

    for (; *text != '\0'; text++)
        openings += *text == '[' || *text == '{';
    return openings > MAX_OPENINGS;
}

JsonNode *
apd_verdicts_parse(const ApdHttpResponse *response)
{
    g_autoptr(JsonParser) parser = json_parser_new();

    if (is_deep(response->body->str)
        || !json_parser_load_from_data(parser, response->body->str, (gssize) response->body->len,
                                       NULL))
        return NULL;
    return json_parser_steal_root(parser);
}

static char *
text_of(JsonNode *node)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node))
        return NULL;

    switch (json_node_get_value_type(node)) {
    case G_TYPE_STRING:
        return apd_text_line(json_node_get_string(node));
    case G_TYPE_BOOLEAN:
        return g_strdup(json_node_get_boolean(node) ? "true" : "false");
    case G_TYPE_INT64:
        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
    default:
        return g_strdup_printf("%g", json_node_get_double(node));
    }
}

char *
apd_verdicts_member(const ApdHttpResponse *response, const char *path)
{
    g_autoptr(JsonNode) root = apd_verdicts_parse(response);

    return root ? text_of(descend(root, path)) : NULL;
}

/* Both forms: what the headers ask for, and what the body does. */
static ApdTime
asked_wait(const ApdVerdicts *self, const ApdHttpResponse *response, ApdTime now)
{
    ApdTime wait = apd_verdicts_wait(response->retry_after, now);
    g_autofree char *text = self->wait ? apd_verdicts_member(response, self->wait) : NULL;

    if (text == NULL)
        return wait;
    return MAX(wait, seconds(g_ascii_strtod(text, NULL) / (self->milliseconds ? 1000 : 1)));
}

static bool
fits(const ApdRuling *row, const ApdHttpResponse *response, const char *code)
{
    return (row->status == 0 || row->status == response->status)
           && (row->code == NULL || g_strcmp0(row->code, code) == 0)
           && (row->says == NULL || strstr(response->body->str, row->says) != NULL);
}

static const ApdRuling *
find(const ApdVerdicts *self, const ApdHttpResponse *response, const char *code)
{
    for (size_t i = 0; i < self->n; i++)
        if (fits(&self->rows[i], response, code))
            return &self->rows[i];

    return NULL;
}

static ApdTaking
by_status(int status)
{
    if (status == 408 || status == 429 || status >= 500)
        return APD_TRY_AGAIN;
    return status >= 300 ? APD_REFUSED : APD_TRY_AGAIN;
}

void
apd_verdicts_judge(const ApdVerdicts *self, const ApdHttpResponse *response, ApdTime now,
                   ApdJudgement *judgement)
{
    g_autofree char *code = self->code ? apd_verdicts_member(response, self->code) : NULL;
    const ApdRuling *row = find(self, response, code);

    judgement->taking = row ? row->taking : by_status(response->status);
    if (judgement->taking == APD_TAKEN)
        return;

    g_autofree char *words = self->said ? apd_verdicts_member(response, self->said) : NULL;
    g_autofree char *said =
        words && *words != '\0' ? g_steal_pointer(&words) : apd_channel_said(response);
    g_autofree char *cut = apd_text_cut(said, 200);
    g_autofree char *what = code && self->code && g_ascii_isdigit(code[code[0] == '-'])
                                ? g_strdup_printf("code %s (HTTP %d)", code, response->status)
                                : g_strdup_printf("HTTP %d", response->status);

    judgement->plainer = row != NULL && row->plainer;
    judgement->wait = MAX(asked_wait(self, response, now), row ? row->wait : 0);
    judgement->text = g_strdup_printf("%s: %s%s%s", what, cut, row && row->remedy ? ": " : "",
                                      row && row->remedy ? row->remedy : "");
}
