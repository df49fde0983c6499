#include "logic/trigger.h"

#include <string.h>

#include "logic/prepared.h"

/* A word of the phrases. */
typedef struct {
    guint32 uses;        /* in phrases: those of this trade are as frequent in mails */
    guint32 found[2][2]; /* as a literal that starts, ends at a boundary: its number + 1 */
} Word;

typedef struct {
    const ApdPhraseBook *book;
    ApdTriggers *made;
    GHashTable *words; /* owned: utf8 to Word */
    GArray *of_word;   /* owned, element-type guint32: the word of each trigger */
} Making;

/* Whether a word begins, and ends, where every word may. */
typedef struct {
    bool starts, ends;
} Edges;

/* The word of a choice to look for. */
typedef struct {
    guint32 part;
    guint16 skip, length;
    double cost; /* of meeting it in vain */
} Pick;

#define HUGE_COST 1e9

static Word *
word_at(const Making *self, const char *text, size_t n)
{
    g_autofree char *key = g_strndup(text, n);
    Word *word = g_hash_table_lookup(self->words, key);

    if (word == NULL) {
        word = g_new0(Word, 1);
        g_hash_table_insert(self->words, g_steal_pointer(&key), word);
    }
    return word;
}

/* The words of the literal @part, one after the other from @at.  Returns: its length, 0 for the
 * end. */
static size_t
next_word(const ApdPart *part, size_t *at)
{
    while (*at < part->n && part->text[*at] == ' ')
        (*at)++;
    return *at < part->n ? strcspn(part->text + *at, " ") : 0;
}

static void
count_words(const Making *self, const ApdElement *element, guint32 uses)
{
    for (guint c = 0; c < element->n; c++) {
        const ApdChoice *choice = apd_phrase_choice(self->book, element->first + c);
        for (guint i = 0; i < choice->n; i++) {
            const ApdPart *part = apd_phrase_part(self->book, choice->first + i);
            for (size_t at = 0, n; (n = next_word(part, &at)) > 0; at += n)
                word_at(self, part->text + at, n)->uses += uses;
        }
    }
}

static void
count_all_words(const Making *self, const GArray *phrases)
{
    g_autofree guint32 *uses = g_new0(guint32, self->book->elements->len + 1);

    for (guint i = 0; i < phrases->len; i++) {
        const ApdPhrase *phrase = &g_array_index(phrases, ApdPhrase, i);
        for (int s = 0; s < phrase->n; s++)
            uses[apd_phrase_slot(self->book, phrase, s)->element]++;
    }
    for (guint i = 0; i < self->book->elements->len; i++)
        if (uses[i] > 0)
            count_words(self, &g_array_index(self->book->elements, ApdElement, i), uses[i]);
}

/* Short words stand inside of others too. */
static double
cost_of(const Making *self, const char *text, size_t n)
{
    static const double of_length[] = { 16, 16, 16, 8, 4, 2, 2 };
    double factor = n < G_N_ELEMENTS(of_length) ? of_length[n] : 1;

    return (word_at(self, text, n)->uses + 2) * factor;
}

static void
pick_in_part(const Making *self, guint32 number, Pick *pick)
{
    const ApdPart *part = apd_phrase_part(self->book, number);

    for (size_t at = 0, n; (n = next_word(part, &at)) > 0; at += n) {
        double cost = n > 1 ? cost_of(self, part->text + at, n) : HUGE_COST;
        if (cost < pick->cost)
            *pick = (Pick){ number, (guint16) at, (guint16) n, cost };
    }
    /* "a b": no word is long enough, both together are. */
    if (part->n > 1 && pick->length == 0)
        *pick = (Pick){ number, 0, part->n, HUGE_COST / 2 };
}

/* What a gap leaves open is filled from the longest literal on, for it says most; without one
 * the rarest word does. */
static Pick
pick_word(const Making *self, const ApdChoice *choice)
{
    Pick pick = { 0, 0, 0, HUGE_COST };
    guint32 longest = choice->first, end = choice->first + choice->n;
    bool has_gap = false;

    for (guint32 i = choice->first; i < end; i++) {
        has_gap |= apd_phrase_part(self->book, i)->kind == APD_PART_GAP;
        if (apd_phrase_part(self->book, i)->n > apd_phrase_part(self->book, longest)->n)
            longest = i;
    }
    for (guint32 i = choice->first; i < end; i++)
        if (!has_gap || i == longest)
            pick_in_part(self, i, &pick);
    return pick;
}

static double
cost_of_element(const Making *self, const ApdElement *element)
{
    double cost = 0;

    for (guint c = 0; c < element->n; c++)
        cost += pick_word(self, apd_phrase_choice(self->book, element->first + c)).cost;
    return cost;
}

