/* Problems of products, by their type: one matter for each, not one for each product.
 *
 * The mark "products/TYPE" holds how many products, a count of changes, a digest of the
 * products, and a short sum of each, by which a new one is known. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "logic/api_topic.h"
#include "logic/matter.h"

#define PREFIX "products/"

/* As many products as a verdict names. */
#define MAX_PRODUCTS 200

#define MAX_TYPE 64

/* As many products as a mark holds sums of; of more, only their number tells. */
#define MAX_SUMS 2000
#define SUM      6 /* letters */

/* "0 to do": all that waits for the seller. */
#define TO_DO "0"

/* @self->seen: type to Kept. */
typedef struct {
    char *text;           /* owned: its description */
    GHashTable *products; /* owned, a set of char */
} Kept;

static void
free_kept(void *data)
{
    Kept *kept = data;

    g_free(kept->text);
    g_hash_table_unref(kept->products);
    g_free(kept);
}

static void
begin(ApdApiRound *self)
{
    if (self->list != NULL)
        return;
    apd_api_round_list(self, "products", "products");
    g_hash_table_unref(self->seen);
    self->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_kept);
}

static JsonObject *
ask(ApdApiRound *self, const char **ret_method)
{
    if (self->stage > 0)
        return NULL;
    begin(self);

    JsonObject *question = json_object_new();
    *ret_method = "products";
    json_object_set_string_member(question, "operate_status", TO_DO);
    json_object_set_int_member(question, "current_page", apd_api_list_page(self->list));
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

/* Takes @type and @product. */
static void
keep(ApdApiRound *self, char *type, char *product, const char *text)
{
    Kept *kept = g_hash_table_lookup(self->seen, type);

    if (kept == NULL) {
        kept = g_new0(Kept, 1);
        kept->text = apd_text_line(text ? text : "");
        kept->products = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(self->seen, type, kept);
    } else {
        g_free(type);
    }
    g_hash_table_add(kept->products, product);
}

static void
take_item(ApdApiRound *self, JsonNode *item)
{
    g_autofree char *product = apd_json_member_text(item, "product_id");
    g_autofree char *status = apd_json_member_text(item, "operate_status");
    g_autofree char *type = type_of(item);
    g_autofree char *text = apd_json_read_text(apd_json_hunt(item, "problem_description"));
    g_autofree char *id = g_strconcat(type, "\n", product, NULL);
    bool known = product != NULL && *product != '\0';

    self->n_seen++;
    self->n_understood += known;
    apd_api_list_add(self->list, known ? id : NULL);
    if (known && (status == NULL || g_str_equal(status, TO_DO)))
        keep(self, g_steal_pointer(&type), g_steal_pointer(&product), text);
}

/* --- at the end of the list ------------------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static char *
digest(const char *text, size_t n)
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    return g_strndup(sum, n);
}

static char *
digest_all(char **products)
{
    g_autofree char *all = g_strjoinv("\n", products);

    return digest(all, 16);
}

/* "COUNT/CHANGES/DIGEST/SUMSUMSUM..." */
typedef struct {
    unsigned n, changes;
    char digest[17];  /* "none": there was none any more */
    const char *sums; /* borrowed; NULL: not known */
} Mark;

static Mark
read_mark(const char *text)
{
    Mark mark = { 0 };
    int end = 0;

    if (sscanf(text, "%u/%u/%16[0-9a-z]%n", &mark.n, &mark.changes, mark.digest, &end) < 3)
        return (Mark){ .sums = "" };
    if (text[end] == '/')
        mark.sums = text + end + 1;
    else if (mark.n == 0)
        mark.sums = "";
    return mark;
}

static bool
has_sum(const char *sums, const char *sum)
{
    for (const char *at = sums; strlen(at) >= SUM; at += SUM)
        if (strncmp(at, sum, SUM) == 0)
            return true;
    return false;
}

/* Whether one of @products was not there when @mark was made. */
static bool
has_new(const Mark *mark, char **products)
{
    guint n = g_strv_length(products);

    if (mark->sums == NULL || n > MAX_SUMS || mark->n > MAX_SUMS)
        return n > mark->n;
    for (char **product = products; *product != NULL; product++) {
        g_autofree char *sum = digest(*product, SUM);
        if (!has_sum(mark->sums, sum))
            return true;
    }
    return false;
}

/* @kept: what stays known beside @products; "": nothing. */
static char *
next_value(const Mark *mark, char **products, const char *kept)
{
    guint n = g_strv_length(products);
    g_autofree char *sum = n > 0 ? digest_all(products) : g_strdup("none");
    GString *value = g_string_new(NULL);

    g_string_append_printf(value, "%u/%u/%s", n, mark->changes + 1, sum);
    if (n > 0)
        g_string_append_printf(value, "/%s", n <= MAX_SUMS ? kept : "");
    for (guint i = 0; i < n && n <= MAX_SUMS; i++) {
        g_autofree char *one = digest(products[i], SUM);
        if (!has_sum(kept, one))
            g_string_append(value, one);
    }
    return g_string_free(value, FALSE);
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
    verdict->case_ref = g_strconcat(APD_MATTER_GROUP, type, NULL);
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

/* Returns: (transfer full). */
static char **
sorted_products(const Kept *kept)
{
    g_autofree char **keys = (char **) g_hash_table_get_keys_as_array(kept->products, NULL);
    char **products = g_strdupv(keys);

    qsort(products, g_strv_length(products), sizeof *products, by_text);
    return products;
}

/* Of a list that came short, only what is more than before is news. */
static void
file_type(ApdApiRound *self, const char *type, const Kept *kept)
{
    g_auto(GStrv) products = sorted_products(kept);
    g_autofree char *name = g_strconcat(PREFIX, type, NULL);
    g_autofree char *sum = digest_all(products);
    Mark mark = read_mark(apd_api_round_mark(self, name));
    bool whole = apd_api_list_whole(self->list), news = has_new(&mark, products);

    if (g_str_equal(mark.digest, sum) || (!whole && !news))
        return;
    g_autofree char *value = next_value(&mark, products, whole || !mark.sums ? "" : mark.sums);
    apd_api_round_add(
        self,
        verdict_of(self, type, kept->text, products, news ? APD_BEARING_NEWS : APD_BEARING_MOVE),
        name, value);
}

/* None of the type is left: its mark stays, and says so. */
static void
file_end(ApdApiRound *self, const char *name)
{
    char *none[] = { NULL };
    Mark mark = read_mark(apd_api_round_mark(self, name));
    g_autofree char *value = next_value(&mark, none, "");

    apd_api_round_add(self, verdict_of(self, name + strlen(PREFIX), "", none, APD_BEARING_END),
                      name, value);
}

/* Types of which nothing was seen in this round. */
static GPtrArray *
find_ended(const ApdApiRound *self)
{
    GPtrArray *ended = apd_api_round_unseen(self, PREFIX);

    for (guint i = ended->len; i > 0; i--)
        if (g_str_has_suffix(apd_api_round_mark(self, ended->pdata[i - 1]), "/none"))
            g_ptr_array_remove_index(ended, i - 1);
    return ended;
}

static void
file_all(ApdApiRound *self)
{
    GHashTableIter iter;
    gpointer name, kept;

    g_hash_table_iter_init(&iter, self->seen);
    while (g_hash_table_iter_next(&iter, &name, &kept))
        file_type(self, name, kept);
    if (!apd_api_list_whole(self->list))
        return;
    g_autoptr(GPtrArray) ended = find_ended(self);
    for (guint i = 0; i < ended->len; i++)
        file_end(self, ended->pdata[i]);
}

static void
end_list(ApdApiRound *self)
{
    g_autoptr(GPtrArray) ended = find_ended(self);

    if (apd_api_list_whole(self->list) && ended->len > 0 && apd_api_list_again(self->list))
        return;
    self->stage = 1;
    file_all(self);
}

static bool
take(ApdApiRound *self, JsonNode *answer, GError **error)
{
    ApdApiSaid said = apd_api_said_read(answer, "total_count");
    g_autoptr(GPtrArray) items =
        apd_api_page_items(answer, "problematic_product_list", &said, "products", error);

    if (items == NULL)
        return false;
    begin(self);
    return apd_api_round_take_page(self, items, &said, error);
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

const ApdApiTopic apd_api_topic_products = {
    .name = "products",
    .ask = ask,
    .take = take,
    .skip = apd_api_round_skip_page,
    .take_item = take_item,
    .end_list = end_list,
    .members = members,
    .take_saved = take_saved,
};
