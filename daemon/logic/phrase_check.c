#include "logic/phrase_check.h"

#include <string.h>

#include "logic/prepared.h"

#define MAX_GAP_WORDS 6 /* or twice as many ideographs */

/* Bytes: longer words are no words, and a hostile mail is full of them. */
#define MAX_WORD 160
#define MAX_GAP  480

typedef struct {
    const ApdPhraseBook *book;
    const ApdPhrase *phrase;
    const char *text;
    gint64 *steps;
    ApdExtents *extents;
} Walk;

static bool
is_number_byte(const char *text, size_t at)
{
    if (g_ascii_isdigit(text[at]))
        return true;

    return (text[at] == '.' || text[at] == ',') && at > 0 && g_ascii_isdigit(text[at - 1])
           && g_ascii_isdigit(text[at + 1]);
}

static void
note(size_t *list, guint *n, size_t at)
{
    for (guint i = 0; i < *n; i++)
        if (list[i] == at)
            return;
    if (*n < APD_MAX_EXTENTS)
        list[(*n)++] = at;
}

/* Whether nothing is between two parts that a blank is written between. */
static bool
is_joined(const ApdPart *left, const ApdPart *right)
{
    return left->kind == APD_PART_LITERAL && right->kind == APD_PART_LITERAL
           && apd_prepared_joins_dense(right->text) && apd_prepared_ends_dense(left->text, left->n);
}

/* Whether @part may begin at @at, or end before it, where no blank is to be passed over: most
 * do not. */
static inline bool
may_begin(const ApdPart *part, const char *text, size_t at)
{
    return part->kind != APD_PART_LITERAL || text[at] == part->head;
}

static inline bool
may_end(const ApdPart *part, const char *text, size_t at)
{
    return part->kind != APD_PART_LITERAL || (at > 0 && text[at - 1] == part->tail);
}

/* --- gaps ------------------------------------------------------------------------------ */

/* Distances from the edge of a gap to where what is beyond it may stand, nearest first. */
typedef struct {
    guint16 list[MAX_GAP + 1];
    guint32 words[MAX_GAP + 1]; /* before a gap: bits of the word that ends there, once asked for */
    guint n;
    guint32 bits; /* of the bytes that stand there */
} Places;

/* @heads: what may begin after the gap that begins at @at. */
static void
find_places_after(const char *text, size_t at, guint32 heads, Places *places)
{
    int cost = 0;

    places->n = 0;
    places->bits = 0;
    if (!apd_prepared_is_boundary(text, at))
        return;
    for (size_t p = at; cost <= 2 * MAX_GAP_WORDS && p - at <= MAX_GAP; p++) {
        guint32 bit = apd_phrase_head(text + p);
        if (text[p] != ' ' && (heads & bit) != 0 && apd_prepared_is_boundary(text, p)) {
            places->list[places->n++] = (guint16) (p - at);
            places->bits |= bit;
        }
        if (text[p] == '\0')
            break;
        if (apd_prepared_is_dense(text + p))
            cost++;
        else if (apd_text_is_word_byte(text[p]) && !apd_text_is_word_byte(text[p + 1])
                 && !apd_prepared_ends_dense(text, p + 1))
            cost += 2;
    }
}

/* @tails: what may end before the gap that ends before @at. */
static void
find_places_before(const char *text, size_t at, guint32 tails, Places *places)
{
    int cost = 0;

    places->n = 0;
    places->bits = 0;
    if (!apd_prepared_is_boundary(text, at))
        return;
    for (size_t p = at; cost <= 2 * MAX_GAP_WORDS && at - p <= MAX_GAP; p--) {
        if (p > 0 && text[p - 1] != ' ' && (tails & apd_phrase_bit(text[p - 1])) != 0
            && apd_prepared_is_boundary(text, p)) {
            places->words[places->n] = 0;
            places->list[places->n++] = (guint16) (at - p);
            places->bits |= apd_phrase_bit(text[p - 1]);
        }
        if (p == 0 || text[p - 1] == '\0')
            break;
        if (apd_prepared_is_dense(text + p - 1))
            cost++;
        else if (apd_text_is_word_byte(text[p - 1])
                 && (p < 2 || !apd_text_is_word_byte(text[p - 2])))
            cost += 2;
    }
}

