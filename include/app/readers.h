/* The readers: a pool of sandboxed children that turn bytes into verdicts.
 *
 * A message that kills or stalls its reader is tried once more in a fresh one;
 * then it is given back as unreadable and the next one is read.  Messages come
 * back in any order.
 */
#pragma once

#include "base/clock.h"
#include "model/stated.h"

typedef struct ApdReaders ApdReaders;

/* @max: at most so many children; 0: one for each processor.  They start when
 * first needed.  @user_rules_dir may be NULL. */
ApdReaders *apd_readers_new(const char *rules_dir, const char *user_rules_dir, guint max);

/* Starts the first now, so that the first message does not wait for the rules. */
void apd_readers_warm(ApdReaders *self);

/* No answer follows any more. */
void apd_readers_free(ApdReaders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdReaders, apd_readers_free)

/* @verdict (borrowed), or NULL and @why it could not be read. */
typedef void (*ApdReadersDone)(const ApdVerdict *verdict, const char *why, void *user_data);

/* Queues a message; @done is called from the main context, never from in here.
 * @authserv_id may be NULL.  @received: when the mailbox got it.  @stated: what its
 * source states beside the text (copied), or NULL. */
void apd_readers_read(ApdReaders *self, GBytes *bytes, const char *authserv_id, ApdTime received,
                      const ApdStated *stated, ApdReadersDone done, void *user_data);

/* Messages queued or being read. */
guint apd_readers_pending(const ApdReaders *self);
