#include "logic/dates.h"

#include <string.h>

/* More dates than a notice has use for: bounds the work on hostile tables. */
#define MAX_MENTIONS 40

/* Between a date and its time, zone or bound. */
#define REACH 7

/* A time of day met before its date. */
typedef struct {
    int first, last; /* tokens; -1 for none */
    ApdClockTime time;
} Pending;

static const ApdToken none = { .number = -1 };

static const ApdToken *
tok(const ApdDates *self, int i)
{
    return i >= 0 && i < (int) self->tokens->len ? apd_dates_token(self, i) : &none;
}

static bool
means(const ApdDates *self, int i, ApdWordType type)
{
    return apd_token_means(tok(self, i), type);
}

static bool
is_sign(const ApdToken *token, const char *signs)
{
    return token->sign != 0 && strchr(signs, token->sign) != NULL;
}

static char
single_letter(const ApdDates *self, int i, const char *text)
{
    const ApdToken *token = tok(self, i);
    return token->glued && token->end == token->start + 1 && token->sign == 0 ? text[token->start]
                                                                              : '\0';
}

/* "18:00Z", "18:00 Z" */
static bool
is_zulu(const ApdDates *self, int i, const char *text)
{
    const ApdToken *token = tok(self, i);
    return token->sign == 0 && token->end == token->start + 1 && text[token->start] == 'z';
}

static ApdMention *
last_mention(const ApdDates *self)
{
    return self->mentions->len > 0
               ? &g_array_index(self->mentions, ApdMention, self->mentions->len - 1)
               : NULL;
}

/* What may stand between a date and its time or zone. */
static bool
is_joint(const ApdDates *self, int i, const char *text)
{
    /* 3/18（三） */
    bool weekday = tok(self, i)->chinese && tok(self, i)->number <= 7
                   && tok(self, i - 1)->sign == '(' && tok(self, i + 1)->sign == ')';
    return weekday || means(self, i, APD_WORD_GLUE) || means(self, i, APD_WORD_WEEKDAY)
           || is_sign(tok(self, i), ",()[]-.'") || single_letter(self, i, text) == 't';
}

/* Time and zone after the day, in any order.  Returns the token after. */
static int
read_after(const ApdDates *self, int at, const char *text, ApdMention *mention)
{
    int done = at;
    ApdBound bound = APD_BOUND_NONE;
    for (int i = at; i < done + REACH;) {
        int next = i;
        if (!mention->has_time)
            next = apd_dates_read_time(self, i, mention);
        if (next == i && !mention->has_time)
            next = apd_dates_read_dotted(self, i, mention);
        if (next == i && mention->zone == APD_ZONE_UNNAMED)
            next = apd_dates_read_zone(self, i, &mention->zone);
        if (next == i && mention->has_time && mention->zone == APD_ZONE_UNNAMED
            && is_zulu(self, i, text)) {
            mention->zone = APD_ZONE_OFFSET;
            next = i + 1;
        }
        if (next > i) {
            /* "antes de las 18:00": one word for both. */
            if (means(self, i, APD_WORD_BOUND))
                bound = (ApdBound) tok(self, i)->word->value[APD_WORD_BOUND];
            done = i = next;
            if (mention->has_time && mention->bound == APD_BOUND_NONE)
                mention->bound = bound;
        } else if (is_joint(self, i, text)
                   || (!mention->has_time
                       && (means(self, i, APD_WORD_BOUND)
                           || (means(self, i, APD_WORD_BOUND_END) && is_sign(tok(self, i + 1), ",")
                               && means(self, i + 2, APD_WORD_GLUE))))) {
            if (means(self, i, APD_WORD_BOUND))
                bound = (ApdBound) tok(self, i)->word->value[APD_WORD_BOUND];
            i++;
        } else {
            break;
        }
    }
    return done;
}

