/* Addresses as headers write them (RFC 5322 section 3.4), and as forgers do. */
#pragma once

#include <glib.h>

/* Returns: (transfer full): the first address of @raw (may be NULL), NULL when there is
 * none.  @ret_name (may be NULL): (transfer full): the name before it, decoded; left alone
 * when there is none. */
char *apd_mime_address_first(const char *raw, char **ret_name);

/* Appends (transfer full) the domain of every address of @raw, at most 20 in all. */
void apd_mime_address_domains(const char *raw, GPtrArray *domains);
