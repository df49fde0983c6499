#include "logic/extract.h"

#include <string.h>

#include "logic/extract_number.h"

#define MAX_CANDIDATES 200

/* A number beside a word for points; offsets in its segment's folded form. */
typedef struct {
    int value; /* hundredths */
    int segment;
    int start, end;
} Candidate;

typedef struct {
    const ApdInput *input;
    const char *category; /* borrowed */
    bool answer;          /* to an appeal, and nothing is of this matter for certain */
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

/* "2) Points" counts the lines of a list. */
static bool
has_digit(const ApdSegment *segment)
{
    const char *text = segment->folded;
    size_t n = strspn(text, "0123456789");

    return strpbrk(text + (n > 0 && n < 3 && text[n] == ')' ? n : 0), "0123456789") != NULL;
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

/* "Points for this violation: 2": where the words of a label end, if a colon follows soon. */
static int
colon_after(const char *text, int from)
{
    int colon = from + (int) strcspn(text + from, ":,.;()0123456789");

    return text[colon] == ':' && apd_number_words_between(text, from, colon) <= 4 ? colon : from;
}

/* The number that stands right before or after the points word of @hit, or in it ("2pts"). */
static void
look_beside(Search *self, const ApdHit *hit)
{
    const ApdSegment *segment = apd_text_at(self->input->text, (guint) hit->segment);
    const char *text = segment->folded;
    int start = hit->start, end = hit->end, value;

    if (g_ascii_isdigit(text[start])) {
        while (apd_number_has_byte(text, end)
               || (end > start && apd_number_has_byte(text, end - 1)))
            end--;
        int n = 0;
        while (apd_number_has_byte(text, start + n))
            n++;
        add_candidate(self, hit->segment, apd_number_read(text + start, n), start, hit->end);
        return;
    }
    value = apd_number_before(text, hit->start, &start);
    if (value < 0)
        value = apd_number_word(self->input, hit->segment, hit->start, hit->end, &start);
    if (value >= 0) {
        if (!is_tariff_line(segment, start, hit->end))
            add_candidate(self, hit->segment, value, start, hit->end);
        return;
    }
    int label_end = MAX(hit->end, end_of(self->input, hit, "points/label"));
    value = apd_number_after(text, label_end, &end);
    if (value < 0)
        value = apd_number_after(text, colon_after(text, label_end), &end);
    if (value < 0)
        value = apd_number_word_after(self->input, hit->segment, label_end, &end);
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
        int end, start = 0, value = apd_number_after(segment->folded, 0, &end);
        if (value < 0) {
            value = apd_number_word(input, (int) i, 0, (int) segment->n, &start);
            end = (int) segment->n;
            value = start <= 2 ? value : -1;
        }
        add_candidate(self, (int) i, value, 0, end);
    }
}

/* "2 to 12 points are possible, you received 4", "11 of 12 points, 3 of them for this": a number
 * that leaves its noun out, after a clause that has it. */
static void
look_at_elided(Search *self, const ApdHit *hit)
{
    const char *text = apd_text_at(self->input->text, (guint) hit->segment)->folded;
    int start = hit->start, end;

    if (!hits_range(self->input, hit->segment, "points/word", 0, start)
        && !(hit->segment > 0 && hits(self->input, hit->segment - 1, "points/word")))
        return;
    while (start < hit->end && !g_ascii_isdigit(text[start]))
        start++;
    for (end = start; apd_number_has_byte(text, end);)
        end++;
    if (end > start && !hits_range(self->input, hit->segment, "points/word", start, end + 2))
        add_candidate(self, hit->segment, apd_number_read(text + start, end - start), start, end);
}

/* --- which of them ----------------------------------------------------------------- */

static bool
is_clause_end(const char *text, int i)
{
    if (text[i] == ';' || text[i] == '(' || text[i] == ')')
        return true;
    /* "0.2 - total of the year 2.4", but not "2 - 12" */
    if (text[i] == '-' && i > 0 && text[i - 1] == ' ' && text[i + 1] == ' ')
        return !g_ascii_isdigit(text[i + 2]);
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

/* "2 to 12 points", "11 of 12 points": the number of @candidate is the end of a range, or what
 * a part is taken of. */
static bool
ends_range(const ApdInput *input, const ApdSegment *segment, const Candidate *candidate)
{
    const char *text = segment->folded;
    int at = candidate->start;

    while (at > 0 && text[at - 1] == ' ')
        at--;
    if (at > 1 && strchr("-~", text[at - 1]) != NULL) {
        while (at > 1 && strchr("-~ ", text[at - 1]) != NULL)
            at--;
        return g_ascii_isdigit(text[at - 1]);
    }
    return hits_range(input, candidate->segment, "points/range", candidate->start,
                      candidate->start + 1);
}

/* "2 points per order, 6 points in total": what each of several costs, and their sum. */
static bool
is_sum_of_each(const Search *self, const Candidate *candidate, int from, int to)
{
    if (!hits_range(self->input, candidate->segment, "points/sum", from, to))
        return false;
    for (guint i = 0; i < self->candidates->len; i++) {
        const Candidate *each = &g_array_index(self->candidates, Candidate, i);
        if (each->segment != candidate->segment || each->start >= candidate->start
            || each->value == 0 || candidate->value % each->value != 0
            || candidate->value == each->value)
            continue;
        int first, last;
        clause_of(apd_text_at(self->input->text, (guint) each->segment), each, &first, &last);
        if (hits_range(self->input, each->segment, "points/tariff", first, last))
            return true;
    }
    return false;
}

static bool
is_before(const Candidate *candidate, const Candidate *other)
{
    return candidate->segment < other->segment
           || (candidate->segment == other->segment && candidate->end <= other->start);
}

/* The candidate nearest before @than of those that no word makes a total; NULL: none. */
static const Candidate *
part_before(const Search *self, const Candidate *than)
{
    const Candidate *last = NULL;

    for (guint i = 0; i < self->candidates->len; i++) {
        const Candidate *part = &g_array_index(self->candidates, Candidate, i);
        int from, to;
        if (!is_before(part, than) || (last != NULL && !is_before(last, part)))
            continue;
        clause_of(apd_text_at(self->input->text, (guint) part->segment), part, &from, &to);
        if (!is_generic(self->input, part->segment, from, to))
            last = part;
    }
    return last;
}

/* "Order 1: 1.5 points", "Order 2: 2.5 points", "Deducted in total: 4 points": what is taken is
 * exactly what the numbers before it, at least two, come to. */
static bool
is_sum_of_parts(const Search *self, const Candidate *candidate, int label)
{
    const ApdInput *input = self->input;
    int from, to, sum = 0, n = 0;

    clause_of(apd_text_at(input->text, (guint) candidate->segment), candidate, &from, &to);
    bool sums = hits_range(input, candidate->segment, "points/sum", from, to)
                || (label >= 0 && hits(input, label, "points/sum"));
    bool taken = is_imposed(input, candidate->segment, from, to)
                 || (label >= 0 && is_imposed(input, label, 0, G_MAXINT));
    const Candidate *part = sums && taken ? part_before(self, candidate) : NULL;
    while (part != NULL && sum < candidate->value) {
        sum += part->value;
        n++;
        part = part_before(self, part);
    }
    return n >= 2 && sum == candidate->value;
}

static bool
is_first_of(const Search *self, const Candidate *candidate)
{
    for (guint i = 0; i < self->candidates->len; i++) {
        const Candidate *other = &g_array_index(self->candidates, Candidate, i);
        if (other->segment == candidate->segment && other->end <= candidate->start)
            return false;
    }
    return true;
}

/* An answer says of the points it is about that they stay, or come back: "the 12 points remain".
 * A total is named before its number: "your total stays at 30". */
static bool
is_answered(const Search *self, const Candidate *candidate, int from, int to)
{
    const ApdInput *input = self->input;
    int at = candidate->segment;

    return self->answer && !hits_range(input, at, "points/tariff", from, to)
           && !hits_range(input, at, "points/threshold", from, to)
           && (!hits_range(input, at, "points/total", from, candidate->end)
               || (is_imposed(input, at, from, to)
                   && !hits_range(input, at, "points/sum", from, to)));
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
    /* There another seller is who was harmed, not who got the points. */
    bool harmed = g_strcmp0(self->category, "trade.unfair-competition") == 0;

    clause_of(segment, candidate, &from, &to);
    bool imposed = is_imposed(input, at, from, to);
    if (ends_range(input, segment, candidate))
        return -1;
    /* Of several numbers in a value the label names the first. */
    int label = is_first_of(self, candidate) ? label_of(input, at) : -1;
    if (is_sum_of_parts(self, candidate, label))
        return rank + 120;
    if (label >= 0) {
        if (!imposed && is_generic(input, label, 0, G_MAXINT))
            return -1;
        rank += hits(input, label, "points/label") ? 60 : 0;
        imposed_by_label = is_imposed(input, label, 0, G_MAXINT);
    }
    if (g_strcmp0(self->category, "points.threshold") == 0 && !imposed && !imposed_by_label)
        return -1;
    limit_to_own(self, candidate, &from, &to);
    if ((is_generic(input, at, from, to) && !is_sum_of_this(input, candidate, from, to)
         && !is_sum_of_each(self, candidate, from, to) && !is_answered(self, candidate, from, to))
        || hits(input, at, "mod/example") || (hits(input, at, "mod/third") && !harmed))
        return -1;
    /* "12 points: frozen for 7 days": a line of the tariff. */
    if (segment->zone == APD_ZONE_LABEL && !hits(input, at, "points/label"))
        return -1;
    return rank + (imposed ? 50 : 0);
}

static const Candidate *
best_of(const Search *self)
{
    const Candidate *best = NULL;
    int best_rank = 5;

    for (guint i = 0; i < self->candidates->len; i++) {
        const Candidate *candidate = &g_array_index(self->candidates, Candidate, i);
        int rank = rank_of(self, candidate);
        if (rank > best_rank) {
            best_rank = rank;
            best = candidate;
        }
    }
    return best;
}

int
apd_extract_points(const ApdInput *input, ApdVerdict *verdict)
{
    int word = apd_matcher_find(apd_rules_matcher(input->rules), "points/word");
    int elided = apd_matcher_find(apd_rules_matcher(input->rules), "points/elided");
    g_autoptr(GArray) candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    Search self = { input, verdict->category, false, candidates };
    const Candidate *best;

    /* A change of rules is no matter of this store: all its points are tariff. */
    if (verdict->kind == APD_KIND_POLICY)
        return APD_NO_POINTS;
    look_at_values(&self);
    for (guint i = 0; i < input->hits->len; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == elided && apd_classify_factor(input, hit->segment) > 0)
            look_at_elided(&self, hit);
        if (hit->signal == word && apd_classify_factor(input, hit->segment) > 0
            && !hits_range(input, hit->segment, "points/not", hit->start, hit->end))
            look_beside(&self, hit);
    }
    best = best_of(&self);
    if (best == NULL && verdict->kind == APD_KIND_DECISION) {
        self.answer = true;
        best = best_of(&self);
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
