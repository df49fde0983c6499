#include "logic/deadline.h"
#include "logic/deadline_clause.h"

/* How much a role speaks for (or against) a date right beside it, in percent. */
static const int weights[APD_N_ROLES] = {
    [APD_ROLE_DEADLINE] = 120, [APD_ROLE_ACTION] = 100,     [APD_ROLE_SANCTION] = -120,
    [APD_ROLE_EVENT] = -110,   [APD_ROLE_EFFECTIVE] = -120, [APD_ROLE_PLATFORM] = -240,
    [APD_ROLE_OTHER] = -240,   [APD_ROLE_HISTORY] = -150,   [APD_ROLE_LIFE] = -170,
    [APD_ROLE_OFFER] = -160,   [APD_ROLE_OVER] = -250,      [APD_ROLE_ALL_TIMES] = 0,
    [APD_ROLE_RULE] = -140,    [APD_ROLE_DURATION] = -70,   [APD_ROLE_REVIEW] = -120,
    [APD_ROLE_DUTY] = 60,      [APD_ROLE_FORMER] = -300,    [APD_ROLE_EXTENDED] = 100,
    [APD_ROLE_END] = 120,
};

/* Roles that only hold right beside the date: "the last 30 days". */
static bool
is_near_only(int role)
{
    return role == APD_ROLE_HISTORY || role == APD_ROLE_EFFECTIVE || role == APD_ROLE_FORMER;
}

static bool
is_actor(int role)
{
    return role == APD_ROLE_PLATFORM || role == APD_ROLE_REVIEW || role == APD_ROLE_OTHER
           || role == APD_ROLE_OVER || role == APD_ROLE_OFFER;
}

/* Somebody else's time. */
static bool
is_party(int role)
{
    return role == APD_ROLE_PLATFORM || role == APD_ROLE_REVIEW || role == APD_ROLE_OTHER;
}

/* What a token adds to the distance across it: the end of a clause more. */
static int
breadth(const ApdToken *token)
{
    switch (token->sign) {
    case ',':
        return 3;
    case ';':
    case '/':
        return 9;
    case '(':
    case ')':
        return 4;
    case '.':
        return 4;
    default:
        return token->sign != 0 ? 1 : 2;
    }
}

static int
strength(int role, int distance, int step)
{
    /* "the last 30 days" before, "30 days ago" right after. */
    if (role == APD_ROLE_HISTORY && distance > (step < 0 ? 3 : 1))
        return 0;
    if (role == APD_ROLE_DURATION && distance > 1)
        return 0;
    if (is_near_only(role) && distance > 8)
        return 0;
    /* Who acts is said once in a clause, what is done near the date. */
    if (is_actor(role))
        return weights[role] * 5 / (16 + distance);
    return weights[role] * 2 / (8 + distance);
}

static void
keep_strongest(int *best, int role, int value)
{
    if (weights[role] > 0 ? value > best[role] : value < best[role])
        best[role] = value;
}

/* Strength of what leaves no doubt. */
#define CERTAINLY 30

/* Tokens after "from" that tell where a window starts. */
#define START 7

static bool
tells_start(int role)
{
    return role == APD_ROLE_EVENT || role == APD_ROLE_REVIEW || role == APD_ROLE_EFFECTIVE
           || role == APD_ROLE_RULE;
}

/* A mention ends a few tokens before @at: "1 Ocak 2026'dan sonra da geçerli". */
static bool
ends_mention(const ApdDates *self, int at)
{
    for (guint i = 0; i < self->mentions->len; i++) {
        int last = g_array_index(self->mentions, ApdMention, i).last;
        if (last < at && last >= at - 6)
            return true;
    }
    return false;
}

/* Another mention begins after @at. */
static bool
mention_follows(const ApdDates *self, int at)
{
    guint n = self->mentions->len;
    return n > 0 && g_array_index(self->mentions, ApdMention, n - 1).first > at;
}

