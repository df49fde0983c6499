#include "app/rules_lint.h"

#include <string.h>

#include "app/rules_load.h"
#include "io/ini.h"
#include "logic/normalise.h"
#include "logic/phrase_check.h"
#include "logic/prepared.h"
#include "model/kase.h"

/* One "phrase =" or "key =" line. */
typedef struct {
    char *path;     /* owned, as are all of these */
    char *type;     /* "category" */
    char *name;     /* "trade.false-shipment" */
    char *language; /* "" in a section without one */
    char *key;
    char *value; /* with single blanks */
    int line;
    bool mine; /* in the folder that is looked through */
} Line;

typedef struct {
    GPtrArray *lines; /* owned, element-type Line */
    GHashTable *seen; /* owned: "type/name/language\nphrase" to Line: where a phrase stands first */
    GHashTable *means; /* owned: phrase to Line: the category that it stands for first */
    GHashTable *homes; /* owned: "type/name" to the set of files and languages that know it */
    const char *path;  /* borrowed: of the file being read */
    bool mine;
    GString *findings; /* borrowed */
    guint n;
} Lint;

static void
free_line(void *data)
{
    Line *self = data;

    g_free(self->path);
    g_free(self->type);
    g_free(self->name);
    g_free(self->language);
    g_free(self->key);
    g_free(self->value);
    g_free(self);
}

G_GNUC_PRINTF(3, 4)
static void
find(Lint *self, const Line *line, const char *format, ...)
{
    va_list arguments;

    if (!line->mine)
        return;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    apd_ini_complain(self->findings, line->path, line->line, "[%s %s%s%s] %s", line->type,
                     line->name, *line->language ? " " : "", line->language, text);
    self->n++;
}

/* --- reading -------------------------------------------------------------------- */

static char *
single_blanks(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    GString *line = g_string_new(NULL);

    for (size_t i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
            g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "", words[i]);
    return g_string_free(line, FALSE);
}

static void
on_entry(const char *section, const char *key, const char *value, int number, void *user_data)
{
    Lint *self = user_data;
    g_auto(GStrv) words = g_strsplit(section, " ", 3);

    if (g_strv_length(words) < 2)
        return;

    Line *line = g_new0(Line, 1);
    line->path = g_strdup(self->path);
    line->type = g_strdup(words[0]);
    line->name = g_strdup(words[1]);
    line->language = g_strdup(words[2] ? words[2] : "");
    line->key = g_strdup(key);
    line->value = single_blanks(value);
    line->line = number;
    line->mine = self->mine;
    g_ptr_array_add(self->lines, line);
}

static void
read_folder(Lint *self, const char *dir, bool mine)
{
    static const ApdIniEvents events = { NULL, on_entry };
    g_autoptr(GPtrArray) files = apd_ini_files(dir);
    g_autoptr(GString) told = g_string_new(NULL); /* by apd_rules_load() */

    self->mine = mine;
    for (guint i = 0; i < files->len; i++) {
        self->path = files->pdata[i];
        apd_ini_read(self->path, &events, self, told);
    }
}

/* --- phrases -------------------------------------------------------------------- */

static bool
is_phrase(const Line *line)
{
    return g_str_has_prefix(line->key, "phrase");
}

static void
check_twice(Lint *self, Line *line)
{
    g_autofree char *key =
        g_strdup_printf("%s/%s/%s\n%s", line->type, line->name, line->language, line->value);
    const Line *first = g_hash_table_lookup(self->seen, key);

    if (first == NULL)
        g_hash_table_insert(self->seen, g_steal_pointer(&key), line);
    else
        find(self, line, "'%s' stands in %s:%d already (remove one)", line->value, first->path,
             first->line);
}

/* Each hit would speak for both. */
static void
check_one_category(Lint *self, Line *line)
{
    if (!g_str_equal(line->type, "category"))
        return;

    const Line *first = g_hash_table_lookup(self->means, line->value);
    if (first == NULL)
        g_hash_table_insert(self->means, line->value, line);
    else if (!g_str_equal(first->name, line->name))
        find(self, line, "'%s' stands for %s too, in %s:%d (keep the nearer one)", line->value,
             first->name, first->path, first->line);
}

