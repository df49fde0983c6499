/* Trouble: what keeps a source from being read, told with its remedy in a person's own
 * language.
 *
 * Errors are made in English, where they happen, and stand so in logs and in the ledger;
 * what a person is to do about them are texts of conf/alerts, found by our own words in
 * them.  What a server said itself is quoted, never looked into.  Pure.
 */
#pragma once

#include <glib.h>

#include "model/alert.h"
#include "model/phrases.h"

/* Returns: the key in [causes] of what @text, of a source of this @subject ("imap office:
 * INBOX"), says; NULL: none is known. */
const char *apd_trouble_find(const char *subject, const char *text);

/* Returns: (transfer full): cause and remedy of an alert about a source, then what is known in
 * detail; NULL: @alert is none, or of a trouble that only its own text tells. */
char *apd_trouble_words(const ApdPhrases *phrases, const ApdAlert *alert, GTimeZone *zone);
