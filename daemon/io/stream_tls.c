/* The handshake of a stream: nothing is believed of a peer before it is over. */
#include "io/stream_private.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <string.h>

#include "base/error.h"
#include "io/stream_chain.h"

/* Versions below 1.2 are refused; the rest is GnuTLS's and the system's choice. */
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

ApdTrust *
apd_trust_new(const char *ca_file, GError **error)
{
    g_autoptr(ApdTrust) self = g_new0(ApdTrust, 1);

    if (gnutls_certificate_allocate_credentials(&self->credentials) < 0)
        g_error("gnutls: out of memory");

    int n = ca_file == NULL ? gnutls_certificate_set_x509_system_trust(self->credentials)
                            : gnutls_certificate_set_x509_trust_file(self->credentials, ca_file,
                                                                     GNUTLS_X509_FMT_PEM);
    if (n > 0)
        return g_steal_pointer(&self);

    g_set_error(error, APD_ERROR, APD_ERROR_REFUSED, "no CA certificates in %s%s%s (%s)",
                ca_file != NULL ? ca_file : "the system's trust store", n < 0 ? ": " : "",
                n < 0 ? gnutls_strerror(n) : "",
                ca_file != NULL ? "check ca-file" : "install ca-certificates");
    return NULL;
}

void
apd_trust_free(ApdTrust *self)
{
    if (self == NULL)
        return;

    gnutls_certificate_free_credentials(self->credentials);
    g_free(self);
}

static bool
is_address(const char *name)
{
    struct in6_addr address;

    return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

static bool
fail_tls(ApdStream *self, int result)
{
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return apd_stream_fail(self, APD_ERROR_REFUSED, "TLS refused by the server: %s",
                               gnutls_alert_get_name(gnutls_alert_get(self->tls)));
    if (result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET)
        return apd_stream_fail(self, APD_ERROR_REFUSED,
                               "the server offers no TLS 1.2 or newer; no password was sent");
    if (result == GNUTLS_E_UNEXPECTED_PACKET_LENGTH || result == GNUTLS_E_UNEXPECTED_PACKET)
        return apd_stream_fail(self, APD_ERROR_REFUSED,
                               "the server does not speak TLS on this port (check tls and port)");
    return apd_stream_fail(self, APD_ERROR_TRANSIENT, "TLS: %s", gnutls_strerror(result));
}

static bool
fail_certificate(ApdStream *self, const char *name)
{
    gnutls_datum_t text = { 0 };
    unsigned status = gnutls_session_get_verify_cert_status(self->tls);

    g_autoptr(GPtrArray) chain = apd_stream_chain(self);
    g_autofree char *shown = chain->len > 0 ? apd_certificate_describe(chain->pdata[0]) : NULL;

    gnutls_certificate_verification_status_print(
        status, gnutls_certificate_type_get2(self->tls, GNUTLS_CTYPE_PEERS), &text, 0);
    apd_stream_fail(
        self, APD_ERROR_REFUSED, "certificate not accepted for %s, no password was sent: %s%s%s%s",
        name, text.data != NULL ? (const char *) text.data : "unknown reason",
        shown != NULL ? " (it is of " : "", shown != NULL ? shown : "", shown != NULL ? ")" : "");
    gnutls_free(text.data);
    return false;
}

static bool
set_up(ApdStream *self, const ApdTrust *trust, const char *name)
{
    int result = gnutls_init(&self->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL
                                             | GNUTLS_NO_TICKETS);

    if (result >= 0)
        result = gnutls_priority_set_direct(self->tls, PRIORITY, NULL);
    if (result >= 0)
        result = gnutls_credentials_set(self->tls, GNUTLS_CRD_CERTIFICATE, trust->credentials);
    if (result >= 0 && !is_address(name)) /* RFC 6066: no SNI for addresses */
        result = gnutls_server_name_set(self->tls, GNUTLS_NAME_DNS, name, strlen(name));
    if (result < 0)
        return fail_tls(self, result);

    gnutls_session_set_verify_cert(self->tls, name, 0); /* chain, name and dates */
    gnutls_transport_set_int(self->tls, self->fd);
    return true;
}

static bool
shake_hands(ApdStream *self, const char *name)
{
    for (;;) {
        int result = gnutls_handshake(self->tls);
        if (result >= 0)
            return true;
        if (result == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
            return fail_certificate(self, name);
        if (gnutls_error_is_fatal(result))
            return fail_tls(self, result);
        if (!apd_stream_wait(self, gnutls_record_get_direction(self->tls) ? POLLOUT : POLLIN))
            return false;
    }
}

bool
apd_stream_secure(ApdStream *self, const ApdTrust *trust, const char *name, ApdTime timeout,
                  GError **error)
{
    self->deadline = apd_uptime() + timeout;
    if (self->mail->read_buffer_len > 0 || self->end > self->start)
        apd_stream_fail(self, APD_ERROR_REFUSED,
                        "something was injected before TLS, no password was sent: someone "
                        "may be tampering with the connection");
    else if (set_up(self, trust, name) && shake_hands(self, name))
        return true;

    if (self->tls != NULL)
        gnutls_deinit(g_steal_pointer(&self->tls));
    apd_stream_get_error(self, error);
    return false;
}
