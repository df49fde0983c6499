/* A record of a JSON endpoint as a message: what of it is where, by pointers.  Pure. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

#include "logic/zones.h"
#include "model/stated.h"

/* Where things stand in a record.  Made from the keys of [json NAME]. */
typedef struct ApdJsonMap ApdJsonMap;

/* @keys (text to text, borrowed): forms for "id", "title", "body", ...; see the table of
 * keys.  @by: who states it.  Never fails: what is not good, apd_json_map_check() says. */
ApdJsonMap *apd_json_map_new(GHashTable *keys, const char *by, bool vouched);
void apd_json_map_free(ApdJsonMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdJsonMap, apd_json_map_free)

/* Returns: (transfer full): what is wrong with @value of @key, and the remedy; NULL:
 * nothing. */
char *apd_json_map_check(const char *key, const char *value);

typedef struct {
    char *id; /* owned */
    char *title;
    char *body;   /* owned; NULL */
    char *sender; /* owned; NULL: the platform */
    ApdTime time; /* APD_NEVER: not told, or not read */
    char *change; /* owned: what it is now, of one that was something else; NULL: it is new */
    ApdStated *stated;
} ApdJsonItem;

void apd_json_item_free(ApdJsonItem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdJsonItem, apd_json_item_free)

/* Returns: (transfer full): @record as @self sees it; NULL, and (transfer full) @ret_why,
 * when it cannot be understood. */
ApdJsonItem *apd_json_item_read(const ApdJsonMap *self, JsonNode *record, char **ret_why);