/* The bytes of the word that ends at @at; all of them where it is longer than is looked at. */
static guint32
bits_of_word(const char *text, size_t at)
{
    size_t n = 0;
    guint32 bits = 0;

    for (; n < at && apd_text_is_word_byte(text[at - 1 - n]); n++) {
        if (n == MAX_WORD)
            return G_MAXUINT32;
        bits |= apd_phrase_bit(text[at - 1 - n]);
    }
    return bits;
}

/* Whether @choice, which ends with @last, may end at place @k before a gap that ends before @at.
 * Of what ends with "shipment*" every place is one: it is tried only where a word ends that has
 * all of these letters. */
static bool
may_end_there(const ApdChoice *choice, const ApdPart *last, const char *text, size_t at,
              Places *places, guint k)
{
    size_t end = at - places->list[k];

    if (last->kind != APD_PART_STAR || choice->n < 2 || last[-1].kind != APD_PART_LITERAL)
        return may_end(last, text, end);
    if (places->words[k] == 0)
        places->words[k] = bits_of_word(text, end);
    return (last[-1].ending & ~places->words[k]) == 0;
}

/* --- forward --------------------------------------------------------------------------- */

static bool next_slot(Walk *self, int slot, const ApdPart *last, bool gap, size_t at);
static bool forward(Walk *self, int slot, const ApdChoice *choice, int i, size_t at);

static bool
forward_gap(Walk *self, int slot, const ApdChoice *choice, int i, size_t at)
{
    Places places;

    find_places_after(self->text, at, G_MAXUINT32, &places);
    for (guint k = 0; k < places.n; k++)
        if (forward(self, slot, choice, i, at + places.list[k]))
            return true;
    return false;
}

static bool
forward_star(Walk *self, int slot, const ApdChoice *choice, int i, size_t at)
{
    size_t end = at;

    while (end < at + MAX_WORD && apd_text_is_word_byte(self->text[end]))
        end++;
    for (size_t p = end + 1; p-- > at;)
        if ((i == choice->n
             || may_begin(apd_phrase_part(self->book, choice->first + (guint) i), self->text, p))
            && forward(self, slot, choice, i, p))
            return true;
    return false;
}

/* Matches parts @i and on of @choice, and what follows, from @at. */
static bool
forward(Walk *self, int slot, const ApdChoice *choice, int i, size_t at)
{
    const ApdPart *part = apd_phrase_part(self->book, choice->first + (guint) i);

    if (i == choice->n)
        return next_slot(self, slot + 1, part - 1, false, at);
    if (part->kind == APD_PART_GAP)
        return forward_gap(self, slot, choice, i + 1, at);

    bool loose = part->kind == APD_PART_NUMBER || (i > 0 && part[-1].kind == APD_PART_NUMBER);
    if (loose && self->text[at] == ' ')
        at++;
    if (part->kind == APD_PART_STAR)
        return forward_star(self, slot, choice, i + 1, at);
    if (part->kind == APD_PART_LITERAL)
        return self->text[at] == part->head && strncmp(self->text + at, part->text, part->n) == 0
               && forward(self, slot, choice, i + 1, at + part->n);

    size_t end = at;
    while (is_number_byte(self->text, end))
        end++;
    return end > at && forward(self, slot, choice, i + 1, end);
}

/* Matches @choice after @last, which ended before @at, and a blank. */
static bool
forward_blank(Walk *self, int slot, const ApdChoice *choice, const ApdPart *last, size_t at)
{
    const ApdPart *first = apd_phrase_part(self->book, choice->first);

    if (self->text[at] == ' ')
        at++;
    else if (first->kind != APD_PART_NUMBER && last->kind != APD_PART_NUMBER
             && !is_joined(last, first))
        return false;
    return forward(self, slot, choice, 0, at);
}

