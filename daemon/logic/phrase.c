#include "logic/phrase.h"

#include <string.h>

#include "base/error.h"
#include "logic/normalise.h"
#include "logic/prepared.h"

#define MAX_LENGTH  1000
#define MAX_CHOICES 4000 /* of one element */
#define MIN_WORD    2    /* bytes */

ApdPhraseBook *
apd_phrase_book_new(void)
{
    ApdPhraseBook *self = g_new0(ApdPhraseBook, 1);

    self->parts = g_array_new(FALSE, FALSE, sizeof(ApdPart));
    self->choices = g_array_new(FALSE, FALSE, sizeof(ApdChoice));
    self->elements = g_array_new(FALSE, FALSE, sizeof(ApdElement));
    self->slots = g_array_new(FALSE, FALSE, sizeof(ApdSlot));
    self->chunk = g_string_chunk_new(16384);
    self->known = g_hash_table_new(g_str_hash, g_str_equal);
    return self;
}

void
apd_phrase_book_free(ApdPhraseBook *self)
{
    if (self == NULL)
        return;

    g_array_unref(self->parts);
    g_array_unref(self->choices);
    g_array_unref(self->elements);
    g_array_unref(self->slots);
    g_string_chunk_free(self->chunk);
    g_hash_table_unref(self->known);
    g_free(self);
}

/* --- the choices of an element ------------------------------------------------------- */

/* The bracket that closes the one at @open; NULL when there is none. */
static const char *
closing(const char *open)
{
    int depth = 0;

    for (const char *p = open; *p != '\0'; p++) {
        depth += *p == '(' || *p == '[';
        depth -= *p == ')' || *p == ']';
        if (depth == 0)
            return p;
    }
    return NULL;
}

static bool expand(const char *text, GPtrArray *flat);

/* Puts each alternative between @open and @close in turn into the text. */
static bool
expand_group(const char *text, const char *open, const char *close, GPtrArray *flat)
{
    const char *from = open + 1;
    int depth = 0;

    for (const char *p = from; p <= close; p++) {
        if (depth == 0 && (p == close || *p == '|')) {
            g_autofree char *next = g_strdup_printf("%.*s%.*s%s", (int) (open - text), text,
                                                    (int) (p - from), from, close + 1);
            if (!expand(next, flat))
                return false;
            from = p + 1;
        }
        depth += *p == '(' || *p == '[';
        depth -= *p == ')' || *p == ']';
    }
    if (*open == '(')
        return true;

    g_autofree char *without = g_strdup_printf("%.*s%s", (int) (open - text), text, close + 1);
    return expand(without, flat);
}

/* Fails when a bracket stays open or there are too many combinations. */
static bool
expand(const char *text, GPtrArray *flat)
{
    const char *open = strpbrk(text, "([");

    if (flat->len >= MAX_CHOICES)
        return false;
    if (open == NULL) {
        if (strpbrk(text, ")]|") != NULL)
            return false;
        g_ptr_array_add(flat, g_strdup(text));
        return true;
    }

    const char *close = closing(open);
    return close != NULL && expand_group(text, open, close, flat);
}

/* The bytes of the word, or the part of one, at the end of @text. */
static guint32
ending_of(const char *text, size_t n)
{
    guint32 bits = 0;

    while (n > 0 && apd_text_is_word_byte(text[n - 1]))
        bits |= apd_phrase_bit(text[--n]);
    return bits;
}

static void
add_part(ApdPhraseBook *self, ApdPartKind kind, const char *text, size_t n)
{
    if (kind == APD_PART_LITERAL && n == 0)
        return;

    bool literal = kind == APD_PART_LITERAL;
    ApdPart part = { .kind = (guint8) kind };
    if (literal) {
        part.text = g_string_chunk_insert_len(self->chunk, text, (gssize) n);
        part.n = (guint16) n;
        part.head = text[0];
        part.tail = text[n - 1];
        part.ending = ending_of(text, n);
    }
    g_array_append_val(self->parts, part);
}