/* A time just before the day: "by 3:00 PM on 18 October". */
static void
take_pending(const ApdDates *self, const Pending *pending, ApdMention *mention)
{
    if (mention->has_time || pending->last < 0 || mention->first - pending->last > REACH + 3)
        return;
    int zone = APD_ZONE_UNNAMED;
    for (int i = pending->last + 1; i < mention->first; i++) {
        int next = apd_dates_read_zone(self, i, &zone);
        if (next > i)
            i = next - 1;
        else if (!means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_WEEKDAY)
                 && !means(self, i, APD_WORD_BOUND)
                 && !is_sign(tok(self, i), i == pending->last + 1 ? ".,()" : ",()"))
            return;
    }
    mention->has_time = true;
    mention->time = pending->time;
    if (mention->zone == APD_ZONE_UNNAMED)
        mention->zone = zone;
    for (int i = pending->first; i < mention->first; i++)
        if (means(self, i, APD_WORD_BOUND))
            mention->bound = (ApdBound) tok(self, i)->word->value[APD_WORD_BOUND];
    mention->first = pending->first;
}

/* "bis einschl. 1. Juli" */
static bool
ends_abbreviation(const ApdDates *self, int i)
{
    const ApdToken *word = tok(self, i - 1);
    return tok(self, i)->sign == '.' && tok(self, i)->glued && word->end - word->start <= 7
           && (apd_token_means(word, APD_WORD_INCLUSIVE) || apd_token_means(word, APD_WORD_GLUE)
               || apd_token_means(word, APD_WORD_BOUND) || apd_token_means(word, APD_WORD_WEEKDAY));
}

/* "by Wednesday next week (18 March)": words between the name of a day and its date. */
static bool
follows_weekday(const ApdDates *self, int i, int first)
{
    if (tok(self, first - 1)->sign != '(' || tok(self, i)->sign != 0)
        return false;
    for (int k = i - 1; k > i - 5; k--)
        if (means(self, k, APD_WORD_WEEKDAY))
            return true;
    return false;
}

static void
look_back(const ApdDates *self, ApdMention *mention)
{
    for (int i = mention->first - 1; i >= mention->first - REACH && i >= 0; i--) {
        if (means(self, i, APD_WORD_INCLUSIVE))
            mention->inclusive = true;
        if (means(self, i, APD_WORD_BOUND)) {
            if (mention->bound == APD_BOUND_NONE)
                mention->bound = (ApdBound) tok(self, i)->word->value[APD_WORD_BOUND];
            return;
        }
        if (means(self, i, APD_WORD_FROM)) {
            /* "11일부터 18일까지": it stands after the date it is about. */
            ApdMention *before = last_mention(self);
            bool after = before != NULL && before->type == APD_MENTION_DATE && i - before->last <= 2
                         && i - before->last > 0;
            *(after ? &before->is_start : &mention->is_start) = true;
            return;
        }
        int zone = APD_ZONE_UNNAMED;
        if (mention->zone == APD_ZONE_UNNAMED && means(self, i, APD_WORD_ZONE)) {
            apd_dates_read_zone(self, i, &zone);
            mention->zone = zone;
        } else if (!means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_WEEKDAY)
                   && !follows_weekday(self, i, mention->first) && !means(self, i, APD_WORD_ZONE)
                   && !means(self, i, APD_WORD_INCLUSIVE) && !means(self, i, APD_WORD_MOMENT)
                   && !is_sign(tok(self, i), "(,\"'[:") && !ends_abbreviation(self, i)) {
            return;
        }
    }
}

static void
look_ahead(const ApdDates *self, ApdMention *mention)
{
    for (int i = mention->last + 1; i <= mention->last + REACH + 3; i++) {
        const ApdToken *token = tok(self, i);
        int zone;
        int next = apd_dates_read_zone(self, i, &zone);
        if (next > i + 1) {
            i = next - 1;
        } else if (means(self, i, APD_WORD_INCLUSIVE)) {
            mention->inclusive = true;
        } else if (means(self, i, APD_WORD_FROM) && apd_word_follows(token->word)) {
            mention->is_start = mention->bound == APD_BOUND_NONE;
            return;
        } else if (means(self, i, APD_WORD_BOUND_END)) {
            if (mention->bound == APD_BOUND_NONE)
                mention->bound = (ApdBound) token->word->value[APD_WORD_BOUND_END];
        } else if (!means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_WEEKDAY)
                   && !means(self, i, APD_WORD_ZONE) && !means(self, i, APD_WORD_CITY)
                   && !is_sign(token, "(),'[]")
                   && !(token->sign == '.' && i == mention->last + 1)) {
            return;
        }
    }
}

