/* The one error domain.  A code names what the caller can do about it, not
 * which library complained; the message says the rest. */
#pragma once

#include <glib.h>

#define APD_ERROR (apd_error_quark())
GQuark apd_error_quark(void);

typedef enum {
    APD_ERROR_TRANSIENT, /* try again later: network down, server busy */
    APD_ERROR_REFUSED,   /* a person must act: password, token or certificate rejected */
    APD_ERROR_MALFORMED, /* skip this input: it can never be understood */
    APD_ERROR_CONFIG,    /* do not start: the configuration is wrong */
    APD_ERROR_LEDGER,    /* stop: cases can no longer be recorded */
} ApdErrorCode;
