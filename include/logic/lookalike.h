/* Names that try to pass for a brand: spelling, confusable letters, punycode. */
#pragma once

#include <stdbool.h>

/* Returns: (transfer full): @host as an eye sees it: punycode decoded, confusable
 * letters and digits as the Latin letter they imitate. */
char *apd_lookalike_skeleton(const char *host);

/* Whether a label of @host, a skeleton, holds @brand or is nearly spelt so. */
bool apd_lookalike_imitates(const char *skeleton, const char *brand);
