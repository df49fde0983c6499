/* A child process that talks in frames over a socketpair.
 *
 * A frame is a 32-bit little-endian length and a GVariant of type (sv) in normal
 * form: a word that says what it is, and its content.  Both sides check the
 * length against a limit and the variant for normal form: the other side may
 * have been taken over by hostile mail.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

/* The largest frame: a message at its fetch limit and room for its envelope. */
#define APD_FRAME_MAX (8u * 1024 * 1024)

/* The descriptor on which a child finds its parent. */
#define APD_CHILD_FD 3

/* Blocking, for the child's side.  False at the end (@error unset) and on
 * failure (@error set).  @ret_content: (transfer full). */
bool apd_frame_read(int fd, char **ret_word, GVariant **ret_content, GError **error);

/* Blocking.  Takes a floating @content.  Safe to call from one thread at a time. */
bool apd_frame_write(int fd, const char *word, GVariant *content, GError **error);

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
