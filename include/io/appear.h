/* Waits for a file that does not exist yet, nor perhaps the folders it is to
 * stand in: inotify on the nearest folder that does. */
#pragma once

typedef struct ApdAppear ApdAppear;

/* Calls @appeared once, from the main context, when something of this name
 * exists: at once when it does already.  @self may be freed from it. */
ApdAppear *apd_appear_new(const char *path, void (*appeared)(void *user_data), void *user_data);
void apd_appear_free(ApdAppear *self);
