/* The clause that a date stands in: whose it is, and what stands around the date there.
 *
 * Parts of logic/deadline_roles.c, which weighs what they find.
 */
#pragma once

#include "logic/dates.h"

/* A label is a few words; a sentence that ends in a colon speaks of much. */
#define APD_CLAUSE_MAX_LABEL 14

/* Returns: the ApdRole of @token; -1 for none. */
int apd_clause_role(const ApdToken *token);

/* Signs and words that end a clause. */
bool apd_clause_ends(const ApdToken *token);

/* A mention begins at token @at: what stands beyond it is rather about that one. */
bool apd_clause_starts_mention(const ApdDates *self, int at);

/* Whether the clause of @mention speaks of the seller, and of nobody else: parties of other
 * clauses have clocks of their own.  "The buyer may add to it within 3 days, and within 5 days
 * you may answer." */
bool apd_clause_is_sellers(const ApdDates *self, const ApdMention *mention);

/* "Within 24 hours of your appeal": what counts from the seller's own act is another's time. */
bool apd_clause_counts_from_own_act(const ApdDates *self, const ApdMention *mention);

/* "Ordered: 11.02. Appeal until: 09.03. Penalty ends: 17.03.": the words before a colon name
 * the date after it, and nothing else does.  Returns: the first token of the label; -1: none. */
int apd_clause_label(const ApdDates *self, const ApdMention *mention);

/* "because", before a window in the same clause; in Turkish and Korean after it. */
bool apd_clause_tells_why(const ApdDates *self, const ApdMention *mention);

/* "order 123 (paid on the 10th, to ship by the 14th)": said by the way, in brackets with words
 * of its own. */
bool apd_clause_is_aside(const ApdDates *self, const ApdMention *mention);

/* A word for "for" is token @at; @after: one that stands after what lasts. */
bool apd_clause_tells_duration(const ApdDates *self, int at, bool after);
