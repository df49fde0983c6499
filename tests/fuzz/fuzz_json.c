/* Answers of endpoints: JSON, pointers, records, pages.  The first line of the input is
 * a pointer or form, the rest the answer. */
#include <glib.h>
#include <string.h>

#include "base/json_read.h"
#include "logic/json_mail.h"
#include "logic/json_pages.h"
#include "logic/json_pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
set(GHashTable *keys, const char *key, const char *value)
{
    g_hash_table_insert(keys, g_strdup(key), g_strdup(value));
}

/* The header of the mail ends where we ended it, and holds what we wrote. */
static void
check_mail(const ApdJsonItem *item)
{
    static const char *const names[] = { "Message-ID:",
                                         "Date:",
                                         "From:",
                                         "Subject:",
                                         "MIME-Version:",
                                         "Content-Type:",
                                         "Content-Transfer-Encoding:",
                                         " " };
    g_autoptr(GBytes) mail = apd_json_mail(item);
    gsize size;
    const char *text = g_bytes_get_data(mail, &size);
    g_autofree char *copy = g_strndup(text, size);
    char *end = strstr(copy, "\r\n\r\n");

    g_assert_nonnull(end);
    *end = '\0';
    g_auto(GStrv) lines = g_strsplit(copy, "\r\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        bool ours = false;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
            ours |= g_str_has_prefix(*line, names[i]);
        g_assert_true(ours);
        g_assert_null(strpbrk(*line, "\r\n"));
    }
}

static void
read_records(JsonNode *root, const char *form)
{
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    static const char *const forms[] = { "title",  "body",     "sender",    "time", "deadline",
                                         "points", "category", "reference", "order" };

    set(keys, "id", "");
    set(keys, "timezone", "America/Los_Angeles");
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        set(keys, forms[i], i % 2 == 0 ? form : "");
    g_autoptr(ApdJsonMap) map = apd_json_map_new(keys, "json fuzz", false);
    g_autoptr(GPtrArray) records = apd_json_elements(root);
    for (guint i = 0; i < records->len && i < 100; i++) {
        g_autofree char *why = NULL;
        g_autoptr(ApdJsonItem) item = apd_json_item_read(map, records->pdata[i], &why);
        g_assert_true((item == NULL) == (why != NULL));
        if (item == NULL)
            continue;
        g_autoptr(ApdStated) copy = apd_stated_copy(item->stated);
        g_assert_cmpint(copy->deadline, ==, item->stated->deadline);
        check_mail(item);
    }
}

static void
turn_pages(JsonNode *root, const char *form)
{
    const ApdJsonPaging paging = { "https://erp.example/l", form, NULL, NULL, 1, 5 };
    g_autoptr(ApdJsonPages) pages = apd_json_pages_new(&paging);
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 6; i++) {
        g_assert_true(g_str_has_prefix(apd_json_pages_url(pages), "https://erp.example/"));
        if (!apd_json_pages_turn(pages, root, form, 3, 3, &error))
            return;
    }
    g_assert_not_reached();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *) data;
    const char *end = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t n = end ? (size_t) (end - text) : 0;
    g_autofree char *form = g_strndup(text ? text : "", n);
    const char *answer = end ? end + 1 : text;
    g_autoptr(JsonNode) root = apd_json_parse(answer ? answer : "", size - (end ? n + 1 : 0), NULL);

    apd_json_form_is_good(form);
    g_free(apd_json_map_check("categories", form));
    if (root == NULL)
        return 0;
    g_free(apd_json_form_fill(root, form));
    read_records(root, form);
    if (*form != '\0')
        turn_pages(root, form);
    return 0;
}
