#include "logic/dates_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "logic/normalise.h"

#define N_BUCKETS   4096
#define MAX_PHRASE  200
#define MAX_PHRASES 1000

/* A word to compare with; nearly all differ in their first bytes, which are here. */
typedef struct {
    guint64 head;        /* the first bytes of the phrase, up to a star */
    guint64 mask;        /* which of its bytes count */
    const ApdWord *word; /* borrowed */
    guint32 languages;   /* as the word has them */
} Entry;

struct ApdWords {
    GPtrArray *words;      /* owned, element-type ApdWord */
    GHashTable *by_phrase; /* language and phrase -> ApdWord, borrowed */
    GArray
        *buckets[N_BUCKETS]; /* owned, element-type Entry, longest phrase first; NULL when empty */
    ApdZones *zones;         /* owned */
};

static const char *const languages[] = { "en", "zh", "ru", "es", "pt", "fr",
                                         "tr", "it", "de", "pl", "ko", NULL };
static const char *const units[] = {
    "minute", "hour", "day", "business-day", "week", "month", NULL
};
static const char *const marks[] = { "year",    "month",    "day",     "hour",
                                     "minute",  "second",   "half",    "half-past",
                                     "half-to", "day-name", "article", NULL };
static const char *const bounds[] = { "none", "by", "before", NULL };
static const char *const halves[] = { "am", "pm", NULL };
static const char *const nears[] = { "none",
                                     "today",
                                     "tomorrow",
                                     "after-tomorrow",
                                     "end-of-week",
                                     "end-of-month",
                                     "end-of-next-week",
                                     "end-of-next-month",
                                     "this-month",
                                     "that-day",
                                     NULL };
static const char *const roles[] = { "deadline", "action",   "sanction",  "event",     "effective",
                                     "platform", "review",   "other",     "history",   "life",
                                     "offer",    "over",     "all-times", "otherwise", "duty",
                                     "former",   "extended", "duration",  "rule",      "late",
                                     "final",    "cause",    "end",       "if",        "unheard",
                                     NULL };
static const char *const mays[] = { "always", "timed", NULL };
static const char *const anchors[] = { "notice", "record", "event", "effect", "trade", NULL };

/* What follows the type in a section: one of @names, or a number, or nothing. */
static const struct {
    const char *name;
    const char *const *names;
    int least, most;
} types[APD_N_WORD_TYPES] = {
    [APD_WORD_MONTH] = { "month", NULL, 1, 12 },
    [APD_WORD_NUMBER] = { "number", NULL, 0, 999 },
    [APD_WORD_UNIT] = { "unit", units },
    [APD_WORD_MARK] = { "mark", marks },
    [APD_WORD_BOUND] = { "bound", bounds },
    [APD_WORD_BOUND_END] = { "bound-end", bounds },
    [APD_WORD_INCLUSIVE] = { "inclusive" },
    [APD_WORD_HALF] = { "half", halves },
    [APD_WORD_OCLOCK] = { "oclock" },
    [APD_WORD_MOMENT] = { "moment", NULL, 0, 24 },
    [APD_WORD_ZONE] = { "zone" },
    [APD_WORD_CITY] = { "city" },
    [APD_WORD_WEEKDAY] = { "weekday", NULL, 1, 7 },
    [APD_WORD_NEAR] = { "near", nears },
    [APD_WORD_GLUE] = { "glue" },
    [APD_WORD_RANGE] = { "range" },
    [APD_WORD_WITHIN] = { "within" },
    [APD_WORD_WITHIN_END] = { "within-end" },
    [APD_WORD_FROM] = { "from" },
    [APD_WORD_SINCE] = { "since" },
    [APD_WORD_ROLE] = { "role", roles },
    [APD_WORD_ANCHOR] = { "anchor", anchors },
    [APD_WORD_SELLER] = { "seller" },
    [APD_WORD_PARTY] = { "party" },
    [APD_WORD_MAY] = { "may", mays },
    [APD_WORD_OBJECT] = { "object" },
};

static void
word_free(void *data)
{
    ApdWord *word = data;
    g_free(word->phrase);
    g_free(word);
}

ApdWords *
apd_words_new(void)
{
    ApdWords *self = g_new0(ApdWords, 1);
    self->words = g_ptr_array_new_with_free_func(word_free);
    self->by_phrase = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->zones = apd_zones_new();
    return self;
}

void
apd_words_free(ApdWords *self)
{
    if (self == NULL)
        return;
    for (int i = 0; i < N_BUCKETS; i++)
        if (self->buckets[i] != NULL)
            g_array_unref(self->buckets[i]);
    g_hash_table_unref(self->by_phrase);
    g_ptr_array_unref(self->words);
    apd_zones_free(self->zones);
    g_free(self);
}

