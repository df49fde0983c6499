/* Durations and dates in the words of a language. */
#pragma once

#include "base/clock.h"
#include "model/phrases.h"

typedef enum {
    APD_PLURAL_ONE,
    APD_PLURAL_FEW,
    APD_PLURAL_MANY, /* what other languages call "other" */
} ApdPlural;

/* The form that @n takes in @language, for whole numbers (Unicode CLDR plural
 * rules, cardinal). */
ApdPlural apd_plural(const char *language, int64_t n);

/* Returns the phrase @section.@key in the form that @n takes ("summary.few"),
 * else its general form ("summary.many"), else NULL.  Lives as long as @phrases. */
const char *apd_phrase_counted(const ApdPhrases *phrases, const char *section, const char *key,
                               int64_t n);

/* Returns: (transfer full): the time left in at most two units, rounded down so
 * that nobody is told of more time than there is: "2 days 5 hours", "3 minutes". */
char *apd_countdown_words(const ApdPhrases *phrases, ApdTime left);

/* Returns: (transfer full): the same in short, for tables: "2 d 5 h". */
char *apd_countdown_short(const ApdPhrases *phrases, ApdTime left);

/* Returns: (transfer full): the instant as @zone's wall clock shows it, with
 * the zone's name, as the language writes dates. */
char *apd_countdown_date(const ApdPhrases *phrases, ApdTime when, GTimeZone *zone);

/* Returns: (transfer full): @template with each {name} replaced by the value
 * that follows that name in @names (name, value, name, value, ..., NULL).  An
 * unknown {name} stays as it is, which tests look for. */
char *apd_phrase_fill(const char *template, const char *const *names);
