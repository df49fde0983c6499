#include "app/rules_test.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "io/ini.h"

/* A genuine message of the platform is around each case, unless it says who
 * else writes. */
#define PLATFORM "notice@notice.aliexpress.com"
#define AUTHSERV "mx.seller.example"

/* Tue 3 March 2026, 10:00 in Beijing: an ordinary working day. */
#define CASE_DATE (INT64_C(1772503200) * APD_SECOND)

typedef struct {
    char *category; /* owned: that it is for */
    char *name;     /* owned */
    bool negative;  /* the category must not be read */
    int line;
    char *from, *subject; /* owned */
    GString *text;        /* owned */
    GHashTable *expected; /* owned: key to value */
} Case;

typedef struct {
    const char *path; /* borrowed */
    GPtrArray *cases; /* borrowed, element-type Case */
    GString *problems;
} Loading;

static void
free_case(void *data)
{
    Case *self = data;

    g_free(self->category);
    g_free(self->name);
    g_free(self->from);
    g_free(self->subject);
    g_string_free(self->text, TRUE);
    g_hash_table_unref(self->expected);
    g_free(self);
}

/* --- reading the files ------------------------------------------------------------- */

/* "[is CATEGORY NAME]" and "[not CATEGORY NAME]" */
static void
on_section(const char *section, int line, void *user_data)
{
    Loading *self = user_data;
    g_auto(GStrv) words = g_strsplit(section, " ", 3);
    bool good =
        g_strv_length(words) == 3 && (g_str_equal(words[0], "is") || g_str_equal(words[0], "not"));

    if (!good)
        apd_ini_complain(self->problems, self->path, line,
                         "[%s]: write [is CATEGORY NAME] or [not CATEGORY NAME]", section);

    Case *kase = g_new0(Case, 1);
    kase->negative = good && g_str_equal(words[0], "not");
    kase->category = g_strdup(good ? words[1] : "");
    kase->name = g_strdup(good ? words[2] : section);
    kase->line = line;
    kase->from = g_strdup(PLATFORM);
    kase->subject = g_strdup("");
    kase->text = g_string_new(NULL);
    kase->expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add(self->cases, kase);
}

static void
replace(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    static const char *const known[] = { "kind",     "outcome",  "points", "case_ref", "orders",
                                         "products", "deadline", "basis",  NULL };
    Loading *self = user_data;

    if (self->cases->len == 0)
        return;

    Case *kase = self->cases->pdata[self->cases->len - 1];
    if (g_str_equal(key, "text"))
        g_string_append_printf(kase->text, "%s\n", value);
    else if (g_str_equal(key, "subject"))
        replace(&kase->subject, value);
    else if (g_str_equal(key, "from"))
        replace(&kase->from, value);
    else if (g_strv_contains(known, key))
        g_hash_table_replace(kase->expected, g_strdup(key), g_strdup(value));
    else
        apd_ini_complain(self->problems, self->path, line,
                         "[%s] %s: there is no such key (text, subject, from, kind, outcome, "
                         "points, case_ref, orders, products, deadline, basis)",
                         section, key);
}

static bool
load_file(const char *path, GPtrArray *cases, GError **error)
{
    const ApdIniEvents events = { on_section, on_entry };
    g_autoptr(GString) problems = g_string_new(NULL);
    Loading loading = { path, cases, problems };

    apd_ini_read(path, &events, &loading, problems);
    return apd_ini_conclude(problems, error);
}

/* --- judging ----------------------------------------------------------------------- */

static ApdVerdict *
judge(const ApdReading *reading, const Case *kase)
{
    g_autoptr(ApdDocument) document = apd_document_new();
    const char *at = strchr(kase->from, '@');
    const char *domain = at ? at + 1 : kase->from;
    g_auto(GStrv) lines = g_strsplit(kase->text->str, "\n", -1);

    document->message_id = g_strdup("case@rules");
    document->subject = g_strdup(kase->subject);
    document->from_address = g_strdup(kase->from);
    document->date = CASE_DATE;
    document->date_zone_known = true;
    g_strfreev(document->from_domains);
    document->from_domains = g_strsplit(domain, "\n", 1);
    g_strfreev(document->authentication_results);
    g_autofree char *result = g_strdup_printf(
        AUTHSERV "; dkim=pass header.d=%s; dmarc=pass header.from=%s", domain, domain);
    document->authentication_results = g_strsplit(result, "\n", 1);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            apd_document_add_block(document, APD_BLOCK_TEXT, 0, -1, -1, *line);

    return apd_reading_judge(reading, document, AUTHSERV, NULL);
}

