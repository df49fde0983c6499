#include "io/mime_text.h"

#include <string.h>

#include "io/charset.h"
#include "io/html.h"
#include "io/html_attributes.h"
#include "io/plain.h"
#include "io/transfer.h"

/* Links of another form of the same that are compared and kept. */
#define MAX_OTHER_LINKS 100

/* Returns: (transfer full): the part's bytes as they were sent. */
static GByteArray *
raw_content(GMimePart *part)
{
    GMimeDataWrapper *wrapper = g_mime_part_get_content(part);
    GByteArray *bytes = g_byte_array_new();

    if (wrapper == NULL)
        return bytes;

    GMimeStream *stream = g_mime_data_wrapper_get_stream(wrapper);
    char buffer[8192];
    g_mime_stream_reset(stream);
    for (ssize_t n; bytes->len < APD_MIME_MAX_PART
                    && (n = g_mime_stream_read(stream, buffer, sizeof buffer)) > 0;)
        g_byte_array_append(bytes, (const guint8 *) buffer, (guint) n);
    return bytes;
}

/* Returns: (transfer full): what @raw stands for; NULL: itself. */
static GByteArray *
decoded(ApdMimeCoding coding, const char *raw, gsize size)
{
    if (coding == APD_MIME_PLAIN || (coding == APD_MIME_BASE64 && apd_base64_is_plain(raw, size)))
        return NULL;

    GByteArray *out = g_byte_array_new();
    if (coding == APD_MIME_BASE64)
        apd_base64_decode(raw, size, APD_MIME_MAX_PART, out);
    else
        apd_quoted_printable_decode(raw, size, false, APD_MIME_MAX_PART, out);
    return out;
}

static ApdMimeCoding
coding_of(GMimePart *part)
{
    GMimeContentEncoding encoding = g_mime_part_get_content_encoding(part);

    return encoding == GMIME_CONTENT_ENCODING_BASE64            ? APD_MIME_BASE64
           : encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ? APD_MIME_QUOTED
                                                                : APD_MIME_PLAIN;
}

GByteArray *
apd_mime_content(GMimePart *part)
{
    g_autoptr(GByteArray) raw = raw_content(part);
    GByteArray *content = decoded(coding_of(part), (const char *) raw->data, raw->len);

    return content != NULL ? content : g_steal_pointer(&raw);
}

bool
apd_mime_is_type(GMimeObject *part, const char *type, const char *subtype)
{
    return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

bool
apd_mime_is_html(GMimePart *part)
{
    static const char *const endings[] = { ".html", ".htm", ".shtml", ".xhtml", ".svg" };
    GMimeObject *object = GMIME_OBJECT(part);
    const char *name = g_mime_part_get_filename(part);

    if (apd_mime_is_type(object, "text", "html") || apd_mime_is_type(object, "text", "x-amp-html")
        || apd_mime_is_type(object, "application", "xhtml+xml")
        || apd_mime_is_type(object, "image", "svg+xml"))
        return true;
    if (name == NULL || apd_mime_is_type(object, "text", "plain"))
        return false;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(lower, endings[i]))
            return true;
    return false;
}

static bool
is_parameter(GMimeObject *part, const char *name, const char *value)
{
    const char *given = g_mime_object_get_content_type_parameter(part, name);
    return given != NULL && g_ascii_strcasecmp(given, value) == 0;
}

static ApdMimeForm
form_of(GMimePart *part)
{
    GMimeObject *object = GMIME_OBJECT(part);
    const char *charset = g_mime_object_get_content_type_parameter(object, "charset");

    return (ApdMimeForm){ coding_of(part), charset, apd_mime_is_html(part),
                          is_parameter(object, "format", "flowed"),
                          is_parameter(object, "delsp", "yes") };
}

/* Returns: (transfer full): what @data says. */
static char *
text_of(const ApdMimeForm *form, const char *data, gsize size, const char **ret_used)
{
    g_autofree char *inner = form->html && size > 0 ? apd_html_charset(data, size) : NULL;
    g_autofree char *text =
        apd_charset_to_utf8((const guint8 *) data, size, form->charset, inner, ret_used);

    if (!form->html && form->flowed)
        return apd_plain_unflow(text, form->delsp);
    return g_steal_pointer(&text);
}

/* Reads @data, decoded. */
static const char *
read_content(const ApdMimeForm *form, const char *data, gsize size, ApdDocument *document)
{
    const char *used = NULL;
    g_autofree char *text = text_of(form, data, size, &used);

    if (size >= APD_MIME_MAX_PART)
        document->is_truncated = true;
    if (form->html)
        apd_html_read(text, strlen(text), document);
    else
        apd_plain_read(text, document);
    return used;
}

void
apd_mime_form_read(const ApdMimeForm *form, const char *raw, gsize size, ApdDocument *document)
{
    g_autoptr(GByteArray) bytes = decoded(form->coding, raw, size);
    const char *used = bytes != NULL
                           ? read_content(form, (const char *) bytes->data, bytes->len, document)
                           : read_content(form, raw, size, document);

    if (document->charset == NULL)
        document->charset = g_strdup(used);
}

void
apd_mime_text_read(GMimePart *part, ApdDocument *document)
{
    g_autoptr(GByteArray) raw = raw_content(part);
    ApdMimeForm form = form_of(part);

    apd_mime_form_read(&form, (const char *) raw->data, raw->len, document);
}

static bool
has_link(const ApdDocument *document, const char *href)
{
    guint n = MIN(document->links->len, MAX_OTHER_LINKS);

    for (guint i = 0; i < n; i++)
        if (g_str_equal(g_array_index(document->links, ApdLink, i).href, href))
            return true;
    return false;
}

/* Whether there may be a link in it: most plain text has none. */
static bool
may_have_links(GMimePart *part, const GByteArray *bytes)
{
    return apd_mime_is_html(part) || memmem(bytes->data, bytes->len, "//", 2) != NULL
           || memmem(bytes->data, bytes->len, "www.", 4) != NULL;
}

void
apd_mime_text_links(GMimePart *part, ApdDocument *document)
{
    g_autoptr(GByteArray) bytes = apd_mime_content(part);

    if (bytes->len == 0 || !may_have_links(part, bytes))
        return;
    g_autoptr(ApdDocument) other = apd_document_new();
    ApdMimeForm form = form_of(part);
    read_content(&form, (const char *) bytes->data, bytes->len, other);
    for (guint i = 0; i < other->links->len && i < MAX_OTHER_LINKS; i++) {
        const ApdLink *link = &g_array_index(other->links, ApdLink, i);
        if (has_link(document, link->href))
            continue;
        apd_document_add_link(document, link->href, link->text, link->lead, strlen(link->lead),
                              link->depth, link->button);
        ApdLink *copy = &g_array_index(document->links, ApdLink, document->links->len - 1);
        copy->drawn = link->drawn;
        copy->image = link->image;
    }
}
