/* The words of time in every language, as data: months, numbers, units, bounds,
 * zones, and the words that tell what a date is about.
 *
 * Filled from conf/rules/time/: in "[TYPE VALUE LANGUAGE]" (or "[TYPE VALUE]")
 * each `phrase =` is one or more words; a '*' at the end of a word stands for
 * any ending.  Phrases are folded as text is (logic/normalise.h).
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "logic/zones.h"

typedef enum {
    APD_WORD_MONTH,      /* 1-12 */
    APD_WORD_NUMBER,     /* 0-999; "twenty", "zwolf" */
    APD_WORD_UNIT,       /* ApdUnit */
    APD_WORD_MARK,       /* ApdMark: what the number before it is */
    APD_WORD_BOUND,      /* ApdBound, before the date it binds */
    APD_WORD_BOUND_END,  /* ApdBound, after the date it binds */
    APD_WORD_INCLUSIVE,  /* the day itself counts */
    APD_WORD_HALF,       /* ApdHalf: am, pm */
    APD_WORD_OCLOCK,     /* marks a number as an hour */
    APD_WORD_MOMENT,     /* hour of the day: noon 12, midnight 24 */
    APD_WORD_ZONE,       /* zone number */
    APD_WORD_CITY,       /* zone number, right beside a time of day only */
    APD_WORD_WEEKDAY,    /* 1-7, Monday first */
    APD_WORD_NEAR,       /* ApdNear: a day named from the message: tomorrow */
    APD_WORD_GLUE,       /* may stand inside a date or a window */
    APD_WORD_RANGE,      /* between two ends */
    APD_WORD_WITHIN,     /* before a window */
    APD_WORD_WITHIN_END, /* after a window */
    APD_WORD_FROM,       /* a start: "from", "since", "after" */
    APD_WORD_SINCE,      /* a start that the day itself is part of: "from", not "after" */
    APD_WORD_ROLE,       /* ApdRole: what a date near it is about */
    APD_WORD_ANCHOR,     /* ApdAnchor: what a window may count from */
    APD_WORD_SELLER,     /* "you", "your store": whose clause it is */
    APD_WORD_PARTY,      /* the buyer, the complainant, a bank, another store */
    APD_WORD_MAY,        /* ApdMay: what gives a party beside it a clock of its own */
    APD_WORD_OBJECT,     /* "to the", "of the": who is named next does not act */
    APD_N_WORD_TYPES,
} ApdWordType;

typedef enum {
    APD_UNIT_MINUTE,
    APD_UNIT_HOUR,
    APD_UNIT_DAY,
    APD_UNIT_BUSINESS_DAY,
    APD_UNIT_WEEK,
    APD_UNIT_MONTH,
    APD_N_UNITS,
} ApdUnit;

typedef enum {
    APD_MARK_YEAR,
    APD_MARK_MONTH,
    APD_MARK_DAY,
    APD_MARK_HOUR,
    APD_MARK_MINUTE,
    APD_MARK_SECOND,
    APD_MARK_HALF,      /* half an hour more: 九点半, "9 heures et demie" */
    APD_MARK_HALF_PAST, /* the same before the hour: "half past nine" */
    APD_MARK_HALF_TO,   /* half an hour less, before the hour: "halb zehn" */
    APD_MARK_DAY_NAME,  /* before the number of a day: "el día 12" */
    APD_MARK_ARTICLE,   /* the same where it ends the sentence or leads to a time: "jusqu'au 12" */
    APD_N_MARKS,
} ApdMark;

typedef enum {
    APD_BOUND_NONE,
    APD_BOUND_BY,     /* the whole day counts */
    APD_BOUND_BEFORE, /* the day does not count */
    APD_N_BOUNDS,
} ApdBound;

/* Days named by where the message stands. */
typedef enum {
    APD_NEAR_NONE,
    APD_NEAR_TODAY,
    APD_NEAR_TOMORROW,
    APD_NEAR_AFTER_TOMORROW,
    APD_NEAR_END_OF_WEEK,
    APD_NEAR_END_OF_MONTH,
    APD_NEAR_END_OF_NEXT_WEEK,
    APD_NEAR_END_OF_NEXT_MONTH,
    APD_NEAR_THIS_MONTH, /* beside the number of a day: "the 5th of this month" */
    APD_NEAR_THAT_DAY,   /* the day named last: "after 18:00 on that day", "until then" */
    APD_NEAR_WEEKDAY,    /* the next such day */
    APD_N_NEAR,
} ApdNear;

typedef enum {
    APD_MAY_ALWAYS, /* "may", "must", "answers" */
    APD_MAY_TIMED,  /* "has", which may be part of "has opened": a time must follow */
    APD_N_MAYS,
} ApdMay;

typedef enum { APD_HALF_AM, APD_HALF_PM, APD_N_HALVES } ApdHalf;

