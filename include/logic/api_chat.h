/* How far a chat was read; private to logic/api_chat.c and api_message.c.  Pure.
 *
 * Several messages may be of one millisecond: those of the last one are known by their
 * ids.  As text: "1795600000000|ID,ID", with '!' before it when more of the chat is owed.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t at;      /* milliseconds since the epoch: what was sent before it is known */
    GHashTable *ids; /* owned, a set of char: of what was sent at it, and is known */
    bool owed;       /* there is more, whatever the list of chats says */
} ApdApiChatMark;

/* @text: NULL or "" when there is none; it was read up to @floor then. */
ApdApiChatMark *apd_api_chat_mark_new(const char *text, int64_t floor);
void apd_api_chat_mark_free(ApdApiChatMark *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdApiChatMark, apd_api_chat_mark_free)

bool apd_api_chat_mark_knows(const ApdApiChatMark *self, int64_t at, const char *id);

/* The message @id, sent at @at, is known now, and all before it. */
void apd_api_chat_mark_move(ApdApiChatMark *self, int64_t at, const char *id);

/* Returns: (transfer full): as text. */
char *apd_api_chat_mark_text(const ApdApiChatMark *self);
