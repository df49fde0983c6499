#include <string.h>

#include "logic/dates.h"

static const ApdToken none = { .number = -1 };

static const ApdToken *
tok(const ApdDates *self, int i)
{
    return i >= 0 && i < (int) self->tokens->len ? apd_dates_token(self, i) : &none;
}

static bool
marked(const ApdToken *token, ApdMark mark)
{
    return apd_token_means(token, APD_WORD_MARK) && token->word->value[APD_WORD_MARK] == (int) mark;
}

static bool
is_number(const ApdToken *token, int64_t least, int64_t most)
{
    return token->is_number && token->digits <= 4 && token->number >= least
           && token->number <= most;
}

static bool
is_year(const ApdToken *token)
{
    return token->is_number && token->digits == 4 && token->number >= 2000 && token->number < 2100;
}

static bool
is_day_number(const ApdToken *token)
{
    return is_number(token, 1, 31) && token->digits <= 2;
}

/* 2026年1月5日, 1月5日, 2026년 1월 5일 */
static int
read_marked(const ApdDates *self, int at, ApdMention *mention)
{
    int i = at;
    ApdDay day = { 0 };

    if (is_number(tok(self, i), 0, 2099) && marked(tok(self, i + 1), APD_MARK_YEAR)) {
        day.year = (int) tok(self, i)->number;
        if (day.year < 100)
            day.year += 2000;
        else if (day.year < 200)
            day.year += 1911; /* of the Republic: 115年 */
        i += 2;
    }
    if (!is_number(tok(self, i), 1, 12) || !marked(tok(self, i + 1), APD_MARK_MONTH)
        || !is_day_number(tok(self, i + 2)))
        return at;
    day.month = (int) tok(self, i)->number;
    day.day = (int) tok(self, i + 2)->number;
    if (marked(tok(self, i + 3), APD_MARK_DAY))
        i++;
    else if (day.year == 0)
        return at;
    mention->day = day;
    return i + 3;
}

/* A number that is part of a reference is no date: "AE-2026-01-15-33". */
static bool
stands_free(const ApdDates *self, int first, int next)
{
    const ApdToken *before = tok(self, first - 1), *after = tok(self, next);
    bool follows_date =
        self->mentions->len > 0
        && g_array_index(self->mentions, ApdMention, self->mentions->len - 1).last == first - 2;

    if (tok(self, first)->glued && before->sign == 0 && before->start < before->end
        && !before->is_digits && before->word == NULL && before->end - before->start < 6)
        return false;
    if (tok(self, first)->glued && before->sign != 0 && strchr("-/._#", before->sign) != NULL
        && before->glued && !follows_date)
        return false;
    /* "11.03.2026-18.03.2026" goes on with another date. */
    bool range = tok(self, next + 2)->sign == tok(self, first + 1)->sign
                 && tok(self, next + 4)->sign == tok(self, first + 1)->sign;
    return !(after->glued && (after->sign == '-' || after->sign == '/')
             && tok(self, next + 1)->glued && tok(self, next + 1)->is_digits
             && tok(self, next + 2)->sign != after->sign && !range);
}

static bool
set_short_day(ApdMention *mention, int a, int b, int year, bool day_first)
{
    if (a > 12 && b > 12)
        return false;
    bool month_first = b > 12;
    mention->day = (ApdDay){ year, month_first ? a : b, month_first ? b : a };
    mention->either_order = !day_first && a <= 12 && b <= 12 && a != b;
    return true;
}

/* "endet Di., 3.3.26": a word of time stands before it. */
static bool
is_introduced(const ApdDates *self, int at)
{
    int i = at - 1;
    while (i > at - 5
           && (apd_token_means(tok(self, i), APD_WORD_GLUE) || tok(self, i)->sign == ','
               || tok(self, i)->sign == '.'))
        i--;
    return apd_token_means(tok(self, i), APD_WORD_BOUND)
           || apd_token_means(tok(self, i), APD_WORD_WEEKDAY)
           || apd_token_means(tok(self, i), APD_WORD_ROLE)
           || apd_token_means(tok(self, i), APD_WORD_FROM);
}

