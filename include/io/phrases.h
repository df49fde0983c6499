/* Reads the phrases of a language from conf/alerts/. */
#pragma once

#include <stdbool.h>

#include "model/phrases.h"

/* @rules_dir: what is shipped; @user_rules_dir: a user's own folder, whose
 * alerts/LANG.conf overrides phrase by phrase, or NULL.  A phrase that LANG
 * lacks is the English one.  "zh-CN" falls back to "zh", "zh-TW" to "zh-Hant",
 * an unknown language to English: an alert in the wrong language beats none.
 * Returns: (transfer full); NULL and APD_ERROR_CONFIG when a file is wrong. */
ApdPhrases *apd_phrases_load(const char *rules_dir, const char *user_rules_dir,
                             const char *language, GError **error);

/* Whether @language, or the language that it is a variant of, has texts of its own. */
bool apd_phrases_exist(const char *rules_dir, const char *user_rules_dir, const char *language);

/* Returns: (transfer full): the languages that have texts, for people: "de, en, fr". */
char *apd_phrases_languages(const char *rules_dir, const char *user_rules_dir);
