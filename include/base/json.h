/* Members of JSON objects, as every program of ours writes them. */
#pragma once

#include <json-glib/json-glib.h>

#include "base/clock.h"

/* Each adds a member @key to the object that is open in @builder. */

/* NULL becomes null. */
void apd_json_text(JsonBuilder *builder, const char *key, const char *text);

void apd_json_int(JsonBuilder *builder, const char *key, gint64 value);

/* @texts: NULL-terminated. */
void apd_json_list(JsonBuilder *builder, const char *key, char *const *texts);

/* @hundredths of a number: whole ones as an integer, others with a fraction,
 * negative ones (not known) as null. */
void apd_json_hundredths(JsonBuilder *builder, const char *key, int hundredths);

/* UTC in ISO 8601; APD_NEVER, and 0 for "not yet", become null. */
void apd_json_time(JsonBuilder *builder, const char *key, ApdTime when);
