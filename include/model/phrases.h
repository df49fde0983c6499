/* The phrases of one language: what alerts are made of (conf/alerts/LANG.conf). */
#pragma once

#include <glib.h>

typedef struct {
    char *language;    /* owned: "en" */
    GHashTable *texts; /* owned: "section.key" -> text */
} ApdPhrases;

ApdPhrases *apd_phrases_new(const char *language);
void apd_phrases_free(ApdPhrases *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdPhrases, apd_phrases_free)

/* Takes nothing, copies. */
void apd_phrases_set(ApdPhrases *self, const char *section, const char *key, const char *text);

/* Returns the phrase, NULL when there is none. */
const char *apd_phrases_get(const ApdPhrases *self, const char *section, const char *key);
