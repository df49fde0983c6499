/* Problems of products, by their type: one matter for each, not one for each product.
 *
 * The mark "products/TYPE" holds a digest of the products and a count of changes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "logic/api_topic.h"

#define PREFIX "products/"

/* As many products as a verdict names. */
#define MAX_PRODUCTS 200

#define MAX_TYPE 64

/* "0 to do": all that waits for the seller. */
#define TO_DO "0"

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    if (self->stage > 0)
        return NULL;

    JsonObject *question = json_object_new();
    *ret_method = "products";
    json_object_set_string_member(question, "operate_status", TO_DO);
    json_object_set_int_member(question, "current_page", self->page);
    json_object_set_int_member(question, "page_size",
                               apd_api_page_size(self->platform, "products"));
    return question;
}

/* One letter more than a type has would make a mark of no end. */
static char *
type_of(JsonNode *item)
{
    g_autofree char *type = apd_json_read_text(apd_json_hunt(item, "problem_type"));
    g_autofree char *line = apd_text_line(type ? type : "");

    return apd_text_cut(*line != '\0' ? line : "unnamed", MAX_TYPE);
}

/* @self->seen: type to "description\nproduct\nproduct...", each product once. */
static bool
take_item(ApdApiRound *self, JsonNode *item)
{
    g_autofree char *product = apd_json_member_text(item, "product_id");
    g_autofree char *status = apd_json_member_text(item, "operate_status");
    g_autofree char *type = type_of(item);
    g_autofree char *text = apd_json_read_text(apd_json_hunt(item, "problem_description"));

    self->n_seen++;
    if (product == NULL || *product == '\0')
        return false;
    self->n_understood++;
    if (status != NULL && !g_str_equal(status, TO_DO))
        return true;

    const char *known = g_hash_table_lookup(self->seen, type);
    g_autofree char *line = apd_text_line(text ? text : "");
    g_autofree char *needle = g_strconcat("\n", product, "\n", NULL);
    if (known != NULL && strstr(known, needle) != NULL)
        return false;
    g_hash_table_insert(self->seen, g_strdup(type),
                        g_strconcat(known ? known : line, known ? "" : "\n", product, "\n", NULL));
    return true;
}

/* --- at the end of the list ------------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static char *
digest(char **products)
{
    g_autofree char *all = g_strjoinv("\n", products);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);

    return g_strndup(sum, 16);
}

/* "COUNT/CHANGES/DIGEST" */
static char *
next_value(const char *old, guint n, const char *sum)
{
    unsigned before = 0, changes = 0;

    (void) sscanf(old, "%u/%u/", &before, &changes);
    return g_strdup_printf("%u/%u/%s", n, changes + 1, sum);
}

static bool
has_grown(const char *old, guint n)
{
    unsigned before = 0;

    return sscanf(old, "%u/", &before) != 1 || n > before;
}

static ApdVerdict *
verdict_of(const ApdApiRound *self, const char *type, const char *text, char **products,
           ApdBearing bearing)
{
    const char *name = apd_platform_match(self->platform, "problem", type);
    const char *category =
        name ? apd_platform_get(self->platform, "problem", name, "category") : NULL;
    const char *severity =
        name ? apd_platform_get(self->platform, "problem", name, "severity") : NULL;
    ApdVerdict *verdict =
        apd_api_verdict_new(self, bearing == APD_BEARING_END ? APD_KIND_DECISION : APD_KIND_WARNING,
                            category ? category : "unknown", bearing);

    apd_severity_parse(severity, &verdict->severity);
    verdict->case_ref = g_strdup(type);
    g_strfreev(verdict->products);
    verdict->products = g_new0(char *, MAX_PRODUCTS + 1);
    for (guint i = 0; i < MAX_PRODUCTS && products[i] != NULL; i++)
        verdict->products[i] = g_strdup(products[i]);
    verdict->subject =
        g_strdup_printf("Products with a problem (%s): %u", type, g_strv_length(products));
    verdict->excerpt = apd_text_cut(*text != '\0' ? text : verdict->subject, 500);
    apd_verdict_add_evidence(verdict, "category", verdict->subject);
    return verdict;
}

static void
file_type(ApdApiRound *self, const char *type, const char *kept)
{
    g_auto(GStrv) lines = g_strsplit(kept, "\n", -1);
    g_autofree char *mark = g_strconcat(PREFIX, type, NULL);
    const char *old = apd_api_round_mark(self, mark);
    guint n = g_strv_length(lines) - 1;

    g_free(lines[n]); /* what follows the last newline: nothing */
    lines[n--] = NULL;
    qsort(lines + 1, n, sizeof *lines, by_text);
    g_autofree char *sum = digest(lines + 1);
    if (g_str_has_suffix(old, sum))
        return;
    g_autofree char *value = next_value(old, n, sum);
    ApdBearing bearing = has_grown(old, n) ? APD_BEARING_NEWS : APD_BEARING_MOVE;
    apd_api_round_add(self, verdict_of(self, type, lines[0], lines + 1, bearing), mark, value);
}

/* None of the type is left: its mark stays, and says so. */
static void
file_end(ApdApiRound *self, const char *mark, const char *old)
{
    char *none[] = { NULL };
    g_autofree char *value = next_value(old, 0, "none");

    if (!g_str_has_suffix(old, "/none"))
        apd_api_round_add(self, verdict_of(self, mark + strlen(PREFIX), "", none, APD_BEARING_END),
                          mark, value);
}

static void
file_all(ApdApiRound *self)
{
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, self->seen);
    while (g_hash_table_iter_next(&iter, &name, &value))
        file_type(self, name, value);
    g_autoptr(GPtrArray) ended = apd_api_round_unseen(self, PREFIX);
    for (guint i = 0; i < ended->len; i++)
        file_end(self, ended->pdata[i], apd_api_round_mark(self, ended->pdata[i]));
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    int64_t total;
    guint n_new = 0;
    g_autoptr(GPtrArray) items = apd_api_page_items(self, answer, "problematic_product_list",
                                                    "total_count", "products", &total, error);

    if (items == NULL)
        return false;
    for (guint i = 0; i < items->len; i++)
        n_new += take_item(self, items->pdata[i]);
    if (items->len > 0 && self->n_understood == 0)
        return apd_api_round_check(self, error);
    if (apd_api_page_next(self, items->len, n_new, total,
                          apd_api_page_size(self->platform, "products")))
        return true;
    self->stage = 1;
    file_all(self);
    return true;
}

/* The page that was saved is all there is. */
static bool
take_saved(ApdApiRound *self, JsonNode *answer, GError **error)
{
    if (!take(self, answer, error))
        return false;
    if (self->stage == 0)
        file_all(self);
    return true;
}

static const char *const members[] = { "problematic_product_list", NULL };

const ApdApiTopic apd_api_topic_products = { "products", ask, take, members, take_saved };