/* --- what stands beside a word --------------------------------------------------------- */

/* Bits for what @slot may begin with (@step 1) or end with (@step -1), a blank away; 0 when
 * that may be anything. */
static guint32
bits_of_slot(const ApdPhraseBook *book, const ApdPhrase *phrase, int slot, int step)
{
    guint32 bits = 0;

    if (slot < 0 || slot == phrase->n
        || apd_phrase_slot(book, phrase, step > 0 ? slot : slot + 1)->after_gap)
        return 0;
    const ApdElement *element = apd_phrase_element(book, phrase, slot);
    for (guint c = 0; c < element->n; c++) {
        const ApdChoice *choice = apd_phrase_choice(book, element->first + c);
        if (choice->n == 0) {
            guint32 beyond = bits_of_slot(book, phrase, slot + step, step);
            if (beyond == 0)
                return 0;
            bits |= beyond;
            continue;
        }
        const ApdPart *part =
            apd_phrase_part(book, choice->first + (step > 0 ? 0U : choice->n - 1U));
        if (part->kind != APD_PART_LITERAL || apd_prepared_is_dense(part->text)
            || apd_prepared_ends_dense(part->text, part->n))
            return 0;
        bits |= step > 0 ? apd_phrase_head(part->text) : apd_phrase_bit(part->tail);
    }
    return bits;
}

/* Whether @slot may begin (@step 1) or end (@step -1) with a number, which needs no blank beside
 * it. */
static bool
may_be_number(const ApdPhraseBook *book, const ApdPhrase *phrase, int slot, int step)
{
    if (slot < 0 || slot == phrase->n)
        return false;
    const ApdElement *element = apd_phrase_element(book, phrase, slot);
    for (guint c = 0; c < element->n; c++) {
        const ApdChoice *choice = apd_phrase_choice(book, element->first + c);
        guint32 edge = choice->first + (step > 0 ? 0U : choice->n - 1U);
        if (choice->n == 0 ? may_be_number(book, phrase, slot + step, step)
                           : apd_phrase_part(book, edge)->kind == APD_PART_NUMBER)
            return true;
    }
    return false;
}

static Edges
look_beside(const ApdPhraseBook *book, ApdTrigger *trigger)
{
    const ApdPart *part = apd_phrase_part(book, trigger->place.part);
    const ApdChoice *choice = apd_phrase_choice(book, trigger->place.choice);
    const ApdPhrase *phrase = &trigger->place.phrase;
    size_t end = (size_t) trigger->skip + trigger->length;
    int slot = trigger->place.slot;
    Edges edges = { trigger->skip > 0, end < part->n };

    if (end + 1 < part->n) {
        trigger->after = apd_phrase_head(part->text + end + 1);
    } else if (end == part->n && trigger->place.part + 1 == choice->first + choice->n) {
        trigger->after = bits_of_slot(book, phrase, slot + 1, 1);
        edges.ends = trigger->after != 0 || !may_be_number(book, phrase, slot + 1, 1);
    }
    if (trigger->skip > 1) {
        trigger->before = apd_phrase_bit(part->text[trigger->skip - 2]);
    } else if (trigger->skip == 0 && trigger->place.part == choice->first) {
        trigger->before = bits_of_slot(book, phrase, slot - 1, -1);
        edges.starts = trigger->before != 0 || !may_be_number(book, phrase, slot - 1, -1);
    }
    return edges;
}

/* --- all ------------------------------------------------------------------------------- */

static void
add_trigger(Making *self, ApdTrigger trigger)
{
    const char *text = apd_phrase_part(self->book, trigger.place.part)->text + trigger.skip;
    Edges edges = look_beside(self->book, &trigger);
    guint32 *found = &word_at(self, text, trigger.length)->found[edges.starts][edges.ends];

    if (*found == 0) {
        ApdLiteral literal = { g_string_chunk_insert_len(self->made->chunk, text, trigger.length),
                               edges.starts, edges.ends };
        g_array_append_val(self->made->words, literal);
        *found = self->made->words->len;
    }
    g_array_append_val(self->made->list, trigger);
    guint32 number = *found - 1;
    g_array_append_val(self->of_word, number);
}

/* Bytes of the longest row of literals in the slots of @phrase from @slot to the next gap, taking
 * the first choice of each.  @ret_end: the slot after that gap. */
