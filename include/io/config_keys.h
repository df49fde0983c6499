/* The table of every configuration key there is.
 *
 * conf/appeald.conf, appeald.conf(5) and `appealctl check` are made from it or
 * tested against it: adding a key is a line here and a field in config.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    APD_VALUE_TEXT,
    APD_VALUE_WORD,        /* one of `words` */
    APD_VALUE_NUMBER,      /* min..max */
    APD_VALUE_DURATION,    /* "72h"; min..max in microseconds */
    APD_VALUE_DURATIONS,   /* list of them */
    APD_VALUE_LIST,        /* separated by commas */
    APD_VALUE_BOOL,        /* yes, no */
    APD_VALUE_PATH,        /* "~/" is the home folder, else absolute or beside the configuration */
    APD_VALUE_ZONE,        /* IANA name of a time zone */
    APD_VALUE_HOURS,       /* hours of the week, see model/hours.h */
    APD_VALUE_KINDS,       /* list of kinds of notice */
    APD_VALUE_ESCALATIONS, /* list of "6h to CHANNEL" */
    APD_VALUE_CLOCK,       /* time of day, "09:00"; an ApdTime since midnight */
    APD_VALUE_SEVERITY,
    APD_VALUE_TLS,
    APD_VALUE_OPTION, /* text kept in `options` of a channel, min..max bytes */
} ApdValueType;

typedef struct {
    const char *section; /* "imap": of [imap NAME] */
    const char *key;
    ApdValueType type;
    size_t offset;        /* of the field */
    const char *fallback; /* as it would be written; NULL: none */
    int64_t min, max;     /* of NUMBER and DURATION; of TEXT: bytes */
    const char *words;    /* of WORD: "a|b|c"; of channels: types that know the key, NULL: all */
    const char *help;     /* one sentence for the manual */
} ApdConfigKey;

extern const ApdConfigKey apd_config_keys[];
extern const size_t apd_n_config_keys;

/* A kind of section. */
typedef struct {
    const char *name;
    bool named; /* [imap NAME], not [reminders] */
    const char *help;
} ApdConfigSection;

extern const ApdConfigSection apd_config_sections[];
extern const size_t apd_n_config_sections;

/* A type of channel, as the configuration knows it. */
typedef struct {
    const char *name;
    const char *needs; /* keys that must be there: "url|secret" (any source of the secret) */
    const char *help;
} ApdChannelNeeds;

extern const ApdChannelNeeds apd_channel_needs[];
extern const size_t apd_n_channel_needs;
