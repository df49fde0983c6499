/* Reading: bytes of one message -> verdict.  The whole path of appeald-reader
 * (decode, origin, classify, deadline), also used by `appealctl explain`.
 */
#pragma once

#include "model/document.h"
#include "model/stated.h"
#include "model/verdict.h"

typedef struct ApdReading ApdReading;

/* Loads rules, calendars and suffix list from @rules_dir (and @user_rules_dir,
 * NULL or missing: none).  On failure @error names file and line of every
 * mistake. */
ApdReading *apd_reading_new(const char *rules_dir, const char *user_rules_dir, GError **error);
void apd_reading_free(ApdReading *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdReading, apd_reading_free)

/* @authserv_id: whose Authentication-Results is believed, NULL: nobody's.
 * @received: when the mailbox got it, for a message without a Date:.
 * Returns: (transfer full); never NULL. */
ApdVerdict *apd_reading_read(const ApdReading *self, const void *data, size_t size,
                             const char *authserv_id, ApdTime received);

/* The same, where a source states something of it beside its text. */
ApdVerdict *apd_reading_read_stated(const ApdReading *self, const void *data, size_t size,
                                    const char *authserv_id, ApdTime received,
                                    const ApdStated *stated);

/* The same for a message that is decoded already; @stated may be NULL. */
ApdVerdict *apd_reading_judge(const ApdReading *self, const ApdDocument *document,
                              const char *authserv_id, const ApdStated *stated);
