/* The rules in memory: what the files of conf/rules/ (and a user's own) say.
 *
 * A section is "[TYPE NAME]" or "[TYPE NAME LANGUAGE]".  Its `phrase =` lines
 * become phrases of the signal "TYPE/NAME" in the matcher ("phrase 60 =" gives
 * them another weight than 100); its other keys are values, to be looked up by
 * type, name and key.  A later file overrides a value and adds phrases;
 * "remove = PHRASE" takes one away.  conf/rules/README.md explains it to sellers.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "logic/match.h"
#include "logic/weights.h"
#include "model/verdict.h"

/* What a signal says something about. */
typedef enum {
    APD_TELLS_ACT = 1 << 0,    /* what was done, asked or decided */
    APD_TELLS_RIGHT = 1 << 1,  /* a right, or a complaint */
    APD_TELLS_MATTER = 1 << 2, /* what it is about, or points */
} ApdTells;

/* What classification asks of a signal, without comparing names each time. */
typedef struct {
    const char *type; /* borrowed, interned: "category", "act", "mod", ... */
    const char *name; /* borrowed: "trade.false-shipment", "finding", ... */
    ApdKind kind;     /* of an act: which kind it is a sign of; APD_KIND_NONE: none */
    unsigned tells;   /* of ApdTells */
} ApdSignalInfo;

typedef struct ApdRules ApdRules;

ApdRules *apd_rules_new(void);
void apd_rules_free(ApdRules *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdRules, apd_rules_free)

/* Takes in one "key = value" line of @section.  On failure @error says what is
 * wrong with it; the caller adds file and line. */
bool apd_rules_add(ApdRules *self, const char *section, const char *key, const char *value,
                   GError **error);

/* Call once after the last line: compiles the matcher and looks up what the
 * classification needs. */
bool apd_rules_finish(ApdRules *self, GError **error);

const ApdMatcher *apd_rules_matcher(const ApdRules *self);
const ApdWeights *apd_rules_weights(const ApdRules *self);
const ApdSignalInfo *apd_rules_signal(const ApdRules *self, int signal);

/* The value of @key in "[TYPE NAME]", borrowed; NULL when there is none. */
const char *apd_rules_value(const ApdRules *self, const char *type, const char *name,
                            const char *key);

/* Whether the comma-separated list @key of "[TYPE NAME]" holds @word. */
bool apd_rules_lists(const ApdRules *self, const char *type, const char *name, const char *key,
                     const char *word);

/* The names of every section of @type, in the order of the files.
 * Returns: (element-type utf8): borrowed, never NULL. */
const GPtrArray *apd_rules_names(const ApdRules *self, const char *type);
