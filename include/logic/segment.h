/* Document -> text: sentences, cells, headings and buttons with their zones,
 * labels bound to their values, quoted matter marked.
 *
 * Plain-text hard wraps are joined; sentences end at . ! ? 。！？； and at the ends
 * of blocks, not inside dates, numbers, abbreviations and addresses.
 */
#pragma once

#include "model/document.h"
#include "model/text.h"

/* Returns: (transfer full).  Bounded: a document too large is cut and the text
 * says so. */
ApdText *apd_segment_document(const ApdDocument *document);