static void
walk(const ApdDates *self, int from, int step, bool asks, bool mine, int *best)
{
    int distance = 0, start = 0;
    bool beyond = false, passed = false;
    for (int i = from; i >= 0 && i < (int) self->tokens->len; i += step) {
        const ApdToken *token = apd_dates_token(self, i);
        int role = apd_clause_role(token);
        if (role == APD_ROLE_OTHERWISE)
            return;
        int value = role >= 0 ? strength(role, distance, step) : 0;
        /* Words that stand after a date are about the one before them. */
        if (step < 0 && role >= 0 && (is_near_only(role) || role == APD_ROLE_LIFE)
            && apd_word_follows(token->word) && ends_mention(self, i))
            value = 0;
        /* "for 7 days": right before it, in Turkish and Korean right after. */
        if (role == APD_ROLE_DURATION && (step > 0) != apd_word_follows(token->word))
            value = 0;
        /* "send it before the 5th and we will answer": who asks speaks of himself after. */
        asks = asks
               || (!beyond
                   && (role == APD_ROLE_ACTION || role == APD_ROLE_DUTY || role == APD_ROLE_OVER));
        /* "so that payouts go on, pay within two days" */
        bool other = asks && (step > 0 ? is_actor(role) : is_party(role));
        if (beyond && mine && is_party(role))
            value /= 8;
        else if (beyond && (is_near_only(role) || other))
            value /= 4;
        /* "until the 18th, and we answer within 3 days": who acts there has a date of his own. */
        else if (is_party(role) && (step > 0 ? passed || mention_follows(self, i) : passed && asks))
            value /= apd_word_follows(token->word) ? 16 : 4;
        /* "from the opening of the dispute" is about the start. */
        start = step > 0 && apd_token_means(token, APD_WORD_FROM) ? START : MAX(start - 1, 0);
        if (start > 0 && value < 0 && tells_start(role))
            value = 0;
        if (role >= 0)
            keep_strongest(best, role, value);
        /* "if no answer comes by then": in Turkish and Korean the consequence follows. */
        if (role == APD_ROLE_OVER && step > 0 && apd_word_follows(token->word))
            return;
        /* "until" right before the date begins no other clause, nor does "The buyer, ". */
        bool addressed = token->sign == ',' && i > 0 && apd_dates_token(self, i - 1)->acts;
        beyond = beyond
                 || (apd_clause_ends(token) && !addressed
                     && (i != from || !apd_token_means(token, APD_WORD_BOUND)));
        if (apd_clause_starts_mention(self, i)) {
            distance += 10;
            passed = true;
        }
        /* Single ideographs count half a word. */
        distance += token->word == NULL && token->sign == 0 && token->end - token->start == 3
                        ? 1
                        : breadth(token);
        if (distance > 120)
            return;
    }
}

/* What the tokens [from, to) of a label say. */
static void
add_tokens(const ApdDates *dates, int from, int to, int *best)
{
    for (int i = from; i < to; i++) {
        int role = apd_clause_role(apd_dates_token(dates, i));
        if (role >= 0 && role != APD_ROLE_DURATION)
            keep_strongest(best, role, weights[role] / 4);
    }
}

static void
add_all(const ApdDates *label, int *best)
{
    if (label->tokens->len <= APD_CLAUSE_MAX_LABEL)
        add_tokens(label, 0, (int) label->tokens->len, best);
}

/* What a sentence says for the next: of points, events and offers it does not. */
static bool
carries_over(int role)
{
    return role == APD_ROLE_DEADLINE || role == APD_ROLE_ACTION || role == APD_ROLE_DUTY
           || role == APD_ROLE_SANCTION || role == APD_ROLE_PLATFORM || role == APD_ROLE_OTHER
           || role == APD_ROLE_OVER;
}

static void
add_before(const ApdDates *dates, int percent, bool demand, int *best)
{
    for (int i = 0; i < (int) dates->tokens->len; i++) {
        int role = apd_clause_role(apd_dates_token(dates, i));
        /* A measure with a date of its own is about that one. */
        bool told = (weights[MAX(role, 0)] < 0 && dates->mentions->len > 0)
                    || (demand && role == APD_ROLE_SANCTION);
        if (role >= 0 && carries_over(role) && !told)
            keep_strongest(best, role, weights[role] * percent / 400);
    }
}

