/* What sources say of their sight, written down together.
 *
 * A thousand mailboxes give a sign of life each minute, and lose sight in the same
 * moment: that is one transaction each half minute, and one for all that was lost,
 * not a thousand.  What changed is written at once.
 */
#pragma once

#include "io/config.h"
#include "io/ledger.h"

typedef struct ApdSights ApdSights;

typedef struct {
    void (*changed)(void *user_data); /* a source was lost from sight, or is back */
    void (*failed)(const GError *error, void *user_data);
} ApdSightsEvents;

/* @ledger and @config are borrowed. */
ApdSights *apd_sights_new(ApdLedger *ledger, const ApdConfig *config, const ApdSightsEvents *events,
                          void *user_data);

/* Writes down what still waits. */
void apd_sights_free(ApdSights *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdSights, apd_sights_free)

/* As apd_blindness_note(), a moment later; the events tell of it. */
void apd_sights_note(ApdSights *self, const char *source, const char *folder, const GError *why,
                     ApdTime now);

/* Writes down now what waits. */
bool apd_sights_write(ApdSights *self, GError **error);

/* Whether a change still waits to be written down. */
bool apd_sights_has_news(const ApdSights *self);