/* Returns: (transfer full): what @verdict says for @key; "" for nothing. */
static char *
said(const ApdVerdict *verdict, const char *key)
{
    const char *text = NULL;

    if (g_str_equal(key, "points"))
        return apd_points_text(verdict->points);
    if (g_str_equal(key, "orders"))
        return g_strjoinv(", ", verdict->orders);
    if (g_str_equal(key, "products"))
        return g_strjoinv(", ", verdict->products);
    if (g_str_equal(key, "deadline")) {
        char *iso = apd_time_iso(verdict->deadline);
        return iso ? iso : g_strdup("");
    }
    if (g_str_equal(key, "kind"))
        text = apd_kind_name(verdict->kind);
    else if (g_str_equal(key, "outcome"))
        text = apd_outcome_name(verdict->outcome);
    else if (g_str_equal(key, "case_ref"))
        text = verdict->case_ref;
    else if (g_str_equal(key, "basis"))
        text = apd_basis_name(verdict->basis);
    return g_strdup(text ? text : "");
}

static bool complain(const char *path, const Case *kase, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static bool
complain(const char *path, const Case *kase, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_print("%s:%d: [%s %s %s]: %s\n", path, kase->line, kase->negative ? "not" : "is",
            kase->category, kase->name, text);
    return false;
}

static bool
check(const ApdReading *reading, const char *path, const Case *kase)
{
    g_autoptr(ApdVerdict) verdict = judge(reading, kase);
    const char *category = verdict->category ? verdict->category : "none";
    bool same = g_str_equal(category, kase->category), good = true;
    GHashTableIter iter;
    gpointer key, value;

    if (same == kase->negative)
        good = complain(path, kase, "is read as %s %s", apd_kind_name(verdict->kind), category);

    g_hash_table_iter_init(&iter, kase->expected);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_autofree char *got = said(verdict, key);
        if (!g_str_equal(got, value))
            good = complain(path, kase, "%s is read as '%s', not '%s'", (const char *) key, got,
                            (const char *) value);
    }
    return good;
}

/* A category is shown by one case that is it and one that is not. */
static void
check_coverage(const GPtrArray *cases, const char *const *categories, ApdRulesTested *tested)
{
    for (; *categories != NULL; categories++) {
        bool is = false, is_not = false;
        for (guint i = 0; i < cases->len; i++) {
            const Case *kase = cases->pdata[i];
            if (!g_str_equal(kase->category, *categories))
                continue;
            is |= !kase->negative;
            is_not |= kase->negative;
        }
        if (!is || !is_not) {
            g_print("category %s has no %s case\n", *categories, is ? "negative" : "positive");
            tested->failed++;
        }
    }
}

static bool
test_file(const ApdReading *reading, const char *path, GPtrArray *all, ApdRulesTested *tested,
          GError **error)
{
    guint first = all->len;

    if (!load_file(path, all, error))
        return false;

    for (guint i = first; i < all->len; i++) {
        if (check(reading, path, all->pdata[i]))
            tested->passed++;
        else
            tested->failed++;
    }
    return true;
}

bool
apd_rules_test(const ApdReading *reading, const char *cases_dir, const char *const *categories,
               ApdRulesTested *ret_tested, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) dir = g_dir_open(cases_dir, 0, &why);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_case);
    ApdRulesTested tested = { 0, 0 };

    if (dir == NULL) {
        g_set_error_literal(error, APD_ERROR, APD_ERROR_CONFIG, why->message);
        return false;
    }
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(cases_dir, name, NULL);
        if (g_str_has_suffix(name, ".conf") && !test_file(reading, path, all, &tested, error))
            return false;
    }
    check_coverage(all, categories, &tested);
    *ret_tested = tested;
    return true;
}
