#include "logic/extract.h"

#include <stdlib.h>
#include <string.h>

/* A number beside a word for points. */
typedef struct {
    int value; /* hundredths */
    int rank;
    int segment;
} Candidate;

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

/* Reads "2", "0.5", "0,2" before or after a points word.  -1 when it is none. */
static int
read_points(const char *text, int n)
{
    int value = 0, i = 0;

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

/* A number word of the rules ([number 2 en]) ending at @end.  -1: none. */
static int
number_word(const ApdInput *input, int segment, int from, int to)
{
    guint n, first = apd_hits_of_segment(input->hits, segment, &n);

    for (guint i = first; i < first + n; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        const ApdSignalInfo *info = apd_rules_signal(input->rules, hit->signal);
        if (strcmp(info->type, "number") == 0 && hit->start >= from && hit->end <= to)
            return atoi(info->name) * 100;
    }
    return -1;
}

static bool
is_clause_end(const char *text, int i)
{
    if (text[i] == ';' || text[i] == '(' || text[i] == ')')
        return true;
    return text[i] == ','
           && !(i > 0 && g_ascii_isdigit(text[i - 1]) && g_ascii_isdigit(text[i + 1]));
}

static void
clause_of(const ApdSegment *segment, int start, int end, int *ret_from, int *ret_to)
{
    int from = start, to = end;

    while (from > 0 && !is_clause_end(segment->folded, from - 1))
        from--;
    while (to < (int) segment->n && !is_clause_end(segment->folded, to))
        to++;
    *ret_from = from;
    *ret_to = to;
}

static int
rank_of(const ApdInput *input, int at, int start, int end)
{
    const ApdSegment *segment = apd_text_at(input->text, (guint) at);
    int from, to, rank = apd_classify_factor(input, at) / 10;

    clause_of(segment, start, end, &from, &to);
    if (segment->pair >= 0) {
        if (hits_range(input, segment->pair, "points/total", 0, G_MAXINT)
            || hits_range(input, segment->pair, "points/tariff", 0, G_MAXINT)
            || hits_range(input, segment->pair, "points/threshold", 0, G_MAXINT))
            return -1;
        rank += hits_range(input, segment->pair, "points/label", 0, G_MAXINT) ? 60 : 0;
    }
    bool imposed = hits_range(input, at, "points/imposed", from, to)
                   || hits_range(input, at, "act/deducted", from, to);
    if (hits_range(input, at, "points/tariff", from, to)
        || hits_range(input, at, "mod/example", 0, G_MAXINT)
        || hits_range(input, at, "mod/third", 0, G_MAXINT))
        return -1;
    if (hits_range(input, at, "points/threshold", from, to))
        return -1;
    if (hits_range(input, at, "points/total", from, to))
        return -1;
    /* "12 points: frozen for 7 days": a line of the tariff. */
    if (segment->zone == APD_ZONE_LABEL && !hits_range(input, at, "points/label", 0, G_MAXINT))
        return -1;
    return rank + (imposed ? 50 : 0);
}

/* "12 points: the store is frozen": a line of the tariff. */
static bool
is_tariff_line(const ApdSegment *segment, int start, int end)
{
    return g_ascii_isdigit(segment->folded[start]) && segment->folded[end] == ':';
}

static void
consider(const ApdInput *input, Candidate *best, int at, int value, int start, int end)
{
    int rank = value < 0 || value > 10000 ? -1 : rank_of(input, at, start, end);

    if (rank > best->rank) {
        best->value = value;
        best->rank = rank;
        best->segment = at;
    }
}

/* The number that stands right before or after the points word of @hit. */
static void
look_beside(const ApdInput *input, const ApdHit *hit, Candidate *best)
{
    const char *text = apd_text_at(input->text, (guint) hit->segment)->folded;
    int length = (int) apd_text_at(input->text, (guint) hit->segment)->n;
    int from = hit->start, to = hit->end;

    while (from > 0
           && (g_ascii_isdigit(text[from - 1])
               || ((text[from - 1] == '.' || text[from - 1] == ',') && from > 1
                   && g_ascii_isdigit(text[from - 2]))
               || (text[from - 1] == ' ' && from == hit->start)))
        from--;
    int stop = hit->start;
    while (stop > from && text[stop - 1] == ' ')
        stop--;
    int value = read_points(text + from, stop - from);
    if (value < 0)
        value = number_word(input, hit->segment, MAX(hit->start - 24, 0), hit->start);
    if (value >= 0
        && is_tariff_line(apd_text_at(input->text, (guint) hit->segment), from, hit->end))
        return;
    if (value >= 0) {
        consider(input, best, hit->segment, value, from, hit->end);
        return;
    }

    while (to < length
           && (text[to] == ' ' || text[to] == ':' || text[to] == '-' || text[to] == '='))
        to++;
    int end = to;
    while (end < length
           && (g_ascii_isdigit(text[end])
               || ((text[end] == '.' || text[end] == ',') && g_ascii_isdigit(text[end + 1]))))
        end++;
    if (end > to && (text[end] == '\0' || strchr(" .,;)", text[end]) != NULL))
        consider(input, best, hit->segment, read_points(text + to, end - to), hit->start, end);
}

/* "Points: 2": a value that is a number, under a label of points. */
static void
look_at_values(const ApdInput *input, Candidate *best)
{
    for (guint i = 0; i < input->text->segments->len; i++) {
        const ApdSegment *segment = apd_text_at(input->text, i);
        if (segment->pair < 0 || segment->n > 40
            || (!hits_range(input, segment->pair, "points/label", 0, G_MAXINT)
                && !hits_range(input, segment->pair, "points/word", 0, G_MAXINT)))
            continue;
        const char *p = segment->folded + strspn(segment->folded, "-+ ");
        int n = (int) strspn(p, "0123456789.,");
        while (n > 0 && !g_ascii_isdigit(p[n - 1]))
            n--;
        consider(input, best, (int) i, read_points(p, n), 0, n);
    }
}

int
apd_extract_points(const ApdInput *input, ApdVerdict *verdict)
{
    int word = apd_matcher_find(apd_rules_matcher(input->rules), "points/word");
    Candidate best = { APD_NO_POINTS, 5, -1 };

    /* A change of rules is no matter of this store: all its points are tariff. */
    if (verdict->kind == APD_KIND_POLICY)
        return APD_NO_POINTS;
    look_at_values(input, &best);
    for (guint i = 0; i < input->hits->len; i++) {
        const ApdHit *hit = &g_array_index(input->hits, ApdHit, i);
        if (hit->signal == word && apd_classify_factor(input, hit->segment) > 0)
            look_beside(input, hit, &best);
    }
    if (best.segment >= 0)
        apd_verdict_add_evidence(verdict, "points",
                                 apd_text_at(input->text, (guint) best.segment)->shown);
    return best.value;
}
