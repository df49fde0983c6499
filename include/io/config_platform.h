/* What an [aliexpress NAME] means beyond its keys: where tokens are asked for and kept. */
#pragma once

#include "io/config.h"

/* Fills @source, and @config with the platform's data.  Returns: (transfer full): what is
 * wrong with @ret_key; NULL: nothing. */
char *apd_config_platform_use(ApdSourceConfig *source, ApdConfig *config, const char **ret_key);
