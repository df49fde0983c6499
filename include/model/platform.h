/* A marketplace's own endpoints as data (conf/platforms/NAME.conf): its methods, the
 * codes of its errors, the levels and states of its answers.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/clock.h"

/* What an error asks for. */
typedef enum {
    APD_REMEDY_NONE,      /* there was no error */
    APD_REMEDY_RETRY,     /* later */
    APD_REMEDY_WAIT,      /* as long as was said */
    APD_REMEDY_RENEW,     /* another access token */
    APD_REMEDY_LOGIN,     /* a person must log in again */
    APD_REMEDY_CLOCK,     /* our clock or the secret is wrong */
    APD_REMEDY_FORBIDDEN, /* this method is not allowed to us */
    APD_REMEDY_GONE,      /* this method is not as we know it */
    APD_REMEDY_APP,       /* nothing works until the app is mended */
    APD_REMEDY_FIX,       /* a person must mend what it says; asking again does not */
    APD_N_REMEDIES,
} ApdRemedy;

const char *apd_remedy_name(ApdRemedy remedy);

/* @name may be NULL.  False: it is no remedy; "none" is not, either. */
bool apd_remedy_parse(const char *name, ApdRemedy *ret_remedy);

/* What can be asked for, NULL at the end: "diagnosis", "disputes", ... */
extern const char *const apd_platform_topics[];

typedef struct {
    GHashTable *values; /* owned: "method disputes\nname" to text */
    GPtrArray *order;   /* owned, element-type char: sections in their order */
} ApdPlatform;

ApdPlatform *apd_platform_new(void);
void apd_platform_free(ApdPlatform *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdPlatform, apd_platform_free)

/* Copies; takes the place of an older value. */
void apd_platform_set(ApdPlatform *self, const char *section, const char *key, const char *value);

/* The value of @key in [@kind @name]; NULL when there is none. */
const char *apd_platform_get(const ApdPlatform *self, const char *kind, const char *name,
                             const char *key);

/* The name of the first [@kind NAME] whose NAME stands in @text, "*" in any; NULL. */
const char *apd_platform_match(const ApdPlatform *self, const char *kind, const char *text);

/* What [error @code] says; APD_REMEDY_NONE when there is none. */
ApdRemedy apd_platform_remedy(const ApdPlatform *self, const char *code);
