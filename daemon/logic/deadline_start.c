#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "logic/deadline.h"

#define MAX_STEMS 12
#define NEAR_BY   14 /* tokens between a window and the start it names */
#define PAST      (90 * APD_DAY)
#define AHEAD     (31 * APD_DAY)

/* Dates around a window that may say when its start was: bounds the work. */
#define MAX_AROUND 24

/* What the words beside a window say it counts from. */
typedef struct {
    int first, last; /* tokens of those words and of what follows them */
    bool is_notice;  /* the message itself */
    int anchor;      /* an ApdAnchor; -1 for none */
    int n;
    struct {
        const char *text; /* borrowed: a word cut to its stem */
        size_t length;
    } stems[MAX_STEMS];
} Start;

static bool
is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* A word is known by its first letters: "creation" and "created" are one.  Returns
 * the length of the stem of the word at @text, 0 for a word too short to tell. */
static size_t
stem_length(const char *text, size_t n)
{
    size_t letters = 0, at = 0;
    bool dense = n > 0 && apd_words_is_dense((unsigned char) text[0]);
    size_t least = dense ? 2 : 4, most = dense ? 2 : 5;
    while (at < n && is_letter((unsigned char) text[at]) && letters < most) {
        if (dense != apd_words_is_dense((unsigned char) text[at]))
            break;
        at++;
        while (at < n && ((unsigned char) text[at] & 0xc0) == 0x80)
            at++;
        letters++;
    }
    return letters >= least ? at : 0;
}

static bool
says_nothing(const ApdToken *token)
{
    return token->sign != 0 || token->is_number || apd_token_means(token, APD_WORD_GLUE)
           || apd_token_means(token, APD_WORD_FROM) || apd_token_means(token, APD_WORD_UNIT)
           || apd_token_means(token, APD_WORD_BOUND) || apd_token_means(token, APD_WORD_WITHIN)
           || apd_token_means(token, APD_WORD_MARK) || apd_token_means(token, APD_WORD_RANGE);
}

/* The stems of the words of one token: a phrase of the rules may be several. */
static void
take_stems(const ApdSegment *segment, const ApdToken *token, Start *start)
{
    const char *text = segment->folded;
    for (int at = token->start; at < token->end && start->n < MAX_STEMS; at++) {
        bool begins = at == token->start || text[at - 1] == ' ';
        size_t length = begins ? stem_length(text + at, segment->n - (size_t) at) : 0;
        if (length == 0)
            continue;
        start->stems[start->n].text = text + at;
        start->stems[start->n++].length = length;
    }
}

static void
take_words(const ApdDates *dates, const ApdSegment *segment, int from, int to, Start *start)
{
    for (int i = MAX(from, 0); i < to && i < (int) dates->tokens->len; i++) {
        const ApdToken *token = apd_dates_token(dates, i);
        if (apd_token_means(token, APD_WORD_ANCHOR)) {
            int anchor = token->word->value[APD_WORD_ANCHOR];
            start->is_notice |= anchor == APD_ANCHOR_NOTICE;
            start->anchor = start->anchor < 0 ? anchor : start->anchor;
        }
        if (!says_nothing(token))
            take_stems(segment, token, start);
    }
}

static bool
ends_clause(const ApdToken *token)
{
    return token->sign != 0 && strchr(".;,(", token->sign) != NULL;
}

/* "within 7 days from X": the words after the window. */
static bool
read_after(const ApdDates *dates, const ApdSegment *segment, int at, Start *start)
{
    int from = -1, end = (int) dates->tokens->len;
    for (int i = at; i < end && i < at + 8 && from < 0; i++) {
        const ApdToken *token = apd_dates_token(dates, i);
        if (apd_token_means(token, APD_WORD_FROM)
            || (i == at && apd_token_means(token, APD_WORD_GLUE)))
            from = i + 1;
        /* "three days, counted from X" */
        else if (ends_clause(token) && (i != at || token->sign != ','))
            return false;
    }
    if (from < 0)
        return false;
    int to = from;
    while (to < end && to < from + 8 && !ends_clause(apd_dates_token(dates, to)))
        to++;
    take_words(dates, segment, from, to, start);
    /* "send in 5 days the invoices of your purchase" counts from no purchase. */
    int first = from;
    while (first < to && says_nothing(apd_dates_token(dates, first)))
        first++;
    if (from == at + 1 && start->anchor == APD_ANCHOR_TRADE
        && !apd_token_means(apd_dates_token(dates, at), APD_WORD_FROM) && first < to
        && !apd_token_means(apd_dates_token(dates, first), APD_WORD_ANCHOR))
        start->anchor = -1;
    start->first = from;
    start->last = to + 2;
    return to > from;
}