/* "from A to B", "A - B": the second is the end of a range. */
static void
join_range(const ApdDates *self, ApdMention *mention)
{
    ApdMention *before = last_mention(self);
    bool range = false;
    int from = before != NULL ? before->last + 1 : 0;

    for (int i = MAX(from, mention->first - 4); i < mention->first; i++)
        range = range || means(self, i, APD_WORD_RANGE) || is_sign(tok(self, i), "-~");
    if (!range)
        return;
    bool near =
        before != NULL && before->type == APD_MENTION_DATE && mention->first - before->last <= 4;
    if (near && before->bound != APD_BOUND_BEFORE) {
        before->is_range_start = true;
        mention->is_range_end = true;
        if (mention->day.year == 0 && before->day.year != 0)
            mention->day.year = before->day.year + (mention->day.month < before->day.month);
        if (before->zone == APD_ZONE_UNNAMED)
            before->zone = mention->zone;
    } else if (tok(self, mention->first - 2)->is_number
               && tok(self, mention->first - 2)->digits <= 2) {
        mention->is_range_end = true;
    }
}

/* 2026年1月5日至12日: the second has a day alone. */
static int
read_range_day(const ApdDates *self, int at, ApdMention *mention)
{
    const ApdMention *before = last_mention(self);
    if (before == NULL || before->type != APD_MENTION_DATE || before->last != at - 2
        || !(means(self, at - 1, APD_WORD_RANGE) || is_sign(tok(self, at - 1), "-~"))
        || !tok(self, at)->is_number || tok(self, at)->digits > 2
        || !means(self, at + 1, APD_WORD_MARK)
        || tok(self, at + 1)->word->value[APD_WORD_MARK] != APD_MARK_DAY)
        return at;
    mention->day = before->day;
    mention->day.day = (int) tok(self, at)->number;
    ApdDay valid = mention->day;
    if (valid.year == 0)
        valid.year = 2024;
    return apd_day_valid(valid) && mention->day.day > before->day.day ? at + 2 : at;
}

static bool
is_this_month(const ApdDates *self, int i)
{
    return means(self, i, APD_WORD_NEAR)
           && tok(self, i)->word->value[APD_WORD_NEAR] == APD_NEAR_THIS_MONTH;
}

static bool
is_ordinal(const ApdDates *self, int at, const char *text)
{
    const ApdToken *after = tok(self, at);
    return after->glued && after->end - after->start == 2
           && strstr("st nd rd th", (char[]){ text[after->start], text[after->start + 1], 0 })
                  != NULL;
}

/* 于18日18:00前, 18일까지: a day of the month, not so many days. */
static bool
is_bound_day(const ApdDates *self, int at, const char *text)
{
    if (!means(self, at + 1, APD_WORD_MARK)
        || tok(self, at + 1)->word->value[APD_WORD_MARK] != APD_MARK_DAY)
        return false;
    const ApdToken *before = tok(self, at - 1);
    bool korean = apd_word_follows(tok(self, at + 1)->word);
    /* 18号 is never so many days. */
    bool sure = strncmp(text + tok(self, at + 1)->start, "号", 3) == 0;
    bool led = apd_token_means(before, APD_WORD_WITHIN) || apd_token_means(before, APD_WORD_GLUE)
               || apd_token_means(before, APD_WORD_BOUND);
    if (korean ? led || apd_token_means(before, APD_WORD_FROM) : !led && !sure)
        return false;
    ApdMention probe = { .first = at, .zone = APD_ZONE_UNNAMED };
    probe.last = read_after(self, at + 2, text, &probe) - 1;
    look_ahead(self, &probe);
    return probe.bound != APD_BOUND_NONE;
}

