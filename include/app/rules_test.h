/* The cases beside the rules (conf/rules/cases/): what a phrase must catch and
 * what it must leave alone, in a form that a seller can write.
 */
#pragma once

#include "app/reading.h"

typedef struct {
    guint passed, failed;
} ApdRulesTested;

/* Reads every *.conf of @cases_dir and judges its messages with @reading, printing
 * what is wrong.  A category of @categories (NULL-terminated) that no case names,
 * or that has only positive or only negative ones, is wrong too.
 * False and @error when the files are. */
bool apd_rules_test(const ApdReading *reading, const char *cases_dir, const char *const *categories,
                    ApdRulesTested *ret_tested, GError **error);
