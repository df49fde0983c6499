/* Dates and windows in a folded segment, and the words around them.
 *
 * What is found is a mention: a civil date with what is said of its time, zone
 * and bound, or a window ("within 3 business days").  What it is about is for
 * logic/deadline.h.  Linear in the text; bounded in number.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/dates_words.h"

/* A word, a number or a sign of the text. */
typedef struct {
    int start, end;      /* bytes in the segment */
    char sign;           /* of punctuation; 0 of words and numbers */
    bool is_number;      /* digits, or numerals */
    bool is_digits;      /* ASCII digits */
    bool glued;          /* no blank before it */
    bool chinese;        /* a numeral in Chinese words */
    bool acts;           /* another party than the seller, who may or must do something */
    int digits;          /* how many */
    int64_t number;      /* -1 for other than a number */
    const ApdWord *word; /* NULL for a word without meaning here */
} ApdToken;

typedef enum { APD_MENTION_DATE, APD_MENTION_WINDOW } ApdMentionType;

typedef struct {
    ApdMentionType type;
    int start, end;    /* bytes in the segment */
    int first, last;   /* tokens, @last included */
    ApdDay day;        /* of a date; year 0 when missing */
    ApdNear near;      /* of a date named from the message; @day is empty then */
    int weekday;       /* 0 is Monday, with APD_NEAR_WEEKDAY */
    bool either_order; /* day and month may be the other way round */
    bool has_time;
    ApdClockTime time;
    int zone; /* APD_ZONE_UNNAMED when none is named beside it */
    ApdBound bound;
    bool inclusive;
    bool is_range_start; /* the end of the range follows */
    bool is_range_end;
    bool is_start; /* "from", "since": something begins then */
    bool is_since; /* it begins with that day, not after it */
    int amount;    /* of a window */
    ApdUnit unit;
    int more_hours; /* "2 days and 12 hours" */
    int more_minutes;
    bool within;    /* a word for "within" stands beside it */
    bool is_weak;   /* that word says little: "in" */
    bool is_spread; /* "3 to 5 days": how long something takes, rather than may take */
    bool continues; /* the segment before ends in a word that binds it */
    bool is_late;   /* what comes after it is too late */
} ApdMention;

typedef struct {
    GArray *tokens;        /* owned, element-type ApdToken */
    GArray *mentions;      /* owned, element-type ApdMention, in order */
    const ApdWords *words; /* of the last scan, borrowed */
    guint32 languages;     /* whose words count, see apd_words_languages_beside(); 0: all */
    bool year_first;       /* numeric dates are in the East Asian order */
} ApdDates;

/* @text is folded, of @n bytes.  @day_first: numeric dates are never month
 * first (reading rule 4). */
void apd_dates_scan(const ApdWords *words, const char *text, size_t n, bool day_first,
                    ApdDates *dates);

void apd_dates_init(ApdDates *self);
void apd_dates_clear(ApdDates *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdDates, apd_dates_clear)

static inline const ApdToken *
apd_dates_token(const ApdDates *self, int i)
{
    return &g_array_index(self->tokens, ApdToken, i);
}

static inline bool
apd_token_means(const ApdToken *token, ApdWordType type)
{
    return token->word != NULL && token->word->value[type] != APD_WORD_ABSENT;
}

/* In parts, for dates.c: the tokens of a text, the dates and windows in them. */
void apd_dates_split(const ApdWords *words, const char *text, size_t n, ApdDates *dates);

/* Each tries at token @at and returns the token after what it took, or @at. */
int apd_dates_read_day(const ApdDates *self, int at, bool day_first, ApdMention *mention);
/* A day of a month that is not named: "no later than the 15th". */
int apd_dates_read_lone_day(const ApdDates *self, int at, const char *text, ApdMention *mention);
int apd_dates_read_near(const ApdDates *self, int at, const char *text, bool day_first,
                        ApdMention *mention);
int apd_dates_read_time(const ApdDates *self, int at, ApdMention *mention);
/* "18.00" right after a date, where it cannot be one. */
int apd_dates_read_dotted(const ApdDates *self, int at, ApdMention *mention);
int apd_dates_read_zone(const ApdDates *self, int at, int *ret_zone);
/* Time, zone and bound behind a day, in any order. */
int apd_dates_read_after(const ApdDates *self, int at, const char *text, ApdMention *mention);
int apd_dates_read_window(const ApdDates *self, int at, ApdMention *mention);
/* Marks the parties that have a clock of their own. */
void apd_dates_mark_parties(const ApdDates *self);
/* A zone named elsewhere in the sentence holds for its only date. */
void apd_dates_lend_zone(const ApdDates *self);

/* What the words before (after) @mention say of it: by, before, from, a zone. */
void apd_dates_look_back(const ApdDates *self, ApdMention *mention);
void apd_dates_look_ahead(const ApdDates *self, ApdMention *mention);
