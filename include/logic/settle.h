/* What a source states of a message settles what its text leaves open.  Pure. */
#pragma once

#include "logic/rules.h"
#include "model/stated.h"

/* First, once the text is classified: whether it is a notice, and of what. */
void apd_settle_matter(const ApdStated *stated, const ApdRules *rules, ApdVerdict *verdict);

/* Then, once the text is read: points, deadline, references.  Of two ends that are stated
 * the earlier counts (reading rule 6). */
void apd_settle_facts(const ApdStated *stated, ApdVerdict *verdict);
