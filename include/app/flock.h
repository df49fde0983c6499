/* Much of the same work on all cores: children forked off share what is loaded,
 * and their answers come back in the order of the questions.
 *
 * A child that dies costs the one answer it was working on.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    /* Works on item @i, in a child. Returns: (transfer full): the answer; @ret_good
     * false when it is a complaint. */
    char *(*work)(void *user_data, guint i, bool *ret_good);

    /* Takes the answers in order, in the parent; @answer NULL: its child died. */
    void (*take)(void *user_data, guint i, bool good, const char *answer);

    void *user_data;
} ApdFlock;

/* Works on items 0 to @n - 1 in @children children (1: in this process).  False
 * when any answer was a complaint. */
bool apd_flock_run(const ApdFlock *self, guint n, guint children);
