/* What is well formed in the rules and yet surely not meant: a phrase twice, one
 * phrase for two categories, a name that nothing else knows, a value that means
 * nothing, a phrase that cannot match even itself, a category that a language
 * has no words for.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Looks through *.conf of @dir and of @user_dir (NULL: none), which have been
 * loaded without mistake.  Appends a line "file:line: what (remedy)" for each
 * finding to @findings; only findings about @user_dir when that is given.
 * Returns: their number. */
guint apd_rules_lint(const char *dir, const char *user_dir, GString *findings);
