/* The watcher: from the sources through the readers into the casebook.
 *
 * Every message that a source hands over is read and filed before the source is
 * told that it is stored; only then does its cursor move on.
 */
#pragma once

#include "app/casebook.h"

typedef struct ApdWatcher ApdWatcher;

typedef struct {
    /* Something was filed, or seen, or lost from sight: look what is due. */
    void (*changed)(void *user_data);

    /* The server refuses the access token of @section. */
    void (*token_refused)(const char *section, void *user_data);

    /* The ledger can no longer be written: stop. */
    void (*failed)(const GError *error, void *user_data);
} ApdWatcherEvents;

/* Opens every source of @casebook's (borrowed) configuration.  A source that cannot be opened is
 * blind, and told of, not a reason to fail; NULL and APD_ERROR_LEDGER when the ledger cannot be
 * used. */
ApdWatcher *apd_watcher_new(const ApdCasebook *casebook, const ApdWatcherEvents *events,
                            void *user_data, GError **error);
void apd_watcher_free(ApdWatcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdWatcher, apd_watcher_free)

/* Gets what reads messages ready now, so that the first one does not wait for the rules;
 * else that is done when one comes. */
void apd_watcher_warm(ApdWatcher *self);

/* All sources look for new messages now. */
void apd_watcher_poke(ApdWatcher *self);

/* @section does, with what it logs in with read anew. */
void apd_watcher_poke_one(ApdWatcher *self, const char *section);

/* @section cannot be read, as another part found out. */
void apd_watcher_note_lost(ApdWatcher *self, const char *section, const GError *why);

/* Whether every source has told how it stands and nothing is on its way: what
 * --once waits for. */
bool apd_watcher_is_caught_up(const ApdWatcher *self);