/* "the last day to appeal is the 9th": a word for a deadline before it in the clause. */
static bool
is_named_end(const ApdDates *self, int at)
{
    if (!means(self, at - 1, APD_WORD_GLUE))
        return false;
    for (int i = at - 2; i > at - 9 && i >= 0 && !is_sign(tok(self, i), ".,;"); i--)
        if (means(self, i, APD_WORD_ROLE)
            && tok(self, i)->word->value[APD_WORD_ROLE] == APD_ROLE_DEADLINE)
            return true;
    return false;
}

/* "no later than the 15th", "the 15th of this month": the month is for the
 * reader to find. */
static int
read_lone_day(const ApdDates *self, int at, const char *text, ApdMention *mention)
{
    const ApdToken *day = tok(self, at);
    if (!day->is_digits || day->digits > 2 || day->number < 1 || day->number > 31
        || tok(self, at + 1)->sign == '%')
        return at;
    int next = at + 1;
    bool ordinal = is_ordinal(self, next, text);
    if (ordinal || tok(self, next)->sign == '.')
        next++;
    if (means(self, next, APD_WORD_MARK)
        && tok(self, next)->word->value[APD_WORD_MARK] == APD_MARK_DAY)
        next++;
    bool month = is_this_month(self, next) || is_this_month(self, at - 1);
    next += is_this_month(self, next);
    mention->day = (ApdDay){ 0, 0, (int) day->number };
    if (month || is_bound_day(self, at, text))
        return next;
    ApdMention probe = *mention;
    probe.first = at;
    probe.last = at + 1;
    look_back(self, &probe);
    return ordinal && (probe.bound != APD_BOUND_NONE || is_named_end(self, at)) ? at + 2 : at;
}

static int
read_date(const ApdDates *self, int at, const char *text, bool day_first, ApdMention *mention)
{
    int next = apd_dates_read_day(self, at, day_first, mention);
    if (next == at)
        next = read_range_day(self, at, mention);
    if (next == at)
        next = read_lone_day(self, at, text, mention);
    if (next == at)
        return at;
    mention->type = APD_MENTION_DATE;
    return read_after(self, next, text, mention);
}

static void
finish_date(const ApdDates *self, const Pending *pending, ApdMention *mention)
{
    take_pending(self, pending, mention);
    look_back(self, mention);
    look_ahead(self, mention);
    join_range(self, mention);
    if (mention->inclusive && mention->bound == APD_BOUND_BEFORE)
        mention->bound = APD_BOUND_BY;
}

/* "by Friday", "tomorrow noon"; a day alone says nothing.  Returns the token
 * after it, or @at. */
static int
read_near(const ApdDates *self, int at, const char *text, bool day_first, Pending *pending,
          ApdMention *mention)
{
    int next = apd_dates_read_near(self, at, day_first, mention);
    if (next == at)
        return at;
    mention->type = APD_MENTION_DATE;
    next = read_after(self, next, text, mention);
    mention->last = next - 1;
    finish_date(self, pending, mention);
    if (mention->near == APD_NEAR_THAT_DAY)
        return mention->has_time || mention->bound != APD_BOUND_NONE ? next : at;
    bool end = mention->near == APD_NEAR_END_OF_WEEK || mention->near == APD_NEAR_END_OF_MONTH;
    if (end)
        mention->bound = APD_BOUND_BY;
    /* "pour demain", "for Friday" */
    const ApdToken *before = tok(self, mention->first - 1);
    if (mention->bound == APD_BOUND_NONE && apd_token_means(before, APD_WORD_ROLE)
        && before->word->value[APD_WORD_ROLE] == APD_ROLE_DURATION)
        mention->bound = APD_BOUND_BY;
    if (mention->bound == APD_BOUND_NONE && means(self, mention->last + 1, APD_WORD_WITHIN_END))
        mention->bound = APD_BOUND_BY;
    bool timed = mention->has_time && mention->near != APD_NEAR_WEEKDAY;
    if (mention->bound == APD_BOUND_NONE && timed)
        mention->bound = APD_BOUND_BY;
    return mention->is_start || (mention->bound == APD_BOUND_NONE && !end) ? at : next;
}

