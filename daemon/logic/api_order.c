/* Parcels that wait for the seller's word at a warehouse, each with its clock.
 *
 * The mark "order/ID" holds its clock and status. */
#include <string.h>

#include "base/text.h"
#include "logic/api_topic.h"

#define PREFIX "order/"

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    if (self->stage > 0)
        return NULL;

    JsonObject *question = json_object_new();
    *ret_method = "orders";
    json_object_set_int_member(question, "current_page", self->page);
    json_object_set_int_member(question, "page_size", apd_api_page_size(self->platform, "orders"));
    return question;
}

static ApdVerdict *
judge(const ApdApiRound *self, JsonNode *item, const char *id, const char *until, bool known)
{
    ApdVerdict *verdict = apd_api_verdict_new(self, APD_KIND_REQUEST, "unknown",
                                              known ? APD_BEARING_NEWS : APD_BEARING_STATE);
    g_autofree char *order = apd_json_member_text(item, "trade_order_id");
    g_autofree char *reason = apd_json_member_text(item, "abnormal_reason");
    g_autofree char *line = apd_text_line(reason ? reason : "");

    verdict->case_ref = g_strdup(id);
    verdict->subject = g_strdup_printf("Abnormal order %s: %s", order ? order : id, line);
    verdict->excerpt = apd_text_cut(verdict->subject, 500);
    if (order != NULL) {
        g_strfreev(verdict->orders);
        verdict->orders = g_strsplit(order, "\n", -1);
    }
    apd_verdict_add_evidence(verdict, "kind", verdict->excerpt);
    verdict->deadline = apd_api_time(self, until);
    if (verdict->deadline != APD_NEVER) {
        verdict->basis = APD_BASIS_STATED;
        g_strfreev(verdict->derivation);
        verdict->derivation = g_new0(char *, 2);
        verdict->derivation[0] =
            g_strdup_printf("the platform's own record: over_time %s, US Pacific time", until);
    }
    return verdict;
}

static void
take_item(ApdApiRound *self, JsonNode *item, guint *n_new)
{
    g_autofree char *id = apd_json_member_text(item, "id");
    g_autofree char *order = apd_json_member_text(item, "trade_order_id");
    g_autofree char *until = apd_json_member_text(item, "over_time");
    g_autofree char *status = apd_json_member_text(item, "order_status_code");
    const char *key = id ? id : order;

    self->n_seen++;
    if (key == NULL)
        return;
    self->n_understood++;
    if (g_hash_table_contains(self->seen, key))
        return;
    (*n_new)++;
    g_hash_table_insert(self->seen, g_strdup(key), g_strdup(""));
    g_autofree char *mark = g_strconcat(PREFIX, key, NULL);
    g_autofree char *value = g_strdup_printf("%s|%s", until ? until : "", status ? status : "");
    const char *old = apd_api_round_mark(self, mark);
    if (!g_str_equal(old, value))
        apd_api_round_add(self, judge(self, item, key, until, *old != '\0'), mark, value);
}

/* What is listed no more waits no more. */
static void
file_ends(ApdApiRound *self)
{
    g_autoptr(GPtrArray) ended = apd_api_round_unseen(self, PREFIX);

    for (guint i = 0; i < ended->len; i++) {
        const char *mark = ended->pdata[i];
        ApdVerdict *verdict =
            apd_api_verdict_new(self, APD_KIND_DECISION, "unknown", APD_BEARING_END);
        verdict->case_ref = g_strdup(mark + strlen(PREFIX));
        verdict->subject = g_strdup("Abnormal order: settled");
        apd_api_round_add(self, verdict, mark, NULL);
    }
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    int64_t total;
    guint n_new = 0;
    g_autoptr(GPtrArray) items =
        apd_api_page_items(self, answer, "result", "total_count", "orders", &total, error);

    if (items == NULL)
        return false;
    for (guint i = 0; i < items->len; i++)
        take_item(self, items->pdata[i], &n_new);
    if (items->len > 0 && self->n_understood == 0)
        return apd_api_round_check(self, error);
    if (apd_api_page_next(self, items->len, n_new, total,
                          apd_api_page_size(self->platform, "orders")))
        return true;
    self->stage = 1;
    file_ends(self);
    return true;
}

static const char *const members[] = { "abnormal_code", "abnormal_reason", NULL };

const ApdApiTopic apd_api_topic_orders = { "orders", ask, take, members, NULL };
