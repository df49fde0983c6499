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

/* "Wednesday, 18 March": the weekday belongs to a date. */
static bool
stands_by_date(const ApdDates *self, int at, const char *text, bool day_first)
{
    ApdMention probe = { .first = at };
    /* "el miércoles de la semana que viene (18 de marzo)" */
    for (int i = at + 1; i < at + 7; i++)
        if (tok(self, i)->sign == '(' && apd_dates_read_day(self, i + 1, day_first, &probe) > i + 1)
            return true;
    for (int i = at + 1; i < at + 5; i++) {
        if (apd_dates_read_day(self, i, day_first, &probe) > i
            || (means(self, at, APD_WORD_WEEKDAY)
                && apd_dates_read_lone_day(self, i, text, &probe) > i))
            return true;
        char sign = tok(self, i)->sign;
        if (!means(self, i, APD_WORD_GLUE) && sign != ',' && sign != '.' && sign != '(')
            break;
    }
    const ApdMention *before = self->mentions->len > 0 ? &g_array_index(self->mentions, ApdMention,
                                                                        self->mentions->len - 1)
                                                       : NULL;
    return before != NULL && before->type == APD_MENTION_DATE && at - before->last < 6;
}

int
apd_dates_read_near(const ApdDates *self, int at, const char *text, bool day_first,
                    ApdMention *mention)
{
    const ApdToken *token = tok(self, at);
    if (apd_token_means(token, APD_WORD_NEAR)
        && token->word->value[APD_WORD_NEAR] != APD_NEAR_THIS_MONTH) {
        mention->near = (ApdNear) token->word->value[APD_WORD_NEAR];
        if (mention->near == APD_NEAR_THAT_DAY) {
            /* "until then": one word for both */
            if (apd_token_means(token, APD_WORD_BOUND))
                mention->bound = (ApdBound) token->word->value[APD_WORD_BOUND];
            return at + 1;
        }
    } else if (apd_token_means(token, APD_WORD_WEEKDAY) && !means(self, at, APD_WORD_UNIT)
               && !means(self, at, APD_WORD_MARK)
               && token->end - token->start >= (means(self, at - 1, APD_WORD_BOUND) ? 3 : 4)) {
        /* "do", "fr", "수" are rather other words; "by Fri" is none. */
        mention->near = APD_NEAR_WEEKDAY;
        mention->weekday = token->word->value[APD_WORD_WEEKDAY] - 1;
        /* "Freitagmittag" */
        mention->has_time = apd_token_means(token, APD_WORD_MOMENT);
        if (mention->has_time)
            mention->time.hour = token->word->value[APD_WORD_MOMENT];
    } else {
        return at;
    }
    return stands_by_date(self, at, text, day_first) ? at : at + 1;
}

void
apd_dates_lend_zone(const ApdDates *self)
{
    int zone = APD_ZONE_UNNAMED;
    for (guint i = 0; i < self->mentions->len; i++)
        if (g_array_index(self->mentions, ApdMention, i).zone != APD_ZONE_UNNAMED)
            return;
    for (int i = 0; i < (int) self->tokens->len && zone == APD_ZONE_UNNAMED; i++)
        if (means(self, i, APD_WORD_ZONE))
            apd_dates_read_zone(self, i, &zone);
    for (guint i = 0; i < self->mentions->len; i++)
        g_array_index(self->mentions, ApdMention, i).zone = zone;
}
