/* Reads conf/platforms/NAME.conf, and a user's own of that name after it. */
#pragma once

#include "model/platform.h"

/* @rules_dir, @user_rules_dir (may be NULL): as in the configuration.  APD_ERROR_CONFIG
 * with every mistake. */
ApdPlatform *apd_platform_load(const char *rules_dir, const char *user_rules_dir, const char *name,
                               GError **error);