/* "18 hours" after "by" is a time of day, else a window. */
static bool
is_hour_of_day(const ApdDates *self, int at)
{
    int i = at - 1;
    while (i > at - 4 && means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_BOUND))
        i--;
    return means(self, i, APD_WORD_BOUND) && !means(self, i, APD_WORD_WITHIN);
}

static void
add_mention(const ApdDates *self, ApdMention *mention)
{
    mention->start = tok(self, mention->first)->start;
    mention->end = tok(self, mention->last)->end;
    g_array_append_val(self->mentions, *mention);
}

/* One step: reads what begins at @at; returns the token after it. */
static int
read_one(const ApdDates *self, int at, const char *text, bool day_first, Pending *pending)
{
    ApdMention mention = { .first = at, .zone = APD_ZONE_UNNAMED };
    int next = read_date(self, at, text, day_first, &mention);
    if (next > at) {
        mention.last = next - 1;
        finish_date(self, pending, &mention);
        add_mention(self, &mention);
        pending->last = -1;
        return next;
    }

    mention = (ApdMention){ .first = at, .zone = APD_ZONE_UNNAMED };
    next = read_near(self, at, text, day_first, pending, &mention);
    if (next > at) {
        add_mention(self, &mention);
        pending->last = -1;
        return next;
    }

    ApdMention window = { .type = APD_MENTION_WINDOW, .first = at, .zone = APD_ZONE_UNNAMED };
    int after = apd_dates_read_window(self, at, &window);
    ApdMention clock = { 0 };
    next = apd_dates_read_time(self, at, &clock);
    window.last = after - 1;
    /* "18 h", "6 heures du soir" are hours of the day, "within 24 h" is not. */
    bool hour = next > at
                && (is_hour_of_day(self, at) || means(self, after, APD_WORD_HALF)
                    || (window.unit == APD_UNIT_HOUR && !window.within
                        && tok(self, after - 1)->end - tok(self, after - 1)->start <= 2));
    if (after > at && !hour) {
        add_mention(self, &window);
        return after;
    }
    /* "в 14-дневный срок" is no hour. */
    int beyond = next > at ? apd_dates_read_window(self, at + 1, &window) : at;
    if (beyond > next || (beyond == at + 2 && beyond == next))
        return at + 1;
    if (next > at) {
        *pending = (Pending){ at, next - 1, clock.time };
        return next;
    }
    return at + 1;
}

void
apd_dates_scan(const ApdWords *words, const char *text, size_t n, bool day_first, ApdDates *dates)
{
    Pending pending = { .last = -1 };
    bool any = false;

    g_array_set_size(dates->tokens, 0);
    g_array_set_size(dates->mentions, 0);
    apd_dates_split(words, text, n, dates);
    for (guint i = 0; i < dates->tokens->len && !any; i++)
        any = tok(dates, (int) i)->is_number || means(dates, (int) i, APD_WORD_WITHIN)
              || means(dates, (int) i, APD_WORD_NEAR) || means(dates, (int) i, APD_WORD_WEEKDAY)
              || means(dates, (int) i, APD_WORD_UNIT);
    if (!any)
        return;
    for (int i = 0; i < (int) dates->tokens->len && dates->mentions->len < MAX_MENTIONS;)
        i = read_one(dates, i, text, day_first, &pending);
    apd_dates_lend_zone(dates);
}

void
apd_dates_init(ApdDates *self)
{
    self->languages = 0;
    self->tokens = g_array_sized_new(FALSE, FALSE, sizeof(ApdToken), 64);
    self->mentions = g_array_sized_new(FALSE, FALSE, sizeof(ApdMention), 8);
}

void
apd_dates_clear(ApdDates *self)
{
    g_array_unref(self->tokens);
    g_array_unref(self->mentions);
}