/* "from X within 7 days", "X'ten itibaren 7 gün içinde", 自X之日起7日内, X之时起7日内. */
static bool
read_before(const ApdDates *dates, const ApdSegment *segment, int first, Start *start)
{
    int from = -1, depth = 0; /* what stands in brackets is of its own */
    int clause = -1;
    bool behind = false; /* a "from" that stands behind what it is about */
    for (int i = first - 1; i >= 0 && i > first - 2 * NEAR_BY; i--) {
        const ApdToken *token = apd_dates_token(dates, i);
        if (token->sign == '.' || token->sign == ';')
            break;
        depth += (token->sign == ')') - (token->sign == '(');
        behind |= depth == 0 && clause < 0 && apd_word_starts_behind(token->word);
        if (clause < 0 && token->sign == ',')
            clause = i;
        if (depth == 0 && apd_token_means(token, APD_WORD_FROM)) {
            from = i;
            break;
        }
    }
    if (from < 0 && behind)
        from = MAX(clause, MAX(first - 2 * NEAR_BY, 0) - 1);
    if (from < 0 && !behind)
        return false;
    take_words(dates, segment, from + 1, first, start);
    start->first = from;
    start->last = first;
    if (start->n == 0 && start->anchor < 0)
        take_words(dates, segment, from - 6, from, start);
    return true;
}

static int
count_stems(const Start *start, const ApdSegment *segment)
{
    int n = 0;
    for (int i = 0; i < start->n; i++) {
        const char *at = segment->folded;
        const char *end = at + segment->n;
        while ((at = memmem(at, (size_t) (end - at), start->stems[i].text, start->stems[i].length))
               != NULL) {
            if (apd_words_is_dense((unsigned char) *at) || at == segment->folded
                || !is_letter((unsigned char) at[-1])) {
                n++;
                break;
            }
            at++;
        }
    }
    return n;
}

static bool
speaks_of(const ApdTimeData *self, const ApdSegment *segment, int anchor)
{
    if (anchor < 0)
        return false;
    g_auto(ApdDates) dates = { 0 };
    apd_dates_init(&dates);
    apd_dates_split(self->words, segment->folded, segment->n, &dates);
    for (int i = 0; i < (int) dates.tokens->len; i++) {
        const ApdToken *token = apd_dates_token(&dates, i);
        if (apd_token_means(token, APD_WORD_ANCHOR)
            && token->word->value[APD_WORD_ANCHOR] == anchor)
            return true;
    }
    return false;
}

/* How well @date tells when @start was. */
static int
fit(const ApdTimeData *self, const ApdText *text, const Start *start, const ApdCandidate *date)
{
    const ApdSegment *segment = apd_text_at(text, date->segment);
    int stems = count_stems(start, segment);
    int fits = speaks_of(self, segment, start->anchor);
    if (segment->pair >= 0 && (guint) segment->pair < text->segments->len) {
        const ApdSegment *label = apd_text_at(text, (guint) segment->pair);
        int in_label = count_stems(start, label);
        stems = MAX(stems, in_label);
        fits += 2 * in_label + 2 * speaks_of(self, label, start->anchor);
    }
    /* One word of several may be chance: "the order" of "a request about the order". */
    return fits + (2 * stems >= start->n ? 2 * stems : 0);
}

static ApdTime
instant_of(const ApdTimeData *self, const ApdMention *mention, ApdTime message)
{
    ApdMention start = *mention;
    if (!start.has_time) {
        start.has_time = true;
        start.time = (ApdClockTime){ 0 };
    }
    bool no_year = start.near == APD_NEAR_NONE && start.day.year == 0;
    if (no_year)
        start.day.year =
            apd_zones_day(apd_words_zones(self->words), APD_ZONE_BEIJING, message).year;
    ApdTime at = apd_reckon_date(self, &start, message, NULL);
    if (no_year && at > message + AHEAD) {
        start.day.year--;
        at = apd_reckon_date(self, &start, message, NULL);
    }
    return at;
}

static bool
may_start(const ApdMention *date, ApdTime at, ApdTime message)
{
    return date->bound == APD_BOUND_NONE && !date->is_range_end && at > message - PAST
           && at < message + AHEAD;
}

/* "from 5 January", "from the creation of the record (5 January)", "from his
 * request, which came on 5 January". */
