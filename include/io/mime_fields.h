/* The fields of a header block, as they were written.  Private to io/mime*.c. */
#pragma once

#include <gmime/gmime.h>

typedef struct {
    const char *name; /* borrowed from the message, or from the text of all */
    const char *raw;  /* likewise: what stands behind the colon, folded, with its line end */
} ApdMimeField;

typedef struct {
    GArray *list; /* owned, element-type ApdMimeField, in their order */
    char *text;   /* owned, or NULL */
} ApdMimeFields;

/* Those of a message that GMime has read, which must outlive them. */
void apd_mime_fields_of(GMimeObject *message, ApdMimeFields *ret_fields);

/* Takes a header block at the beginning of @data apart that is written as RFC 5322 says.
 * Returns: the size of the block, its blank line too; 0 when it is not written so, or large:
 * then GMime has its way with it, and @ret_fields is left alone. */
gsize apd_mime_fields_parse(const char *data, gsize size, ApdMimeFields *ret_fields);

void apd_mime_fields_clear(ApdMimeFields *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ApdMimeFields, apd_mime_fields_clear)

static inline const ApdMimeField *
apd_mime_fields_at(const ApdMimeFields *self, guint i)
{
    return &g_array_index(self->list, ApdMimeField, i);
}

/* Whether field @i is called @name. */
gboolean apd_mime_fields_is(const ApdMimeFields *self, guint i, const char *name);

/* The raw value of the first field that is called @name, borrowed; NULL: there is none. */
const char *apd_mime_fields_find(const ApdMimeFields *self, const char *name);
