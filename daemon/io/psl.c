#include "io/psl.h"

#include <libpsl.h>
#include <string.h>

#include "base/error.h"

/* The library takes as long for a host as the matcher for a page, and a mail
 * names the same few hosts again and again. */
#define N_KEPT   64 /* a power of two */
#define MAX_KEPT 96 /* longest host that is kept */

typedef struct {
    char host[MAX_KEPT];
    gint16 offset; /* where its registrable part begins; -1: it has none */
} Kept;

struct ApdPsl {
    psl_ctx_t *list; /* owned */
    Kept *kept;      /* owned: by hash of the host */
};

ApdPsl *
apd_psl_new(GError **error)
{
    psl_ctx_t *list = psl_latest(NULL);

    if (list == NULL) {
        g_set_error(error, APD_ERROR, APD_ERROR_CONFIG,
                    "no public suffix list (install the package publicsuffix)");
        return NULL;
    }
    ApdPsl *self = g_new0(ApdPsl, 1);
    self->list = list;
    self->kept = g_new0(Kept, N_KEPT);
    return self;
}

void
apd_psl_free(ApdPsl *self)
{
    if (self == NULL)
        return;

    psl_free(self->list);
    g_free(self->kept);
    g_free(self);
}

const char *
apd_psl_registrable(const ApdPsl *self, const char *host)
{
    if (*host == '\0' || strlen(host) >= MAX_KEPT)
        return psl_registrable_domain(self->list, host);

    Kept *kept = &self->kept[g_str_hash(host) % N_KEPT];
    if (strcmp(kept->host, host) != 0) {
        const char *domain = psl_registrable_domain(self->list, host);
        g_strlcpy(kept->host, host, sizeof kept->host);
        kept->offset = (gint16) (domain ? domain - host : -1);
    }
    return kept->offset >= 0 ? host + kept->offset : NULL;
}