/* 2026-01-05, 2026/1/5, 2026. 1. 5., 05.01.2026, 01/05/26 */
static int
read_numeric(const ApdDates *self, int at, bool day_first, ApdMention *mention)
{
    const ApdToken *a = tok(self, at), *b = tok(self, at + 2), *c = tok(self, at + 4);
    char sign = tok(self, at + 1)->sign;
    if (!a->is_digits || !b->is_digits || !c->is_digits || sign == 0 || sign == ' '
        || strchr("-/.", sign) == NULL || tok(self, at + 3)->sign != sign || b->digits > 2)
        return at;
    if (sign != '.' && !(b->glued && c->glued && tok(self, at + 1)->glued))
        return at;
    if (!stands_free(self, at, at + 5))
        return at;

    if (is_year(a)) {
        if (!is_number(b, 1, 12) || !is_day_number(c))
            return at;
        mention->day = (ApdDay){ (int) a->number, (int) b->number, (int) c->number };
        return at + 5;
    }
    if (self->year_first && a->digits == 2 && a->number >= 20 && is_number(b, 1, 12)
        && is_day_number(c)) {
        mention->day = (ApdDay){ 2000 + (int) a->number, (int) b->number, (int) c->number };
        return at + 5;
    }
    bool short_year = c->digits == 2 && c->number >= 20 && c->number < 50
                      && (b->digits == 2 || (sign == '.' && is_introduced(self, at)));
    if (!is_day_number(a) || !is_day_number(b) || (!is_year(c) && !short_year))
        return at;
    int year = (int) c->number + (short_year ? 2000 : 0);
    return set_short_day(mention, (int) a->number, (int) b->number, year, day_first) ? at + 5 : at;
}

/* "3/18(수)", "3/18（三）", "18.03 Çarşamba" */
static bool
names_weekday(const ApdDates *self, int at)
{
    const ApdToken *token = tok(self, at);
    bool opened = token->sign == '(';
    if (opened)
        token = tok(self, at + 1);
    return apd_token_means(token, APD_WORD_WEEKDAY)
           || (opened && token->chinese && token->number <= 7 && tok(self, at + 2)->sign == ')');
}

/* "by 18:00 hrs Beijing on": a time of day and its zone before a day. */
static bool
may_precede(const ApdToken *token)
{
    return (apd_token_means(token, APD_WORD_GLUE) && !apd_token_means(token, APD_WORD_BOUND))
           || apd_token_means(token, APD_WORD_WEEKDAY)
           || (token->sign != 0 && strchr(":,.()", token->sign) != NULL)
           || apd_token_means(token, APD_WORD_CITY) || apd_token_means(token, APD_WORD_ZONE)
           || apd_token_means(token, APD_WORD_HALF)
           || (apd_token_means(token, APD_WORD_OCLOCK) && !apd_token_means(token, APD_WORD_BOUND))
           || (token->is_digits && token->digits == 2 && token->number <= 59);
}

/* Whether a word for "by" stands right before @at or right after @next. */
static bool
is_bound(const ApdDates *self, int at, int next)
{
    int back = at - 1;
    bool weekday = false;
    while (back > at - 9 && may_precede(tok(self, back))) {
        weekday = weekday || apd_token_means(tok(self, back), APD_WORD_WEEKDAY);
        back--;
    }
    return weekday || names_weekday(self, next) || apd_token_means(tok(self, back), APD_WORD_BOUND)
           || apd_token_means(tok(self, next), APD_WORD_BOUND_END);
}

/* "5.1." and "05/01" are dates only beside a word for "by", or before a time at
 * the start of a cell. */
static int
read_numeric_short(const ApdDates *self, int at, bool day_first, ApdMention *mention)
{
    const ApdToken *a = tok(self, at), *b = tok(self, at + 2), *after = tok(self, at + 3);
    char sign = tok(self, at + 1)->sign;
    bool dashed = sign == '-' && a->digits == 2 && self->year_first;
    if (!is_day_number(a) || !is_day_number(b) || (sign != '.' && sign != '/' && !dashed)
        || !a->is_digits || !b->is_digits || !b->glued
        || (b->digits != 2 && after->sign != '.' && !self->year_first))
        return at;
    ApdMention time = { 0 };
    int next = after->sign == ',' ? at + 4 : at + 3;
    if (apd_token_means(tok(self, next), APD_WORD_GLUE))
        next++;
    bool alone = at == 0 && a->digits == 2 && b->digits == 2 && (int) self->tokens->len == at + 3;
    bool timed = at == 0 && b->digits == 2 && apd_dates_read_time(self, next, &time) > next;
    if ((!timed && !alone && !is_bound(self, at, at + 3))
        || (apd_token_means(after, APD_WORD_OCLOCK) && !tok(self, at + 4)->is_digits)
        || apd_token_means(after, APD_WORD_HALF) || (after->sign == '%')
        || (after->sign == sign && tok(self, at + 4)->is_digits))
        return at;
    if (self->year_first && a->number <= 12)
        mention->day = (ApdDay){ 0, (int) a->number, (int) b->number };
    else if (!set_short_day(mention, (int) a->number, (int) b->number, 0, day_first))
        return at;
    return after->sign == '.' && after->glued ? at + 4 : at + 3;
}

