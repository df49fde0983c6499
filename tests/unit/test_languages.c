/* The alert texts of every language: whole, alike in what they fill in, and
 * right about plurals, dates and what is left. */
#include <string.h>

#include "io/ini.h"
#include "io/phrases.h"
#include "logic/countdown.h"
#include "logic/wording.h"

static const char *const languages[] = { "en", "zh", "zh-Hant", "ru", "es", "pt",
                                         "fr", "tr", "it",      "de", "pl", "ko" };

#define NOW (INT64_C(1767225600) * APD_SECOND) /* 2026-01-01T00:00:00Z */

static void
on_entry(const char *section, const char *key, const char *value, int line, void *user_data)
{
    (void) line;
    g_assert_true(
        g_hash_table_insert(user_data, g_strconcat(section, ".", key, NULL), g_strdup(value)));
}

/* What one file says itself, without what stands in for it. */
static GHashTable *
own_texts(const char *language)
{
    static const ApdIniEvents events = { NULL, on_entry };
    g_autofree char *path = g_strconcat("conf/alerts/", language, ".conf", NULL);
    g_autoptr(GString) problems = g_string_new(NULL);
    GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    apd_ini_read(path, &events, texts, problems);
    g_assert_cmpstr(problems->str, ==, "");
    return texts;
}

/* "titles.summary" of "titles.summary.few", else NULL. */
static char *
stem_of_plural(const char *key)
{
    static const char *const forms[] = { ".one", ".few", ".many" };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (g_str_has_suffix(key, forms[i]))
            return g_strndup(key, strlen(key) - strlen(forms[i]));
    return NULL;
}

static bool
needs_form(const char *language, ApdPlural form)
{
    for (int64_t n = 0; n < 200; n++)
        if (apd_plural(language, n) == form)
            return true;
    return false;
}

static GHashTable *
expected_keys(const char *language, GHashTable *english)
{
    static const char *const forms[] = { "one", "few", "many" };
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    void *key;

    g_hash_table_iter_init(&iter, english);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autofree char *stem = stem_of_plural(key);
        if (stem == NULL)
            g_hash_table_add(keys, g_strdup(key));
        for (guint i = 0; stem != NULL && i < G_N_ELEMENTS(forms); i++)
            if (needs_form(language, (ApdPlural) i))
                g_hash_table_add(keys, g_strconcat(stem, ".", forms[i], NULL));
    }
    return keys;
}

static void
test_every_phrase_is_there(void)
{
    g_autoptr(GHashTable) english = own_texts("en");

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(GHashTable) own = own_texts(languages[i]);
        g_autoptr(GHashTable) expected = expected_keys(languages[i], english);
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, expected);
        while (g_hash_table_iter_next(&iter, &key, NULL))
            if (!g_hash_table_contains(own, key))
                g_error("%s lacks %s", languages[i], (char *) key);
        g_hash_table_iter_init(&iter, own);
        while (g_hash_table_iter_next(&iter, &key, NULL))
            if (!g_hash_table_contains(expected, key))
                g_error("%s has %s, which nothing shows", languages[i], (char *) key);
    }
}

static int
by_name(const void *a, const void *b, void *user_data)
{
    (void) user_data;
    return strcmp(a, b);
}

/* The {names} of a text, sorted, each once. */
static char *
names_of(const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("\\{[a-z]+\\}", G_REGEX_DEFAULT, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GTree) names = g_tree_new_full(by_name, NULL, g_free, NULL);
    GString *joined = g_string_new(NULL);

    g_regex_match(regex, text, 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL))
        g_tree_insert(names, g_match_info_fetch(match, 0), NULL);
    for (GTreeNode *node = g_tree_node_first(names); node; node = g_tree_node_next(node))
        g_string_append(joined, g_tree_node_key(node));
    return g_string_free(joined, FALSE);
}

static void
test_every_phrase_fills_in_the_same(void)
{
    g_autoptr(GHashTable) english = own_texts("en");

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(GHashTable) own = own_texts(languages[i]);
        GHashTableIter iter;
        void *key, *text;

        g_hash_table_iter_init(&iter, own);
        while (g_hash_table_iter_next(&iter, &key, &text)) {
            g_autofree char *stem = stem_of_plural(key);
            g_autofree char *many = stem ? g_strconcat(stem, ".many", NULL) : g_strdup(key);
            const char *source = g_hash_table_lookup(english, many);
            g_autofree char *wanted = names_of(source);
            g_autofree char *found = names_of(text);

            if (g_strcmp0(wanted, found) != 0)
                g_error("%s: %s fills in %s, English %s", languages[i], (char *) key, found,
                        wanted);
        }
    }
}

