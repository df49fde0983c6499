/* What no single key can know: whether a configuration makes sense as a whole. */
#pragma once

#include "io/config.h"

/* Fills what a provider gives, then appends what is missing or contradicts
 * itself to @problems, a line each.  @set: "section\nkey" -> line, of what the
 * file wrote. */
void apd_config_check(ApdConfig *config, GHashTable *set, GString *problems);
