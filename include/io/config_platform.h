/* What an [aliexpress NAME] means beyond its keys: where tokens are asked for and kept. */
#pragma once

#include "io/config.h"

/* Fills @source.  Returns: (transfer full): what is wrong with @ret_key; NULL: nothing. */
char *apd_config_platform_use(ApdSourceConfig *source, const char *state_dir, const char **ret_key);