/* Matches the slots from @slot on after a gap that begins at @at. */
static bool
slots_after_gap(Walk *self, int slot, const ApdPart *last, size_t at)
{
    const ApdElement *element = apd_phrase_element(self->book, self->phrase, slot);
    bool found = false;
    Places places;

    find_places_after(self->text, at, element->heads, &places);
    if (places.n == 0 && !element->may_miss)
        return false;
    for (guint c = 0; c < element->n && --*self->steps > 0; c++) {
        const ApdChoice *choice = apd_phrase_choice(self->book, element->first + c);
        if (choice->n > 0 && (choice->heads & places.bits) == 0)
            continue;
        const ApdPart *first = apd_phrase_part(self->book, choice->first);
        bool here = choice->n == 0 && next_slot(self, slot + 1, last, true, at);
        for (guint k = 0; k < places.n && choice->n > 0 && !here; k++)
            here = may_begin(first, self->text, at + places.list[k])
                   && forward(self, slot, choice, 0, at + places.list[k]);
        found |= here;
    }
    return found;
}

/* Matches the slots from @slot on, after @last, which ended before @at, and a @gap perhaps. */
static bool
next_slot(Walk *self, int slot, const ApdPart *last, bool gap, size_t at)
{
    bool found = false;

    if (slot == self->phrase->n) {
        if (last->kind != APD_PART_NUMBER && !apd_prepared_is_boundary(self->text, at))
            return false;
        note(self->extents->ends, &self->extents->n_ends, at);
        return true;
    }
    if (gap || apd_phrase_slot(self->book, self->phrase, slot)->after_gap)
        return slots_after_gap(self, slot, last, at);

    const ApdElement *element = apd_phrase_element(self->book, self->phrase, slot);
    guint32 bit = apd_phrase_head(self->text + at + (self->text[at] == ' '));
    if ((element->heads & bit) == 0 && !element->may_miss)
        return false;
    for (guint c = 0; c < element->n && --*self->steps > 0; c++) {
        const ApdChoice *choice = apd_phrase_choice(self->book, element->first + c);
        if (choice->n == 0)
            found |= next_slot(self, slot + 1, last, false, at);
        else if ((choice->heads & bit) != 0)
            found |= forward_blank(self, slot, choice, last, at);
    }
    return found;
}

/* --- backward -------------------------------------------------------------------------- */

static bool slot_before(Walk *self, int slot, const ApdPart *first, bool gap, size_t at);
static bool backward(Walk *self, int slot, const ApdChoice *choice, int i, size_t at);

static bool
backward_gap(Walk *self, int slot, const ApdChoice *choice, int i, size_t at)
{
    Places places;

    find_places_before(self->text, at, G_MAXUINT32, &places);
    for (guint k = 0; k < places.n; k++)
        if (backward(self, slot, choice, i, at - places.list[k]))
            return true;
    return false;
}

static bool
backward_star(Walk *self, int slot, const ApdChoice *choice, int i, size_t at)
{
    size_t start = at;

    while (start > 0 && at - start < MAX_WORD && apd_text_is_word_byte(self->text[start - 1]))
        start--;
    for (size_t p = start; p <= at; p++)
        if ((i < 0
             || may_end(apd_phrase_part(self->book, choice->first + (guint) i), self->text, p))
            && backward(self, slot, choice, i, p))
            return true;
    return false;
}

/* Matches parts @i and before of @choice, and what comes before, ending at @at. */
static bool
backward(Walk *self, int slot, const ApdChoice *choice, int i, size_t at)
{
    if (i < 0)
        return slot_before(self, slot, apd_phrase_part(self->book, choice->first), false, at);

    const ApdPart *part = apd_phrase_part(self->book, choice->first + (guint) i);
    if (part->kind == APD_PART_GAP)
        return backward_gap(self, slot, choice, i - 1, at);
    if (part->kind == APD_PART_STAR)
        return backward_star(self, slot, choice, i - 1, at);

    bool loose =
        part->kind == APD_PART_NUMBER || (i + 1 < choice->n && part[1].kind == APD_PART_NUMBER);
    if (loose && at > 0 && self->text[at - 1] == ' ')
        at--;
    if (part->kind == APD_PART_LITERAL)
        return at >= part->n && self->text[at - 1] == part->tail
               && memcmp(self->text + at - part->n, part->text, part->n) == 0
               && backward(self, slot, choice, i - 1, at - part->n);

    size_t start = at;
    while (start > 0 && is_number_byte(self->text, start - 1))
        start--;
    return start < at && backward(self, slot, choice, i - 1, start);
}

