#include "io/psl.h"

#include <libpsl.h>

#include "base/error.h"

struct ApdPsl {
    psl_ctx_t *list; /* owned */
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
    return self;
}

void
apd_psl_free(ApdPsl *self)
{
    if (self == NULL)
        return;

    psl_free(self->list);
    g_free(self);
}

const char *
apd_psl_registrable(const ApdPsl *self, const char *host)
{
    return psl_registrable_domain(self->list, host);
}
