/* A child process that talks in frames over a socketpair.
 *
 * The parent's side lives on the main loop and never blocks; the child's side
 * reads and writes with apd_frame_read() and apd_frame_write().
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "io/frame.h"

/* The descriptor on which a child finds its parent. */
#define APD_CHILD_FD 3

typedef struct ApdChild ApdChild;

typedef struct {
    /* A frame came.  @content is borrowed. */
    void (*frame)(ApdChild *child, const char *word, GVariant *content, void *user_data);

    /* It ended, by itself or by a signal; @text says how ("killed by SIGSEGV").
     * No further event follows; free it from here or later. */
    void (*ended)(ApdChild *child, const char *text, void *user_data);
} ApdChildEvents;

/* Starts @argv (argv[0] is the path) with nothing but its socket on
 * APD_CHILD_FD and its standard error.  It gets SIGTERM when we die. */
ApdChild *apd_child_start(const char *const *argv, const ApdChildEvents *events, void *user_data,
                          GError **error);

/* Queues a frame; never blocks.  Takes a floating @content. */
void apd_child_send(ApdChild *self, const char *word, GVariant *content);

pid_t apd_child_pid(const ApdChild *self);

/* SIGKILL; ended() follows from the main context. */
void apd_child_kill(ApdChild *self);

/* Kills without an event, reaps, frees.  NULL is allowed. */
void apd_child_free(ApdChild *self);

/* Returns: (transfer full): the path of a program of ours: beside the running
 * one when it stands there, else in libexec. */
char *apd_child_program(const char *name);