static int
bound_score(const ApdMention *mention)
{
    /* Where something begins nothing ends. */
    if (mention->is_range_start || mention->is_start)
        return -200;
    if (mention->is_spread)
        return -10;
    /* "It takes 2 minutes": nobody has to answer a notice in less than half an hour. */
    if (mention->type == APD_MENTION_WINDOW && mention->unit == APD_UNIT_MINUTE
        && mention->amount < 30)
        return -200;
    if (mention->bound != APD_BOUND_NONE || mention->within)
        return mention->is_weak ? 4 : 10;
    return mention->is_range_end ? 0 : -5;
}

/* Both ends of a range are named by what stands before it. */
static int
first_of(const ApdDates *self, const ApdMention *mention)
{
    int first = mention->first;
    for (guint i = 0; mention->is_range_end && i < self->mentions->len; i++) {
        const ApdMention *other = &g_array_index(self->mentions, ApdMention, i);
        bool joined = other->is_range_start && other->last < mention->first
                      && mention->first - other->last <= 4;
        for (int k = other->last + 1; joined && k < mention->first; k++)
            joined = apd_clause_role(apd_dates_token(self, k)) < 0;
        if (joined)
            first = other->first;
    }
    return first;
}

/* Nobody is asked for something in a year. */
static bool
is_short_window(const ApdMention *mention)
{
    static const int most[APD_N_UNITS] = {
        [APD_UNIT_MINUTE] = 0,        [APD_UNIT_HOUR] = 1000, [APD_UNIT_DAY] = 60,
        [APD_UNIT_BUSINESS_DAY] = 60, [APD_UNIT_WEEK] = 8,    [APD_UNIT_MONTH] = 2
    };
    return mention->type == APD_MENTION_WINDOW && mention->amount <= most[mention->unit];
}

/* Something is asked for or allowed, and nothing speaks against it. */
static bool
is_unopposed(const int *best)
{
    for (int role = 0; role < APD_N_ROLES; role++)
        if (best[role] < 0)
            return false;
    return best[APD_ROLE_ACTION] > 0;
}

static ApdRoleScore
sum_up(const ApdMention *mention, const int *best)
{
    ApdRoleScore result = { .score = bound_score(mention), .against = -1 };
    int worst = 0;

    for (int role = 0; role < APD_N_ROLES; role++) {
        result.score += best[role];
        if (best[role] < worst) {
            worst = best[role];
            result.against = role;
        }
    }
    result.explicit_chance = best[APD_ROLE_DEADLINE] + best[APD_ROLE_ACTION] >= 6;
    return result;
}

/* "Strikes count for a year. The first ends on ..." */
static bool
tells_of_life(const ApdDates *before)
{
    bool life = false;
    for (int i = 0; before != NULL && i < (int) before->tokens->len; i++) {
        int role = apd_clause_role(apd_dates_token(before, i));
        if (role == APD_ROLE_ACTION || role == APD_ROLE_DEADLINE)
            return false;
        life = life || role == APD_ROLE_LIFE;
    }
    return life;
}

/* "The penalty" or "the court's order expires on" is not the seller's clock, "the right to appeal
 * it expires on" is. */
static bool
take_end(const ApdDates *before, int *best)
{
    bool only = best[APD_ROLE_END] > 0 && best[APD_ROLE_ACTION] == 0 && best[APD_ROLE_DEADLINE] == 0
                && best[APD_ROLE_DUTY] == 0;
    if (best[APD_ROLE_END] > 0 && best[APD_ROLE_ACTION] == 0 && tells_of_life(before))
        best[APD_ROLE_LIFE] = MIN(best[APD_ROLE_LIFE], -10);
    bool other = best[APD_ROLE_SANCTION] < 0 || best[APD_ROLE_LIFE] < 0 || best[APD_ROLE_OFFER] < 0
                 || best[APD_ROLE_EFFECTIVE] < 0 || best[APD_ROLE_OTHER] < 0;
    if (!other || best[APD_ROLE_ACTION] > 0)
        best[APD_ROLE_DEADLINE] = MAX(best[APD_ROLE_DEADLINE], best[APD_ROLE_END]);
    best[APD_ROLE_END] = 0;
    return only;
}

