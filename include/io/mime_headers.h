/* The headers of a message that matter.  Private to io/mime*.c. */
#pragma once

#include "io/mime_fields.h"
#include "model/document.h"

/* Fills what the headers of a message say into @document. */
void apd_mime_headers_read(const ApdMimeFields *fields, ApdDocument *document);

/* Returns: (transfer full): a raw value as one safe line. */
char *apd_mime_header_text(const char *raw);
