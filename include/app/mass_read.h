/* Many messages read on all cores.
 *
 * Each worker is a fork of this process, after the rules were loaded; it writes
 * its verdicts back as frames.  A message that kills its worker or takes too
 * long is given back as unreadable, and a new worker goes on behind it.
 */
#pragma once

#include "app/reading.h"

/* @verdict (borrowed), or NULL: the message could not be read. */
typedef void (*ApdMassDone)(guint index, const ApdVerdict *verdict, void *user_data);

/* @messages: (element-type ApdMassMessage).  @authserv_id may be NULL.  @jobs: 0:
 * one for each processor.  Calls @done once for each message, in any order.
 * False and @error when processes cannot be made. */
bool apd_mass_read(const ApdReading *reading, const GPtrArray *messages, const char *authserv_id,
                   guint jobs, ApdMassDone done, void *user_data, GError **error);