/* "Up to 19 December, you have collected 13 points in all": a date that opens a sentence about
 * what has been, and nothing is asked for there. */
static bool
tells_state(const ApdDates *self, const ApdMention *mention, const int *best)
{
    if (mention->type != APD_MENTION_DATE || mention->first > 2 || best[APD_ROLE_ACTION] > 0
        || best[APD_ROLE_DUTY] > 0)
        return false;
    for (int i = mention->last + 1; i < (int) self->tokens->len; i++)
        if (apd_clause_role(apd_dates_token(self, i)) == APD_ROLE_HISTORY)
            return true;
    return false;
}

/* What the sentence and the label of @mention say of it.  Returns: whether only a verb such as
 * "expires" speaks for it. */
static bool
gather(const ApdDates *self, const ApdMention *mention, const ApdDates *label,
       const ApdDates *before, int *best)
{
    int named = apd_clause_label(self, mention);
    if (named >= 0) {
        add_tokens(self, named, mention->first, best);
        return take_end(before, best);
    }
    bool mine = apd_clause_is_sellers(self, mention);
    walk(self, first_of(self, mention) - 1, -1, false, mine, best);
    bool asks = best[APD_ROLE_ACTION] > 0 || best[APD_ROLE_END] > 0 || best[APD_ROLE_DUTY] > 0
                || best[APD_ROLE_DEADLINE] > 0 || best[APD_ROLE_OVER] < 0;
    walk(self, mention->last + 1, 1, asks, mine, best);
    if (apd_clause_counts_from_own_act(self, mention))
        keep_strongest(best, APD_ROLE_PLATFORM, weights[APD_ROLE_PLATFORM] / 4);
    if (label != NULL)
        add_all(label, best);
    bool only_ends = take_end(before, best);
    if (mention->type == APD_MENTION_DATE)
        best[APD_ROLE_HISTORY] = best[APD_ROLE_DURATION] = 0;
    /* "within 7 days from" begins nothing. */
    if (mention->type == APD_MENTION_WINDOW || mention->is_range_end)
        best[APD_ROLE_EFFECTIVE] = 0;
    if (mention->is_late && mention->type == APD_MENTION_WINDOW)
        keep_strongest(best, APD_ROLE_DEADLINE, weights[APD_ROLE_DEADLINE] / 4);
    if (mention->is_late)
        best[APD_ROLE_EVENT] = best[APD_ROLE_EFFECTIVE] = best[APD_ROLE_HISTORY] = 0;
    else if (tells_state(self, mention, best))
        best[APD_ROLE_HISTORY] = weights[APD_ROLE_HISTORY] / 4;
    return only_ends;
}

/* "On the 3rd at 13:20 we decide without hearing you", of one day alone: what reaches them before
 * is heard. */
static bool
ends_hearing(const ApdDates *self, const ApdMention *mention)
{
    if (mention->type != APD_MENTION_DATE || self->mentions->len != 1)
        return false;
    for (int i = 0; i < (int) self->tokens->len; i++)
        if (apd_clause_role(apd_dates_token(self, i)) == APD_ROLE_UNHEARD)
            return true;
    return false;
}

