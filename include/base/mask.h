/* Takes secrets out of texts that others wrote: what a service repeats of a request
 * ends in logs and alerts.  Pure. */
#pragma once

/* Replaces @secret in *@text (owned; may be NULL), also its beginning where the text was
 * cut in the midst of it.  NULL and very short secrets are left alone. */
void apd_mask(char **text, const char *secret);

/* Likewise each part of an address's path and query that may be what gives access; its
 * host is none. */
void apd_mask_url(char **text, const char *url);
