#include "logic/phrase.h"

#include <string.h>

#include "base/error.h"
#include "logic/normalise.h"
#include "model/text.h"

#define MAX_FLAT           4000
#define MAX_GAP_WORDS      6
#define MAX_GAP_IDEOGRAPHS 12

/* Bytes: longer words are no words, and a hostile mail is full of them. */
#define MAX_WORD 160
#define MAX_GAP  480

void
apd_phrase_free(ApdPhrase *self)
{
    if (self == NULL)
        return;

    for (int i = 0; i < self->n; i++)
        g_free(self->parts[i].text);
    g_free(self->parts);
    g_free(self);
}

static void
free_phrase(void *data)
{
    apd_phrase_free(data);
}

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

    if (flat->len >= MAX_FLAT)
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

static void
add_part(GArray *parts, ApdPartKind kind, const char *text, size_t n)
{
    if (kind == APD_PART_LITERAL && n == 0)
        return;

    ApdPart part = { kind, kind == APD_PART_LITERAL ? g_strndup(text, n) : NULL, n };
    g_array_append_val(parts, part);
}

/* Cuts @text, prepared, into parts.  Blanks beside gaps and numbers are implied. */
static GArray *
cut(const char *text)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(ApdPart));
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
        add_part(parts, APD_PART_LITERAL, from, (size_t) (end - from));
        add_part(parts, gap ? APD_PART_GAP : *p == '*' ? APD_PART_STAR : APD_PART_NUMBER, NULL, 0);
        bool star = *p == '*';
        p += gap ? 3 : 1;
        while (!star && *p == ' ')
            p++;
        from = p;
    }
    add_part(parts, APD_PART_LITERAL, from, (size_t) (p - from));
    return parts;
}

static ApdPhrase *
make_flat(const char *text)
{
    g_autofree char *folded = apd_normalise(text);
    g_autoptr(GString) prepared = g_string_new(NULL);

    /* Stars are part of the phrase here, decoration in a text. */
    for (char *p = folded; *p != '\0'; p++)
        if (*p == '*')
            *p = '\1';
    apd_phrase_prepare(folded, strlen(folded), prepared, NULL);
    for (char *p = prepared->str; *p != '\0'; p++)
        if (*p == '\1')
            *p = '*';

    GArray *parts = cut(g_strstrip(prepared->str));
    ApdPhrase *self = g_new0(ApdPhrase, 1);
    self->n = (int) parts->len;
    self->parts = (ApdPart *) (void *) g_array_free(parts, FALSE);
    self->anchor = -1;
    for (int i = 0; i < self->n; i++)
        if (self->parts[i].kind == APD_PART_LITERAL
            && (self->anchor < 0 || self->parts[i].n > self->parts[self->anchor].n))
            self->anchor = i;
    return self;
}

GPtrArray *
apd_phrase_parse(const char *text, GError **error)
{
    g_autoptr(GPtrArray) flat = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) phrases = g_ptr_array_new_with_free_func(free_phrase);

    if (strlen(text) > 1000 || !expand(text, flat)) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "'%.80s': a bracket is missing, or more than %d combinations", text, MAX_FLAT);
        return NULL;
    }
    for (guint i = 0; i < flat->len; i++) {
        ApdPhrase *phrase = make_flat(flat->pdata[i]);
        g_ptr_array_add(phrases, phrase);
        if (phrase->anchor < 0 || phrase->parts[phrase->anchor].n < 2) {
            g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                        "'%.80s': needs a word of at least two letters", text);
            return NULL;
        }
    }
    return g_steal_pointer(&phrases);
}

/* Ideographs, kana and Hangul: words there are not told by blanks. */
static bool
is_dense(const char *p)
{
    unsigned char u = (unsigned char) *p;
    return u >= 0xE3 && u <= 0xED;
}

static bool
ends_dense(const char *text, size_t at)
{
    size_t i = at;

    while (i > 0 && ((unsigned char) text[i - 1] & 0xC0) == 0x80)
        i--;
    return i > 0 && is_dense(text + i - 1);
}

static bool
is_soft(const char *folded, size_t n, size_t i)
{
    char c = folded[i];

    if (c == '\'')
        return i == 0 || i + 1 == n || !apd_text_is_word_byte(folded[i - 1])
               || !apd_text_is_word_byte(folded[i + 1]);
    return c == '"' || c == '-' || c == '/' || c == '[' || c == ']' || c == '*' || c == '_';
}

void
apd_phrase_prepare(const char *folded, size_t n, GString *prepared, GArray *map)
{
    size_t from = prepared->len;
    guint32 at;

    for (size_t i = 0; i < n; i++) {
        bool blank = folded[i] == ' ' || is_soft(folded, n, i);
        char last = prepared->len > from ? prepared->str[prepared->len - 1] : ' ';
        if (blank && last == ' ')
            continue;
        /* A quotation mark between two ideographs leaves nothing. */
        if (!blank && last == ' ' && prepared->len > from + 1 && is_dense(folded + i)
            && (unsigned char) folded[i] < 0xEA && ends_dense(prepared->str, prepared->len - 1)) {
            g_string_truncate(prepared, prepared->len - 1);
            if (map != NULL)
                g_array_set_size(map, map->len - 1);
        }
        at = (guint32) i;
        g_string_append_c(prepared, blank ? ' ' : folded[i]);
        if (map != NULL)
            g_array_append_val(map, at);
    }
    at = (guint32) n;
    if (map != NULL)
        g_array_append_val(map, at);
}

/* Whether a word may begin or end at @at. */
bool
apd_phrase_is_boundary(const char *text, size_t at)
{
    if (!apd_text_is_word_byte(text[at]) || at == 0 || !apd_text_is_word_byte(text[at - 1]))
        return true;

    return is_dense(text + at) || ends_dense(text, at);
}