static void
add_sample(const ApdPhraseBook *book, const ApdChoice *choice, GString *sample)
{
    for (guint i = 0; i < choice->n; i++) {
        const ApdPart *part = apd_phrase_part(book, choice->first + i);
        switch ((ApdPartKind) part->kind) {
        case APD_PART_LITERAL:
            g_string_append(sample, part->text);
            break;
        case APD_PART_NUMBER:
            g_string_append(sample, "12");
            break;
        case APD_PART_GAP:
            g_string_append_c(sample, ' ');
            break;
        case APD_PART_STAR:
            g_string_append_c(sample, 'x');
            break;
        }
    }
}

/* The words of the phrase itself, with something for its signs: the choice of @place in its
 * slot, the first in all others. */
static char *
sample_of(const ApdPhraseBook *book, const ApdPhrasePlace *place)
{
    GString *sample = g_string_new(NULL);

    for (int i = 0; i < place->phrase.n; i++) {
        guint first = apd_phrase_element(book, &place->phrase, i)->first;
        if (i > 0)
            g_string_append_c(sample, ' ');
        add_sample(book, apd_phrase_choice(book, i == place->slot ? place->choice : first), sample);
    }
    return g_string_free(sample, FALSE);
}

static bool
matches(const ApdPhraseBook *book, const ApdPhrasePlace *place, const char *sample)
{
    g_autofree char *folded = apd_normalise(sample);
    g_autoptr(GString) text = g_string_new_len("", 1);
    ApdExtents extents;

    apd_prepared_append(text, folded, strlen(folded), NULL);
    for (size_t at = 1; at < text->len; at++) {
        gint64 steps = 100000;
        if (apd_phrase_check(book, place, text->str, at, &steps, &extents))
            return true;
    }
    return false;
}

/* Whether the choice of @place, which has a literal, is found in its own words. */
static bool
is_alive(Lint *self, const Line *line, const ApdPhraseBook *book, ApdPhrasePlace *place)
{
    const ApdChoice *choice = apd_phrase_choice(book, place->choice);
    guint i = 0;

    while (i < choice->n && apd_phrase_part(book, choice->first + i)->kind != APD_PART_LITERAL)
        i++;
    if (i == choice->n)
        return true;
    place->part = choice->first + i;
    g_autofree char *sample = sample_of(book, place);
    if (matches(book, place, sample))
        return true;
    find(self, line, "'%s' cannot match its own words ('%s')", line->value, sample);
    return false;
}

static bool
is_phrase_alive(Lint *self, const Line *line, const ApdPhraseBook *book, const ApdPhrase *phrase)
{
    ApdPhrasePlace place = { .phrase = *phrase };

    for (; place.slot < phrase->n; place.slot++) {
        const ApdElement *element = apd_phrase_element(book, phrase, place.slot);
        for (guint c = 0; c < element->n; c++) {
            place.choice = element->first + c;
            if (!is_alive(self, line, book, &place))
                return false;
        }
    }
    return true;
}

/* Such a phrase holds something that reading takes away from every message. */
static void
check_alive(Lint *self, const Line *line)
{
    g_autoptr(ApdPhraseBook) book = apd_phrase_book_new();
    g_autoptr(GArray) phrases = apd_phrase_book_add(book, line->value, NULL);

    for (guint i = 0; phrases != NULL && i < phrases->len; i++)
        if (!is_phrase_alive(self, line, book, &g_array_index(phrases, ApdPhrase, i)))
            return;
}

/* A choice that ends in a blank and bears a star: whoever wrote it meant a word that may be
 * missing, but a choice asks for one of its words. */
static void
check_starred_choice(Lint *self, const Line *line)
{
    if (strstr(line->value, " )*") != NULL)
        find(self, line, "'%s': ( )* asks for one of its words; write [ ] for what may be missing",
             line->value);
}

/* --- names and values ------------------------------------------------------------- */

static bool
is_word_of(const char *word, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    return g_strv_contains((const char *const *) words, word);
}

static void
check_value(Lint *self, const Line *line)
{
    ApdSeverity severity;

    if (!g_str_equal(line->type, "category"))
        return;
    if (g_str_equal(line->key, "severity") && !apd_severity_parse(line->value, &severity))
        find(self, line, "severity: '%s' is not known (low, medium, high, critical)", line->value);
    if (g_str_equal(line->key, "ledger") && !is_word_of(line->value, "ip-prohibited trade info"))
        find(self, line, "ledger: '%s' is not known (ip-prohibited, trade, info)", line->value);
}

