#include "logic/dates.h"

#include <string.h>

/* More dates than a notice has use for: bounds the work on hostile tables. */
#define MAX_MENTIONS 40

/* Between a date and its time, zone or bound. */
#define REACH 7

/* How far a time may stand from a day that is not next to it. */
#define FAR 14

/* A time of day that belongs to no day yet. */
typedef struct {
    int first, last; /* tokens; -1 for none */
    ApdClockTime time;
} Clock;

/* The times of a sentence: the one that waits for its day, and those that no day took. */
typedef struct {
    Clock pending, lone;
    int n_lone;
} Clocks;

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
int
apd_dates_read_after(const ApdDates *self, int at, const char *text, ApdMention *mention)
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
take_pending(const ApdDates *self, Clocks *clocks, ApdMention *mention)
{
    const Clock *pending = &clocks->pending;
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
    clocks->pending.last = -1;
}

/* No day took the time that waits. */
static void
set_aside(Clocks *clocks)
{
    if (clocks->pending.last < 0)
        return;
    clocks->lone = clocks->pending;
    clocks->n_lone++;
    clocks->pending.last = -1;
}

static int
distance(const ApdMention *mention, const Clock *clock)
{
    return mention->first > clock->last ? mention->first - clock->last
                                        : clock->first - mention->last;
}

/* "on 28 June, in Beijing, and not one minute past 20:00": a sentence's only lone time is of the
 * day next to it. */
static void
join_lone(const ApdDates *self, const Clock *clock)
{
    ApdMention *nearest = NULL;
    const ApdToken *first = tok(self, clock->first);

    /* "제출해 주십시오" is no ten o'clock. */
    if (first->glued && !first->is_digits && !apd_token_means(first, APD_WORD_HALF))
        return;
    for (guint i = 0; i < self->mentions->len; i++) {
        ApdMention *mention = &g_array_index(self->mentions, ApdMention, i);
        if (mention->type == APD_MENTION_DATE
            && (nearest == NULL || distance(mention, clock) < distance(nearest, clock)))
            nearest = mention;
    }
    if (nearest == NULL || nearest->has_time || distance(nearest, clock) > FAR)
        return;
    nearest->has_time = true;
    nearest->time = clock->time;
    const ApdToken *before = tok(self, clock->first - 1);
    if (nearest->bound == APD_BOUND_NONE && apd_token_means(before, APD_WORD_BOUND))
        nearest->bound = (ApdBound) before->word->value[APD_WORD_BOUND];
}

/* "alle 10:00 del 4 marzo alle 18:00 del 12 marzo": a day and its time right behind another, the
 * time first. */
static bool
is_led_by_date(const ApdDates *self, const ApdMention *before, const ApdMention *mention)
{
    if (before == NULL || before->type != APD_MENTION_DATE || !before->has_time
        || before->bound != APD_BOUND_NONE || mention->first - before->last > 3)
        return false;
    for (int i = before->last + 1; i < mention->first; i++)
        if (tok(self, i)->sign != 0)
            return false;
    return true;
}

/* "from A to B", "A - B": the second is the end of a range.  @led: its time stood before it. */
static void
join_range(const ApdDates *self, ApdMention *mention, bool led)
{
    ApdMention *before = last_mention(self);
    bool range = led && is_led_by_date(self, before, mention);
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
        || tok(self, at + 1)->word->value[APD_WORD_MARK] != APD_MARK_DAY
        /* "3월 3일부터 5일 이내" */
        || (means(self, at + 2, APD_WORD_WITHIN_END) && !means(self, at + 2, APD_WORD_BOUND_END)))
        return at;
    mention->day = before->day;
    mention->day.day = (int) tok(self, at)->number;
    ApdDay valid = mention->day;
    if (valid.year == 0)
        valid.year = 2024;
    return apd_day_valid(valid) && mention->day.day > before->day.day ? at + 2 : at;
}

/* Words may part them from it.  Returns: where a day begins at or behind @at; -1: nowhere near. */
static int
find_day(const ApdDates *self, int at, bool day_first)
{
    ApdMention other = { .zone = APD_ZONE_UNNAMED };
    int i = at;

    while (i < at + 3 && !means(self, i, APD_WORD_RANGE)
           && (means(self, i, APD_WORD_GLUE) || means(self, i, APD_WORD_WEEKDAY)))
        i++;
    return apd_dates_read_day(self, i, day_first, &other) > i ? i : -1;
}

/* "from 10:00 on 4 March to 18:00 on 12 March": the time that ends before @next is of the day
 * behind it, not of the one that ends before @day. */
static bool
is_time_of_next(const ApdDates *self, int day, int next, bool day_first)
{
    int other = find_day(self, next, day_first);
    bool joined = other > next;

    for (int k = day; k < next; k++)
        joined |= means(self, k, APD_WORD_BOUND) || means(self, k, APD_WORD_RANGE);
    return joined && other >= 0;
}

