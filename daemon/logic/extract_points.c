#include "logic/extract.h"

#include <string.h>

#define MAX_CANDIDATES 200
#define MAX_GAP        24 /* bytes between a number word and its points word */

/* A number beside a word for points; offsets in its segment's folded form. */
typedef struct {
    int value; /* hundredths */
    int segment;
    int start, end;
} Candidate;

typedef struct {
    const ApdInput *input;
    const char *category; /* borrowed */
    GArray *candidates;   /* owned, element-type Candidate, in order of the text */
} Search;

/* Whether a hit of @name overlaps [from, to) of @segment. */
static bool
hits_range(const ApdInput *input, int segment, const char *name, int from, int to)
{
    int signal = apd_matcher_find(apd_rules_matcher(input->rules), name);
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; signal >= 0 && i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == signal && hit->start < to && hit->end > from)
            return true;
    }
    return false;
}

static bool
hits(const ApdInput *input, int segment, const char *name)
{
    return hits_range(input, segment, name, 0, G_MAXINT);
}

/* --- numbers ----------------------------------------------------------------------- */

/* Reads "2", "0.5", "0,25", "1/2", "1 1/2".  -1 when it is none. */
static int
read_points(const char *text, int n)
{
    int value = 0, i = 0;

    if (n >= 3 && strncmp(text + n - 3, "1/2", 3) == 0) {
        int whole = n > 4 && text[n - 4] == ' ' ? read_points(text, n - 4) : n == 3 ? 0 : -1;
        return whole < 0 ? -1 : whole + 50;
    }
    for (; i < n && g_ascii_isdigit(text[i]) && i < 4; i++)
        value = value * 10 + (text[i] - '0');
    if (i == 0 || i > 3)
        return -1;
    value *= 100;
    if (i + 1 < n && (text[i] == '.' || text[i] == ',') && g_ascii_isdigit(text[i + 1])) {
        value += (text[i + 1] - '0') * 10;
        i += 2;
        if (i < n && g_ascii_isdigit(text[i]))
            value += text[i++] - '0';
    }
    return i == n ? value : -1;
}

static bool
is_number_byte(const char *text, int i)
{
    if (g_ascii_isdigit(text[i]))
        return true;
    return i > 0 && (text[i] == '.' || text[i] == ',' || text[i] == '/')
           && g_ascii_isdigit(text[i - 1]) && g_ascii_isdigit(text[i + 1]);
}

/* The digits that end right before @to, blanks, a hyphen and brackets between them
 * left out: "2 points", "12-point", "(2) points".  Returns: -1 when there are none. */
static int
digits_before(const char *text, int to, int *ret_start)
{
    int end = to;

    while (end > 0 && end > to - 3 && strchr(" -)]", text[end - 1]) != NULL)
        end--;
    int from = end;
    while (from > 0 && is_number_byte(text, from - 1))
        from--;
    if (end > from + 2 && from > 1 && text[from - 1] == ' ' && g_ascii_isdigit(text[from - 2])
        && strncmp(text + from, "1/2", 3) == 0)
        from -= 2;
    if (from > 0 && apd_text_is_word_byte(text[from - 1]) && (unsigned char) text[from - 1] < 0x80)
        return -1;
    *ret_start = from;
    return read_points(text + from, end - from);
}

/* The digits right after @from: "points: 2", "points -2". */
static int
digits_after(const char *text, int from, int *ret_end)
{
    int start = from;

    while (text[start] != '\0' && strchr(" :-=(+.", text[start]) != NULL && start < from + 8)
        start++;
    int end = start;
    while (is_number_byte(text, end))
        end++;
    if (end == start || (text[end] != '\0' && strchr(" .,;)/", text[end]) == NULL))
        return -1;
    *ret_end = end;
    const char *slash = memchr(text + start, '/', (size_t) (end - start));
    int n = slash != NULL && strncmp(text + start, "1/2", 3) != 0 ? (int) (slash - text) - start
                                                                  : end - start;
    return read_points(text + start, n);
}

