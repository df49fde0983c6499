/* Reads the rule files: the shipped folder, then a user's own over it. */
#pragma once

#include "logic/rules.h"

/* Every *.conf of @dir, in alphabetical order, then those of @user_dir (NULL or
 * missing: none).  On failure @error names file and line of every mistake.
 * Returns: (transfer full): finished rules. */
ApdRules *apd_rules_load(const char *dir, const char *user_dir, GError **error);
