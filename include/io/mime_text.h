/* The content of one part of a message.  Private to io/mime*.c. */
#pragma once

#include <gmime/gmime.h>
#include <stdbool.h>

#include "model/document.h"

/* The most bytes that are read of a part. */
#define APD_MIME_MAX_PART (4u * 1024 * 1024)

typedef enum {
    APD_MIME_PLAIN, /* as it is */
    APD_MIME_QUOTED,
    APD_MIME_BASE64,
} ApdMimeCoding;

/* How a text is written. */
typedef struct {
    ApdMimeCoding coding;
    const char *charset; /* borrowed; NULL: not told */
    bool html;
    bool flowed, delsp; /* RFC 3676 */
} ApdMimeForm;

/* Appends text and links of @raw, written in @form, to @document. */
void apd_mime_form_read(const ApdMimeForm *form, const char *raw, gsize size,
                        ApdDocument *document);

/* Returns: (transfer full): the part's bytes as they were meant. */
GByteArray *apd_mime_content(GMimePart *part);

bool apd_mime_is_type(GMimeObject *part, const char *type, const char *subtype);

/* Whether @part holds HTML, by its type or its name. */
bool apd_mime_is_html(GMimePart *part);

/* Appends text and links of @part to @document. */
void apd_mime_text_read(GMimePart *part, ApdDocument *document);

/* Appends the links of @part alone, those that @document does not have yet. */
void apd_mime_text_links(GMimePart *part, ApdDocument *document);
