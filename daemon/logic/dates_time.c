#include <string.h>

#include "logic/dates.h"

static const ApdToken none = { .number = -1 };

static const ApdToken *
tok(const ApdDates *self, int i)
{
    return i >= 0 && i < (int) self->tokens->len ? apd_dates_token(self, i) : &none;
}

static bool
is_number(const ApdToken *token, int64_t most)
{
    return token->is_number && token->digits <= 2 && token->number >= 0 && token->number <= most;
}

static bool
marked(const ApdToken *token, ApdMark mark)
{
    return apd_token_means(token, APD_WORD_MARK) && token->word->value[APD_WORD_MARK] == (int) mark;
}

/* "18:00:00", "18.00", "18 00" after an hour already seen at @at. */
static int
read_minutes(const ApdDates *self, int at, const char *signs, ApdClockTime *time)
{
    int i = at;
    if (tok(self, i)->sign == 0 || strchr(signs, tok(self, i)->sign) == NULL
        || !is_number(tok(self, i + 1), 59) || tok(self, i + 1)->digits != 2)
        return at;
    time->minute = (int) tok(self, i + 1)->number;
    i += 2;
    if (tok(self, i)->sign == ':' && is_number(tok(self, i + 1), 60)
        && tok(self, i + 1)->digits == 2) {
        time->second = (int) MIN(tok(self, i + 1)->number, 59);
        i += 2;
        if (tok(self, i)->sign == '.' && tok(self, i + 1)->glued && tok(self, i + 1)->is_digits
            && tok(self, i + 1)->digits == 3)
            i += 2;
    }
    return i;
}

/* 18时30分, 6시 30분 */
static int
read_marked(const ApdDates *self, int at, ApdClockTime *time)
{
    int i = at;
    if (!marked(tok(self, i), APD_MARK_HOUR))
        return at;
    i++;
    if (marked(tok(self, i), APD_MARK_HALF)) {
        time->minute = 30;
        return i + 1;
    }
    if (is_number(tok(self, i), 59) && marked(tok(self, i + 1), APD_MARK_MINUTE)) {
        time->minute = (int) tok(self, i)->number;
        i += 2;
        if (is_number(tok(self, i), 59) && marked(tok(self, i + 1), APD_MARK_SECOND)) {
            time->second = (int) tok(self, i)->number;
            i += 2;
        }
    }
    return i;
}

/* "18h 05.01." is no minute: a date begins. */
static bool
goes_on(const ApdDates *self, int at)
{
    char sign = tok(self, at)->sign;
    return (sign == '.' || sign == '/') && tok(self, at + 1)->is_digits && tok(self, at + 1)->glued;
}

/* "18 Uhr", "18h00", "18 h 30", "18.00 Uhr" */
static int
read_worded(const ApdDates *self, int at, bool before, ApdClockTime *time)
{
    int i = at;
    if (before) {
        int next = read_minutes(self, i, ".:", time);
        if (next > i)
            return apd_token_means(tok(self, next), APD_WORD_OCLOCK) ? next + 1 : next;
    }
    int dotted = read_minutes(self, i, ".", time);
    if (dotted > i && apd_token_means(tok(self, dotted), APD_WORD_OCLOCK))
        return dotted + 1;
    time->minute = time->second = 0;
    if (!apd_token_means(tok(self, i), APD_WORD_OCLOCK))
        return at;
    i++;
    if (marked(tok(self, i), APD_MARK_HALF)) {
        time->minute = 30;
        return i + 1;
    }
    if (tok(self, i)->sign == '.' && tok(self, i)->glued && is_number(tok(self, i + 1), 59)
        && marked(tok(self, i + 2), APD_MARK_MINUTE))
        i++;
    if (is_number(tok(self, i), 59) && tok(self, i)->digits == 2 && tok(self, i)->is_digits
        && (tok(self, i)->glued || !apd_token_means(tok(self, i + 1), APD_WORD_MONTH))
        && !goes_on(self, i + 1)) {
        time->minute = (int) tok(self, i)->number;
        i++;
        if (apd_token_means(tok(self, i), APD_WORD_OCLOCK) || marked(tok(self, i), APD_MARK_MINUTE))
            i++;
    }
    return i;
}

static void
apply_half(const ApdToken *token, ApdClockTime *time)
{
    bool pm = token->word->value[APD_WORD_HALF] == APD_HALF_PM;
    if (pm && time->hour < 12)
        time->hour += 12;
    else if (!pm && time->hour == 12)
        time->hour = 0;
}

/* "1800 hours" */
static int
read_military(const ApdDates *self, int at, ApdClockTime *time)
{
    int number = (int) tok(self, at)->number;
    if (number > 2400 || number % 100 > 59)
        return at;
    time->hour = number / 100;
    time->minute = number % 100;
    return at + 2;
}

/* "in the evening" and "at" before the number.  @ret_half: where the half of the day stands, -1:
 * nowhere. */
