/* Values of the configuration: text -> field, as the table of keys says. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "io/config_keys.h"

/* Writes @value into its field of @object.  @folder: of the configuration, for
 * relative paths.  On failure @ret_wrong (transfer full) says what is wrong and
 * what would be right. */
bool apd_config_value_set(const ApdConfigKey *key, void *object, const char *value,
                          const char *folder, char **ret_wrong);

/* Writes the fallback of @key, where it has one. */
void apd_config_value_default(const ApdConfigKey *key, void *object, const char *folder);
