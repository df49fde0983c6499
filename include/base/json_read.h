/* JSON from outside: bounded, and read tolerantly.
 *
 * Numbers of more than fifteen digits are texts after parsing: ids of platforms
 * exceed what a double, and some exceed what an int64, can hold.  Comments, single
 * quotes and what else json-glib takes beyond RFC 8259 are refused.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returns: (transfer full): the document; NULL and MALFORMED when it is none, or
 * nests too deep. */
JsonNode *apd_json_parse(const char *text, size_t size, GError **error);

/* All of these take NULL nodes, and give borrowed ones. */

/* The member @name of an object; NULL when there is none, or it is null. */
JsonNode *apd_json_member(JsonNode *node, const char *name);

/* The member @name of @node, or of the nearest object or list below it. */
JsonNode *apd_json_hunt(JsonNode *node, const char *name);

/* Returns: (transfer full): a text, number or truth value as text; NULL else. */
char *apd_json_read_text(JsonNode *node);

/* The same of a member. */
char *apd_json_member_text(JsonNode *node, const char *name);

/* False when it is no whole number, be it written as a text. */
bool apd_json_read_int(JsonNode *node, int64_t *ret_value);

/* True, false, 0, 1, or these as text. */
bool apd_json_read_bool(JsonNode *node, bool *ret_value);

/* Returns: (transfer container) (element-type JsonNode): the elements of a list.
 * What some gateways write instead is taken: {} and null for none, an object that
 * holds nothing but the list, a single element without its list. */
GPtrArray *apd_json_elements(JsonNode *node);
