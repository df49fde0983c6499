/* The keys of [json NAME]: what is missing, what does not go together. */
#pragma once

#include "io/config.h"

/* Whether @url, with {page} and {cursor} in it or not, is one that secrets may go to. */
bool apd_config_json_is_safe(const char *url);

/* Calls @complain for each mistake, with the key it stands at and the remedy. */
void apd_config_json_check(ApdSourceConfig *source,
                           void (*complain)(const ApdSourceConfig *source, const char *key,
                                            const char *text, void *user_data),
                           void *user_data);
