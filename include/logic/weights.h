/* How much each trait of a message speaks for what it may be: learnt, and kept as data
 * (conf/rules/weights.conf; logic/traits.h says what a trait is).
 *
 * A question has several answers; the weights of the traits that a message bears are summed for
 * each, and the greatest sum is the answer.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/match.h"

typedef enum {
    APD_QUESTION_KIND,     /* of which kind a message is; one of the answers is "none" */
    APD_QUESTION_CATEGORY, /* what it is about, or "none" */
    APD_QUESTION_OUTCOME,  /* of a decision */
    APD_N_QUESTIONS,
} ApdQuestion;

typedef struct ApdWeights ApdWeights;

ApdWeights *apd_weights_new(void);
void apd_weights_free(ApdWeights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdWeights, apd_weights_free)

/* Takes in "TRAIT = ANSWER WEIGHT, ..." of "[weights QUESTION]"; a later line for the same trait
 * replaces it.  On failure @error says what is wrong with it. */
bool apd_weights_add(ApdWeights *self, const char *question, const char *trait, const char *value,
                     GError **error);

/* Call once after the last line and when all signals are in @matcher.  Traits of signals that do
 * not exist are left out. */
void apd_weights_finish(ApdWeights *self, const ApdMatcher *matcher);

guint apd_weights_n_answers(const ApdWeights *self, ApdQuestion question);
const char *apd_weights_answer(const ApdWeights *self, ApdQuestion question, guint answer);

/* Whether @answer is one of those of @question. */
bool apd_weights_knows(const ApdWeights *self, ApdQuestion question, const char *answer);

/* Fills @sums, one for each answer, with what @traits (element-type ApdTrait) speak for it. */
void apd_weights_sum(const ApdWeights *self, ApdQuestion question, const GArray *traits,
                     gint64 *sums);

/* What the trait @number alone speaks for @answer, for each percent. */
int apd_weights_of(const ApdWeights *self, ApdQuestion question, guint number, guint answer);
