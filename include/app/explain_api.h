/* What a saved answer of the platform would become. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/platform.h"

/* Returns: (transfer full): a page, or lines of JSON, for each thing that it would be;
 * why it is none (@ret_good false). */
char *apd_explain_api(const ApdPlatform *platform, const char *file, const char *text, size_t size,
                      bool json, bool *ret_good);
