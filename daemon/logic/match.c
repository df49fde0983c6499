#include "logic/match.h"

#include <string.h>

#include "base/error.h"
#include "logic/letters.h"
#include "logic/literals.h"
#include "logic/phrase.h"
#include "logic/phrase_check.h"
#include "logic/prepared.h"
#include "logic/trigger.h"

#define MAX_HITS    20000
#define MAX_PHRASES 100000

/* Choices tried around words, of one text: real mails need some thousands.  The reader's limit
 * of processor time comes sooner, and is told; this ends it where there is no such limit. */
#define MAX_STEPS 1000000000

/* Bytes of a web address that are looked back over. */
#define MAX_ADDRESS 300

/* So few small words tell no language. */
#define FEW_MARKS 3

/* What a phrase means. */
typedef struct {
    const char *source; /* borrowed from the chunk: as it was written */
    int signal;
    int weight;
    int language; /* 1 and more: counts in a text of this language alone; 0: in any */
} Meaning;

/* What is asked of the signal of every hit. */
typedef struct {
    bool is_mark;     /* a small word that tells a language */
    bool is_modifier; /* "mod/..." */
} Trait;

/* What is asked of a trigger first, close together: most go no further. */
typedef struct {
    guint32 before, after; /* as in the trigger */
    guint16 skip, length;
    guint8 language; /* 0: any */
    guint8 need;     /* Need */
} Gate;

/* How much of its language must be in a text: a bit each. */
typedef enum {
    NEED_NOTHING = 0, /* it tells the language itself */
    NEED_SHARE = 1,
    NEED_MODIFIER_SHARE = 2,
} Need;

/* In percent of the language with most. */
/* A third of the small words that the language with most has are enough to be one of it.  Small
 * words that change what others mean are the same in languages that are none of their business:
 * "se" is "if" here and "himself" there. */
#define SHARE          33
#define MODIFIER_SHARE 75

struct ApdMatcher {
    GPtrArray *names;      /* owned, element-type utf8: signals */
    GHashTable *by_name;   /* owned: borrowed name -> number + 1 */
    GArray *traits;        /* owned, element-type Trait: of signals */
    ApdPhraseBook *book;   /* owned */
    GArray *phrases;       /* owned, element-type ApdPhrase: without slots when removed */
    GArray *meanings;      /* owned, element-type Meaning: of phrases */
    GStringChunk *chunk;   /* owned: phrases as written */
    GPtrArray *languages;  /* owned, element-type utf8: 1 is the first */
    int language;          /* of the phrases being added */
    ApdTriggers *triggers; /* owned */
    GArray *gates;         /* owned, element-type Gate: of triggers */
    bool *has_mark;        /* owned: of literals, whether a trigger of it tells a language */
    ApdLiterals *literals; /* owned */
};

ApdMatcher *
apd_matcher_new(void)
{
    ApdMatcher *self = g_new0(ApdMatcher, 1);

    self->names = g_ptr_array_new_with_free_func(g_free);
    self->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    self->traits = g_array_new(FALSE, FALSE, sizeof(Trait));
    self->book = apd_phrase_book_new();
    self->phrases = g_array_new(FALSE, FALSE, sizeof(ApdPhrase));
    self->meanings = g_array_new(FALSE, FALSE, sizeof(Meaning));
    self->chunk = g_string_chunk_new(4096);
    self->languages = g_ptr_array_new_with_free_func(g_free);
    self->gates = g_array_new(FALSE, FALSE, sizeof(Gate));
    return self;
}

void
apd_matcher_free(ApdMatcher *self)
{
    if (self == NULL)
        return;

    apd_literals_free(self->literals);
    g_array_unref(self->gates);
    g_free(self->has_mark);
    apd_triggers_free(self->triggers);
    g_ptr_array_unref(self->languages);
    g_string_chunk_free(self->chunk);
    g_array_unref(self->meanings);
    g_array_unref(self->phrases);
    apd_phrase_book_free(self->book);
    g_array_unref(self->traits);
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
        Trait trait = { g_str_has_prefix(name, APD_MATCHER_MARK), g_str_has_prefix(name, "mod/") };
        g_array_append_val(self->traits, trait);
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

bool
apd_matcher_add(ApdMatcher *self, int signal, const char *phrase, int weight, GError **error)
{
    g_autoptr(GArray) phrases = apd_phrase_book_add(self->book, phrase, error);

    if (phrases == NULL)
        return false;
    if (self->phrases->len + phrases->len > MAX_PHRASES) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "more than %d phrases", MAX_PHRASES);
        return false;
    }

    Meaning meaning = { g_string_chunk_insert(self->chunk, phrase), signal, weight,
                        self->language };
    g_array_append_vals(self->phrases, phrases->data, phrases->len);
    for (guint i = 0; i < phrases->len; i++)
        g_array_append_val(self->meanings, meaning);
    return true;
}