/* "act/mesure +subject": a weight of what no phrase gives counts nowhere. */
static void
check_weight(Lint *self, const Line *line)
{
    g_autofree char *sign = g_strndup(line->key, strcspn(line->key, " "));
    bool of_phrases = strchr(sign, '/') != NULL;

    if (g_str_equal(line->type, "weights") && of_phrases
        && !g_hash_table_contains(self->homes, sign))
        find(self, line, "%s: no section gives this sign, so its weights count nowhere", sign);
}

static void
note_home(Lint *self, const Line *line)
{
    g_autofree char *key = g_strconcat(line->type, "/", line->name, NULL);
    GHashTable *files = g_hash_table_lookup(self->homes, key);

    if (files == NULL) {
        files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(self->homes, g_steal_pointer(&key), files);
    }
    g_hash_table_add(files, g_strconcat(line->path, "\n", line->language, NULL));
}

/* A name is a word of the program: one that a single language knows is a typing
 * error, most likely. */
static void
check_name(Lint *self, const Line *line, GHashTable *told)
{
    g_autofree char *key = g_strconcat(line->type, "/", line->name, NULL);
    GHashTable *files = g_hash_table_lookup(self->homes, key);

    if (*line->language == '\0' || g_hash_table_size(files) > 1 || g_hash_table_contains(told, key))
        return;
    find(self, line, "no other language knows '%s' (a typing error?)", line->name);
    g_hash_table_add(told, g_steal_pointer(&key));
}

/* --- every category in every language --------------------------------------------- */

static bool
speaks_of(const Lint *self, const char *language, const char *category)
{
    for (guint i = 0; i < self->lines->len; i++) {
        const Line *line = self->lines->pdata[i];
        if (is_phrase(line) && g_str_equal(line->type, "category")
            && g_str_equal(line->language, language) && g_str_equal(line->name, category))
            return true;
    }
    return false;
}

/* The first line of each language's categories. */
static GPtrArray *
languages(const Lint *self)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < self->lines->len; i++) {
        Line *line = self->lines->pdata[i];
        bool known = !g_str_equal(line->type, "category") || *line->language == '\0';
        for (guint k = 0; k < found->len && !known; k++)
            known = g_str_equal(((const Line *) found->pdata[k])->language, line->language);
        if (!known)
            g_ptr_array_add(found, line);
    }
    return found;
}

static void
check_coverage(Lint *self)
{
    g_autoptr(GPtrArray) all = languages(self);

    for (guint i = 0; i < self->lines->len; i++) {
        const Line *declared = self->lines->pdata[i];
        if (!g_str_equal(declared->type, "category") || !g_str_equal(declared->key, "name")
            || g_str_equal(declared->name, "unknown"))
            continue;
        for (guint k = 0; k < all->len; k++) {
            const Line *line = all->pdata[k];
            if (!speaks_of(self, line->language, declared->name))
                find(self, declared,
                     "no phrase in '%s' speaks of it (write a section "
                     "[category %s %s])",
                     line->language, declared->name, line->language);
        }
    }
}

/* --- all ---------------------------------------------------------------------------- */

static void
check_lines(Lint *self)
{
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < self->lines->len; i++)
        note_home(self, self->lines->pdata[i]);
    for (guint i = 0; i < self->lines->len; i++) {
        Line *line = self->lines->pdata[i];

        check_name(self, line, told);
        check_value(self, line);
        check_weight(self, line);
        if (!is_phrase(line))
            continue;
        check_twice(self, line);
        check_one_category(self, line);
        check_alive(self, line);
        check_starred_choice(self, line);
    }
}

static void
unref_table(void *data)
{
    g_hash_table_unref(data);
}

guint
apd_rules_lint(const char *dir, const char *user_dir, GString *findings)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) means = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) homes =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_table);
    Lint lint = {
        .lines = lines, .seen = seen, .means = means, .homes = homes, .findings = findings
    };

    read_folder(&lint, dir, user_dir == NULL);
    if (user_dir != NULL)
        read_folder(&lint, user_dir, true);
    check_lines(&lint);
    check_coverage(&lint);
    return lint.n;
}