static size_t
longest_literal(const ApdPhraseBook *book, const ApdPhrase *phrase, int slot, int *ret_end)
{
    size_t longest = 0, n = 0;
    int from = slot;

    for (; slot < phrase->n && (slot == from || !apd_phrase_slot(book, phrase, slot)->after_gap);
         slot++) {
        const ApdElement *element = apd_phrase_element(book, phrase, slot);
        const ApdChoice *choice = apd_phrase_choice(book, element->first);
        for (guint i = 0; i < choice->n; i++) {
            const ApdPart *part = apd_phrase_part(book, choice->first + i);
            n = part->kind == APD_PART_LITERAL ? n + part->n : 0;
            longest = MAX(longest, n);
        }
        n += n > 0;
    }
    *ret_end = slot;
    return longest;
}

/* Returns: the slot between @from and @to whose words are rarest, or -1. */
static int
rarest_slot(const ApdPhraseBook *book, const ApdPhrase *phrase, int from, int to,
            const double *costs)
{
    int best = -1;
    double least = HUGE_COST;

    for (int s = from; s < to; s++) {
        guint32 element = apd_phrase_slot(book, phrase, s)->element;
        if (!g_array_index(book->elements, ApdElement, element).has_word
            || (best >= 0 && costs[element] >= least))
            continue;
        least = costs[element];
        best = s;
    }
    return best;
}

/* What a gap leaves open is filled from the longest literals on, for they say most. */
static int
best_slot(const ApdPhraseBook *book, const ApdPhrase *phrase, const double *costs)
{
    size_t longest = 0;
    int best = -1;

    for (int from = 0, to; from < phrase->n; from = to) {
        size_t n = longest_literal(book, phrase, from, &to);
        int slot = rarest_slot(book, phrase, from, to, costs);
        if (slot >= 0 && (best < 0 || n > longest)) {
            longest = n;
            best = slot;
        }
    }
    return best;
}

static void
add_phrase(Making *self, const ApdPhrase *phrase, guint32 number, const double *costs)
{
    int best = best_slot(self->book, phrase, costs);

    if (best < 0)
        return;
    const ApdElement *element = apd_phrase_element(self->book, phrase, best);
    for (guint32 c = element->first; c < element->first + element->n; c++) {
        Pick pick = pick_word(self, apd_phrase_choice(self->book, c));
        bool whole = pick.length == apd_phrase_part(self->book, pick.part)->n;
        ApdPhrasePlace place = { *phrase, (guint16) best, c, pick.part, whole };
        add_trigger(self, (ApdTrigger){ place, number, pick.skip, pick.length, 0, 0 });
    }
}

/* Brings the triggers of each word together. */
static void
sort_by_word(Making *self)
{
    guint n = self->made->words->len;
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(ApdTrigger), self->made->list->len);
    g_autofree guint32 *next = g_new0(guint32, n + 2);

    for (guint i = 0; i < self->of_word->len; i++)
        next[g_array_index(self->of_word, guint32, i) + 1]++;
    for (guint i = 0; i < n; i++)
        next[i + 1] += next[i];
    g_array_append_vals(self->made->firsts, next, n + 1);
    g_array_set_size(sorted, self->made->list->len);
    for (guint i = 0; i < self->of_word->len; i++)
        g_array_index(sorted, ApdTrigger, next[g_array_index(self->of_word, guint32, i)]++) =
            g_array_index(self->made->list, ApdTrigger, i);
    g_array_unref(self->made->list);
    self->made->list = sorted;
}

ApdTriggers *
apd_triggers_new(const ApdPhraseBook *book, const GArray *phrases)
{
    ApdTriggers *made = g_new0(ApdTriggers, 1);
    g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GArray) of_word = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autofree double *costs = g_new0(double, book->elements->len + 1);
    Making self = { book, made, words, of_word };

    made->chunk = g_string_chunk_new(16384);
    made->words = g_array_new(FALSE, FALSE, sizeof(ApdLiteral));
    made->list = g_array_new(FALSE, FALSE, sizeof(ApdTrigger));
    made->firsts = g_array_new(FALSE, FALSE, sizeof(guint32));
    count_all_words(&self, phrases);
    for (guint i = 0; i < book->elements->len; i++) {
        const ApdElement *element = &g_array_index(book->elements, ApdElement, i);
        costs[i] = element->has_word ? cost_of_element(&self, element) : HUGE_COST;
    }
    for (guint i = 0; i < phrases->len; i++)
        add_phrase(&self, &g_array_index(phrases, ApdPhrase, i), i, costs);
    sort_by_word(&self);
    return made;
}

void
apd_triggers_free(ApdTriggers *self)
{
    if (self == NULL)
        return;

    g_string_chunk_free(self->chunk);
    g_array_unref(self->words);
    g_array_unref(self->list);
    g_array_unref(self->firsts);
    g_free(self);
}