/* Matches @choice before @first, which begins at @at, and a blank. */
static bool
backward_blank(Walk *self, int slot, const ApdChoice *choice, const ApdPart *first, size_t at)
{
    const ApdPart *last = apd_phrase_part(self->book, choice->first) + choice->n - 1;

    if (at > 0 && self->text[at - 1] == ' ')
        at--;
    else if (first->kind != APD_PART_NUMBER && last->kind != APD_PART_NUMBER
             && !is_joined(last, first))
        return false;
    return backward(self, slot, choice, choice->n - 1, at);
}

/* Matches the slots up to @slot before a gap that ends before @at. */
static bool
slots_before_gap(Walk *self, int slot, const ApdPart *first, size_t at)
{
    const ApdElement *element = apd_phrase_element(self->book, self->phrase, slot);
    bool found = false;
    Places places;

    find_places_before(self->text, at, element->tails, &places);
    if (places.n == 0 && !element->may_miss)
        return false;
    for (guint c = 0; c < element->n && --*self->steps > 0; c++) {
        const ApdChoice *choice = apd_phrase_choice(self->book, element->first + c);
        if (choice->n > 0 && (choice->tails & places.bits) == 0)
            continue;
        const ApdPart *last = apd_phrase_part(self->book, choice->first + choice->n) - 1;
        bool here = choice->n == 0 && slot_before(self, slot, first, true, at);
        for (guint k = 0; k < places.n && choice->n > 0 && !here; k++)
            here = may_end_there(choice, last, self->text, at, &places, k)
                   && backward(self, slot, choice, choice->n - 1, at - places.list[k]);
        found |= here;
    }
    return found;
}

/* Matches the slots before @slot, before @first, which begins at @at, and a @gap perhaps. */
static bool
slot_before(Walk *self, int slot, const ApdPart *first, bool gap, size_t at)
{
    bool found = false;

    if (slot == 0) {
        if (first->kind != APD_PART_NUMBER && !apd_prepared_is_boundary(self->text, at))
            return false;
        note(self->extents->starts, &self->extents->n_starts, at);
        return true;
    }
    if (gap || apd_phrase_slot(self->book, self->phrase, slot)->after_gap)
        return slots_before_gap(self, slot - 1, first, at);

    const ApdElement *element = apd_phrase_element(self->book, self->phrase, slot - 1);
    size_t end = at > 0 && self->text[at - 1] == ' ' ? at - 1 : at;
    guint32 bit = end > 0 ? apd_phrase_bit(self->text[end - 1]) : 0;
    if ((element->tails & bit) == 0 && !element->may_miss)
        return false;
    for (guint c = 0; c < element->n && --*self->steps > 0; c++) {
        const ApdChoice *choice = apd_phrase_choice(self->book, element->first + c);
        if (choice->n == 0)
            found |= slot_before(self, slot - 1, first, false, at);
        else if ((choice->tails & bit) != 0)
            found |= backward_blank(self, slot - 1, choice, first, at);
    }
    return found;
}

bool
apd_phrase_check(const ApdPhraseBook *book, const ApdPhrasePlace *place, const char *text,
                 size_t at, gint64 *steps, ApdExtents *ret_extents)
{
    const ApdPart *part = apd_phrase_part(book, place->part);
    const ApdChoice *choice = apd_phrase_choice(book, place->choice);
    int i = (int) (place->part - choice->first);
    Walk walk = { book, &place->phrase, text, steps, ret_extents };

    ret_extents->n_starts = ret_extents->n_ends = 0;
    return (place->is_found || strncmp(text + at, part->text, part->n) == 0)
           && backward(&walk, place->slot, choice, i - 1, at)
           && forward(&walk, place->slot, choice, i + 1, at + part->n);
}
