/* What makes two copies of a message the same message.  Pure.
 *
 * The key is a SHA-256 over the sender's own part of the message: Message-ID,
 * Date, From and Subject as written, and the body with its line ends and
 * trailing blanks evened out.  Headers that a server on the way adds or changes
 * (Received, Authentication-Results, Return-Path, Delivered-To, X-...) stay out,
 * so copies in two folders, in two mailboxes, or read again after a UIDVALIDITY
 * change have one key.  The body stays in, so two different notices that share a
 * Message-ID (generators of the platform's mail are known for odd ones, and a
 * forger may copy one) have two: a notice is never taken for read because
 * another one was.
 */
#pragma once

#include <stddef.h>

/* Returns: (transfer full): 64 hexadecimal digits. */
char *apd_message_key(const void *bytes, size_t size);
