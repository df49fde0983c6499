/* What messages should be read as: labels for `appealctl mass-check`. */
#pragma once

#include <glib.h>

typedef struct ApdMassLabels ApdMassLabels;

/* @csv: a file of "FILE,KIND[,CATEGORY]" lines, FILE as mass-check names it or
 * its last part; a first line that begins with "file," is a heading.  NULL: the
 * label of "x.eml" is "x.json" beside it, with "kind" and "category", if there.
 * NULL and @error (CONFIG) naming each line that is wrong. */
ApdMassLabels *apd_mass_labels_new(const char *csv, GError **error);
void apd_mass_labels_free(ApdMassLabels *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdMassLabels, apd_mass_labels_free)

/* False when @name has no label.  @ret_category: (transfer full), NULL: none
 * stated. */
gboolean apd_mass_labels_find(const ApdMassLabels *self, const char *name, char **ret_kind,
                              char **ret_category);