bool
apd_matcher_remove(ApdMatcher *self, int signal, const char *phrase)
{
    bool found = false;

    for (guint i = 0; i < self->phrases->len; i++) {
        const Meaning *meaning = &g_array_index(self->meanings, Meaning, i);
        ApdPhrase *taken_apart = &g_array_index(self->phrases, ApdPhrase, i);
        if (taken_apart->n > 0 && meaning->signal == signal
            && strcmp(meaning->source, phrase) == 0) {
            taken_apart->n = 0;
            found = true;
        }
    }
    return found;
}

/* Letters of another script stand in no text of another language. */
static int
language_of(const ApdMatcher *self, const ApdTrigger *trigger)
{
    const ApdPhrase *phrase = &trigger->place.phrase;
    bool is_ascii = true;

    if (phrase->n == 1)
        is_ascii = apd_phrase_choice(self->book, trigger->place.choice)->is_ascii;
    for (int i = 0; phrase->n > 1 && i < phrase->n; i++)
        is_ascii &= apd_phrase_element(self->book, phrase, i)->is_ascii;
    return is_ascii ? g_array_index(self->meanings, Meaning, trigger->number).language : 0;
}

static Gate
gate_of(const ApdMatcher *self, const ApdTrigger *trigger)
{
    int signal = g_array_index(self->meanings, Meaning, trigger->number).signal;
    const Trait *trait = &g_array_index(self->traits, Trait, (guint) signal);
    Need need = trait->is_mark       ? NEED_NOTHING
                : trait->is_modifier ? NEED_MODIFIER_SHARE
                                     : NEED_SHARE;

    return (Gate){ trigger->before,
                   trigger->after,
                   trigger->skip,
                   trigger->length,
                   (guint8) language_of(self, trigger),
                   (guint8) need };
}

void
apd_matcher_compile(ApdMatcher *self)
{
    self->triggers = apd_triggers_new(self->book, self->phrases);
    self->has_mark = g_new0(bool, self->triggers->words->len + 1);
    for (guint w = 0; w < self->triggers->words->len; w++) {
        guint32 last = g_array_index(self->triggers->firsts, guint32, w + 1);
        for (guint32 i = g_array_index(self->triggers->firsts, guint32, w); i < last; i++) {
            Gate gate = gate_of(self, &g_array_index(self->triggers->list, ApdTrigger, i));
            self->has_mark[w] |= gate.need == NEED_NOTHING;
            g_array_append_val(self->gates, gate);
        }
    }
    self->literals =
        apd_literals_new((const ApdLiteral *) (const void *) self->triggers->words->data,
                         self->triggers->words->len);
}

/* One scan under way. */
typedef struct {
    const ApdMatcher *self;
    const char *text; /* prepared; a NUL before and after each segment */
    const guint32 *map;
    const guint32 *segment_starts; /* in the prepared text */
    guint n_segments;
    gint64 steps;  /* left */
    GArray *found; /* element-type Found */
    int *counts;   /* of small words of each language */
    int most;      /* of them */
    GArray *hits;
    guint8 *spoken; /* of each language, and of any: the needs that the text fulfils */
} Scan;

/* A literal that stands in the text. */
typedef struct {
    guint32 literal;
    guint32 end;
} Found;

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
add_hit(const Scan *scan, const ApdTrigger *trigger, guint8 language, size_t from, size_t to)
{
    const Meaning *meaning = &g_array_index(scan->self->meanings, Meaning, trigger->number);
    ApdHit hit = { meaning->signal,       (int) segment_at(scan, from),
                   (int) scan->map[from], (int) scan->map[to - 1] + 1,
                   meaning->weight,       language };

    if (scan->hits->len < MAX_HITS)
        g_array_append_val(scan->hits, hit);
}

static void
on_literal(unsigned literal, size_t end, void *user_data)
{
    Found found = { literal, (guint32) end };
    g_array_append_val(((Scan *) user_data)->found, found);
}

/* Whether the bytes beside the word, which stands at @at of @text (with a NUL at both ends), may
 * be those of the phrase: most are not. */
static inline bool
fits(const Gate *self, const char *text, size_t at)
{
    const char *end = text + at + self->length;

    if (self->after != 0 && (*end != ' ' || (self->after & apd_phrase_head(end + 1)) == 0))
        return false;
    return at >= self->skip
           && (self->before == 0
               || (at > 1 && text[at - 1] == ' '
                   && (self->before & apd_phrase_bit(text[at - 2])) != 0));
}

static void
check_trigger(Scan *scan, guint32 number, guint8 language, size_t at)
{
    const ApdTrigger *trigger = &g_array_index(scan->self->triggers->list, ApdTrigger, number);
    ApdExtents extents;

    if (!apd_phrase_check(scan->self->book, &trigger->place, scan->text, at - trigger->skip,
                          &scan->steps, &extents))
        return;
    for (guint k = 0; k < extents.n_starts; k++)
        for (guint m = 0; m < extents.n_ends; m++)
            add_hit(scan, trigger, language, extents.starts[k], extents.ends[m]);
}

