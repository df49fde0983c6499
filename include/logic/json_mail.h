/* A record as a mail, so that the reader and its rules take it like any other.  Pure. */
#pragma once

#include "logic/json_item.h"

/* The name under which the reader believes what such a mail says of its sender. */
#define APD_JSON_AUTHSERV "json.appeald.invalid"

/* Returns: (transfer full): the bytes; of two records with another id, or of another
 * source, they differ.  Nothing in a record can add a header. */
GBytes *apd_json_mail(const ApdJsonItem *item);
