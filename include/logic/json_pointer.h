/* JSON pointers (RFC 6901), and texts made with them.  Pure. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* "", or "/" and names between slashes; "~" stands as "~0", "/" in a name as "~1". */
bool apd_json_pointer_is_good(const char *pointer);

/* What @pointer leads to from @root, borrowed; it may be null.  NULL: nothing stands
 * there, or @pointer is not good. */
JsonNode *apd_json_pointer_find(JsonNode *root, const char *pointer);

/* A form is a pointer, or a text with pointers in braces: "Order {/order/id}: {/text}". */
bool apd_json_form_is_good(const char *form);

/* Returns: (transfer full): @form filled from @root; of a list its values, with commas
 * between them.  NULL when none of its pointers leads to a value that is a text, a number
 * or a list of these, or when that is empty. */
char *apd_json_form_fill(JsonNode *root, const char *form);
