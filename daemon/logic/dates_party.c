#include "logic/dates.h"

/* Words between who acts and what he may do: "the buyer, too, may"; where the verb ends the
 * clause, as in Turkish and Korean, all of it. */
#define NEAR   4
#define CLAUSE 12

/* An article: "may the buyer" */
#define ARTICLE 3

static bool
means(const ApdDates *self, int i, ApdWordType type)
{
    return i >= 0 && i < (int) self->tokens->len && apd_token_means(apd_dates_token(self, i), type);
}

static bool
is_number(const ApdDates *self, int i)
{
    return i >= 0 && i < (int) self->tokens->len && apd_dates_token(self, i)->is_number;
}

/* "has until", "has 5 days" */
static bool
time_follows(const ApdDates *self, int at)
{
    for (int i = at + 1; i <= at + 2; i++)
        if (is_number(self, i) || means(self, i, APD_WORD_BOUND) || means(self, i, APD_WORD_WITHIN)
            || means(self, i, APD_WORD_UNIT))
            return true;
    return false;
}

static bool
may(const ApdDates *self, int at)
{
    bool month =
        means(self, at, APD_WORD_MONTH) && (is_number(self, at - 1) || is_number(self, at + 1));
    return means(self, at, APD_WORD_MAY) && !month
           && (apd_dates_token(self, at)->word->value[APD_WORD_MAY] == APD_MAY_ALWAYS
               || time_follows(self, at));
}

/* "to the buyer": he is spoken of, and does nothing. */
static bool
is_object(const ApdDates *self, int at)
{
    const ApdToken *before = at > 0 ? apd_dates_token(self, at - 1) : NULL;
    if (before == NULL)
        return false;
    return means(self, at - 1, APD_WORD_OBJECT)
           || (before->word == NULL && before->sign == 0 && means(self, at - 2, APD_WORD_OBJECT));
}

/* "Until 10 May may the buyer": the verb stands before, as it does in German. */
static bool
may_stands_before(const ApdDates *self, int at)
{
    if (may(self, at - 1))
        return true;
    if (at < 2 || !may(self, at - 2))
        return false;
    const ApdToken *between = apd_dates_token(self, at - 1);
    return between->sign == 0 && between->end - between->start <= ARTICLE
           && !means(self, at - 1, APD_WORD_SELLER);
}

static bool
acts(const ApdDates *self, int at)
{
    int reach = apd_word_follows(apd_dates_token(self, at)->word) ? CLAUSE : NEAR;
    if (is_object(self, at))
        return false;
    if (may_stands_before(self, at))
        return true;
    for (int i = at + 1; i <= at + reach && i < (int) self->tokens->len; i++) {
        const ApdToken *token = apd_dates_token(self, i);
        if (may(self, i))
            return true;
        if (token->sign == '.' || token->sign == ';' || token->sign == ':'
            || (token->sign == ',' && (reach == NEAR || i > at + 1))
            || means(self, i, APD_WORD_SELLER) || means(self, i, APD_WORD_PARTY))
            return false;
    }
    return false;
}

void
apd_dates_mark_parties(const ApdDates *self)
{
    for (int i = 0; i < (int) self->tokens->len; i++)
        if (means(self, i, APD_WORD_PARTY))
            g_array_index(self->tokens, ApdToken, i).acts = acts(self, i);
}
