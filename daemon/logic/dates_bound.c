#include <string.h>

#include "logic/dates.h"

/* Between a date and its bound. */
#define REACH 7

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

static ApdMention *
last_mention(const ApdDates *self)
{
    return self->mentions->len > 0
               ? &g_array_index(self->mentions, ApdMention, self->mentions->len - 1)
               : NULL;
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

void
apd_dates_look_back(const ApdDates *self, ApdMention *mention)
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
            /* "11일부터 18일까지", "5 Mart'tan itibaren": it stands after the date it is about. */
            ApdMention *before = last_mention(self);
            int reach = apd_word_starts_behind(tok(self, i)->word) ? 3 : 2;
            bool after = before != NULL && before->type == APD_MENTION_DATE
                         && i - before->last <= reach && i - before->last > 0;
            *(after ? &before->is_start : &mention->is_start) = true;
            mention->is_since = !after && means(self, i, APD_WORD_SINCE);
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

void
apd_dates_look_ahead(const ApdDates *self, ApdMention *mention)
{
    for (int i = mention->last + 1; i <= mention->last + REACH + 3; i++) {
        const ApdToken *token = tok(self, i);
        int zone;
        int next = apd_dates_read_zone(self, i, &zone);
        if (next > i + 1) {
            i = next - 1;
        } else if (means(self, i, APD_WORD_INCLUSIVE)) {
            mention->inclusive = true;
        } else if (apd_word_starts_behind(token->word)) {
            mention->is_start = mention->bound == APD_BOUND_NONE;
            mention->is_since = mention->is_start && means(self, i, APD_WORD_SINCE);
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
