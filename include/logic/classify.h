/* What a message asks of the seller: kind, category, outcome, severity.
 *
 * Evidence of several kinds is weighed by where it stands: who speaks, to whom, what was done or
 * is demanded, about what (classify_weigh).  The words are data (conf/rules/), and so is what the
 * signs that they leave (traits) speak for, which is learnt (weights); here are only the bounds
 * within which the greatest sum decides.
 */
#pragma once

#include <glib.h>

#include "logic/origin.h"
#include "logic/rules.h"
#include "model/text.h"
#include "model/verdict.h"

/* Everything that is known of a message before it is judged; all borrowed. */
typedef struct {
    const ApdRules *rules;
    const ApdDocument *document;
    const ApdText *text;
    const GArray *hits; /* element-type ApdHit, of apd_matcher_scan() */
    const ApdOrigin *origin;
    const int *factors; /* of apd_classify_factors() */
} ApdInput;

/* Sets kind, category, outcome and severity of @verdict, and adds the evidence. */
void apd_classify(const ApdInput *input, ApdVerdict *verdict);

/* How much each segment counts, percent: its zone, its depth, 0 for a footer and for what is quoted
 * below an answer.  Returns: (transfer full): by segment. */
int *apd_classify_factors(const ApdRules *rules, const ApdText *text, const GArray *hits);

static inline int
apd_classify_factor(const ApdInput *input, int segment)
{
    return input->factors[segment];
}
