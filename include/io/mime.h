/* Bytes of a message -> document.  Only appeald-reader and the command-line
 * tools (explain, mass-check) call this: the input is hostile.
 *
 * GMime gives structure alone; transfer encodings, RFC 2047, charsets and HTML
 * are ours (what the packaged GMime gets wrong is in the tests).  Never fails:
 * what cannot be understood becomes a document that says so.
 */
#pragma once

#include "model/document.h"

/* Once per process, before a sandbox closes: loads GMime and opens the
 * converters of every charset that mail uses. */
void apd_mime_init(void);

/* Returns: (transfer full). */
ApdDocument *apd_mime_read(const void *data, size_t size);
