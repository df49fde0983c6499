#include "logic/dates.h"

#define MAX_AMOUNT 400

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
is_unit(const ApdDates *self, int i, ApdUnit unit)
{
    return means(self, i, APD_WORD_UNIT) && tok(self, i)->word->value[APD_WORD_UNIT] == (int) unit;
}

static bool
is_role(const ApdDates *self, int i, ApdRole role)
{
    return means(self, i, APD_WORD_ROLE) && tok(self, i)->word->value[APD_WORD_ROLE] == (int) role;
}

static bool
is_deadline(const ApdDates *self, int i)
{
    return is_role(self, i, APD_ROLE_DEADLINE) || is_role(self, i, APD_ROLE_END);
}

/* "twenty four", "setenta y dos", "soixante-douze": tens and ones in words. */
static int
read_number(const ApdDates *self, int at, int *ret_amount)
{
    const ApdToken *token = tok(self, at);
    if (!token->is_number || token->number > MAX_AMOUNT || token->digits > 3)
        return at;
    *ret_amount = (int) token->number;
    if (token->is_digits || token->chinese || token->number < 20 || token->number % 10 != 0)
        return at + 1;

    int i = at + 1;
    if (tok(self, i)->sign == '-' || means(self, i, APD_WORD_GLUE))
        i++;
    const ApdToken *ones = tok(self, i);
    int most = token->number == 60 || token->number == 80 ? 19 : token->number >= 100 ? 99 : 9;
    if (!ones->is_number || ones->is_digits || ones->number < 1 || ones->number > most)
        return at + 1;
    *ret_amount += (int) ones->number;
    return i + 1;
}

/* "(three)", "(3)": the number once more. */
static int
skip_repeat(const ApdDates *self, int at)
{
    if (tok(self, at)->sign != '(')
        return at;
    bool number = false;
    for (int i = at + 1; i < at + 6; i++) {
        number = number || tok(self, i)->is_number;
        if (tok(self, i)->sign == ')')
            return number || i == at + 2 ? i + 1 : at;
    }
    return at;
}

/* "3-5 days": the earlier end is the amount. */
static int
skip_greater(const ApdDates *self, int at)
{
    if (tok(self, at)->sign != '-' && tok(self, at)->sign != '~'
        && !means(self, at, APD_WORD_RANGE))
        return at;
    return tok(self, at + 1)->is_number ? at + 2 : at;
}

static int
skip_joints(const ApdDates *self, int at, int most)
{
    int i = at;
    while (i < at + most && (means(self, i, APD_WORD_GLUE) || tok(self, i)->sign == '-')
           && !means(self, i, APD_WORD_UNIT))
        i++;
    return i;
}

/* "12 am Tag", "3 a day": so many each day. */
static bool
is_preposition(const ApdDates *self, int at)
{
    const ApdToken *token = tok(self, at);
    bool dense = token->word != NULL && apd_words_is_dense((unsigned char) token->word->phrase[0]);
    return apd_token_means(token, APD_WORD_GLUE) && !dense && token->end - token->start <= 3
           && means(self, at + 1, APD_WORD_UNIT);
}

/* "days (business)", "영업일 기준 3일" */
static bool
is_business(const ApdDates *self, int at, int next)
{
    int after = next + (tok(self, next)->sign == '.' && tok(self, next)->glued);
    if (is_unit(self, after, APD_UNIT_BUSINESS_DAY))
        return true;
    int open = next + (is_deadline(self, next) || means(self, next, APD_WORD_GLUE));
    if (tok(self, open)->sign == '(')
        for (int i = open + 1; i < open + 5 && tok(self, i)->sign != ')'; i++)
            if (is_unit(self, i, APD_UNIT_BUSINESS_DAY))
                return true;
    for (int i = at - 1; i >= at - 3; i--) {
        if (is_unit(self, i, APD_UNIT_BUSINESS_DAY))
            return !tok(self, i - 1)->is_number;
        if (!means(self, i, APD_WORD_GLUE) && tok(self, i)->sign != ':'
            && tok(self, i)->sign != '(')
            break;
    }
    return false;
}

static bool
binds(const ApdDates *self, int i, ApdWordType type)
{
    return means(self, i, type) || is_deadline(self, i);
}

/* "3x24 hours": so many days.  Returns the token of the unit, or @at. */
static int
skip_times_24(const ApdDates *self, int at)
{
    int i = at;
    const ApdToken *token = tok(self, i);
    if (token->sign == '*'
        || (token->sign == 0 && token->end - token->start == 1 && token->word == NULL))
        i++;
    return tok(self, i)->is_digits && tok(self, i)->number == 24
                   && is_unit(self, i + 1, APD_UNIT_HOUR)
               ? i + 1
               : at;
}

/* "in" and "w" bind a window less than "within". */
static bool
is_weak(const ApdDates *self, int i)
{
    const ApdToken *token = tok(self, i);
    return token->end - token->start <= 2;
}

