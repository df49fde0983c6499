/* What a source states of a message beside its text: fields of a record, which need
 * no reading.  Plain data; goes to the reader with the message.
 */
#pragma once

#include "model/verdict.h"

typedef struct {
    char *by;       /* owned: who states it, as a person knows it: "json erp" */
    bool vouched;   /* the source is sure that the platform wrote it, and nobody else */
    bool is_matter; /* @kind is stated; KIND_NONE: it is no notice, whatever it says */
    ApdKind kind;
    char *category;       /* owned; NULL: not stated */
    char *category_how;   /* owned: what the source wrote for it */
    int points;           /* hundredths; APD_NO_POINTS: not stated */
    ApdTime deadline;     /* APD_NEVER: not stated */
    char *deadline_how;   /* owned: how the instant was read; NULL */
    char *deadline_wrong; /* owned: what stood there and could not be read; NULL */
    char *case_ref;       /* owned; NULL */
    char *order;          /* owned; NULL */
    char *product;        /* owned; NULL */
} ApdStated;

ApdStated *apd_stated_new(const char *by);
void apd_stated_free(ApdStated *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApdStated, apd_stated_free)

ApdStated *apd_stated_copy(const ApdStated *self);

/* Returns: (transfer full): what of it a case lives by, as one line: its clock, points and
 * category. */
char *apd_stated_facts(const ApdStated *self);

/* Whether two such lines say the same; clocks that are minutes apart do. */
bool apd_stated_same_facts(const char *a, const char *b);

/* a{sv}, floating. */
GVariant *apd_stated_to_variant(const ApdStated *self);

/* Returns: (transfer full): what is missing or senseless is not stated. */
ApdStated *apd_stated_from_variant(GVariant *variant);