/* Cuts @text, prepared, into parts.  Blanks beside gaps and numbers are implied. */
static void
cut(ApdPhraseBook *self, const char *text)
{
    const char *p = text, *from = text;

    while (*p != '\0') {
        bool gap = g_str_has_prefix(p, "...");
        if (!gap && *p != '*' && *p != '#') {
            p++;
            continue;
        }
        const char *end = p;
        while (*p != '*' && end > from && end[-1] == ' ')
            end--;
        add_part(self, APD_PART_LITERAL, from, (size_t) (end - from));
        add_part(self, gap ? APD_PART_GAP : *p == '*' ? APD_PART_STAR : APD_PART_NUMBER, NULL, 0);
        bool star = *p == '*';
        p += gap ? 3 : 1;
        while (!star && *p == ' ')
            p++;
        from = p;
    }
    add_part(self, APD_PART_LITERAL, from, (size_t) (p - from));
}

/* Adds one choice to @element, and what it makes of that. */
static void
add_choice(ApdPhraseBook *self, ApdElement *element, const char *text)
{
    g_autofree char *folded = apd_normalise(text);
    g_autoptr(GString) prepared = g_string_new(NULL);
    ApdChoice choice = { .first = self->parts->len, .is_ascii = true };
    bool has_word = false;

    /* Stars are part of the phrase here, decoration in a text. */
    g_strdelimit(folded, "*", '\1');
    apd_prepared_append(prepared, folded, strlen(folded), NULL);
    g_strdelimit(prepared->str, "\1", '*');
    cut(self, g_strstrip(prepared->str));
    choice.n = (guint16) (self->parts->len - choice.first);
    for (guint i = 0; i < choice.n; i++) {
        const ApdPart *part = apd_phrase_part(self, choice.first + i);
        has_word |= part->n >= MIN_WORD;
        choice.is_ascii &= part->text == NULL || g_str_is_ascii(part->text);
        element->has_edge |= part->kind == APD_PART_GAP && (i == 0 || i + 1 == choice.n);
    }
    if (choice.n > 0) {
        const ApdPart *first = apd_phrase_part(self, choice.first), *last = first + choice.n - 1;
        bool opens = first->kind == APD_PART_LITERAL, closes = last->kind == APD_PART_LITERAL;
        choice.heads = opens ? apd_phrase_head(first->text) : G_MAXUINT32;
        choice.tails = closes ? apd_phrase_bit(last->tail) : G_MAXUINT32;
    }
    element->heads |= choice.heads;
    element->tails |= choice.tails;
    element->may_miss |= choice.n == 0;
    element->has_word &= has_word;
    element->is_ascii &= choice.is_ascii;
    element->is_other &= !choice.is_ascii;
    element->n++;
    g_array_append_val(self->choices, choice);
}

/* Returns: the number of the element @text, or -1 when it is not well formed. */
static int
find_element(ApdPhraseBook *self, const char *text)
{
    int known = GPOINTER_TO_INT(g_hash_table_lookup(self->known, text)) - 1;
    g_autoptr(GPtrArray) flat = g_ptr_array_new_with_free_func(g_free);

    if (known >= 0)
        return known;
    if (!expand(text, flat))
        return -1;

    ApdElement element = {
        .first = self->choices->len, .has_word = true, .is_ascii = true, .is_other = true
    };
    for (guint i = 0; i < flat->len; i++)
        add_choice(self, &element, flat->pdata[i]);
    g_array_append_val(self->elements, element);
    g_hash_table_insert(self->known, g_string_chunk_insert(self->chunk, text),
                        GINT_TO_POINTER(self->elements->len));
    return (int) self->elements->len - 1;
}

/* --- the slots of a phrase ------------------------------------------------------------ */

/* Length of the element that @text begins with: up to a blank or a gap outside of brackets. */
static size_t
element_length(const char *text)
{
    int depth = 0;
    size_t i = 0;

    while (text[i] != '\0' && (depth > 0 || (text[i] != ' ' && strncmp(text + i, "...", 3) != 0))) {
        depth += text[i] == '(' || text[i] == '[';
        depth -= text[i] == ')' || text[i] == ']';
        i++;
    }
    return i;
}

