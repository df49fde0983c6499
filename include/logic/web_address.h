/* Where an address of a link really leads, read as browsers read it
 * (url.spec.whatwg.org): they forgive what a parser of RFC 3986 refuses, and
 * forgers live on that.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    APD_WEB_NOWHERE, /* an anchor, a relative address, "tel:" and their like */
    APD_WEB_HOST,
    APD_WEB_MAIL, /* "mailto:": the host is that of its first address */
    APD_WEB_CODE, /* "javascript:", "data:" and their like: what opens is in the mail itself */
} ApdWebKind;

typedef struct {
    ApdWebKind kind;
    char *host;       /* owned, lower case, as browsers look it up; "" when there is none */
    bool disguised;   /* a name before '@', or escapes in the host: it shall look like another */
    bool numeric;     /* an address of a machine, no name */
    const char *rest; /* borrowed: what follows the host; "" when nothing */
} ApdWebAddress;

/* @href must outlive @ret_address. */
void apd_web_address_read(const char *href, ApdWebAddress *ret_address);
void apd_web_address_clear(ApdWebAddress *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdWebAddress, apd_web_address_clear)

/* The hosts of addresses that stand in the path or query of another, escaped or not:
 * what a page that passes people on would pass them on to.
 * Returns: (transfer full): NULL when there is none. */
char **apd_web_address_inner_hosts(const char *rest);
