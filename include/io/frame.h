/* Frames: how a parent and its child talk over a socketpair.
 *
 * A frame is a 32-bit little-endian length and a GVariant of type (sv), little
 * endian, in normal form: a word that says what it is, and its content.  Both
 * sides check the length against a limit and the variant for its form, since
 * the other side may have been taken over by hostile mail.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The largest frame: a message at its fetch limit and room for its envelope. */
#define APD_FRAME_MAX (8u * 1024 * 1024)

/* Returns: (transfer full): length and content as bytes to be written, wiped when
 * freed.  Takes a floating @content. */
GBytes *apd_frame_pack(const char *word, GVariant *content);

/* A floating string for a content, whose memory is wiped when freed.  @text: UTF-8. */
GVariant *apd_frame_secret(const char *text);

/* Overwrites a content that came by frame, once its secrets are in safety. */
void apd_frame_wipe(GVariant *content);

/* Looks for a whole frame at the beginning of @data.  @ret_used: how many bytes
 * it takes, 0: not all of it is there yet.  @ret_content: (transfer full).
 * Fails with APD_ERROR_MALFORMED on what can never be one. */
bool apd_frame_unpack(const guint8 *data, gsize size, gsize *ret_used, char **ret_word,
                      GVariant **ret_content, GError **error);

/* Blocking, for the child's side.  False at the end (@error unset) and on
 * failure (@error set). */
bool apd_frame_read(int fd, char **ret_word, GVariant **ret_content, GError **error);

/* Blocking.  Takes a floating @content.  One thread at a time. */
bool apd_frame_write(int fd, const char *word, GVariant *content, GError **error);
