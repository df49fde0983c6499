/* What the seller's own provider found of the sender, from its header. */
#pragma once

#include <stdbool.h>

#include "logic/origin_names.h"
#include "model/document.h"

typedef struct {
    bool known;    /* there is a header that may be believed */
    bool verified; /* for the domain of From: */
    bool failed;   /* DMARC said so */
} ApdOriginProof;

/* @from_host: of the one address of From:; "" when there is none or more, for which
 * nothing can be verified. */
ApdOriginProof apd_origin_prove(const ApdOriginContext *context, const ApdDocument *document,
                                const char *from_host);