static size_t
word_end(const char *text, size_t at)
{
    size_t limit = at + MAX_WORD;

    while (at < limit && apd_text_is_word_byte(text[at]))
        at++;
    return at;
}

static size_t
word_start(const char *text, size_t at)
{
    size_t limit = at > MAX_WORD ? at - MAX_WORD : 0;

    while (at > limit && apd_text_is_word_byte(text[at - 1]))
        at--;
    return at;
}

static bool
is_number_byte(const char *text, size_t at)
{
    if (g_ascii_isdigit(text[at]))
        return true;

    return (text[at] == '.' || text[at] == ',') && at > 0 && g_ascii_isdigit(text[at - 1])
           && g_ascii_isdigit(text[at + 1]);
}

static bool forward(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_end);
static bool backward(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_start);

static bool
forward_gap(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_end)
{
    int cost = 0;

    for (size_t p = at; cost <= 2 * MAX_GAP_WORDS && p - at <= MAX_GAP; p++) {
        if (apd_phrase_is_boundary(text, p) && text[p] != ' '
            && forward(self, text, i + 1, p, ret_end))
            return true;
        if (text[p] == '\0')
            return false;
        if (is_dense(text + p))
            cost++;
        else if (apd_text_is_word_byte(text[p]) && !apd_text_is_word_byte(text[p + 1])
                 && !ends_dense(text, p + 1))
            cost += 2;
    }
    return false;
}

static bool
forward_star(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_end)
{
    size_t end = word_end(text, at);

    if (i + 1 == self->n) {
        *ret_end = end;
        return true;
    }
    bool gap = self->parts[i + 1].kind == APD_PART_GAP;
    for (size_t p = end + 1; p-- > at;)
        if ((!gap || apd_phrase_is_boundary(text, p)) && forward(self, text, i + 1, p, ret_end))
            return true;
    return false;
}

/* Matches parts @i and on from @at. */
static bool
forward(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_end)
{
    if (i == self->n) {
        *ret_end = at;
        return apd_phrase_is_boundary(text, at) || self->parts[i - 1].kind == APD_PART_NUMBER;
    }

    const ApdPart *part = &self->parts[i];
    bool loose = i > 0 && self->parts[i - 1].kind != APD_PART_LITERAL
                 && self->parts[i - 1].kind != APD_PART_STAR;
    if (part->kind == APD_PART_GAP)
        return forward_gap(self, text, i, at, ret_end);
    if (part->kind == APD_PART_STAR)
        return forward_star(self, text, i, at, ret_end);
    if ((loose || part->kind == APD_PART_NUMBER) && text[at] == ' ')
        at++;
    if (part->kind == APD_PART_LITERAL)
        return strncmp(text + at, part->text, part->n) == 0
               && forward(self, text, i + 1, at + part->n, ret_end);

    size_t end = at;
    while (is_number_byte(text, end))
        end++;
    return end > at && forward(self, text, i + 1, end, ret_end);
}

static bool
backward_gap(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_start)
{
    int cost = 0;

    for (size_t p = at; cost <= 2 * MAX_GAP_WORDS && at - p <= MAX_GAP; p--) {
        if (apd_phrase_is_boundary(text, p) && (p == 0 || text[p - 1] != ' ')
            && backward(self, text, i - 1, p, ret_start))
            return true;
        if (p == 0 || text[p - 1] == '\0')
            return false;
        if (is_dense(text + p - 1))
            cost++;
        else if (apd_text_is_word_byte(text[p - 1])
                 && (p < 2 || !apd_text_is_word_byte(text[p - 2])))
            cost += 2;
    }
    return false;
}

static bool
backward_star(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_start)
{
    size_t start = word_start(text, at);

    if (i == 0) {
        *ret_start = start;
        return true;
    }
    for (size_t p = start; p <= at; p++)
        if (backward(self, text, i - 1, p, ret_start))
            return true;
    return false;
}

/* Matches parts @i and before, ending at @at. */
static bool
backward(const ApdPhrase *self, const char *text, int i, size_t at, size_t *ret_start)
{
    if (i < 0) {
        *ret_start = at;
        return apd_phrase_is_boundary(text, at) || self->parts[0].kind == APD_PART_NUMBER;
    }

    const ApdPart *part = &self->parts[i];
    bool loose =
        self->parts[i + 1].kind == APD_PART_GAP || self->parts[i + 1].kind == APD_PART_NUMBER;
    if (part->kind == APD_PART_GAP)
        return backward_gap(self, text, i, at, ret_start);
    if (part->kind == APD_PART_STAR)
        return backward_star(self, text, i, at, ret_start);
    if ((loose || part->kind == APD_PART_NUMBER) && at > 0 && text[at - 1] == ' ')
        at--;
    if (part->kind == APD_PART_LITERAL)
        return at >= part->n && memcmp(text + at - part->n, part->text, part->n) == 0
               && backward(self, text, i - 1, at - part->n, ret_start);

    size_t start = at;
    while (start > 0 && is_number_byte(text, start - 1))
        start--;
    return start < at && backward(self, text, i - 1, start, ret_start);
}

bool
apd_phrase_check(const ApdPhrase *self, const char *text, size_t at, size_t *ret_start,
                 size_t *ret_end)
{
    size_t start, end;

    /* The next part of a literal cannot be one: boundaries stand at the ends alone. */
    if (!backward(self, text, self->anchor - 1, at, &start)
        || !forward(self, text, self->anchor + 1, at + self->parts[self->anchor].n, &end))
        return false;

    *ret_start = start;
    *ret_end = end;
    return true;
}
