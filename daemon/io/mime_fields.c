#include "io/mime_fields.h"

#include <string.h>

/* A larger block is left to GMime. */
#define MAX_BLOCK (16u * 1024)

void
apd_mime_fields_of(GMimeObject *message, ApdMimeFields *ret_fields)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(message);
    int n = g_mime_header_list_get_count(headers);

    ret_fields->text = NULL;
    ret_fields->list = g_array_sized_new(FALSE, FALSE, sizeof(ApdMimeField), (guint) n);
    for (int i = 0; i < n; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        ApdMimeField field = { g_mime_header_get_name(header),
                               g_mime_header_get_raw_value(header) };
        g_array_append_val(ret_fields->list, field);
    }
}

/* Bytes of the name of a field at @line, before its colon; 0: there stands none. */
static gsize
name_length(const char *line, gsize size)
{
    gsize n = 0;

    while (n < size && (g_ascii_isalnum(line[n]) || line[n] == '-' || line[n] == '_'))
        n++;
    return n < size && line[n] == ':' ? n : 0;
}

/* Behind the line feed of the line at @at, and of those that go on with it; 0: there is none. */
static gsize
field_end(const char *data, gsize size, gsize at)
{
    do {
        const char *feed = memchr(data + at, '\n', size - at);
        if (feed == NULL)
            return 0;
        at = (gsize) (feed - data) + 1;
    } while (at < size && (data[at] == ' ' || data[at] == '\t'));
    return at;
}

/* Bytes of the line end at @at; 0: something else stands there. */
static gsize
blank_line(const char *data, gsize size, gsize at)
{
    if (at < size && data[at] == '\n')
        return 1;
    return at + 1 < size && data[at] == '\r' && data[at + 1] == '\n' ? 2 : 0;
}

/* Appends the field of @size bytes at @data, @name of which are its name, to @text, and notes
 * it.  Returns: behind it in @text. */
static char *
take_field(const char *data, gsize name, gsize size, char *text, GArray *list)
{
    ApdMimeField field = { text, text + name + 1 };

    memcpy(text, data, size);
    text[name] = '\0';
    text[size] = '\0';
    g_array_append_val(list, field);
    return text + size + 1;
}

gsize
apd_mime_fields_parse(const char *data, gsize size, ApdMimeFields *ret_fields)
{
    gsize limit = MIN(size, MAX_BLOCK), at = 0, blank;
    g_autofree char *text = g_malloc(2 * limit + 1); /* each field has at least two bytes */
    g_autoptr(GArray) list = g_array_sized_new(FALSE, FALSE, sizeof(ApdMimeField), 32);
    char *to = text;

    while ((blank = blank_line(data, limit, at)) == 0) {
        gsize name = name_length(data + at, limit - at);
        gsize end = name > 0 ? field_end(data, limit, at) : 0;
        if (end == 0)
            return 0;
        to = take_field(data + at, name, end - at, to, list);
        at = end;
    }
    if (memchr(data, '\0', at) != NULL)
        return 0;
    ret_fields->list = g_steal_pointer(&list);
    ret_fields->text = g_steal_pointer(&text);
    return at + blank;
}

void
apd_mime_fields_clear(ApdMimeFields *self)
{
    g_clear_pointer(&self->list, g_array_unref);
    g_clear_pointer(&self->text, g_free);
}

gboolean
apd_mime_fields_is(const ApdMimeFields *self, guint i, const char *name)
{
    return g_ascii_strcasecmp(apd_mime_fields_at(self, i)->name, name) == 0;
}

const char *
apd_mime_fields_find(const ApdMimeFields *self, const char *name)
{
    for (guint i = 0; i < self->list->len; i++)
        if (((apd_mime_fields_at(self, i)->name[0] ^ name[0]) & ~0x20) == 0
            && apd_mime_fields_is(self, i, name))
            return apd_mime_fields_at(self, i)->raw;
    return NULL;
}