/* "0.5" of the section [number 0.5 en]. */
static int
value_of_name(const char *name)
{
    return read_points(name, (int) strlen(name));
}

static bool
has_digit(const ApdSegment *segment)
{
    return strpbrk(segment->folded, "0123456789") != NULL;
}

/* Each ideograph counts as a word. */
static int
words_between(const char *text, int from, int to)
{
    int n = 0;

    for (int i = from; i < to; i++)
        n += (unsigned char) text[i] >= 0xE3
             || (apd_text_is_word_byte(text[i])
                 && (i == from || !apd_text_is_word_byte(text[i - 1])));
    return n;
}

/* The number word before the points word [from, to), at most one word between, or about
 * it ("due punti"); of several the nearest and longest.  -1: none. */
static int
number_word(const ApdInput *input, int segment, int from, int to, int *ret_start)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    const ApdHit *best = NULL;

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const ApdSignalInfo *info = apd_rules_signal(input->rules, hit->signal);
        if (strcmp(info->type, "number") != 0 || hit->start >= to || hit->end < from - MAX_GAP
            || (hit->end <= from ? words_between(text, hit->end, from) > 1
                                 : hit->start > from && hit->end > to))
            continue;
        if (best == NULL || hit->end > best->end
            || (hit->end == best->end && hit->start < best->start))
            best = hit;
    }
    if (best == NULL)
        return -1;
    *ret_start = best->start;
    return value_of_name(apd_rules_signal(input->rules, best->signal)->name);
}

/* The number word right behind @from: "punti due".  -1: none. */
static int
number_word_after(const ApdInput *input, int segment, int from, int *ret_end)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const ApdSignalInfo *info = apd_rules_signal(input->rules, hit->signal);
        if (strcmp(info->type, "number") != 0 || hit->start < from || hit->start > from + 3
            || words_between(text, from, hit->start) > 0)
            continue;
        *ret_end = hit->end;
        return value_of_name(info->name);
    }
    return -1;
}

/* Where a hit of @name over @word ends: "points deducted" about "points".  0: none. */
static int
end_of(const ApdInput *input, const ApdHit *word, const char *name)
{
    int signal = apd_matcher_find(apd_rules_matcher(input->rules), name);
    guint n, first = apd_hits_of_segment(input->hits, word->segment, &n);

    for (guint i = first; signal >= 0 && i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == signal && hit->start <= word->start && hit->end >= word->end)
            return hit->end;
    }
    return 0;
}

/* --- candidates -------------------------------------------------------------------- */

static void
add_candidate(Search *self, int segment, int value, int start, int end)
{
    Candidate candidate = { value, segment, start, end };

    if (value >= 0 && value <= 10000 && self->candidates->len < MAX_CANDIDATES)
        g_array_append_val(self->candidates, candidate);
}

/* "12 points: the store is frozen": a line of the tariff. */
static bool
is_tariff_line(const ApdSegment *segment, int start, int end)
{
    return g_ascii_isdigit(segment->folded[start])
           && (segment->folded[end] == ':' || segment->zone == APD_ZONE_LABEL);
}

/* The number that stands right before or after the points word of @hit, or in it ("2pts"). */
static void
look_beside(Search *self, const ApdHit *hit)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) hit->segment);
    const char *text = segment->folded;
    int start = hit->start, end = hit->end, value;

    if (g_ascii_isdigit(text[start])) {
        while (is_number_byte(text, end) || (end > start && is_number_byte(text, end - 1)))
            end--;
        int n = 0;
        while (is_number_byte(text, start + n))
            n++;
        add_candidate(self, hit->segment, read_points(text + start, n), start, hit->end);
        return;
    }
    value = digits_before(text, hit->start, &start);
    if (value < 0)
        value = number_word(self->input, hit->segment, hit->start, hit->end, &start);
    if (value >= 0) {
        if (!is_tariff_line(segment, start, hit->end))
            add_candidate(self, hit->segment, value, start, hit->end);
        return;
    }
    int label_end = MAX(hit->end, end_of(self->input, hit, "points/label"));
    value = digits_after(text, label_end, &end);
    if (value < 0)
        value = number_word_after(self->input, hit->segment, label_end, &end);
    add_candidate(self, hit->segment, value, hit->start, end);
}