static bool
stands_beside(const Start *start, const ApdMention *window, const ApdMention *date, bool past)
{
    /* "5 days from the date of this letter, that is 10 March": what comes is no start of it. */
    if (start->is_notice && !past)
        return false;
    if (date->is_start && date->first - window->last < NEAR_BY && window->first - date->last <= 6)
        return true;
    if (start->last < 0)
        return false;
    if (date->first >= start->first && date->first <= start->last)
        return true;
    bool after = date->first > window->last && date->first - window->last < 2 * NEAR_BY;
    bool before = date->last < start->first && start->first - date->last < NEAR_BY
                  && start->first < window->first;
    return past && !start->is_notice && (after || before);
}

/* An event told with its time of day, and not of an order's life. */
static bool
is_event(const ApdTimeData *self, const ApdText *text, const ApdCandidate *date)
{
    const ApdSegment *segment = apd_text_at(text, date->segment);
    int pair = segment->pair;
    bool label = pair >= 0 && (guint) pair < text->segments->len;
    return date->mention.has_time && !speaks_of(self, segment, APD_ANCHOR_TRADE)
           && !(label && speaks_of(self, apd_text_at(text, (guint) pair), APD_ANCHOR_TRADE));
}

/* Returns: the date that says when @start was; NULL for none. */
static const ApdCandidate *
find_date(const ApdTimeData *self, const ApdText *text, const GArray *candidates,
          const ApdCandidate *window, const Start *start, ApdTime message)
{
    const ApdCandidate *best = NULL, *event = NULL;
    int best_fit = 0, events = 0;
    guint here = (guint) (window - &g_array_index(candidates, ApdCandidate, 0));
    guint first = here > MAX_AROUND ? here - MAX_AROUND : 0;
    for (guint i = first; i < MIN(candidates->len, here + MAX_AROUND); i++) {
        const ApdCandidate *other = &g_array_index(candidates, ApdCandidate, i);
        const ApdMention *date = &other->mention;
        if (date->type != APD_MENTION_DATE || other->role.aside)
            continue;
        ApdTime at = instant_of(self, date, message);
        /* What would be over already is the start of something else. */
        if (!may_start(date, at, message)
            || (other > window && apd_reckon_window(self, &window->mention, at, NULL) < message))
            continue;
        bool same = other->segment == window->segment;
        if (same && stands_beside(start, &window->mention, date, at <= message))
            return other;
        /* "This notice was delivered on 20 March at 10:00." */
        if (!same && start->is_notice && date->has_time && at < message + 2 * APD_DAY
            && speaks_of(self, apd_text_at(text, other->segment), APD_ANCHOR_NOTICE))
            return other;
        if (same || start->is_notice)
            continue;
        int fits = fit(self, text, start, other);
        if (at <= message && is_event(self, text, other)) {
            event = other;
            events++;
        }
        if (fits > best_fit) {
            best = other;
            best_fit = fits;
        }
    }
    /* "5 days from opening": the only event there is, by whatever word. */
    bool named = start->last >= 0 && (start->n > 0 || start->anchor > APD_ANCHOR_NOTICE);
    return best == NULL && events == 1 && named && start->anchor != APD_ANCHOR_TRADE ? event : best;
}

ApdTime
apd_deadline_window_start(const ApdTimeData *self, const ApdText *text, const GArray *candidates,
                          const ApdCandidate *window, const ApdDeadlineCase *kase, GString *how)
{
    const ApdSegment *segment = apd_text_at(text, window->segment);
    Start start = { .anchor = -1, .last = -1 };
    g_auto(ApdDates) dates = { 0 };
    apd_dates_init(&dates);
    dates.languages = apd_words_languages_beside(kase->language);
    apd_dates_split(self->words, segment->folded, segment->n, &dates);
    if (!read_after(&dates, segment, window->mention.last + 1, &start))
        read_before(&dates, segment, window->mention.first, &start);

    const ApdCandidate *named = find_date(self, text, candidates, window, &start, kase->date);
    if (named == NULL && !start.is_notice && start.anchor == APD_ANCHOR_TRADE)
        return APD_NEVER;
    if (named == NULL) {
        g_string_append(how, "; counted from the Date header (rule 5)");
        return kase->date;
    }
    ApdTime at = instant_of(self, &named->mention, kase->date);
    g_autofree char *iso = apd_time_iso(at);
    g_string_append_printf(how, "; counted from %s, the start the text names (rule 5)", iso);
    return at;
}
