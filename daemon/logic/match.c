#include "logic/match.h"

#include <string.h>

#include "base/error.h"
#include "logic/literals.h"
#include "logic/phrase.h"

#define MAX_HITS    20000
#define MAX_PHRASES 200000

/* Bytes of a web address that are looked back over. */
#define MAX_ADDRESS 300

/* So few small words tell no language. */
#define FEW_MARKS 3

/* A flat phrase and what it means. */
typedef struct {
    ApdPhrase *phrase;  /* owned */
    const char *source; /* borrowed from the chunk: as it was written */
    int signal;
    int weight;
    int word;           /* of the anchor: its number among the words looked for, ... */
    int skip;           /* ... bytes of the anchor before it, ... */
    int length;         /* ... and its own */
    int n;              /* bytes of the anchor, ... */
    const char *anchor; /* ... borrowed from the phrase */
    char before, after; /* what stands a blank away from the word, or NUL: most differ there */
    bool first;         /* the anchor is the first part, ... */
    bool final;         /* ... the last one: read here alone, thousands of times a message */
    int language;       /* 1 and more: counts in a text of this language alone; 0: in any */
} Entry;

struct ApdMatcher {
    GPtrArray *names;      /* owned, element-type utf8: signals */
    GHashTable *by_name;   /* owned: borrowed name -> number + 1 */
    GArray *entries;       /* owned, element-type Entry */
    GStringChunk *chunk;   /* owned: phrases as written */
    GPtrArray *languages;  /* owned, element-type utf8: 1 is the first */
    int language;          /* of the phrases being added */
    GPtrArray *words;      /* owned, element-type utf8: distinct anchors */
    GArray *firsts;        /* owned, element-type int: where the entries of each anchor begin,
                              and one more */
    ApdLiterals *literals; /* owned */
};

static void
clear_entry(void *data)
{
    Entry *entry = data;
    apd_phrase_free(entry->phrase);
}

ApdMatcher *
apd_matcher_new(void)
{
    ApdMatcher *self = g_new0(ApdMatcher, 1);

    self->names = g_ptr_array_new_with_free_func(g_free);
    self->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(self->entries, clear_entry);
    self->chunk = g_string_chunk_new(4096);
    self->languages = g_ptr_array_new_with_free_func(g_free);
    self->words = g_ptr_array_new_with_free_func(g_free);
    self->firsts = g_array_new(FALSE, FALSE, sizeof(int));
    return self;
}

void
apd_matcher_free(ApdMatcher *self)
{
    if (self == NULL)
        return;

    apd_literals_free(self->literals);
    g_array_unref(self->firsts);
    g_ptr_array_unref(self->words);
    g_ptr_array_unref(self->languages);
    g_array_unref(self->entries);
    g_string_chunk_free(self->chunk);
    g_hash_table_unref(self->by_name);
    g_ptr_array_unref(self->names);
    g_free(self);
}

int
apd_matcher_find(const ApdMatcher *self, const char *name)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(self->by_name, name)) - 1;
}

int
apd_matcher_intern(ApdMatcher *self, const char *name)
{
    int signal = apd_matcher_find(self, name);

    if (signal < 0) {
        signal = (int) self->names->len;
        g_ptr_array_add(self->names, g_strdup(name));
        g_hash_table_insert(self->by_name, self->names->pdata[signal], GINT_TO_POINTER(signal + 1));
    }
    return signal;
}

const char *
apd_matcher_name(const ApdMatcher *self, int signal)
{
    return self->names->pdata[signal];
}

int
apd_matcher_n_signals(const ApdMatcher *self)
{
    return (int) self->names->len;
}

void
apd_matcher_set_language(ApdMatcher *self, const char *language)
{
    guint i = 0;

    self->language = 0;
    if (language == NULL)
        return;
    while (i < self->languages->len && strcmp(self->languages->pdata[i], language) != 0)
        i++;
    if (i == self->languages->len)
        g_ptr_array_add(self->languages, g_strdup(language));
    self->language = (int) i + 1;
}