/* The label of segment @at: beside it, or all there is above a bare number (a list of
 * definitions).  -1: none. */
static int
label_of(const ApdInput *input, int at)
{
    const ApdSegment *segment = apd_text_at(input->text, (guint) at);

    if (segment->pair >= 0 || at == 0 || segment->n > 4
        || strspn(segment->folded, "-0123456789.,") != segment->n)
        return segment->pair;

    int above = at - 1;
    size_t length = apd_text_at(input->text, (guint) above)->n;
    guint n, first = apd_hits_of_segment(input->hits, above, &n);
    int signal = apd_matcher_find(apd_rules_matcher(input->rules), "points/label");
    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == signal && hit->start == 0 && (size_t) hit->end == length)
            return above;
    }
    return -1;
}

/* "Points taken: 6. Objections are ...": the number ends a sentence, and more stands behind. */
static bool
begins_with_number(const ApdSegment *segment)
{
    size_t n = strspn(segment->folded, "-0123456789,");

    return n > 0 && n < 6 && segment->folded[n] == '.' && segment->folded[n + 1] == ' ';
}

/* "Points: 2": a value that is a number, under a label of points. */
static void
look_at_values(Search *self)
{
    const ApdInput *input = self->input;

    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        int label = label_of(input, (int) i);
        if (label < 0 || (segment->n > 60 && !begins_with_number(segment))
            || has_digit(apd_text_at(input->text, (guint) label))
            || (!hits(input, label, "points/label") && !hits(input, label, "points/word")))
            continue;
        int end, start = 0, value = digits_after(segment->folded, 0, &end);
        if (value < 0) {
            value = number_word(input, (int) i, 0, (int) segment->n, &start);
            end = (int) segment->n;
            value = start <= 2 ? value : -1;
        }
        add_candidate(self, (int) i, value, 0, end);
    }
}

/* --- which of them ----------------------------------------------------------------- */

static bool
is_clause_end(const char *text, int i)
{
    if (text[i] == ';' || text[i] == '(' || text[i] == ')')
        return true;
    return text[i] == ','
           && !(i > 0 && g_ascii_isdigit(text[i - 1]) && g_ascii_isdigit(text[i + 1]));
}

static void
clause_of(const ApdSegment *segment, const Candidate *candidate, int *ret_from, int *ret_to)
{
    int from = candidate->start, to = candidate->end;

    while (from > 0 && !is_clause_end(segment->folded, from - 1))
        from--;
    while (to < (int) segment->n && !is_clause_end(segment->folded, to))
        to++;
    *ret_from = from;
    *ret_to = to;
}

/* A word such as "total" speaks of the number after it in its clause, and only where
 * there is none of the number before it. */
static void
limit_to_own(const Search *self, const Candidate *candidate, int *from, int *to)
{
    for (guint i = 0; i < self->candidates->len; i++) {
        const Candidate *other = &g_array_index(self->candidates, Candidate, i);
        if (other->segment != candidate->segment)
            continue;
        if (other->end <= candidate->start && other->end > *from)
            *from = other->end;
        if (other->start >= candidate->end && other->start < *to)
            *to = candidate->end;
    }
}

static bool
is_generic(const ApdInput *input, int segment, int from, int to)
{
    return hits_range(input, segment, "points/tariff", from, to)
           || hits_range(input, segment, "points/threshold", from, to)
           || hits_range(input, segment, "points/total", from, to);
}

