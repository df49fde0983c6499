/* The deadline of a notice: which date or window is the seller's, and which
 * instant it means (DOMAIN section 4, the seven reading rules).
 *
 * Every mention of a date is judged by the words around it, its label and its
 * neighbours; of what speaks for the seller's own clock the earliest counts.
 * Pure: the words, calendar, zones and windows are loaded beforehand.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/calendar.h"
#include "logic/dates.h"
#include "model/text.h"
#include "model/verdict.h"

/* What deadlines are read with; filled by app/time_data.h. */
typedef struct {
    ApdWords *words;       /* owned */
    ApdCalendar *calendar; /* owned */
    GPtrArray *windows;    /* owned, element-type ApdWindow */
} ApdTimeData;

/* How long a seller usually has when a notice of this category names no end. */
typedef struct {
    char *category; /* "ip.tro", "ip.*", "*" */
    int amount;     /* 0: no estimate */
    ApdUnit unit;
} ApdWindow;

ApdTimeData *apd_time_data_new(void);
void apd_time_data_free(ApdTimeData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdTimeData, apd_time_data_free)

/* Takes in one line of windows.conf: "[window ip.*]", "length = 3bd". */
bool apd_time_data_add_window(ApdTimeData *self, const char *section, const char *key,
                              const char *value, GError **error);

/* Returns: the most exact window for @category, of equals the one added last;
 * NULL for none. */
const ApdWindow *apd_time_data_window(const ApdTimeData *self, const char *category);

/* What is known of the message. */
typedef struct {
    ApdKind kind;
    ApdOutcome outcome;
    const char *category; /* NULL: none */
    const char *language; /* "en", "zh-Hant"; NULL: unknown */
    ApdTime date;         /* of the Date header, else when it was received; APD_NEVER: unknown */
} ApdDeadlineCase;

typedef struct {
    ApdTime instant; /* APD_NEVER for none */
    ApdBasis basis;
    GPtrArray *steps; /* owned, element-type utf8: the derivation, for people */
    char *evidence;   /* owned: the words that decided; NULL for none */
} ApdDeadline;

/* Fills @deadline, which apd_deadline_clear() releases. */
void apd_deadline_find(const ApdTimeData *self, const ApdText *text, const ApdDeadlineCase *kase,
                       ApdDeadline *deadline);
void apd_deadline_clear(ApdDeadline *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdDeadline, apd_deadline_clear)

/* In parts. What the words around a mention say of it: above
 * APD_ROLE_CERTAIN it is the seller's clock, above APD_ROLE_POSSIBLE it may be. */
#define APD_ROLE_CERTAIN  14
#define APD_ROLE_POSSIBLE 8
#define APD_ROLE_SILENT   (-6)

typedef struct {
    int score;
    int against;          /* the ApdRole that speaks most against it; -1 for none */
    bool explicit_chance; /* a word for a deadline or an action stands near */
    bool named;           /* a word for a deadline is, or for an end */
    bool own;             /* such a word, or one of duty, in its own sentence or label */
    bool aside;           /* said by the way, in brackets */
    bool only_ends;       /* all that speaks for it is a verb such as "expires" */
    bool asks;            /* its sentence says "must", "if" or "otherwise" */
    bool lasts;           /* a word for "for" stands beside it */
    bool bracketed;       /* alone in brackets: "the period (7 days)" */
} ApdRoleScore;

/* A date or window that may be the seller's. */
typedef struct {
    guint segment;
    ApdMention mention;
    ApdRoleScore role;
    bool labelled; /* a label or heading names it */
    bool quoted;   /* stands in what is quoted below */
    bool taken;    /* it was held for the end */
} ApdCandidate;

/* Reads every segment with the words of @languages (0: all) and appends what it
 * finds to @candidates (element-type ApdCandidate), judged by the words around.
 * Sets @ret_final if the text says that its decision is final.  Returns: the zone
 * said to hold for all times, else APD_ZONE_UNNAMED. */
int apd_deadline_collect(const ApdTimeData *self, const ApdText *text, const ApdDeadlineCase *kase,
                         guint32 languages, GArray *candidates, bool *ret_final);

/* The instant that @window counts from (reading rule 5): the message, unless the
 * words beside it name another start and one of @candidates (element-type
 * ApdCandidate) says when that was.  APD_NEVER for a rule about any order ("within 7 days of
 * payment").  Appends what was taken to @how. */
ApdTime apd_deadline_window_start(const ApdTimeData *self, const ApdText *text,
                                  const GArray *candidates, const ApdCandidate *window,
                                  const ApdDeadlineCase *kase, GString *how);

/* @label: the dates of its label segment, or NULL; @before: of the segment
 * before in the same paragraph, or NULL.  @ahead: it lies after the message, so
 * that an end missed is only a threat. */
ApdRoleScore apd_role_score(const ApdDates *self, const ApdMention *mention, const ApdDates *label,
                            const ApdDates *before, bool ahead);

/* Reads @mention as an instant; @start: what a window counts from.  Appends the
 * rules applied to @how. */
ApdTime apd_reckon_date(const ApdTimeData *self, const ApdMention *mention, ApdTime message,
                        GString *how);
ApdTime apd_reckon_window(const ApdTimeData *self, const ApdMention *mention, ApdTime start,
                          GString *how);
