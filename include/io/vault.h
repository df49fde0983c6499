/* A place for the passwords that are held for long: never swapped, never in a
 * core file, wiped when given up.  Not for use from two threads at a time,
 * except that what was stored may be read from any. */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct ApdVault ApdVault;

ApdVault *apd_vault_new(void);
void apd_vault_free(ApdVault *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdVault, apd_vault_free)

/* Returns: (transfer none): a copy of @secret that lives until dropped.  NULL
 * when it is longer than 16 KiB. */
const char *apd_vault_store(ApdVault *self, const char *secret);

/* Wipes.  NULL is allowed. */
void apd_vault_drop(ApdVault *self, const char *secret);

/* No core file and no other process of ours may show what this one holds. */
void apd_vault_seal_process(void);