/* "In total 2 points are deducted for this violation": a sum, but of this matter. */
static bool
is_sum_of_this(const ApdInput *input, const Candidate *candidate, int from, int to)
{
    int at = candidate->segment;

    return hits_range(input, at, "points/this", candidate->end, to)
           && !hits_range(input, at, "points/total", candidate->end, to)
           && !hits_range(input, at, "points/tariff", from, to)
           && !hits_range(input, at, "points/threshold", from, to);
}

static bool
is_imposed(const ApdInput *input, int segment, int from, int to)
{
    return hits_range(input, segment, "points/imposed", from, to)
           || hits_range(input, segment, "points/this", from, to)
           || hits_range(input, segment, "act/deducted", from, to);
}

/* Near or over a threshold, points stand everywhere: only those that are said to be
 * taken are of this matter. */
static int
rank_of(const Search *self, const Candidate *candidate)
{
    const ApdInput *input = self->input;
    int at = candidate->segment;
    const ApdSegment *segment = apd_text_at(input->text, (guint) at);
    int from, to, rank = apd_classify_factor(input, at) / 10;
    bool imposed_by_label = false;

    clause_of(segment, candidate, &from, &to);
    bool imposed = is_imposed(input, at, from, to);
    int label = label_of(input, at);
    if (label >= 0) {
        if (!imposed && is_generic(input, label, 0, G_MAXINT))
            return -1;
        rank += hits(input, label, "points/label") ? 60 : 0;
        imposed_by_label = is_imposed(input, label, 0, G_MAXINT);
    }
    if (g_strcmp0(self->category, "points.threshold") == 0 && !imposed && !imposed_by_label)
        return -1;
    limit_to_own(self, candidate, &from, &to);
    if ((is_generic(input, at, from, to) && !is_sum_of_this(input, candidate, from, to))
        || hits(input, at, "mod/example") || hits(input, at, "mod/third"))
        return -1;
    /* "12 points: frozen for 7 days": a line of the tariff. */
    if (segment->zone == APD_ZONE_LABEL && !hits(input, at, "points/label"))
        return -1;
    return rank + (imposed ? 50 : 0);
}

int
apd_extract_points(const ApdInput *input, ApdVerdict *verdict)
{
    int word = apd_matcher_find(apd_rules_matcher(input->rules), "points/word");
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    Search self = { input, verdict->category, candidates };
    const Candidate *best = NULL;
    int best_rank = 5;

    /* A change of rules is no matter of this store: all its points are tariff. */
    if (verdict->kind == APD_KIND_POLICY)
        return APD_NO_POINTS;
    look_at_values(&self);
    for (guint i = 0; i < input->hits->len; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == word && apd_classify_factor(input, hit->segment) > 0
            && !hits_range(input, hit->segment, "points/not", hit->start, hit->end))
            look_beside(&self, hit);
    }
    for (guint i = 0; i < candidates->len; i++) {
        const Candidate *candidate = &g_array_index(candidates, Candidate, i);
        int rank = rank_of(&self, candidate);
        if (rank > best_rank) {
            best_rank = rank;
            best = candidate;
        }
    }
    if (best == NULL)
        return APD_NO_POINTS;
    apd_verdict_add_evidence(verdict, "points",
                             apd_text_at(input->text, (guint) best->segment)->shown);
    return best->value;
}

bool
apd_extract_is_tally(const ApdInput *input, int segment, size_t start, size_t end)
{
    const char *text = apd_text_at(input->text, (guint) segment)->folded;
    const ApdMatcher *matcher = apd_rules_matcher(input->rules);
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);
    size_t slash = start + strspn(text + start, "0123456789");

    if (text[slash] != '/' || slash + 1 + strspn(text + slash + 1, "0123456789") != end)
        return false;
    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        size_t word = (size_t) hit->start;
        if (strcmp(apd_matcher_name(matcher, hit->signal), "points/word") == 0 && word >= end
            && word <= end + 1)
            return true;
    }
    return false;
}
