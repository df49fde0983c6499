#include <string.h>

#include "logic/dates.h"

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

static bool
is_this_month(const ApdDates *self, int i)
{
    return means(self, i, APD_WORD_NEAR)
           && tok(self, i)->word->value[APD_WORD_NEAR] == APD_NEAR_THIS_MONTH;
}

/* "15th", "12-го", "1er", "12'sine": what is written behind the number of a day.  Returns the
 * token after it, or @at. */
static int
skip_ordinal(const ApdDates *self, int at, const char *text)
{
    static const char *const plain[] = { "st", "nd", "rd", "th", "er", "o", NULL };
    const ApdToken *after = tok(self, at);
    char ending[4] = "";

    if (!after->glued)
        return at;
    if (after->sign == '-' || after->sign == '\'') {
        const ApdToken *letters = tok(self, at + 1);
        bool ending_only = letters->glued && letters->sign == 0 && !letters->is_number
                           && !apd_token_means(letters, APD_WORD_UNIT)
                           && letters->end - letters->start <= 8;
        return ending_only ? at + 2 : at;
    }
    if (after->end - after->start < (int) sizeof(ending))
        memcpy(ending, text + after->start, (size_t) (after->end - after->start));
    return g_strv_contains(plain, ending) ? at + 1 : at;
}

/* Whether the token before a number ends in a word marked so: "hasta el día" 12. */
static bool
leads(const ApdDates *self, int at, const char *text, ApdMark mark)
{
    const ApdToken *lead = tok(self, at - 1);
    if (lead->word == NULL)
        return false;
    int start = lead->end;
    while (start > lead->start && text[start - 1] != ' ' && text[start - 1] != '\'')
        start--;
    size_t length = 0;
    const ApdWord *word = apd_words_find(self->words, text + start, (size_t) (lead->end - start),
                                         self->languages, &length);
    return word != NULL && (int) length == lead->end - start
           && word->value[APD_WORD_MARK] == (int) mark;
}

/* Nothing is counted there: the sentence ends, or a time of day follows. */
static bool
ends_day(const ApdDates *self, int at)
{
    ApdMention time = { 0 };
    if (at >= (int) self->tokens->len || is_sign(tok(self, at), ".,;)")
        || means(self, at, APD_WORD_INCLUSIVE) || means(self, at, APD_WORD_BOUND_END))
        return true;
    for (int i = at; i < at + 3; i++) {
        if (apd_dates_read_time(self, i, &time) > i)
            return true;
        /* "jusqu'au 12 à 18:00": the same word joins two ends. */
        if (!means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_RANGE))
            return false;
    }
    return false;
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
    /* "이의 신청은 12일까지": the particle of a topic counts nothing */
    bool topic = korean && before->end > 3
                 && (strncmp(text + before->end - 3, "은", 3) == 0
                     || strncmp(text + before->end - 3, "는", 3) == 0);
    if (korean ? (led && !topic) || apd_token_means(before, APD_WORD_FROM) : !led && !sure)
        return false;
    ApdMention probe = { .first = at, .zone = APD_ZONE_UNNAMED };
    probe.last = apd_dates_read_after(self, at + 2, text, &probe) - 1;
    apd_dates_look_ahead(self, &probe);
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

/* "Thursday 12, 18:00", "Donnerstag, den 12.": not "Friday, 12 noon". */
static bool
is_day_of_weekday(const ApdDates *self, int at, int next)
{
    int i = at - 1;
    while (i > at - 4
           && (tok(self, i)->sign == ','
               || (means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_WEEKDAY))))
        i--;
    return means(self, i, APD_WORD_WEEKDAY) && !means(self, i, APD_WORD_UNIT)
           && !means(self, next, APD_WORD_MOMENT) && ends_day(self, next);
}

/* "no later than the 15th", "the 15th of this month": the month is for the
 * reader to find. */
int
apd_dates_read_lone_day(const ApdDates *self, int at, const char *text, ApdMention *mention)
{
    const ApdToken *day = tok(self, at);
    if (!day->is_digits || day->digits > 2 || day->number < 1 || day->number > 31
        || tok(self, at + 1)->sign == '%')
        return at;
    int next = skip_ordinal(self, at + 1, text);
    bool ordinal = next > at + 1;
    bool dotted = !ordinal && tok(self, next)->sign == '.' && tok(self, next)->glued;
    next += dotted;
    if (means(self, next, APD_WORD_MARK)
        && tok(self, next)->word->value[APD_WORD_MARK] == APD_MARK_DAY)
        next++;
    bool month = is_this_month(self, next) || is_this_month(self, at - 1);
    next += is_this_month(self, next);
    mention->day = (ApdDay){ 0, 0, (int) day->number };
    if (month || leads(self, at, text, APD_MARK_DAY_NAME) || is_bound_day(self, at, text)
        || is_day_of_weekday(self, at, next))
        return next;
    if (!ordinal && !(leads(self, at, text, APD_MARK_ARTICLE) && (dotted || ends_day(self, next))))
        return at;
    ApdMention probe = *mention;
    probe.first = at;
    probe.last = next - 1;
    apd_dates_look_back(self, &probe);
    if (probe.bound == APD_BOUND_NONE)
        apd_dates_look_ahead(self, &probe);
    bool named = ordinal && is_named_end(self, at);
    return probe.bound != APD_BOUND_NONE || named ? next : at;
}