const ApdZones *
apd_words_zones(const ApdWords *self)
{
    return self->zones;
}

const char *
apd_words_language(const ApdWords *self, guint bit)
{
    (void) self;
    return bit < G_N_ELEMENTS(languages) - 1 ? languages[bit] : NULL;
}

static int
index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static guint32
language_bit(const char *name)
{
    int i = name != NULL ? index_of(languages, name) : -1;
    return i < 0 ? 0 : (guint32) 1 << i;
}

bool
apd_word_follows(const ApdWord *word)
{
    return word->languages == language_bit("tr") || word->languages == language_bit("ko");
}

bool
apd_word_starts_behind(const ApdWord *word)
{
    return word != NULL
           && ((word->value[APD_WORD_FROM] != APD_WORD_ABSENT && apd_word_follows(word))
               || (word->value[APD_WORD_SINCE] != APD_WORD_ABSENT
                   && word->languages == language_bit("zh")));
}

static bool
complain(GError **error, const char *section, const char *what)
{
    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "[%s]: %s", section, what);
    return false;
}

/* Splits "[TYPE VALUE LANGUAGE]", of which the last two may be missing. */
static bool
parse_section(ApdWords *self, const char *section, ApdWordType *ret_type, int *ret_value,
              guint32 *ret_languages, GError **error)
{
    g_auto(GStrv) part = g_strsplit(section, " ", 4);
    guint n = g_strv_length(part);
    guint next = 1;
    int type = 0, value = 0;

    while (type < APD_N_WORD_TYPES && (n == 0 || strcmp(types[type].name, part[0]) != 0))
        type++;
    if (type == APD_N_WORD_TYPES)
        return complain(error, section, "unknown kind of section");

    if (types[type].names != NULL) {
        value = n > next ? index_of(types[type].names, part[next++]) : -1;
        if (value < 0)
            return complain(error, section, "unknown name after the kind of section");
    } else if (types[type].most > 0) {
        char *end = NULL;
        long number = n > next ? strtol(part[next++], &end, 10) : -1;
        if (end == NULL || *end != '\0' || number < types[type].least || number > types[type].most)
            return complain(error, section, "a number must follow the kind of section");
        value = (int) number;
    } else if (type == APD_WORD_ZONE || type == APD_WORD_CITY) {
        value = n > next ? apd_zones_intern(self->zones, part[next++]) : -1;
        if (value < 0)
            return complain(error, section, "unknown time zone");
    }
    *ret_languages = language_bit(n > next ? part[next++] : NULL);
    if (n > next
        || (n > 1 && next == n && *ret_languages == 0 && index_of(languages, part[n - 1]) < 0
            && types[type].names == NULL && types[type].most == 0 && type != APD_WORD_ZONE
            && type != APD_WORD_CITY))
        return complain(error, section, "unknown language");
    *ret_type = (ApdWordType) type;
    *ret_value = value;
    return true;
}

static ApdWord *
get_word(ApdWords *self, const char *folded, guint32 language)
{
    g_autofree char *name = g_strdup_printf("%u %s", language, folded);
    ApdWord *word = g_hash_table_lookup(self->by_phrase, name);
    if (word != NULL)
        return word;

    word = g_new0(ApdWord, 1);
    word->phrase = g_strdup(folded);
    word->n = strlen(folded);
    word->languages = language;
    if (word->phrase[word->n - 1] == '*') {
        word->stem = true;
        word->phrase[--word->n] = '\0';
    }
    for (int i = 0; i < APD_N_WORD_TYPES; i++)
        word->value[i] = APD_WORD_ABSENT;
    g_ptr_array_add(self->words, word);
    g_hash_table_insert(self->by_phrase, g_steal_pointer(&name), word);
    return word;
}

bool
apd_words_add(ApdWords *self, const char *section, const char *key, const char *value,
              GError **error)
{
    ApdWordType type;
    int number;
    guint32 language;
    if (!parse_section(self, section, &type, &number, &language, error))
        return false;
    if (strcmp(key, "phrase") != 0)
        return complain(error, section, "unknown key; write 'phrase = ...'");

    g_auto(GStrv) phrases = g_strsplit(value, "|", MAX_PHRASES);
    for (guint i = 0; phrases[i] != NULL; i++) {
        g_autofree char *folded = apd_normalise(g_strstrip(phrases[i]));
        g_strstrip(folded);
        size_t n = strlen(folded);
        if (n == 0 || n > MAX_PHRASE || folded[0] == '*')
            return complain(error, section, "a phrase is empty, too long, or begins with '*'");
        ApdWord *word = get_word(self, folded, language);
        word->value[type] = number;
    }
    return true;
}

