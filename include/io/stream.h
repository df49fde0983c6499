/* The guarded line to a mail server: TCP and GnuTLS under libetpan's parser.
 *
 * libetpan's own drivers verify no certificate, spin on a closed connection and
 * abort at descriptor 1024.  This one verifies chain, name, dates and version
 * inside the handshake, gives every command one deadline and one budget of
 * bytes, and hands over only lines that io/imap_filter.h lets pass.
 */
#pragma once

#include <glib.h>
#include <libetpan/mailstream.h>
#include <stdbool.h>

#include "base/clock.h"
#include "io/imap_said.h"

/* Whom we believe: loaded once, shared by any number of streams and threads. */
typedef struct ApdTrust ApdTrust;

/* @ca_file: a private CA instead of the system's, NULL: the system's.
 * APD_ERROR_REFUSED when it cannot be read or holds no certificate. */
ApdTrust *apd_trust_new(const char *ca_file, GError **error);
void apd_trust_free(ApdTrust *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdTrust, apd_trust_free)

typedef struct ApdStream ApdStream;

/* Resolves and connects; blocks until @timeout at most (the resolver has its
 * own limits).  Dead peers are found by keepalive and TCP_USER_TIMEOUT in less
 * than 100 s. */
ApdStream *apd_stream_connect(const char *host, int port, ApdTime timeout, GError **error);

/* Closes; NULL is allowed. */
void apd_stream_free(ApdStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdStream, apd_stream_free)

/* TLS 1.2 or newer with a certificate for @name that @trust vouches for.  Fails
 * when the peer has already said something in the clear that we have not read:
 * an answer injected before STARTTLS (RFC 3501 section 6.2.1, CVE-2011-0411).
 * @trust must outlive the stream. */
bool apd_stream_secure(ApdStream *self, const ApdTrust *trust, const char *name, ApdTime timeout,
                       GError **error);

/* Whether the peer is this machine: where a password may go in the clear. */
bool apd_stream_is_loopback(const ApdStream *self);

/* Limits of the next command: it must be through within @timeout, with at most
 * @budget bytes and no literal above @max_literal. */
void apd_stream_begin(ApdStream *self, ApdTime timeout, size_t budget, size_t max_literal);

/* For libetpan.  (transfer none): goes with the stream. */
mailstream *apd_stream_mailstream(ApdStream *self);

/* From now on *@busy (borrowed; for others to read) is 0 while the server is waited for, else
 * the apd_uptime() since when it is not. */
void apd_stream_set_busy(ApdStream *self, _Atomic ApdTime *busy);

/* Whether a command ended by its deadline. */
bool apd_stream_is_silent(const ApdStream *self);

int apd_stream_fd(const ApdStream *self);

/* Whether a whole line can be read without waiting.  Takes in what has
 * arrived, but never blocks; true on failure too, for reading then tells it. */
bool apd_stream_has_line(ApdStream *self);

/* How many "* n EXISTS" went by so far. */
uint32_t apd_stream_exists(const ApdStream *self);

/* How many messages the folder holds, by these and the "* n EXPUNGE" since. */
uint32_t apd_stream_count(const ApdStream *self);

/* What the server has said besides its answers; to be read and cleared. */
ApdImapSaid *apd_stream_said(ApdStream *self);

/* Fails with what went wrong, when something did (once it does, all later reads
 * and writes fail); false with @error unset otherwise. */
bool apd_stream_get_error(const ApdStream *self, GError **error);

/* Wipes what was sent (a password may be in it) and gives back what an idle
 * session does not need. */
void apd_stream_rest(ApdStream *self);
