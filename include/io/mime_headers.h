/* The headers of a message that matter.  Private to io/mime*.c. */
#pragma once

#include <gmime/gmime.h>

#include "model/document.h"

/* Fills what @message's headers say into @document. */
void apd_mime_headers_read(GMimeObject *message, ApdDocument *document);

/* Returns: (transfer full): a raw value as one safe line. */
char *apd_mime_header_text(const char *raw);
