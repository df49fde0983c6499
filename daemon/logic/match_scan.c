#include "logic/match_private.h"

#include <string.h>

#include "logic/letters.h"
#include "logic/phrase_check.h"
#include "logic/prepared.h"

#define MAX_HITS 20000

/* Choices tried around words, of one text: real mails need some thousands.  The reader's limit
 * of processor time comes sooner, and is told; this ends it where there is no such limit. */
#define MAX_STEPS 1000000000

/* Bytes of a web address that are looked back over. */
#define MAX_ADDRESS 300

/* So few small words tell no language. */
#define FEW_MARKS 3

/* In percent of the language with most.  A third of the small words that it has are enough to be
 * one of the text.  Small words that change what others mean are the same in languages that are
 * none of their business: "se" is "if" here and "himself" there. */
#define SHARE          33
#define MODIFIER_SHARE 75

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
    const ApdMeaning *meaning = &g_array_index(scan->self->meanings, ApdMeaning, trigger->number);
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
fits(const ApdGate *self, const char *text, size_t at)
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
    const ApdGate *gates = (const ApdGate *) (const void *) self->gates->data;

    for (guint f = 0; f < scan->found->len; f++) {
        const Found *found = &g_array_index(scan->found, Found, f);
        if (marks && !self->has_mark[found->literal])
            continue;
        guint32 last = firsts[found->literal + 1];
        for (guint32 i = firsts[found->literal]; i < last; i++) {
            const ApdGate *gate = &gates[i];
            size_t at = found->end - gate->length;
            if (marks ? gate->need != APD_NEED_NOTHING
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
            (guint8) ((any || percent >= scan->most * SHARE ? APD_NEED_SHARE : APD_NEED_NOTHING)
                      | (any || percent >= scan->most * MODIFIER_SHARE ? APD_NEED_MODIFIER_SHARE
                                                                       : APD_NEED_NOTHING));
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
