/* A verdict as `appealctl explain` prints it. */
#pragma once

#include "model/verdict.h"

/* Returns: (transfer full): one line of JSON without a newline: the keys and their order
 * are a stable interface. */
char *apd_explain_json(const char *file, const ApdVerdict *verdict);

/* Where text stands on the page, in columns: of facts, of what decided. */
#define APD_EXPLAIN_TEXT     16
#define APD_EXPLAIN_EVIDENCE 4

/* Returns: (transfer full): a page for a person, with the derivation of the deadline
 * step by step; ends with a newline. */
char *apd_explain_page(const char *file, const ApdVerdict *verdict);