static int
read_lead(const ApdDates *self, int at, int *ret_half, bool *ret_worded)
{
    int i = at;

    *ret_half = -1;
    if (apd_token_means(tok(self, i), APD_WORD_HALF) && !tok(self, i)->is_number)
        *ret_half = i++;
    /* "abends um 6 Uhr" */
    if (*ret_half >= 0 && apd_token_means(tok(self, i), APD_WORD_GLUE)
        && !apd_token_means(tok(self, i), APD_WORD_OCLOCK) && tok(self, i + 1)->is_digits)
        i++;
    *ret_worded = apd_token_means(tok(self, i), APD_WORD_OCLOCK) && !tok(self, i)->is_number;
    if (*ret_worded) {
        i++;
        while (tok(self, i)->sign == '.' || tok(self, i)->sign == ':')
            i++;
    }
    return i;
}

/* "half past six in the evening", "halb sieben abends"; a half of the day may have led. */
static int
read_half_hour(const ApdDates *self, int at, int half, ApdClockTime *time)
{
    bool past = marked(tok(self, at), APD_MARK_HALF_PAST);
    bool to = marked(tok(self, at), APD_MARK_HALF_TO);
    int i = at + 1;
    if ((!past && !to) || !is_number(tok(self, i), 12) || tok(self, i)->number < 1)
        return at;
    *time = (ApdClockTime){ (int) tok(self, i)->number - to, 30, 0 };
    i++;
    if (apd_token_means(tok(self, i), APD_WORD_OCLOCK))
        i++;
    if (half < 0 && apd_token_means(tok(self, i), APD_WORD_HALF))
        half = i++;
    if (half < 0)
        return at;
    apply_half(tok(self, half), time);
    return i;
}

/* "seis y media de la tarde", "akşam altı buçuğa" */
static int
read_and_half(const ApdDates *self, int at, int half, ApdClockTime *time)
{
    if (!marked(tok(self, at), APD_MARK_HALF)
        || (half < 0 && !apd_token_means(tok(self, at + 1), APD_WORD_HALF)))
        return at;
    time->minute = 30;
    return at + 1;
}

/* Minutes and seconds after the hour, in whichever form; @at when there are none. */
static int
read_after_hour(const ApdDates *self, int at, bool worded, ApdClockTime *time)
{
    int next = worded ? read_worded(self, at, true, time) : read_minutes(self, at, ":", time);

    if (next == at && !worded)
        next = read_marked(self, at, time);
    if (next == at && !worded)
        next = read_worded(self, at, false, time);
    return next;
}

/* "noon", "noon 12:00"; of "noon 12 March" the number is the day. */
static int
read_moment(const ApdDates *self, int at, ApdClockTime *time)
{
    time->hour = tok(self, at)->word->value[APD_WORD_MOMENT];
    /* "end of day" binds as well, and is its last second. */
    if (time->hour == 24 && apd_token_means(tok(self, at), APD_WORD_BOUND)) {
        *time = (ApdClockTime){ 23, 59, 59 };
        return at + 1;
    }
    const ApdToken *hour = tok(self, at + 1);
    if (!hour->is_digits || !is_number(hour, 24) || hour->number % 12 != time->hour % 12)
        return at + 1;
    int next = read_after_hour(self, at + 2, false, time), i = at + 2;
    while (next == at + 2 && apd_token_means(tok(self, i), APD_WORD_GLUE))
        i++;
    bool day =
        next == at + 2 && (apd_token_means(tok(self, i), APD_WORD_MONTH) || goes_on(self, at + 2));
    return day ? at + 1 : next;
}

/* "12 noon": a word for that hour. */
static bool
names_hour(const ApdToken *token, int hour)
{
    return apd_token_means(token, APD_WORD_MOMENT)
           && token->word->value[APD_WORD_MOMENT] % 12 == hour % 12;
}

/* The half of the day behind the time, "6.30 pm", where none stood before it; a @plain number is
 * a time only with one.  @half: its token, -1: none.  Returns: the token after it; -1: this is no
 * time. */
static int
read_half_behind(const ApdDates *self, int at, bool plain, int *half, ApdClockTime *time)
{
    if (*half < 0 && apd_token_means(tok(self, at), APD_WORD_HALF)) {
        *half = at++;
        return tok(self, at)->sign == '.' && tok(self, at)->glued ? at + 1 : at;
    }
    if (!plain)
        return at;
    if (*half < 0) {
        int next = read_minutes(self, at, ".", time);
        if (next == at || !apd_token_means(tok(self, next), APD_WORD_HALF))
            return -1;
        *half = next;
        return next + 1;
    }
    bool ends = tok(self, at)->sign == '\'' || apd_token_means(tok(self, at), APD_WORD_BOUND_END);
    return time->hour <= 12 && ends ? at : -1;
}