/* Letters of another script stand in no text of another language. */
static bool
is_latin(const ApdPhrase *phrase)
{
    for (int i = 0; i < phrase->n; i++)
        if (phrase->parts[i].kind == APD_PART_LITERAL && !g_str_is_ascii(phrase->parts[i].text))
            return false;
    return true;
}

bool
apd_matcher_add(ApdMatcher *self, int signal, const char *phrase, int weight, GError **error)
{
    g_autoptr(GPtrArray) flat = apd_phrase_parse(phrase, error);

    if (flat == NULL)
        return false;
    if (self->entries->len + flat->len > MAX_PHRASES) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "more than %d phrases", MAX_PHRASES);
        return false;
    }

    g_ptr_array_set_free_func(flat, NULL);
    const char *source = g_string_chunk_insert(self->chunk, phrase);
    for (guint i = 0; i < flat->len; i++) {
        Entry entry = {
            .phrase = flat->pdata[i], .source = source, .signal = signal, .weight = weight
        };
        entry.first = entry.phrase->anchor == 0;
        entry.final = entry.phrase->anchor + 1 == entry.phrase->n;
        if (is_latin(entry.phrase))
            entry.language = self->language;
        g_array_append_val(self->entries, entry);
    }
    return true;
}

bool
apd_matcher_remove(ApdMatcher *self, int signal, const char *phrase)
{
    bool found = false;

    for (guint i = self->entries->len; i-- > 0;) {
        const Entry *entry = &g_array_index(self->entries, Entry, i);
        if (entry->signal == signal && strcmp(entry->source, phrase) == 0) {
            g_array_remove_index(self->entries, i);
            found = true;
        }
    }
    return found;
}

static int
by_word(const void *a, const void *b)
{
    const Entry *x = a, *y = b;
    return (x->word > y->word) - (x->word < y->word);
}

/* Looks for one word of the anchor instead of all of it: phrases that differ in small words
 * share it, and there are few words to look for.  Of the longer ones that which fewest
 * phrases have taken.  @taken: word to number of phrases. */
static void
choose_word(Entry *entry, GHashTable *taken)
{
    const char *text = entry->phrase->parts[entry->phrase->anchor].text;
    size_t longest = 0;
    int least = G_MAXINT;

    for (const char *p = text; *p != '\0'; p += strcspn(p, " ") + (p[strcspn(p, " ")] == ' '))
        longest = MAX(longest, strcspn(p, " "));
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, " ");
        g_autofree char *word = g_strndup(p, n);
        int load = GPOINTER_TO_INT(g_hash_table_lookup(taken, word));
        if (n + 2 >= longest && n >= MIN(longest, 3) && load < least) {
            least = load;
            entry->skip = (int) (p - text);
            entry->length = (int) n;
        }
        p += n + (p[n] == ' ');
    }
    entry->anchor = text;
    entry->n = (int) strlen(text);
    entry->before = entry->skip > 1 ? text[entry->skip - 2] : '\0';
    if (entry->skip + entry->length + 1 < entry->n)
        entry->after = text[entry->skip + entry->length + 1];
    char *word = g_strndup(text + entry->skip, (gsize) entry->length);
    g_hash_table_replace(taken, word, GINT_TO_POINTER(least + 1));
}

