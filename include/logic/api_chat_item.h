/* A message in a chat of the platform.  Pure. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* Returns: (transfer full): what a person reads of it; NULL: nothing. */
char *apd_api_chat_item_text(JsonNode *item);

/* Returns: (transfer full): never NULL, and not that of another message. */
char *apd_api_chat_item_id(JsonNode *item);

/* Whether a buyer or the seller wrote it. */
bool apd_api_chat_item_is_of_person(JsonNode *item);
