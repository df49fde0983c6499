/* The pages of a list that goes backwards in time: each answer names where the next
 * begins.  Pure. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    APD_API_TURN_NEXT,   /* another page is to be asked for */
    APD_API_TURN_LAST,   /* all was seen that is not known */
    APD_API_TURN_BROKEN, /* there is more, and it is not to be had */
} ApdApiTurn;

typedef struct ApdApiPages ApdApiPages;

/* @from: milliseconds since the epoch, where the first page begins. */
ApdApiPages *apd_api_pages_new(int64_t from);
void apd_api_pages_free(ApdApiPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiPages, apd_api_pages_free)

/* Sets where the page begins: a time, and from the second page on an id as @last. */
void apd_api_pages_ask(const ApdApiPages *self, JsonObject *question, const char *last);

/* @id stands on this page.  Returns whether it stood on none before. */
bool apd_api_pages_add(ApdApiPages *self, const char *id);

/* All of the page was added.  @known: what follows is known.  @last: the member with the
 * id for the next page. */
ApdApiTurn apd_api_pages_turn(ApdApiPages *self, JsonNode *answer, bool known, const char *last);
