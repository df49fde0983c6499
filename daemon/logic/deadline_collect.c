#include <string.h>

#include "logic/deadline.h"
#include "logic/deadline_clause.h"

#define MAX_SEGMENTS 3000

/* A notice has a few dates; a long list of them is something else. */
#define MAX_CANDIDATES 400

/* A date that stands alone, and the line above it that names it. */
#define MAX_VALUE_BYTES 120
#define MAX_LINE_BYTES  60

/* A day without a year that comes later than this has rather been. */
#define HALF_YEAR (180 * APD_DAY)

static bool
may_hold_time(const ApdSegment *segment)
{
    if (segment->zone == APD_ZONE_HEADING)
        return true;
    for (size_t i = 0; i < segment->n; i++) {
        unsigned char c = (unsigned char) segment->folded[i];
        if (c >= 0x80 || (c >= '0' && c <= '9'))
            return true;
    }
    /* Numbers in words need a language without digits to be long enough. */
    return segment->n >= 12;
}

/* Footers, quotes below a reply and the subject of one say nothing of now. */
static bool
is_read(const ApdText *text, const ApdSegment *segment)
{
    if (segment->depth > 0 && text->is_reply && !text->is_forward)
        return false;
    /* What a colleague writes above a forwarded notice is his own. */
    if (segment->depth == 0 && text->is_forward && segment->zone != APD_ZONE_SUBJECT)
        return false;
    return segment->zone != APD_ZONE_FOOTER || segment->n < 400;
}

static bool
is_day_first(const char *language)
{
    return language != NULL
           && strstr("de fr es it pt pl ru tr", (char[]){ language[0], language[1], 0 }) != NULL;
}

/* A label's "before" holds for the date in its value. */
static void
take_label(const ApdDates *label, ApdMention *mention)
{
    for (int i = 0; i < (int) label->tokens->len; i++) {
        const ApdToken *token = apd_dates_token(label, i);
        if (mention->type == APD_MENTION_DATE && mention->bound == APD_BOUND_NONE) {
            if (apd_token_means(token, APD_WORD_BOUND))
                mention->bound = (ApdBound) token->word->value[APD_WORD_BOUND];
            else if (apd_token_means(token, APD_WORD_BOUND_END))
                mention->bound = (ApdBound) token->word->value[APD_WORD_BOUND_END];
        }
        if (apd_token_means(token, APD_WORD_WITHIN))
            mention->within = true;
        if (mention->type == APD_MENTION_WINDOW && mention->unit == APD_UNIT_DAY
            && apd_token_means(token, APD_WORD_UNIT)
            && token->word->value[APD_WORD_UNIT] == APD_UNIT_BUSINESS_DAY)
            mention->unit = APD_UNIT_BUSINESS_DAY;
        if (mention->zone == APD_ZONE_UNNAMED && apd_token_means(token, APD_WORD_ZONE))
            apd_dates_read_zone(label, i, &mention->zone);
    }
}

/* A heading, or a short line above a short line, says what the date below it is. */
static int
label_above(const ApdText *text, guint at)
{
    const ApdSegment *segment = apd_text_at(text, at);
    if (at == 0 || segment->row >= 0 || segment->n > MAX_VALUE_BYTES)
        return -1;
    const ApdSegment *above = apd_text_at(text, at - 1);
    bool line = above->zone == APD_ZONE_BODY && MAX(above->n, segment->n) <= MAX_LINE_BYTES
                && above->n > 0 && strpbrk(above->folded, ".!?;)0123456789") == NULL;
    return (above->zone == APD_ZONE_HEADING || line) && above->row < 0 ? (int) at - 1 : -1;
}