/* A time of day that begins at @at. */
static int
read_clock(const ApdDates *self, int at, ApdClockTime *time)
{
    int half;
    bool worded;
    int i = read_lead(self, at, &half, &worded);

    *time = (ApdClockTime){ 0 };
    if (apd_token_means(tok(self, i), APD_WORD_MOMENT))
        return read_moment(self, i, time);
    /* 中午 alone is noon, before a number it is the half of the day */
    if (apd_token_means(tok(self, at), APD_WORD_MOMENT) && !tok(self, i)->is_number)
        return read_moment(self, at, time);
    int halved = read_half_hour(self, i, half, time);
    if (halved > i)
        return halved;
    if (tok(self, i)->is_digits && tok(self, i)->digits == 4
        && apd_token_means(tok(self, i + 1), APD_WORD_OCLOCK))
        return read_military(self, i, time);
    if (!is_number(tok(self, i), 24))
        return at;
    time->hour = (int) tok(self, i)->number;
    i++;
    if (names_hour(tok(self, i), time->hour)) {
        time->hour = tok(self, i)->word->value[APD_WORD_MOMENT];
        return i + 1;
    }

    int next = read_and_half(self, i, half, time);
    if (next == i)
        next = read_after_hour(self, i, worded, time);
    bool plain = next == i && !worded;
    i = next;
    /* "12:00 noon" */
    if (!plain && names_hour(tok(self, i), time->hour))
        i++;
    if (!plain && apd_token_means(tok(self, i), APD_WORD_OCLOCK))
        i++;
    i = read_half_behind(self, i, plain, &half, time);
    if (i < 0)
        return at;
    if (half >= 0)
        apply_half(tok(self, half), time);
    if (time->hour == 24 && (time->minute > 0 || time->second > 0))
        return at;
    return i;
}

int
apd_dates_read_dotted(const ApdDates *self, int at, ApdMention *mention)
{
    const ApdToken *hour = tok(self, at), *dot = tok(self, at + 1), *minute = tok(self, at + 2);
    bool fits = hour->is_digits && hour->digits == 2 && hour->number <= 24 && dot->sign == '.'
                && dot->glued && minute->is_digits && minute->glued && minute->digits == 2
                && minute->number <= 59 && !goes_on(self, at + 3);
    if (!fits)
        return at;
    mention->has_time = true;
    mention->time = (ApdClockTime){ (int) hour->number, (int) minute->number, 0 };
    return at + 3;
}

int
apd_dates_read_time(const ApdDates *self, int at, ApdMention *mention)
{
    ApdClockTime time;
    int next = read_clock(self, at, &time);
    if (next > at) {
        mention->has_time = true;
        mention->time = time;
    }
    return next;
}

/* "+8", "-07:00", "+0300" */
static int
read_offset(const ApdDates *self, int at, int *ret_zone)
{
    const ApdToken *sign = tok(self, at), *hours = tok(self, at + 1);
    if ((sign->sign != '+' && sign->sign != '-') || !hours->is_digits || !hours->glued)
        return at;
    int minutes, i = at + 2;
    if (hours->digits <= 2) {
        minutes = (int) hours->number * 60;
        if (tok(self, i)->sign == ':' && is_number(tok(self, i + 1), 59)
            && tok(self, i + 1)->digits == 2) {
            minutes += (int) tok(self, i + 1)->number;
            i += 2;
        }
    } else if (hours->digits == 4) {
        minutes = (int) (hours->number / 100 * 60 + hours->number % 100);
    } else {
        return at;
    }
    if (minutes > 14 * 60)
        return at;
    *ret_zone = APD_ZONE_OFFSET + (sign->sign == '-' ? -minutes : minutes);
    return i;
}

int
apd_dates_read_zone(const ApdDates *self, int at, int *ret_zone)
{
    if (apd_token_means(tok(self, at), APD_WORD_ZONE)) {
        int next = read_offset(self, at + 1, ret_zone);
        if (next > at + 1)
            return next;
        *ret_zone = tok(self, at)->word->value[APD_WORD_ZONE];
        return at + 1;
    }
    /* "18:00 (Beijing)" */
    const ApdToken *before = tok(self, at - 1);
    if (apd_token_means(tok(self, at), APD_WORD_CITY)
        && (before->sign == '(' || before->sign == ',' || before->sign == '.' || before->is_digits
            || apd_token_means(before, APD_WORD_OCLOCK)
            || apd_token_means(before, APD_WORD_HALF))) {
        *ret_zone = tok(self, at)->word->value[APD_WORD_CITY];
        return at + 1;
    }
    const ApdToken *sign = tok(self, at);
    /* "18:00 +0300" */
    if (!sign->glued && (sign->sign == '+' || sign->sign == '-') && before->is_digits
        && tok(self, at - 2)->sign == ':' && tok(self, at + 1)->digits == 4)
        return read_offset(self, at, ret_zone);
    if (sign->glued && (sign->sign == '+' || sign->sign == '-') && tok(self, at - 1)->is_digits
        && (tok(self, at + 1)->digits == 4
            || (tok(self, at + 1)->digits == 2 && tok(self, at + 2)->sign == ':')))
        return read_offset(self, at, ret_zone);
    return at;
}