/* Fills @slots; with none when @text must be taken as a whole, as it begins or ends with a gap.
 * Fails when an element is not well formed. */
static bool
fill_slots(ApdPhraseBook *self, const char *text, GArray *slots)
{
    bool gap = false;

    while (*text != '\0') {
        size_t n = element_length(text);
        if (n > 0) {
            g_autofree char *element = g_strndup(text, n);
            int number = find_element(self, element);
            if (number < 0)
                return false;
            ApdSlot slot = { (guint32) number, gap };
            g_array_append_val(slots, slot);
            gap = false;
            text += n;
        } else if (*text == ' ') {
            text++;
        } else {
            gap = true;
            text += strlen("...");
            if (slots->len == 0)
                return true;
        }
    }
    if (gap)
        g_array_set_size(slots, 0);
    return true;
}

/* Whether what apd_phrase_book_add() promises holds for these slots. */
static bool
is_good(const ApdPhraseBook *self, const GArray *slots)
{
    bool has_word = false, is_ascii = true, is_other = false, has_edge = false;

    for (guint i = 0; i < slots->len; i++) {
        const ApdElement *element =
            &g_array_index(self->elements, ApdElement, g_array_index(slots, ApdSlot, i).element);
        has_word |= element->has_word;
        is_ascii &= element->is_ascii;
        is_other |= element->is_other;
        has_edge |= element->has_edge;
    }
    return has_word && (slots->len == 1 || ((is_ascii || is_other) && !has_edge));
}

static bool
add_plain(ApdPhraseBook *self, const char *text, GArray *phrases, GError **error)
{
    g_autoptr(GArray) slots = g_array_new(FALSE, FALSE, sizeof(ApdSlot));
    bool well_formed = fill_slots(self, text, slots);

    if (well_formed && !is_good(self, slots)) {
        int whole = find_element(self, text);
        ApdSlot slot = { (guint32) whole, false };
        well_formed = whole >= 0;
        g_array_set_size(slots, 0);
        g_array_append_val(slots, slot);
    }
    if (!well_formed) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "'%.80s': a bracket is missing, or more than %d combinations", text,
                    MAX_CHOICES);
        return false;
    }
    if (!is_good(self, slots)) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "'%.80s': needs a word of at least two letters", text);
        return false;
    }

    ApdPhrase phrase = { self->slots->len, (guint16) slots->len };
    g_array_append_vals(self->slots, slots->data, slots->len);
    g_array_append_val(phrases, phrase);
    return true;
}

/* "((a|b) c|d ... e)" is two phrases. */
static bool
add_each(ApdPhraseBook *self, const char *text, GArray *phrases, GError **error)
{
    const char *end = *text == '(' ? closing(text) : NULL, *from = text + 1;
    int depth = 0;

    if (end == NULL || end[1] != '\0')
        return add_plain(self, text, phrases, error);
    for (const char *p = from; p <= end; p++) {
        if (depth == 0 && (p == end || *p == '|')) {
            g_autofree char *one = g_strstrip(g_strndup(from, (gsize) (p - from)));
            if (!add_each(self, one, phrases, error))
                return false;
            from = p + 1;
        }
        depth += *p == '(' || *p == '[';
        depth -= *p == ')' || *p == ']';
    }
    return true;
}

GArray *
apd_phrase_book_add(ApdPhraseBook *self, const char *text, GError **error)
{
    g_autoptr(GArray) phrases = g_array_new(FALSE, FALSE, sizeof(ApdPhrase));
    g_autofree char *stripped = g_strstrip(g_strdup(text));

    if (strlen(text) > MAX_LENGTH) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "'%.80s...': longer than %d bytes", text,
                    MAX_LENGTH);
        return NULL;
    }
    if (!add_each(self, stripped, phrases, error))
        return NULL;
    return g_steal_pointer(&phrases);
}