/* Bytes of the word at the start of @text that choose the bucket: up to three, or two letters of
 * two bytes (Cyrillic). */
static guint
bucket_of(const char *text, size_t n)
{
    guint hash = 0;
    size_t most = n > 0 && ((unsigned char) text[0] & 0xE0) == 0xC0 ? 4 : 3;
    for (size_t i = 0; i < most && i < n; i++) {
        unsigned char c = (unsigned char) text[i];
        if ((c < 'a' || c > 'z') && c < 0x80)
            break;
        hash = hash * 131 + c;
    }
    return (hash * 2654435761u) >> 20;
}

static int
longer_first(const void *a, const void *b)
{
    const ApdWord *x = ((const Entry *) a)->word, *y = ((const Entry *) b)->word;
    if (x->n != y->n)
        return y->n > x->n ? 1 : -1;
    /* Of equal phrases that of the message's own language, then English (bit 0),
     * then names of zones, which have none. */
    return y->languages > x->languages ? 1 : y->languages < x->languages ? -1 : 0;
}

/* "reply by" still says "by": a phrase means what the phrase it ends with binds. */
static void
inherit(const ApdWords *self, ApdWord *word)
{
    static const ApdWordType types_of_end[] = { APD_WORD_BOUND, APD_WORD_WITHIN, APD_WORD_ROLE };
    bool dense = apd_words_is_dense((unsigned char) word->phrase[0]);
    const char *tail = word->phrase;
    while ((tail = dense ? g_utf8_next_char(tail) : strchr(tail, ' ')) != NULL && *tail != '\0') {
        tail += dense ? 0 : 1;
        g_autofree char *name = g_strdup_printf("%u %s", word->languages, tail);
        const ApdWord *end = g_hash_table_lookup(self->by_phrase, name);
        for (size_t i = 0; end != NULL && i < G_N_ELEMENTS(types_of_end); i++)
            if (word->value[types_of_end[i]] == APD_WORD_ABSENT)
                word->value[types_of_end[i]] = end->value[types_of_end[i]];
    }
}

/* "request", an anchor, still asks as "request*" does.  "The sanction" from which a window
 * counts is no measure that lasts. */
static void
inherit_stem(const ApdWords *self, ApdWord *word)
{
    if (word->value[APD_WORD_ROLE] != APD_WORD_ABSENT || strchr(word->phrase, ' ') != NULL
        || apd_words_is_dense((unsigned char) word->phrase[0]))
        return;
    for (size_t n = word->n; n > 2; n--) {
        g_autofree char *name = g_strdup_printf("%u %.*s*", word->languages, (int) n, word->phrase);
        const ApdWord *stem = g_hash_table_lookup(self->by_phrase, name);
        if (stem != NULL && stem->value[APD_WORD_ROLE] != APD_ROLE_SANCTION) {
            word->value[APD_WORD_ROLE] = stem->value[APD_WORD_ROLE];
            return;
        }
    }
}

/* Whether @part of a phrase is something that the seller may do: "appeal" of "no more appeal". */
static bool
is_action(const ApdWords *self, guint32 language, const char *part)
{
    for (size_t n = strlen(part); n > 2; n--) {
        const char *ending = part[n] == '\0' ? "" : "*";
        g_autofree char *name = g_strdup_printf("%u %.*s%s", language, (int) n, part, ending);
        const ApdWord *word = g_hash_table_lookup(self->by_phrase, name);
        if (word != NULL && word->value[APD_WORD_ROLE] == APD_ROLE_ACTION)
            return true;
    }
    return false;
}

/* "you may" still says "you", "has until" still says "has". */
static void
inherit_parts(const ApdWords *self, ApdWord *word)
{
    bool binds = word->value[APD_WORD_BOUND] != APD_WORD_ABSENT
                 || word->value[APD_WORD_WITHIN] != APD_WORD_ABSENT;
    g_auto(GStrv) parts = g_strsplit(word->phrase, " ", -1);
    for (char **part = parts; *part != NULL && parts[1] != NULL; part++) {
        g_autofree char *name = g_strdup_printf("%u %s", word->languages, *part);
        const ApdWord *of = g_hash_table_lookup(self->by_phrase, name);
        if (of != NULL && of->value[APD_WORD_SELLER] != APD_WORD_ABSENT)
            word->value[APD_WORD_SELLER] = of->value[APD_WORD_SELLER];
        if (of != NULL && binds && word->value[APD_WORD_MAY] == APD_WORD_ABSENT)
            word->value[APD_WORD_MAY] = of->value[APD_WORD_MAY];
        word->acts |= is_action(self, word->languages, *part);
    }
}