void
apd_matcher_compile(ApdMatcher *self)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int n = 0;

    for (guint i = 0; i < self->entries->len; i++) {
        Entry *entry = &g_array_index(self->entries, Entry, i);
        choose_word(entry, taken);
        const char *anchor = entry->phrase->parts[entry->phrase->anchor].text;
        g_autofree char *word = g_strndup(anchor + entry->skip, (gsize) entry->length);
        entry->word = GPOINTER_TO_INT(g_hash_table_lookup(known, word)) - 1;
        if (entry->word >= 0)
            continue;
        entry->word = (int) self->words->len;
        g_ptr_array_add(self->words, g_steal_pointer(&word));
        g_hash_table_insert(known, self->words->pdata[entry->word],
                            GINT_TO_POINTER(entry->word + 1));
    }
    g_array_sort(self->entries, by_word);
    for (guint i = 0; i < self->entries->len; i++)
        if (g_array_index(self->entries, Entry, i).word == n) {
            g_array_append_vals(self->firsts, &i, 1);
            n++;
        }
    g_array_append_vals(self->firsts, &self->entries->len, 1);
    self->literals = apd_literals_new(self->words, APD_LITERALS_BEST);
}

/* One scan under way. */
typedef struct {
    const ApdMatcher *self;
    const char *text; /* prepared; a NUL before and after each segment */
    const guint32 *map;
    const guint32 *segment_starts; /* in the prepared text */
    guint n_segments;
    GArray *hits;
} Scan;

