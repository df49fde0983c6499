/* The one door to libpsl: registrable domains by the public suffix list. */
#pragma once

#include <glib.h>

typedef struct ApdPsl ApdPsl;

/* Loads the newest list there is: the system's, else the library's own.  Needed
 * before a sandbox closes.  NULL and APD_ERROR_CONFIG when there is none. */
ApdPsl *apd_psl_new(GError **error);
void apd_psl_free(ApdPsl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdPsl, apd_psl_free)

/* The registrable part of @host, which is in lower case ("a.b.co.uk" gives
 * "b.co.uk"), within @host; NULL when it has none. */
const char *apd_psl_registrable(const ApdPsl *self, const char *host);