static int
read_date(const ApdDates *self, int at, const char *text, bool day_first, ApdMention *mention)
{
    int next = apd_dates_read_day(self, at, day_first, mention);
    if (next == at)
        next = read_range_day(self, at, mention);
    if (next == at)
        next = apd_dates_read_lone_day(self, at, text, mention);
    if (next == at)
        return at;
    mention->type = APD_MENTION_DATE;
    ApdMention day = *mention;
    int after = apd_dates_read_after(self, next, text, mention);
    if (!mention->has_time || !is_time_of_next(self, next, after, day_first))
        return after;
    *mention = day;
    return next;
}

static void
finish_date(const ApdDates *self, Clocks *clocks, ApdMention *mention)
{
    bool timed = mention->has_time;
    take_pending(self, clocks, mention);
    bool led = mention->has_time && !timed;
    apd_dates_look_back(self, mention);
    apd_dates_look_ahead(self, mention);
    join_range(self, mention, led);
    if (mention->inclusive && mention->bound == APD_BOUND_BEFORE)
        mention->bound = APD_BOUND_BY;
}

/* "by Friday", "tomorrow noon"; a day alone says nothing.  Returns the token
 * after it, or @at. */
static int
read_near(const ApdDates *self, int at, const char *text, bool day_first, Clocks *clocks,
          ApdMention *mention)
{
    int next = apd_dates_read_near(self, at, text, day_first, mention);
    if (next == at)
        return at;
    mention->type = APD_MENTION_DATE;
    next = apd_dates_read_after(self, next, text, mention);
    mention->last = next - 1;
    finish_date(self, clocks, mention);
    if (mention->near == APD_NEAR_THAT_DAY)
        return mention->has_time || mention->bound != APD_BOUND_NONE ? next : at;
    bool end = mention->near >= APD_NEAR_END_OF_WEEK && mention->near <= APD_NEAR_END_OF_NEXT_MONTH;
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
read_one(const ApdDates *self, int at, const char *text, bool day_first, Clocks *clocks)
{
    ApdMention mention = { .first = at, .zone = APD_ZONE_UNNAMED };
    int next = read_date(self, at, text, day_first, &mention);
    if (next > at) {
        mention.last = next - 1;
        finish_date(self, clocks, &mention);
        add_mention(self, &mention);
        set_aside(clocks);
        return next;
    }

    mention = (ApdMention){ .first = at, .zone = APD_ZONE_UNNAMED };
    Clocks then = *clocks;
    next = read_near(self, at, text, day_first, &then, &mention);
    if (next > at) {
        add_mention(self, &mention);
        *clocks = then;
        set_aside(clocks);
        return next;
    }

    ApdMention window = { .type = APD_MENTION_WINDOW, .first = at, .zone = APD_ZONE_UNNAMED };
    int after = apd_dates_read_window(self, at, &window);
    ApdMention clock = { 0 };
    next = apd_dates_read_time(self, at, &clock);
    window.last = after - 1;
    /* "18 h", "6 heures du soir" are hours of the day, "within 24 h" is not. */
    bool brief = tok(self, after - 1)->end - tok(self, after - 1)->start <= 2;
    bool hour = next > at
                && (is_hour_of_day(self, at) || means(self, after, APD_WORD_HALF)
                    || (window.unit == APD_UNIT_HOUR && brief
                        && (!window.within || find_day(self, next, day_first) > next)));
    if (after > at && !hour) {
        add_mention(self, &window);
        return after;
    }
    /* "в 14-дневный срок" is no hour. */
    int beyond = next > at ? apd_dates_read_window(self, at + 1, &window) : at;
    if (beyond > next || (beyond == at + 2 && beyond == next))
        return at + 1;
    if (next > at) {
        set_aside(clocks);
        clocks->pending = (Clock){ at, next - 1, clock.time };
        return next;
    }
    return at + 1;
}

void
apd_dates_scan(const ApdWords *words, const char *text, size_t n, bool day_first, ApdDates *dates)
{
    Clocks clocks = { .pending.last = -1 };
    bool any = false;

    dates->words = words;
    g_array_set_size(dates->tokens, 0);
    g_array_set_size(dates->mentions, 0);
    apd_dates_split(words, text, n, dates);
    for (guint i = 0; i < dates->tokens->len && !any; i++)
        any = tok(dates, (int) i)->is_number || means(dates, (int) i, APD_WORD_WITHIN)
              || means(dates, (int) i, APD_WORD_NEAR) || means(dates, (int) i, APD_WORD_WEEKDAY)
              || means(dates, (int) i, APD_WORD_UNIT);
    if (!any)
        return;
    apd_dates_mark_parties(dates);
    for (int i = 0; i < (int) dates->tokens->len && dates->mentions->len < MAX_MENTIONS;)
        i = read_one(dates, i, text, day_first, &clocks);
    set_aside(&clocks);
    if (clocks.n_lone == 1)
        join_lone(dates, &clocks.lone);
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
