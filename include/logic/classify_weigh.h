/* The evidence of a message, weighed: what each signal of the rules amounts to.
 * Private to logic/classify*.c.
 */
#pragma once

#include "logic/classify.h"
#include "logic/traits.h"

/* What is known of one signal in this message. */
typedef struct {
    int best;                /* of its hits: weight of phrase, of section and of zone, percent */
    int sum;                 /* all hits, each further segment counting less */
    int count;               /* segments it stands in */
    int firm;                /* best of those that are no matter of the future ("will be") */
    int maybe;               /* best of those that are only supposed ("if", "otherwise") */
    int denied;              /* best of those with "not" before them */
    bool leads;              /* stands in the subject */
    int segment, start, end; /* of the best hit */
} ApdScore;

typedef struct {
    const ApdInput *input;
    ApdScore *scores; /* owned: by signal */
    int n;
    int category_signal; /* of the category that is there most strongly; -1: none is */
} ApdWeighing;

void apd_weighing_fill(ApdWeighing *self);

/* The score of the signal @name; all zero when it is not there. */
const ApdScore *apd_weighing_score(const ApdWeighing *self, const char *name);

/* Whether any signal that is there, if only supposed, tells one of @what, of ApdTells. */
bool apd_weighing_tells(const ApdWeighing *self, unsigned what);

/* Whether the signal @name stands in @segment at all. */
bool apd_weighing_has(const ApdInput *input, int segment, const char *name);

/* Whether points are said to have come to a sum that has consequences. */
bool apd_weighing_adds_up(const ApdInput *input);

/* Whether @segment is one of the lines of a scale: "12 points: ...". */
bool apd_weighing_is_scale(const ApdInput *input, int segment);

/* Whether @hit of a label's words is one, and of use: words that label other things too
 * ("Category") are where the value names a matter. */
bool apd_weighing_is_label(const ApdInput *input, const ApdHit *hit);

/* Whether @segment stands beside "Violation type" or its like. */
bool apd_weighing_is_stated_type(const ApdInput *input, int segment);

/* Whether the words of @hit are such a label: Polish "powód" is a plaintiff, and "Reason:". */
bool apd_weighing_is_itself_label(const ApdInput *input, const ApdHit *hit);

/* Whether @segment labels violations and nothing else, and what stands beside it names a matter. */
bool apd_weighing_states_violation(const ApdInput *input, int segment);

/* Whether @segment is a label and what stands beside it has a digit. */
bool apd_weighing_labels_number(const ApdInput *input, int segment);

/* Whether @segment is a label and what stands beside it begins with a reference. */
bool apd_weighing_labels_reference(const ApdInput *input, int segment);

/* Whether points are stated as a label and its value. */
bool apd_weighing_has_points(const ApdInput *input);

/* Whether a case, an order or a product of this store is named by its number. */
bool apd_weighing_has_reference(const ApdInput *input);

static inline int
apd_weighing_best(const ApdWeighing *self, const char *name)
{
    return apd_weighing_score(self, name)->best;
}

/* Returns: (transfer full) (element-type ApdTrait): of a weighing that is filled, what is there, in
 * the order of the numbers. */
GArray *apd_classify_traits(const ApdWeighing *self);
