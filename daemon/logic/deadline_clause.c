#include "logic/deadline_clause.h"

#include <string.h>

int
apd_clause_role(const ApdToken *token)
{
    if (token->acts)
        return APD_ROLE_OTHER;
    return apd_token_means(token, APD_WORD_ROLE) ? token->word->value[APD_WORD_ROLE] : -1;
}

/* Signs and words that end a clause; the "'tan" of "3 Mart'tan 12 Mart'a" is the ending of a word.
 */
bool
apd_clause_ends(const ApdToken *token)
{
    bool ending = token->glued && apd_token_means(token, APD_WORD_GLUE);

    return token->sign == ',' || token->sign == ';'
           || (apd_token_means(token, APD_WORD_RANGE) && !ending);
}

/* What stands beyond another date is rather about that one. */
bool
apd_clause_starts_mention(const ApdDates *self, int at)
{
    for (guint i = 0; i < self->mentions->len; i++)
        if (g_array_index(self->mentions, ApdMention, i).first == at)
            return true;
    return false;
}

static bool
ends_mention_at(const ApdDates *self, int at)
{
    for (guint i = 0; i < self->mentions->len; i++)
        if (g_array_index(self->mentions, ApdMention, i).last == at)
            return true;
    return false;
}

/* Whether the clause of @mention speaks of the seller, and of nobody else: parties of other
 * clauses have clocks of their own.  "The buyer may add to it within 3 days, and within 5 days
 * you may answer." */
bool
apd_clause_is_sellers(const ApdDates *self, const ApdMention *mention)
{
    bool seller = false;
    for (int step = -1; step <= 1; step += 2) {
        int at = step < 0 ? mention->first - 1 : mention->last + 1;
        for (; at >= 0 && at < (int) self->tokens->len; at += step) {
            const ApdToken *token = apd_dates_token(self, at);
            int role = apd_clause_role(token);
            if (token->sign == '.' || apd_clause_ends(token) || apd_clause_starts_mention(self, at))
                break;
            if (role == APD_ROLE_PLATFORM || role == APD_ROLE_OTHER)
                return false;
            seller = seller || apd_token_means(token, APD_WORD_SELLER);
        }
    }
    return seller;
}

/* "Within 24 hours of your appeal": what counts from the seller's own act is another's time. */
bool
apd_clause_counts_from_own_act(const ApdDates *self, const ApdMention *mention)
{
    int n = (int) self->tokens->len, at = mention->last + 1;
    if (mention->type != APD_MENTION_WINDOW || at >= n)
        return false;
    for (int i = mention->first - 1; i >= 0; i--) {
        const ApdToken *token = apd_dates_token(self, i);
        int role = apd_clause_role(token);
        if (apd_clause_ends(token) || token->sign == '.')
            break;
        if (role == APD_ROLE_ACTION || role == APD_ROLE_DEADLINE || role == APD_ROLE_DUTY
            || apd_token_means(token, APD_WORD_SELLER))
            return false;
    }
    const ApdToken *first = apd_dates_token(self, at);
    if (!apd_token_means(first, APD_WORD_FROM) && !apd_token_means(first, APD_WORD_GLUE))
        return false;
    for (int i = at; i + 1 < n && i < at + 5; i++) {
        const ApdToken *token = apd_dates_token(self, i);
        if (apd_token_means(token, APD_WORD_ANCHOR))
            return false;
        if (apd_token_means(token, APD_WORD_SELLER) && apd_clause_role(token) < 0)
            return apd_clause_role(apd_dates_token(self, i + 1)) == APD_ROLE_ACTION;
    }
    return false;
}

/* "Ordered: 11.02. Appeal until: 09.03. Penalty ends: 17.03.": the words before a colon name
 * the date after it, and nothing else does.  Returns: the first token of the label; -1: none. */
int
apd_clause_label(const ApdDates *self, const ApdMention *mention)
{
    int colon = mention->first - 1, from = 0;
    while (colon > 0 && colon > mention->first - 4 && apd_dates_token(self, colon)->sign != ':'
           && apd_token_means(apd_dates_token(self, colon), APD_WORD_BOUND))
        colon--;
    if (colon < 1 || apd_dates_token(self, colon)->sign != ':')
        return -1;
    for (from = colon; from > 0 && colon - from < APD_CLAUSE_MAX_LABEL; from--) {
        const ApdToken *token = apd_dates_token(self, from - 1);
        if ((token->sign != 0 && strchr(".,;:/", token->sign) != NULL)
            || ends_mention_at(self, from - 1))
            break;
    }
    /* Of one date alone the whole sentence may speak. */
    bool parted = from > 1 && strchr(";,/", apd_dates_token(self, from - 1)->sign) != NULL
                  && apd_dates_token(self, from - 1)->sign != 0;
    int last = parted ? from - 2 : from - 1;
    return from < colon && from > 0 && ends_mention_at(self, last) ? from : -1;
}

/* "because", before a window in the same clause; in Turkish and Korean after it. */
bool
apd_clause_tells_why(const ApdDates *self, const ApdMention *mention)
{
    if (mention->type != APD_MENTION_WINDOW)
        return false;
    for (int i = mention->first - 1; i >= 0 && apd_dates_token(self, i)->sign != ','; i--)
        if (apd_clause_role(apd_dates_token(self, i)) == APD_ROLE_CAUSE
            && !apd_word_follows(apd_dates_token(self, i)->word))
            return true;
    for (int i = mention->last + 1; i < (int) self->tokens->len; i++) {
        const ApdToken *token = apd_dates_token(self, i);
        if (token->sign == ',' || token->sign == '.')
            break;
        if (apd_clause_role(token) == APD_ROLE_CAUSE && apd_word_follows(token->word))
            return true;
    }
    return false;
}

/* "order 123 (paid on the 10th, to ship by the 14th)": said by the way, in brackets with words
 * of its own. */
bool
apd_clause_is_aside(const ApdDates *self, const ApdMention *mention)
{
    int open = mention->first - 1, close = mention->last + 1, words = 0;
    for (; open >= 0 && apd_dates_token(self, open)->sign != '('; open--) {
        if (apd_dates_token(self, open)->sign == ')')
            return false;
        words++;
    }
    for (; close < (int) self->tokens->len && apd_dates_token(self, close)->sign != ')'; close++) {
        if (apd_dates_token(self, close)->sign == '(')
            return false;
        words++;
    }
    return open >= 0 && close < (int) self->tokens->len && words > 3;
}

bool
apd_clause_tells_duration(const ApdDates *self, int at, bool after)
{
    if (at < 0 || at >= (int) self->tokens->len)
        return false;
    const ApdToken *token = apd_dates_token(self, at);
    return apd_clause_role(token) == APD_ROLE_DURATION && apd_word_follows(token->word) == after;
}