/* Scans a segment's label into @label; returns false when it has none. */
static bool
scan_label(const ApdTimeData *self, const ApdText *text, guint index, ApdDates *label)
{
    int pair = apd_text_at(text, index)->pair;
    if (pair < 0)
        pair = label_above(text, index);
    /* "five days from today | answer": the label is the date, its value the name. */
    if (pair < 0 && apd_text_at(text, index)->zone == APD_ZONE_LABEL
        && index + 1 < text->segments->len && apd_text_at(text, index + 1)->pair == (int) index
        && apd_text_at(text, index + 1)->n <= MAX_LINE_BYTES)
        pair = (int) index + 1;
    if (pair < 0 || (guint) pair >= text->segments->len)
        return false;
    const ApdSegment *at = apd_text_at(text, (guint) pair);
    apd_dates_scan(self->words, at->folded, at->n, true, label);
    /* A cell with a date of its own names nothing; "before that day" has none. */
    bool own = false;
    for (guint i = 0; i < label->mentions->len; i++)
        own |= g_array_index(label->mentions, ApdMention, i).near != APD_NEAR_THAT_DAY;
    return !own || at->zone == APD_ZONE_HEADING;
}

static int
zone_for_all(const ApdDates *dates)
{
    bool all = false;
    int zone = APD_ZONE_UNNAMED;
    for (int i = 0; i < (int) dates->tokens->len; i++) {
        const ApdToken *token = apd_dates_token(dates, i);
        if (apd_token_means(token, APD_WORD_ROLE)
            && token->word->value[APD_WORD_ROLE] == APD_ROLE_ALL_TIMES)
            all = true;
        if (zone == APD_ZONE_UNNAMED && apd_token_means(token, APD_WORD_ZONE))
            apd_dates_read_zone(dates, i, &zone);
    }
    return all ? zone : APD_ZONE_UNNAMED;
}

static bool
has_role(const ApdDates *dates, ApdRole role)
{
    for (int i = 0; i < (int) dates->tokens->len; i++) {
        const ApdToken *token = apd_dates_token(dates, i);
        if (apd_token_means(token, APD_WORD_ROLE)
            && token->word->value[APD_WORD_ROLE] == (int) role)
            return true;
    }
    return false;
}

/* A window lies ahead, unless an answer tells of it: "no appeal came within 7 days". */
static bool
is_ahead(const ApdTimeData *self, const ApdDates *dates, const ApdMention *mention,
         const ApdDeadlineCase *kase)
{
    if (mention->type == APD_MENTION_WINDOW)
        return kase->kind != APD_KIND_DECISION || has_role(dates, APD_ROLE_IF)
               || has_role(dates, APD_ROLE_OTHERWISE);
    return kase->date == APD_NEVER || apd_reckon_date(self, mention, kase->date, NULL) > kase->date;
}

/* Something of the seller's to do, or that it is over, is named in the clause of @mention; a comma
 * right behind it, or behind its "from", parts it from its own: "from 14 March, no appeal is
 * possible". */
static bool
clause_acts(const ApdDates *dates, const ApdMention *mention)
{
    int next = mention->last + 1;

    while (next < (int) dates->tokens->len
           && apd_word_starts_behind(apd_dates_token(dates, next)->word))
        next++;
    for (int step = -1; step <= 1; step += 2) {
        int i = step < 0 ? mention->first - 1 : mention->last + 1;
        for (; i >= 0 && i < (int) dates->tokens->len; i += step) {
            const ApdToken *token = apd_dates_token(dates, i);
            int role = apd_clause_role(token);
            if (role == APD_ROLE_ACTION || role == APD_ROLE_FINAL
                || (token->word != NULL && token->word->acts))
                return true;
            if (apd_clause_ends(token) && i != next)
                break;
        }
    }
    return false;
}

/* "received after D will not be considered", "no objection after D is heard": until the end of
 * D; "from D appeals are no longer possible": until D begins, if it is they that end then; "no
 * appeal is possible 7 days after": until then. */
