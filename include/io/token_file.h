/* A small file of secrets that is never seen half written, nor by others. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Returns: (transfer full): its text; free with apd_secret_free().
 * APD_ERROR_REFUSED when it is not there, or others may read it. */
char *apd_token_file_read(const char *path, GError **error);

/* Beside it, synced, moved over it, and the folder synced.  Below a state folder of
 * another user's the file becomes that user's, when root writes it. */
bool apd_token_file_write(const char *path, const char *text, GError **error);

/* Returns a descriptor that holds the lock of @path until it is closed; -1 with
 * @error unset while another holds it. */
int apd_token_file_lock(const char *path, GError **error);

/* Tells when any file in the folder of @path was replaced or removed. */
typedef struct ApdTokenWatch ApdTokenWatch;
ApdTokenWatch *apd_token_watch_new(const char *path, void (*changed)(void *user_data),
                                   void *user_data, GError **error);
void apd_token_watch_free(ApdTokenWatch *self);