static int
skip_joints(const ApdDates *self, int at, const char *signs, int most)
{
    int i = at;
    while (i < at + most
           && (apd_token_means(tok(self, i), APD_WORD_GLUE)
               || (tok(self, i)->sign != 0 && strchr(signs, tok(self, i)->sign) != NULL)))
        i++;
    return i;
}

/* The year after a day and month, if any, and words for "year" after it. */
static int
read_year(const ApdDates *self, int at, ApdMention *mention)
{
    int i = skip_joints(self, at, ".,-/'", 4);
    const ApdToken *token = tok(self, i);
    if (is_year(token) && !(tok(self, i + 1)->sign == ':' && tok(self, i + 1)->glued)) {
        mention->day.year = (int) token->number;
    } else if (token->is_digits && token->digits == 2 && token->number >= 20 && token->number < 50
               && token->glued
               && (tok(self, i - 1)->sign == '-' || tok(self, i - 1)->sign == '\'')) {
        mention->day.year = 2000 + (int) token->number;
    } else {
        return at;
    }
    i++;
    if (marked(tok(self, i), APD_MARK_YEAR))
        i++;
    return i;
}

/* 5 January 2026, 5. Januar, 5 de enero de 2026, 5-Jan-2026 */
static int
read_day_month(const ApdDates *self, int at, ApdMention *mention)
{
    if (!is_day_number(tok(self, at))
        || (tok(self, at - 1)->sign == '.' && tok(self, at)->glued && tok(self, at - 2)->is_digits))
        return at;
    int i = skip_joints(self, at + 1, ".-/,", 4);
    if (!apd_token_means(tok(self, i), APD_WORD_MONTH))
        return at;
    mention->day =
        (ApdDay){ 0, tok(self, i)->word->value[APD_WORD_MONTH], (int) tok(self, at)->number };
    return read_year(self, i + 1, mention);
}

/* January 5, 2026; Jan 01,2026 */
static int
read_month_day(const ApdDates *self, int at, ApdMention *mention)
{
    if (!apd_token_means(tok(self, at), APD_WORD_MONTH))
        return at;
    int i = skip_joints(self, at + 1, ".-/", 2);
    const ApdToken *day = tok(self, i);
    if (!is_day_number(day) || !day->is_digits)
        return at;
    if (tok(self, i + 1)->sign == ':'
        || (tok(self, i + 1)->sign == '.' && tok(self, i + 2)->glued
            && tok(self, i + 2)->is_digits))
        return at;
    mention->day = (ApdDay){ 0, tok(self, at)->word->value[APD_WORD_MONTH], (int) day->number };
    int next = read_year(self, i + 1, mention);
    if (mention->day.year == 0 && apd_token_means(tok(self, i + 1), APD_WORD_UNIT))
        return at;
    return next;
}

/* "until 20260318" */
static int
read_compact(const ApdDates *self, int at, ApdMention *mention)
{
    const ApdToken *token = tok(self, at);
    int64_t year = token->number / 10000;
    if (!token->is_digits || token->digits != 8 || year < 2000 || year >= 2100
        || !is_bound(self, at, at + 1))
        return at;
    mention->day =
        (ApdDay){ (int) year, (int) (token->number / 100 % 100), (int) (token->number % 100) };
    return at + 1;
}

int
apd_dates_read_day(const ApdDates *self, int at, bool day_first, ApdMention *mention)
{
    const ApdToken *token = tok(self, at);
    int next = at;
    if (token->is_number) {
        next = read_marked(self, at, mention);
        if (next == at)
            next = read_numeric(self, at, day_first, mention);
        if (next == at)
            next = read_day_month(self, at, mention);
        if (next == at)
            next = read_numeric_short(self, at, day_first, mention);
        if (next == at)
            next = read_compact(self, at, mention);
    } else if (apd_token_means(token, APD_WORD_MONTH)) {
        next = read_month_day(self, at, mention);
    }
    if (next == at)
        return at;
    ApdDay leap = mention->day;
    if (leap.year == 0)
        leap.year = 2024;
    return apd_day_valid(leap) ? next : at;
}