static void
bind_late(const ApdDates *dates)
{
    bool late = has_role(dates, APD_ROLE_LATE);
    bool nothing = has_role(dates, APD_ROLE_OVER) && !has_role(dates, APD_ROLE_CAUSE);
    bool final = has_role(dates, APD_ROLE_FINAL);
    for (guint i = 0; i < dates->mentions->len; i++) {
        ApdMention *mention = &g_array_index(dates->mentions, ApdMention, i);
        if (mention->type == APD_MENTION_WINDOW)
            mention->is_late |= final && clause_acts(dates, mention);
        if (mention->type != APD_MENTION_DATE || mention->bound == APD_BOUND_BEFORE)
            continue;
        bool after = mention->is_start && !mention->is_since && !mention->is_range_start;
        bool since = mention->is_since && (late || final);
        if (mention->is_since ? !since || !clause_acts(dates, mention)
                              : !late && !((nothing || final) && after))
            continue;
        mention->bound = mention->is_since ? APD_BOUND_BEFORE : APD_BOUND_BY;
        mention->is_start = false;
        mention->is_late = true;
    }
}

/* "extended from A to B": of the dates in one sentence the last one holds. */
static void
drop_former(const ApdTimeData *self, const ApdDates *dates, ApdTime message, GArray *candidates,
            guint first)
{
    bool extended = has_role(dates, APD_ROLE_EXTENDED);
    ApdTime latest = APD_NEVER;
    guint segment = candidates->len > 0
                        ? g_array_index(candidates, ApdCandidate, candidates->len - 1).segment
                        : 0;
    while (extended && first > 0
           && g_array_index(candidates, ApdCandidate, first - 1).segment + 2 > segment)
        first--;
    for (guint i = first; extended && i < candidates->len; i++) {
        const ApdMention *mention = &g_array_index(candidates, ApdCandidate, i).mention;
        if (mention->type == APD_MENTION_DATE) {
            ApdTime at = apd_reckon_date(self, mention, message, NULL);
            /* "You asked on 2 March": without a year it comes again in one. */
            if (mention->day.year == 0 && at > message + HALF_YEAR)
                continue;
            latest = latest == APD_NEVER ? at : MAX(latest, at);
        }
    }
    for (guint i = first; latest != APD_NEVER && i < candidates->len; i++) {
        ApdCandidate *candidate = &g_array_index(candidates, ApdCandidate, i);
        if (candidate->mention.type != APD_MENTION_DATE
            || apd_reckon_date(self, &candidate->mention, message, NULL) == latest)
            continue;
        candidate->role.score = -1000;
        candidate->role.against = APD_ROLE_FORMER;
    }
}

/* "After 18:00 on that day", "until then": the date named last, in this sentence or the one
 * before.  A time of day makes that date more exact; a bound makes one of its own.  Returns:
 * whether @mention is a date now. */
static bool
resolve_that_day(GArray *candidates, guint segment, ApdMention *mention)
{
    ApdCandidate *last = NULL;
    for (guint i = candidates->len; i > 0 && last == NULL; i--) {
        ApdCandidate *candidate = &g_array_index(candidates, ApdCandidate, i - 1);
        if (candidate->segment + 2 < segment)
            return false;
        if (candidate->mention.type == APD_MENTION_DATE)
            last = candidate;
    }
    if (last == NULL)
        return false;
    if (mention->has_time) {
        if (!last->mention.has_time) {
            last->mention.has_time = true;
            last->mention.time = mention->time;
            last->mention.zone = mention->zone;
        }
        return false;
    }
    ApdMention named = last->mention;
    named.first = mention->first;
    named.last = mention->last;
    named.start = mention->start;
    named.end = mention->end;
    named.is_start = named.is_range_start = named.is_range_end = named.is_late = false;
    /* What begins on a day begins as it does. */
    if (mention->bound == APD_BOUND_BEFORE || named.bound == APD_BOUND_NONE)
        named.bound = APD_BOUND_BEFORE;
    *mention = named;
    return true;
}

/* "Start: 2 December", "End: 16 December" below a measure: the end of what began there, unless
 * it is the seller's to do something in. */