typedef enum {
    APD_ROLE_DEADLINE,  /* deadline, time limit, due */
    APD_ROLE_ACTION,    /* what the seller may or must do: appeal, submit, pay */
    APD_ROLE_SANCTION,  /* how long or from when a measure lasts */
    APD_ROLE_EVENT,     /* when something happened */
    APD_ROLE_EFFECTIVE, /* when a rule or a penalty takes effect */
    APD_ROLE_PLATFORM,  /* how long the platform takes */
    APD_ROLE_REVIEW,    /* a review: the platform's own, or one to ask for */
    APD_ROLE_OTHER,     /* another party's clock: bank, complainant, buyer, court */
    APD_ROLE_HISTORY,   /* a period that lies behind */
    APD_ROLE_LIFE,      /* how long points stay */
    APD_ROLE_OFFER,     /* marketing, surveys, support hours */
    APD_ROLE_OVER,      /* an end that was missed: no appeal came by then */
    APD_ROLE_ALL_TIMES, /* "all times are": a zone for the whole message */
    APD_ROLE_OTHERWISE, /* "otherwise", "if you do not": what follows is the consequence */
    APD_ROLE_DUTY,      /* "must", "please", "is to be": somebody is asked for something */
    APD_ROLE_FORMER,    /* "original", "previous": an end that holds no more */
    APD_ROLE_EXTENDED,  /* "extended": of two ends the later holds */
    APD_ROLE_DURATION,  /* "for": right before a window that lasts */
    APD_ROLE_RULE,      /* "the rule": what holds for everybody */
    APD_ROLE_LATE,      /* "will not be considered": what comes after a date */
    APD_ROLE_FINAL,     /* "is final": a decision that leaves no further chance */
    APD_ROLE_CAUSE,     /* "because": what was missed lies behind */
    APD_ROLE_END,       /* "expires": a deadline, unless a measure or points do */
    APD_ROLE_IF,        /* "if", "unless": what is missed lies ahead */
    APD_ROLE_UNHEARD,   /* "without hearing you": the day when they decide ends the chance */
    APD_N_ROLES,
} ApdRole;

typedef enum {
    APD_ANCHOR_NOTICE, /* the message itself */
    APD_ANCHOR_RECORD, /* the record, penalty or decision being made */
    APD_ANCHOR_EVENT,  /* a violation, dispute, order or complaint happening */
    APD_ANCHOR_EFFECT, /* a measure taking effect */
    APD_ANCHOR_TRADE,  /* any order's payment or delivery: a rule for all of them */
    APD_N_ANCHORS,
} ApdAnchor;

#define APD_WORD_ABSENT (-1)

/* One phrase of one language (or of none); may mean several things. */
typedef struct {
    char *phrase; /* owned: folded, '*' taken out */
    size_t n;
    bool stem;                   /* any ending may follow */
    bool acts;                   /* one of its words is something the seller may do */
    guint32 languages;           /* bit per language, see apd_words_language() */
    int value[APD_N_WORD_TYPES]; /* APD_WORD_ABSENT where it does not mean this */
} ApdWord;

typedef struct ApdWords ApdWords;

ApdWords *apd_words_new(void);
void apd_words_free(ApdWords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdWords, apd_words_free)

/* Takes in one line; zones named are loaded.  Fails with APD_ERROR_CONFIG; the
 * caller adds file and line. */
bool apd_words_add(ApdWords *self, const char *section, const char *key, const char *value,
                   GError **error);

/* German: "Angebotssperre" is a kind of "Sperre".  Returns: what the word of @n
 * bytes at @text ends with, NULL for nothing known or when the words of
 * @languages make no compounds. */
const ApdWord *apd_words_find_end(const ApdWords *self, const char *text, size_t n,
                                  guint32 languages);

/* Words of Turkish and Korean stand after what they are about. */
bool apd_word_follows(const ApdWord *word);

/* Whether @word says behind a day that something starts then: Turkish, Korean, "3月14日起". */
bool apd_word_starts_behind(const ApdWord *word);

/* Call after the last line: makes ready for apd_words_find(). */
void apd_words_finish(ApdWords *self);

/* Returns: the longest phrase of @languages (0: all) that stands at the start of
 * @text (folded, at the start of a word, @n bytes left), with its length; NULL
 * for none. */
const ApdWord *apd_words_find(const ApdWords *self, const char *text, size_t n, guint32 languages,
                              size_t *ret_length);

/* The languages whose words may stand in a message in @language ("en",
 * "zh-Hant", ...; NULL: unknown): its own and those of other
 * scripts.  The short words of other Latin languages mean something else in it. */
guint32 apd_words_languages_beside(const char *language);

const ApdZones *apd_words_zones(const ApdWords *self);

/* The name of a language bit: "en"; NULL past the last. */
const char *apd_words_language(const ApdWords *self, guint bit);

/* True for the first byte of an ideograph, a kana or a Hangul syllable: scripts
 * in which every place is a word boundary. */
static inline bool
apd_words_is_dense(unsigned char c)
{
    return c >= 0xe3 && c <= 0xed;
}