/* Where one thing said takes from another. */
static void
temper(const ApdDates *self, const ApdMention *mention, bool bound, bool ahead, int *best)
{
    /* "if no appeal comes by then" is a threat, and asks for one; "because none came within 7
     * days" tells why. */
    if (ahead && best[APD_ROLE_OVER] < 0 && !apd_clause_tells_why(self, mention)) {
        best[APD_ROLE_ACTION] = MAX(best[APD_ROLE_ACTION], 15);
        best[APD_ROLE_OVER] = 0;
        best[APD_ROLE_SANCTION] /= 3;
    }
    if (ahead && ends_hearing(self, mention)) {
        best[APD_ROLE_DEADLINE] = MAX(best[APD_ROLE_DEADLINE], CERTAINLY);
        best[APD_ROLE_PLATFORM] = best[APD_ROLE_REVIEW] = best[APD_ROLE_OTHER] = 0;
        best[APD_ROLE_OVER] = best[APD_ROLE_EVENT] = 0;
    }
    if (best[APD_ROLE_ACTION] > 0 || best[APD_ROLE_DUTY] > 0)
        best[APD_ROLE_REVIEW] /= 4;
    /* "verify within 24 hours or the store is closed": the measure is the threat. */
    if (mention->type == APD_MENTION_WINDOW && mention->within)
        best[APD_ROLE_SANCTION] /= 3;
    /* "must be delivered by": what must be has not happened. */
    if (bound && best[APD_ROLE_DUTY] > 0)
        best[APD_ROLE_EVENT] /= 4;
    else if (bound && ahead && mention->type == APD_MENTION_DATE)
        best[APD_ROLE_EVENT] /= 4;
    else if (bound && best[APD_ROLE_ACTION] > 0)
        best[APD_ROLE_EVENT] /= 2;
}

ApdRoleScore
apd_role_score(const ApdDates *self, const ApdMention *mention, const ApdDates *label,
               const ApdDates *before, bool ahead)
{
    int best[APD_N_ROLES] = { 0 };
    bool bound = mention->bound != APD_BOUND_NONE || mention->within || mention->is_range_end;

    bool only_ends = gather(self, mention, label, before, best);
    temper(self, mention, bound, ahead, best);
    bool bare = best[APD_ROLE_DEADLINE] == 0 && best[APD_ROLE_ACTION] == 0;
    bool own = best[APD_ROLE_DEADLINE] + best[APD_ROLE_ACTION] + best[APD_ROLE_DUTY] >= 5;
    int over = best[APD_ROLE_OVER];
    /* "We froze 4,210. Show within two days ...", "please clear this up until": no measure. */
    bool demand = best[APD_ROLE_DUTY] > 0
                  || (mention->type == APD_MENTION_WINDOW && mention->within && !mention->is_weak
                      && !apd_clause_tells_duration(self, mention->first - 1, false)
                      && !apd_clause_tells_duration(self, mention->last + 1, true));
    if (before != NULL && mention->continues)
        add_before(before, 100, demand, best);
    else if (before != NULL && bare)
        add_before(before, 35, demand, best);
    /* "No appeal has come so far. The chance ends on the 18th." */
    if (ahead)
        best[APD_ROLE_OVER] = over;

    /* "do nothing for 5 days", "appeals are admissible for a week" */
    if (best[APD_ROLE_DEADLINE] >= 12
        || (best[APD_ROLE_ACTION] > 0 && best[APD_ROLE_SANCTION] == 0))
        best[APD_ROLE_DURATION] = 0;
    bound = bound || (is_short_window(mention) && is_unopposed(best));

    /* A date that nothing binds needs a word for a deadline, or a label that asks and the future.
     */
    bool asked = label != NULL && ahead && is_unopposed(best);
    if (!bound && !asked && best[APD_ROLE_DEADLINE] < 5
        && (mention->type == APD_MENTION_DATE || label == NULL))
        best[APD_ROLE_ACTION] /= 3;
    ApdRoleScore score = sum_up(mention, best);
    score.own = own;
    score.named = best[APD_ROLE_DEADLINE] > 0;
    score.only_ends = only_ends;
    for (int i = 0; i < (int) self->tokens->len; i++) {
        int role = apd_clause_role(apd_dates_token(self, i));
        score.asks |= role == APD_ROLE_DUTY || role == APD_ROLE_IF || role == APD_ROLE_OTHERWISE;
    }
    score.aside = apd_clause_is_aside(self, mention);
    score.lasts = mention->type == APD_MENTION_WINDOW
                  && (apd_clause_tells_duration(self, mention->first - 1, false)
                      || apd_clause_tells_duration(self, mention->last + 1, true));
    score.bracketed = mention->first > 0 && apd_dates_token(self, mention->first - 1)->sign == '('
                      && mention->last + 1 < (int) self->tokens->len
                      && apd_dates_token(self, mention->last + 1)->sign == ')';
    return score;
}