static void
end_period(const ApdTimeData *self, GArray *candidates, guint segment, ApdTime message)
{
    if (candidates->len < 2 || message == APD_NEVER)
        return;
    ApdCandidate *end = &g_array_index(candidates, ApdCandidate, candidates->len - 1);
    const ApdCandidate *start = end - 1;
    if (!end->labelled || !end->role.only_ends || !start->labelled || end->segment != segment
        || start->segment + 2 != segment || start->mention.type != APD_MENTION_DATE
        || end->mention.type != APD_MENTION_DATE || start->role.explicit_chance
        || start->role.only_ends
        || apd_reckon_date(self, &start->mention, message, NULL)
               >= apd_reckon_date(self, &end->mention, message, NULL))
        return;
    end->role.score = MIN(end->role.score, 0);
    end->role.against = APD_ROLE_SANCTION;
}

/* A line that ends in "until" and goes on in the next. */
static void
take_continued(const ApdDates *before, ApdMention *mention)
{
    if (mention->first != 0 || before->tokens->len == 0)
        return;
    const ApdToken *last = apd_dates_token(before, (int) before->tokens->len - 1);
    bool date = mention->type == APD_MENTION_DATE;
    if (!apd_token_means(last, date ? APD_WORD_BOUND : APD_WORD_WITHIN))
        return;
    mention->continues = true;
    if (!date)
        mention->within = true;
    else if (mention->bound == APD_BOUND_NONE)
        mention->bound = (ApdBound) last->word->value[APD_WORD_BOUND];
}

int
apd_deadline_collect(const ApdTimeData *self, const ApdText *text, const ApdDeadlineCase *kase,
                     guint32 languages, GArray *candidates, bool *ret_final)
{
    g_auto(ApdDates) a = { 0 }, b = { 0 }, label = { 0 };
    apd_dates_init(&a);
    apd_dates_init(&b);
    apd_dates_init(&label);
    a.languages = b.languages = label.languages = languages;
    bool day_first = is_day_first(kase->language);
    a.year_first = b.year_first =
        kase->language != NULL
        && (g_str_has_prefix(kase->language, "zh") || g_str_has_prefix(kase->language, "ko"));
    ApdDates *now = &a, *before = &b;
    int zone = APD_ZONE_UNNAMED, paragraph = -1;

    for (guint i = 0;
         i < MIN(text->segments->len, MAX_SEGMENTS) && candidates->len < MAX_CANDIDATES; i++) {
        const ApdSegment *segment = apd_text_at(text, i);
        if (!is_read(text, segment) || !may_hold_time(segment))
            continue;
        apd_dates_scan(self->words, segment->folded, segment->n, day_first, now);
        if (zone == APD_ZONE_UNNAMED)
            zone = zone_for_all(now);
        bind_late(now);
        *ret_final =
            *ret_final || (has_role(now, APD_ROLE_FINAL) && !has_role(now, APD_ROLE_PLATFORM));
        bool labelled = now->mentions->len > 0 && scan_label(self, text, i, &label);
        bool follows = paragraph >= 0 && segment->zone != APD_ZONE_SUBJECT
                       && segment->paragraph - paragraph <= 1 && segment->row < 0;
        guint first = candidates->len;
        for (guint k = 0; k < now->mentions->len; k++) {
            ApdCandidate candidate = { .segment = i,
                                       .mention = g_array_index(now->mentions, ApdMention, k),
                                       .labelled = labelled,
                                       .quoted = segment->depth > 0 && !text->is_forward };
            if (candidate.mention.near == APD_NEAR_THAT_DAY
                && !resolve_that_day(candidates, i, &candidate.mention))
                continue;
            if (labelled)
                take_label(&label, &candidate.mention);
            else if (follows)
                take_continued(before, &candidate.mention);
            bool ahead = is_ahead(self, now, &candidate.mention, kase);
            candidate.role = apd_role_score(now, &candidate.mention, labelled ? &label : NULL,
                                            follows && !labelled ? before : NULL, ahead);
            g_array_append_val(candidates, candidate);
        }
        if (labelled)
            end_period(self, candidates, i, kase->date);
        if (candidates->len > first && kase->date != APD_NEVER)
            drop_former(self, now, kase->date, candidates, first);
        paragraph = segment->paragraph;
        ApdDates *swap = now;
        now = before;
        before = swap;
    }
    return zone;
}