/* Looks around every literal for phrases that are @marks of a language, or that are not. */
static void
check_triggers(Scan *scan, bool marks)
{
    const ApdMatcher *self = scan->self;
    const guint32 *firsts = (const guint32 *) (const void *) self->triggers->firsts->data;
    const Gate *gates = (const Gate *) (const void *) self->gates->data;

    for (guint f = 0; f < scan->found->len; f++) {
        const Found *found = &g_array_index(scan->found, Found, f);
        if (marks && !self->has_mark[found->literal])
            continue;
        guint32 last = firsts[found->literal + 1];
        for (guint32 i = firsts[found->literal]; i < last; i++) {
            const Gate *gate = &gates[i];
            size_t at = found->end - gate->length;
            if (marks ? gate->need != NEED_NOTHING
                      : (gate->need & scan->spoken[gate->language]) == 0)
                continue;
            if (fits(gate, scan->text, at))
                check_trigger(scan, i, gate->language, at);
        }
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
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->language > y->language) - (x->language < y->language);
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

static int
number_of_language(const ApdMatcher *self, const char *language)
{
    for (guint i = 0; i < self->languages->len; i++)
        if (strcmp(self->languages->pdata[i], language) == 0)
            return (int) i + 1;
    return 0;
}

/* Two letters of one language alone say as much as a small word: "12 puan eşiği aşıldı" has none
 * of those, and "ya" and "en" of other languages in its dates. */
static void
count_letters(Scan *scan, const ApdText *text)
{
    int letters[APD_N_LETTERS] = { 0 };

    for (guint i = 0; i < text->segments->len; i++)
        apd_letters_count(apd_text_at(text, i)->shown, letters);
    for (int k = 0; k < APD_N_LETTERS; k++) {
        int language = number_of_language(scan->self, apd_letters_language(k));
        if (language > 0)
            scan->counts[language] += letters[k] / 2;
        if (language > 0 && scan->counts[language] > scan->most)
            scan->most = scan->counts[language];
    }
}

/* The hits so far are of small words alone. */
static void
count_languages(Scan *scan)
{
    for (guint i = 0; i < scan->hits->len; i++) {
        int language = g_array_index(scan->hits, ApdHit, i).language;
        /* The one that leads counts double: the shares were found so. */
        if (language > 0 && ++scan->counts[language] >= scan->most)
            scan->most = ++scan->counts[language];
    }
}

/* Of which languages there is enough in the text, as its small words tell. */
static void
find_spoken(Scan *scan)
{
    for (guint i = 0; i <= scan->self->languages->len; i++) {
        bool any = i == 0 || scan->most < FEW_MARKS;
        int percent = scan->counts[i] * 100;
        scan->spoken[i] =
            (guint8) ((any || percent >= scan->most * SHARE ? NEED_SHARE : NEED_NOTHING)
                      | (any || percent >= scan->most * MODIFIER_SHARE ? NEED_MODIFIER_SHARE
                                                                       : NEED_NOTHING));
    }
}

GArray *
apd_matcher_scan(const ApdMatcher *self, const ApdText *text)
{
    GArray *hits = g_array_new(FALSE, FALSE, sizeof(ApdHit));
    g_autoptr(GString) prepared = g_string_sized_new(text->folded->len + 1);
    g_autoptr(GArray) map =
        g_array_sized_new(FALSE, FALSE, sizeof(guint32), (guint) text->folded->len + 1);
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Found));
    g_autofree int *counts = g_new0(int, self->languages->len + 1);
    g_autofree guint8 *spoken = g_new0(guint8, self->languages->len + 1);
    guint32 zero = 0;

    g_string_append_c(prepared, '\0');
    g_array_append_val(map, zero);
    for (guint i = 0; i < text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        guint32 start = (guint32) prepared->len;
        g_array_append_val(starts, start);
        apd_prepared_append(prepared, segment->folded, segment->n, map);
        g_string_append_c(prepared, '\0');
    }

    Scan scan = { self,
                  prepared->str,
                  (const guint32 *) (const void *) map->data,
                  (const guint32 *) (const void *) starts->data,
                  starts->len,
                  MAX_STEPS,
                  found,
                  counts,
                  0,
                  hits,
                  spoken };
    if (starts->len > 0)
        apd_literals_scan(self->literals, prepared->str, prepared->len, on_literal, &scan);
    check_triggers(&scan, true);
    drop_addresses(text, hits);
    count_languages(&scan);
    count_letters(&scan, text);
    find_spoken(&scan);
    check_triggers(&scan, false);
    drop_addresses(text, hits);
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
