#include "io/stream_chain.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/text.h"
#include "io/stream_private.h"

/* More certificates than this are no chain. */
#define MAX_CHAIN 10

static void
free_certificate(void *data)
{
    ApdCertificate *self = data;

    g_free(self->subject);
    g_free(self->issuer);
    g_free(self);
}

/* The common name, which may be missing, else the whole name. */
static char *
name_of(gnutls_x509_crt_t crt, bool issuer)
{
    char text[512] = "";
    size_t size = sizeof text;
    int result =
        issuer ? gnutls_x509_crt_get_issuer_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text,
                                                      &size)
               : gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &size);
    if (result < 0) {
        size = sizeof text;
        result = issuer ? gnutls_x509_crt_get_issuer_dn(crt, text, &size)
                        : gnutls_x509_crt_get_dn(crt, text, &size);
    }
    g_autofree char *line = apd_text_line(result < 0 ? "(no name)" : text);
    return apd_text_cut(line, 100);
}

static ApdCertificate *
read_certificate(const gnutls_datum_t *der)
{
    ApdCertificate *self = NULL;
    gnutls_x509_crt_t crt;

    if (gnutls_x509_crt_init(&crt) < 0)
        return NULL;
    if (gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) >= 0) {
        self = g_new0(ApdCertificate, 1);
        self->subject = name_of(crt, false);
        self->issuer = name_of(crt, true);
        self->from = gnutls_x509_crt_get_activation_time(crt) * APD_SECOND;
        self->until = gnutls_x509_crt_get_expiration_time(crt) * APD_SECOND;
    }
    gnutls_x509_crt_deinit(crt);
    return self;
}

GPtrArray *
apd_stream_chain(const ApdStream *self)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func(free_certificate);
    unsigned n = 0;
    const gnutls_datum_t *list = self->tls ? gnutls_certificate_get_peers(self->tls, &n) : NULL;

    for (unsigned i = 0; list != NULL && i < MIN(n, MAX_CHAIN); i++) {
        ApdCertificate *certificate = read_certificate(&list[i]);
        if (certificate != NULL)
            g_ptr_array_add(chain, certificate);
    }
    return chain;
}

char *
apd_stream_protocol(const ApdStream *self)
{
    const char *name =
        self->tls ? gnutls_protocol_get_name(gnutls_protocol_get_version(self->tls)) : NULL;

    return g_strdup(name);
}

char *
apd_certificate_describe(const ApdCertificate *self)
{
    g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(self->until / APD_SECOND);
    g_autofree char *date = until ? g_date_time_format(until, "%Y-%m-%d") : g_strdup("ever");

    return g_strdup_printf("%s, issued by %s, until %s", self->subject, self->issuer, date);
}