/* What is a name or a sign may stay as it is; sentences may not. */
static void
test_sentences_are_translated(void)
{
    static const char *const sections[] = { "titles.", "bodies.", "causes.", "states.",
                                            "outcomes." };
    g_autoptr(GHashTable) english = own_texts("en");

    for (size_t i = 1; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(GHashTable) own = own_texts(languages[i]);
        GHashTableIter iter;
        void *key, *text;

        g_hash_table_iter_init(&iter, own);
        while (g_hash_table_iter_next(&iter, &key, &text))
            for (size_t k = 0; k < G_N_ELEMENTS(sections); k++)
                if (g_str_has_prefix(key, sections[k]) && strchr(text, ' ') != NULL
                    && strlen(text) > 24)
                    g_assert_cmpstr(text, !=, g_hash_table_lookup(english, key));
    }
}

/* clang-format off */
static const struct { const char *language; ApdTime left; const char *words; } countdowns[] = {
    { "en", APD_DAY, "1 day" },
    { "en", 2 * APD_DAY + APD_HOUR, "2 days 1 hour" },
    { "zh", 2 * APD_DAY + 5 * APD_HOUR, "2天5小时" },
    { "zh-Hant", 30 * APD_MINUTE, "30分鐘" },
    { "zh-TW", 30 * APD_MINUTE, "30分鐘" },
    { "ru", APD_DAY + APD_HOUR, "1 день 1 час" },
    { "ru", 3 * APD_DAY + 2 * APD_HOUR, "3 дня 2 часа" },
    { "ru", 5 * APD_DAY + 11 * APD_HOUR, "5 дней 11 часов" },
    { "ru", 21 * APD_DAY + 22 * APD_HOUR, "21 день 22 часа" },
    { "ru", 12 * APD_MINUTE, "12 минут" },
    { "pl", APD_DAY + 2 * APD_HOUR, "1 dzień 2 godziny" },
    { "pl", 21 * APD_DAY + 21 * APD_HOUR, "21 dni 21 godzin" },
    { "pl", 12 * APD_MINUTE, "12 minut" },
    { "pl", 24 * APD_MINUTE, "24 minuty" },
    { "fr", 45 * APD_SECOND, "45 secondes" },
    { "fr", 0, "0 seconde" },
    { "pt", APD_DAY + 3 * APD_HOUR, "1 dia 3 horas" },
    { "es", APD_DAY + APD_HOUR, "1 día 1 hora" },
    { "it", 2 * APD_DAY + APD_HOUR, "2 giorni 1 ora" },
    { "de", 2 * APD_DAY + APD_HOUR, "2 Tage 1 Stunde" },
    { "tr", 2 * APD_DAY + 3 * APD_HOUR, "2 gün 3 saat" },
    { "ko", 2 * APD_DAY + 3 * APD_HOUR, "2일 3시간" },
};

static const struct { const char *language, *date; } dates[] = {
    { "en", "Thu 1 January 2026, 08:00 Beijing time" },
    { "zh", "2026年1月1日（周四）08:00 北京时间" },
    { "zh-Hant", "2026年1月1日（週四）08:00 北京時間" },
    { "ru", "чт, 1 января 2026 г., 08:00 (пекинское время)" },
    { "es", "jue, 1 de enero de 2026, 08:00 (hora de Pekín)" },
    { "pt", "qui., 1 de janeiro de 2026, 08:00 (hora de Pequim)" },
    { "fr", "jeu. 1 janvier 2026 à 08:00 (heure de Pékin)" },
    { "tr", "1 Ocak 2026 Per, 08:00 (Pekin saati)" },
    { "it", "gio 1 gennaio 2026, ore 08:00 (ora di Pechino)" },
    { "de", "Do., 1. Januar 2026, 08:00 Uhr (Pekinger Zeit)" },
    { "pl", "czw. 1 stycznia 2026, godz. 08:00 (czas pekiński)" },
    { "ko", "2026년 1월 1일(목) 08:00 베이징 시간" },
};
/* clang-format on */

static ApdPhrases *
load(const char *language)
{
    g_autoptr(GError) error = NULL;
    ApdPhrases *phrases = apd_phrases_load("conf", NULL, language, &error);

    g_assert_no_error(error);
    return phrases;
}

static void
test_countdowns(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(countdowns); i++) {
        g_autoptr(ApdPhrases) phrases = load(countdowns[i].language);
        g_autofree char *words = apd_countdown_words(phrases, countdowns[i].left);

        g_assert_cmpstr(words, ==, countdowns[i].words);
    }
}

static void
test_dates(void)
{
    g_autoptr(GTimeZone) beijing = g_time_zone_new_identifier("Asia/Shanghai");

    for (size_t i = 0; i < G_N_ELEMENTS(dates); i++) {
        g_autoptr(ApdPhrases) phrases = load(dates[i].language);
        g_autofree char *date = apd_countdown_date(phrases, NOW, beijing);

        g_assert_cmpstr(date, ==, dates[i].date);
    }
}

static ApdCase *
a_case(ApdKind kind)
{
    ApdCase *kase = apd_case_new();

    kase->id = 7;
    kase->kind = kind;
    kase->category = g_strdup("trade.false-shipment");
    kase->deadline = NOW + 5 * APD_DAY;
    kase->basis = APD_BASIS_STATED;
    kase->authenticity = APD_AUTHENTICITY_GENUINE;
    return kase;
}

