/* Whose a name is: hosts and sender's names of the platform, of what imitates it,
 * and of third parties that a notice may point to (conf/rules/aliexpress.conf and
 * conf/rules/links.conf).
 */
#pragma once

#include <stdbool.h>

#include "logic/origin_words.h"
#include "logic/rules.h"

/* The registrable domain of @host (libpsl, through io/psl.h): "co.uk" rules and
 * all.  Returns: within @host, borrowed; NULL when it has none. */
typedef const char *(*ApdRegistrable)(const char *host, void *user_data);

typedef struct {
    const ApdRules *rules;
    const ApdOriginWords *words; /* of @rules */
    ApdRegistrable registrable;
    void *user_data;
    const char *authserv_id; /* NULL: no Authentication-Results header is believed */
} ApdOriginContext;

/* The registrable domain, or @host itself when it has none. */
const char *apd_origin_registrable(const ApdOriginContext *self, const char *host);

/* Whether the list @key of "[TYPE NAME]" holds @host or its registrable domain. */
bool apd_origin_lists(const ApdOriginContext *self, const char *type, const char *name,
                      const char *key, const char *host);

/* Whether mail comes from @host as the platform's, and whether links lead to it there. */
bool apd_origin_is_sender(const ApdOriginContext *self, const char *host);
bool apd_origin_is_platform(const ApdOriginContext *self, const char *host);

/* Whether @host would pass for one of the platform to an eye. */
bool apd_origin_imitates(const ApdOriginContext *self, const char *host);

/* Whether @name, of a sender, holds a brand of the platform, however it is spelt. */
bool apd_origin_names_brand(const ApdOriginContext *self, const char *name);

/* Whether among the lines of @folded is how the platform signs ("AliExpress Team"). */
bool apd_origin_signs_as_platform(const ApdOriginContext *self, const char *folded);

/* Returns: (transfer full): the host of a mail address, lower case, "" for none. */
char *apd_origin_host_of_address(const char *address);