void
apd_words_finish(ApdWords *self)
{
    for (guint i = 0; i < self->words->len; i++) {
        if (!((ApdWord *) self->words->pdata[i])->stem) {
            inherit(self, self->words->pdata[i]);
            inherit_stem(self, self->words->pdata[i]);
        }
        inherit_parts(self, self->words->pdata[i]);
    }
    for (guint i = 0; i < self->words->len; i++) {
        ApdWord *word = g_ptr_array_index(self->words, i);
        guint bucket = bucket_of(word->phrase, word->n);
        if (self->buckets[bucket] == NULL)
            self->buckets[bucket] = g_array_new(FALSE, FALSE, sizeof(Entry));
        Entry entry = { .word = word, .languages = word->languages };
        size_t n = MIN(strcspn(word->phrase, "*"), sizeof entry.head);
        memcpy(&entry.head, word->phrase, n);
        memset(&entry.mask, 0xff, n);
        g_array_append_val(self->buckets[bucket], entry);
    }
    for (int i = 0; i < N_BUCKETS; i++)
        if (self->buckets[i] != NULL)
            g_array_sort(self->buckets[i], longer_first);
}

static bool
is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* Compares @word with the start of @text; a '*' inside lets a word of the text
 * run on.  Returns the length matched, or 0. */
static size_t
match(const ApdWord *word, const char *text, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < word->n; i++) {
        if (word->phrase[i] == '*') {
            while (at < n && is_letter((unsigned char) text[at]))
                at++;
        } else if (at < n && text[at] == word->phrase[i]) {
            at++;
        } else {
            return 0;
        }
    }
    if (apd_words_is_dense((unsigned char) word->phrase[0]))
        return at;
    if (word->stem)
        while (at < n && is_letter((unsigned char) text[at])
               && !apd_words_is_dense((unsigned char) text[at]))
            at++;
    bool ends = at == n || !is_letter((unsigned char) text[at])
                || apd_words_is_dense((unsigned char) text[at])
                || !is_letter((unsigned char) word->phrase[word->n - 1]);
    return ends ? at : 0;
}

const ApdWord *
apd_words_find(const ApdWords *self, const char *text, size_t n, guint32 allowed,
               size_t *ret_length)
{
    const GArray *bucket = self->buckets[bucket_of(text, n)];
    guint64 head = 0;
    if (bucket == NULL)
        return NULL;
    memcpy(&head, text, MIN(n, sizeof head));
    for (guint i = 0; i < bucket->len; i++) {
        const Entry *entry = &g_array_index(bucket, Entry, i);
        if ((head & entry->mask) != entry->head)
            continue;
        if (allowed != 0 && entry->languages != 0 && (entry->languages & allowed) == 0)
            continue;
        size_t length = match(entry->word, text, n);
        if (length > 0) {
            *ret_length = length;
            return entry->word;
        }
    }
    return NULL;
}

guint32
apd_words_languages_beside(const char *language)
{
    if (language == NULL)
        return 0;
    g_autofree char *base = g_strndup(language, 2);
    guint32 own = language_bit(base);
    /* English words stand in mail of other scripts; in Latin ones they mislead ("per", "or"). */
    bool latin = strstr("es pt fr tr it de pl", base) != NULL;
    guint32 others = (latin ? 0 : language_bit("en")) | language_bit("zh") | language_bit("ru")
                     | language_bit("ko");
    return own == 0 ? 0 : own | others;
}

/* The first part of a compound, and a last part that says what it is. */
#define FIRST_PART 3
#define LAST_PART  5
#define COMPOUND   48

const ApdWord *
apd_words_find_end(const ApdWords *self, const char *text, size_t n, guint32 allowed)
{
    guint32 german = language_bit("de");
    if ((allowed & german) == 0 || n < FIRST_PART + LAST_PART || n > COMPOUND)
        return NULL;
    for (size_t at = FIRST_PART; at + LAST_PART <= n; at++) {
        size_t length = 0;
        const ApdWord *word = apd_words_find(self, text + at, n - at, german, &length);
        if (word != NULL && length == n - at && word->languages == german
            && word->value[APD_WORD_ROLE] != APD_WORD_ABSENT)
            return word;
    }
    return NULL;
}