static char *
summary_title(const char *language, guint n)
{
    g_autoptr(ApdPhrases) phrases = load(language);
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    g_autoptr(ApdAlert) alert = apd_alert_new();

    alert->type = APD_ALERT_SUMMARY;
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(alert->cases, a_case(APD_KIND_PENALTY));

    g_autoptr(ApdWording) wording = apd_wording_make(phrases, alert, NOW, zone);
    return g_steal_pointer(&wording->title);
}

static void
test_summaries_count_right(void)
{
    /* clang-format off */
    static const struct { const char *language; guint n; const char *start; } rows[] = {
        { "en", 3, "3 open cases," }, { "ru", 2, "2 открытых дела," },
        { "ru", 5, "5 открытых дел," }, { "ru", 21, "21 открытое дело," },
        { "pl", 4, "4 otwarte sprawy," }, { "pl", 5, "5 otwartych spraw," },
        { "pl", 21, "21 otwartych spraw," }, { "de", 2, "2 offene Fälle," },
        { "zh", 2, "2 个未结案件" }, { "ko", 2, "처리 중인 사건 2건" },
    };
    /* clang-format on */

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *title = summary_title(rows[i].language, rows[i].n);
        if (!g_str_has_prefix(title, rows[i].start))
            g_error("%s %u: %s", rows[i].language, rows[i].n, title);
    }
}

/* No alert of any kind, reason or state shows an unfilled {name}. */
static void
check_filled(const ApdPhrases *phrases, const ApdAlert *alert)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    g_autoptr(ApdWording) wording = apd_wording_make(phrases, alert, NOW, zone);
    g_autofree char *plain = apd_wording_plain(wording);

    g_assert_null(strchr(plain, '{'));
    g_assert_true(*wording->title != '\0');
}

/* What is over has no time left, whatever its deadline; what changed says so. */
static void
test_titles_tell_what_is_new(void)
{
    static const struct {
        ApdState state;
        ApdReason reason;
        const char *title;
        bool deadline;
    } rows[] = {
        { APD_STATE_WON, APD_REASON_DECISION, "Appeal successful ·", false },
        { APD_STATE_LOST, APD_REASON_DECISION, "Appeal rejected ·", false },
        { APD_STATE_CLOSED, APD_REASON_CHANGED, "Case closed ·", false },
        { APD_STATE_OPEN, APD_REASON_CHANGED, "Changed, ", true },
        { APD_STATE_EXPIRED, APD_REASON_EXPIRED, "Deadline passed unanswered ·", true },
    };
    g_autoptr(ApdPhrases) phrases = load("en");
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ApdAlert) alert = apd_alert_new();

        alert->kase = a_case(APD_KIND_COMPLAINT);
        alert->kase->state = rows[i].state;
        alert->reason = rows[i].reason;
        g_autoptr(ApdWording) wording = apd_wording_make(phrases, alert, NOW, zone);
        g_autofree char *plain = apd_wording_plain(wording);
        g_assert_true(g_str_has_prefix(wording->title, rows[i].title));
        g_assert_true((strstr(plain, "Deadline: ") != NULL) == rows[i].deadline);
    }
}

static void
check_cases(const ApdPhrases *phrases)
{
    for (ApdKind kind = APD_KIND_NONE; kind < APD_N_KINDS; kind++)
        for (ApdReason reason = 0; reason < APD_N_REASONS; reason++) {
            g_autoptr(ApdAlert) alert = apd_alert_new();

            alert->reason = reason;
            alert->kase = a_case(kind);
            check_filled(phrases, alert);
            alert->kase->deadline = APD_NEVER;
            alert->kase->authenticity = APD_AUTHENTICITY_FORGED;
            check_filled(phrases, alert);
        }
}

static void
test_every_alert_is_filled(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(ApdPhrases) phrases = load(languages[i]);

        check_cases(phrases);
        for (ApdAlertType type = APD_ALERT_SUMMARY; type < APD_N_ALERTS; type++) {
            g_autoptr(ApdAlert) alert = apd_alert_new();

            alert->type = type;
            alert->subject = g_strdup("imap/office");
            alert->text = g_strdup("the server says no");
            check_filled(phrases, alert);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/languages/every_phrase_is_there", test_every_phrase_is_there);
    g_test_add_func("/languages/fills_in_the_same", test_every_phrase_fills_in_the_same);
    g_test_add_func("/languages/sentences_are_translated", test_sentences_are_translated);
    g_test_add_func("/languages/countdowns", test_countdowns);
    g_test_add_func("/languages/dates", test_dates);
    g_test_add_func("/languages/summaries_count_right", test_summaries_count_right);
    g_test_add_func("/languages/titles_tell_what_is_new", test_titles_tell_what_is_new);
    g_test_add_func("/languages/every_alert_is_filled", test_every_alert_is_filled);
    return g_test_run();
}