static bool
is_within(const ApdDates *self, int at, int next, bool *ret_weak)
{
    *ret_weak = false;
    for (int i = at - 1; i >= at - 6; i--) {
        if (binds(self, i, APD_WORD_WITHIN) && !is_weak(self, i))
            return true;
        *ret_weak = *ret_weak || means(self, i, APD_WORD_WITHIN);
        if (!means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_UNIT)
            && tok(self, i)->sign != '(' && tok(self, i)->sign != ':')
            break;
    }
    for (int i = next; i < next + 5; i++) {
        if (binds(self, i, APD_WORD_WITHIN_END)) {
            *ret_weak = false;
            return true;
        }
        if (!means(self, i, APD_WORD_GLUE) && !means(self, i, APD_WORD_UNIT)
            && tok(self, i)->sign != ')' && tok(self, i)->sign != '('
            && !(tok(self, i)->sign == '.' && i == next && tok(self, i)->glued))
            break;
    }
    return *ret_weak;
}

/* "within a week" has no number. */
static int
read_single(const ApdDates *self, int at, ApdMention *mention)
{
    const ApdToken *word = tok(self, at);
    bool dense = word->word != NULL && apd_words_is_dense((unsigned char) word->word->phrase[0]);
    /* "in", "w", "en" say too little. */
    if (!(means(self, at, APD_WORD_WITHIN) && (dense || word->end - word->start > 4))
        && !(is_deadline(self, at) && !dense && !means(self, at, APD_WORD_BOUND)))
        return at;
    int i = skip_joints(self, at + 1, 3);
    if (tok(self, i)->is_number)
        return at;
    /* "you have got a week" */
    if (i == at + 1 && tok(self, i)->sign == 0 && !tok(self, i)->is_number
        && tok(self, i)->end - tok(self, i)->start == 1)
        i++;
    if (!means(self, i, APD_WORD_UNIT))
        return at;
    int unit = tok(self, i)->word->value[APD_WORD_UNIT];
    /* "next week Wednesday" is a day. */
    bool day = unit == APD_UNIT_WEEK
               && (means(self, i + 1, APD_WORD_WEEKDAY) || means(self, i + 2, APD_WORD_WEEKDAY));
    /* So is "ends on day 28" where "day" is its word. */
    day = day || (unit == APD_UNIT_DAY && tok(self, i + 1)->is_digits);
    if (unit == APD_UNIT_MINUTE || day)
        return at;
    mention->unit = (ApdUnit) unit;
    mention->amount = 1;
    mention->within = true;
    return i + 1;
}

/* "2 days and 12 hours", "71 hours 30 minutes": what is added to a window in @unit. */
static int
read_more(const ApdDates *self, int at, ApdUnit unit, ApdUnit lesser, const ApdMention *mention,
          int *ret_more)
{
    bool has = mention->unit == unit || (unit == APD_UNIT_HOUR && mention->more_hours > 0);
    int more = skip_joints(self, at, 2);
    const ApdToken *number = tok(self, more);
    bool minute = lesser == APD_UNIT_MINUTE && means(self, more + 1, APD_WORD_MARK)
                  && tok(self, more + 1)->word->value[APD_WORD_MARK] == APD_MARK_MINUTE;
    if (!has || !number->is_digits || number->number >= 60
        || !(minute || is_unit(self, more + 1, lesser)))
        return at;
    *ret_more = (int) number->number;
    return more + 2;
}

/* "fortnight", "десятидневный": a number and its unit in one word. */
static int
read_fused(const ApdDates *self, int at, ApdMention *mention)
{
    const ApdToken *token = tok(self, at);
    if (!token->is_number || !means(self, at, APD_WORD_UNIT))
        return at;
    mention->amount = (int) token->number;
    mention->unit = (ApdUnit) token->word->value[APD_WORD_UNIT];
    if (mention->unit == APD_UNIT_DAY && is_business(self, at, at + 1))
        mention->unit = APD_UNIT_BUSINESS_DAY;
    mention->within = is_within(self, at, at + 1, &mention->is_weak);
    return at + 1;
}

int
apd_dates_read_window(const ApdDates *self, int at, ApdMention *mention)
{
    int amount = 0;
    int i = read_fused(self, at, mention);
    if (i > at)
        return i;
    i = read_number(self, at, &amount);
    if (i == at)
        return read_single(self, at, mention);
    if (amount < 1 || (tok(self, at - 1)->sign == '.' && tok(self, at)->glued))
        return at;

    mention->is_spread = skip_greater(self, i) > i;
    i = skip_greater(self, i);
    i = skip_repeat(self, i);
    if (is_preposition(self, i))
        return at;
    i = skip_joints(self, i, 4);
    i = skip_repeat(self, i);
    int times = skip_times_24(self, i);
    if (times > i) {
        i = times;
        amount = MIN(amount * 24, MAX_AMOUNT);
    }
    if (!means(self, i, APD_WORD_UNIT))
        return at;
    mention->amount = amount;
    mention->unit = (ApdUnit) tok(self, i)->word->value[APD_WORD_UNIT];
    i++;
    if (mention->unit == APD_UNIT_DAY && is_business(self, at, i))
        mention->unit = APD_UNIT_BUSINESS_DAY;
    if (is_unit(self, i, APD_UNIT_BUSINESS_DAY) && mention->unit == APD_UNIT_BUSINESS_DAY)
        i++;
    int unit = i - 1;
    i = read_more(self, i, APD_UNIT_DAY, APD_UNIT_HOUR, mention, &mention->more_hours);
    i = read_more(self, i, APD_UNIT_HOUR, APD_UNIT_MINUTE, mention, &mention->more_minutes);
    mention->within = is_within(self, at, i, &mention->is_weak);
    if (means(self, unit, APD_WORD_WITHIN_END)) {
        mention->within = true;
        mention->is_weak = false;
    }
    return i;
}