static guint
segment_at(const Scan *scan, size_t at)
{
    guint low = 0, high = scan->n_segments;

    while (high - low > 1) {
        guint middle = (low + high) / 2;
        if (scan->segment_starts[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void
add_hit(const Scan *scan, const Entry *entry, size_t from, size_t to)
{
    ApdHit hit = { entry->signal,         (int) segment_at(scan, from),
                   (int) scan->map[from], (int) scan->map[to - 1] + 1,
                   entry->weight,         entry->language };

    g_array_append_val(scan->hits, hit);
}

static void
on_literal(unsigned literal, size_t end, void *user_data)
{
    const Scan *scan = user_data;
    const ApdMatcher *self = scan->self;
    const Entry *entry = (const Entry *) (const void *) self->entries->data;
    const int *firsts = (const int *) (const void *) self->firsts->data;
    const Entry *last = entry + firsts[literal + 1];
    size_t from, to;

    for (entry += firsts[literal]; entry < last; entry++) {
        size_t before = (size_t) entry->skip + (size_t) entry->length;
        if ((entry->after != '\0' && scan->text[end + 1] != entry->after) || end <= before
            || (entry->before != '\0'
                && scan->text[end - (size_t) entry->length - 2] != entry->before))
            continue;
        size_t at = end - before;
        if (entry->n != entry->length
            && strncmp(scan->text + at, entry->anchor, (size_t) entry->n) != 0)
            continue;
        if ((entry->first && !apd_phrase_is_boundary(scan->text, at))
            || (entry->final && !apd_phrase_is_boundary(scan->text, at + (size_t) entry->n)))
            continue;
        if (scan->hits->len >= MAX_HITS)
            return;
        if (entry->first && entry->final)
            add_hit(scan, entry, at, at + (size_t) entry->n);
        else if (apd_phrase_check(entry->phrase, scan->text, at, &from, &to))
            add_hit(scan, entry, from, to);
    }
}

static int
by_place(const void *a, const void *b)
{
    const ApdHit *x = a, *y = b;

    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    if (x->signal != y->signal)
        return x->signal < y->signal ? -1 : 1;
    return (x->weight < y->weight) - (x->weight > y->weight);
}

static void
drop_overlaps(GArray *hits)
{
    guint kept = 0;

    for (guint i = 0; i < hits->len; i++) {
        const ApdHit *hit = &g_array_index(hits, ApdHit, i);
        bool covered = false;
        for (guint k = kept; k-- > 0 && !covered;) {
            const ApdHit *other = &g_array_index(hits, ApdHit, k);
            if (other->segment != hit->segment || kept - k > 64)
                break;
            covered = other->signal == hit->signal && other->end > hit->start;
        }
        if (!covered)
            g_array_index(hits, ApdHit, kept++) = *hit;
    }
    g_array_set_size(hits, kept);
}

static bool
is_mark(const ApdMatcher *self, const ApdHit *hit)
{
    return g_str_has_prefix(self->names->pdata[hit->signal], APD_MATCHER_MARK);
}

/* What stands in an address says nothing: ".../violation/detail". */
static void
drop_addresses(const ApdText *text, GArray *hits)
{
    guint kept = 0;

    for (guint i = 0; i < hits->len; i++) {
        const ApdHit *hit = &g_array_index(hits, ApdHit, i);
        const char *folded = apd_text_at(text, (guint) hit->segment)->folded;
        int at = hit->start;
        while (at > 0 && folded[at - 1] != ' ' && hit->start - at < MAX_ADDRESS)
            at--;
        if (at == hit->start || strncmp(folded + at, "http", 4) != 0)
            g_array_index(hits, ApdHit, kept++) = *hit;
    }
    g_array_set_size(hits, kept);
}

/* Small words that change what others mean are the same in languages that are none of their
 * business: "se" is "if" here and "himself" there. */
static bool
is_modifier(const ApdMatcher *self, const ApdHit *hit)
{
    return g_str_has_prefix(self->names->pdata[hit->signal], "mod/");
}

/* Drops what phrases of languages found that the text is not in: a third of the small words that
 * the language with most has are enough to be one of it. */
static void
drop_languages(const ApdMatcher *self, GArray *hits)
{
    g_autofree int *counts = g_new0(int, self->languages->len + 1);
    int most = 0;
    guint kept = 0;

    for (guint i = 0; i < hits->len; i++) {
        const ApdHit *hit = &g_array_index(hits, ApdHit, i);
        if (hit->language > 0 && is_mark(self, hit)) {
            /* The one that leads counts double: the shares below were found so. */
            if (++counts[hit->language] >= most)
                most = ++counts[hit->language];
        }
    }
    if (most < FEW_MARKS)
        return;
    for (guint i = 0; i < hits->len; i++) {
        const ApdHit *hit = &g_array_index(hits, ApdHit, i);
        int share = hit->language > 0 && is_modifier(self, hit) ? 75 : 33;
        if (hit->language == 0 || counts[hit->language] * 100 >= most * share || is_mark(self, hit))
            g_array_index(hits, ApdHit, kept++) = *hit;
    }
    g_array_set_size(hits, kept);
}

GArray *
apd_matcher_scan(const ApdMatcher *self, const ApdText *text)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(ApdHit));
    g_autoptr(GString) prepared = g_string_sized_new(text->folded->len + 1);
    g_autoptr(GArray) map =
        g_array_sized_new(FALSE, FALSE, sizeof(guint32), (guint) text->folded->len + 1);
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 zero = 0;

    g_string_append_c(prepared, '\0');
    g_array_append_val(map, zero);
    for (guint i = 0; i < text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        guint32 start = (guint32) prepared->len;
        g_array_append_val(starts, start);
        apd_phrase_prepare(segment->folded, segment->n, prepared, map);
        g_string_append_c(prepared, '\0');
    }

    Scan scan = { self,
                  prepared->str,
                  (const guint32 *) (const void *) map->data,
                  (const guint32 *) (const void *) starts->data,
                  starts->len,
                  hits };
    if (starts->len > 0)
        apd_literals_scan(self->literals, prepared->str, prepared->len, on_literal, &scan);
    drop_addresses(text, hits);
    drop_languages(self, hits);
    g_array_sort(hits, by_place);
    drop_overlaps(hits);
    return hits;
}

guint
apd_hits_of_segment(const GArray *hits, int segment, guint *ret_n)
{
    guint low = 0, high = hits->len;

    while (low < high) {
        guint middle = (low + high) / 2;
        if (g_array_index(hits, ApdHit, middle).segment < segment)
            low = middle + 1;
        else
            high = middle;
    }
    guint end = low;
    while (end < hits->len && g_array_index(hits, ApdHit, end).segment == segment)
        end++;
    *ret_n = end - low;
    return low;
}
