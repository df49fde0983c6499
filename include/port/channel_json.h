/* JSON written as it looks: apd_object("tag", apd_text("div"), "text", inner, NULL).
 *
 * Every function returns a new node (transfer full) and takes the nodes given to it.
 */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Pairs of a name and a node, ended by NULL.  A pair whose node is NULL is left out. */
JsonNode *apd_object(const char *name, ...) G_GNUC_NULL_TERMINATED;

/* Nodes, ended by NULL; see apd_list_add() for as many as there are. */
JsonNode *apd_list(JsonNode *first, ...) G_GNUC_NULL_TERMINATED;
JsonNode *apd_empty(void);

/* Takes @node; NULL adds nothing. */
void apd_list_add(JsonNode *list, JsonNode *node);

/* NULL when @text is NULL: the pair is left out. */
JsonNode *apd_text(const char *text);

/* Likewise; takes and frees @text. */
JsonNode *apd_text_take(char *text);
JsonNode *apd_int(gint64 value);
JsonNode *apd_bool(bool value);
