#include "io/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "io/charset.h"
#include "io/html.h"
#include "io/mime_headers.h"
#include "io/plain.h"
#include "io/transfer.h"

/* Bounds (measured: GMime needs a deep stack for nested groups in huge headers). */
#define MAX_MESSAGE  (2u * 1024 * 1024)
#define MAX_HEADER   (64u * 1024)
#define MAX_PARTS    200
#define MAX_DEPTH    50
#define MAX_PART     (4u * 1024 * 1024)
#define MAX_ATTACHED 8

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

/* One message being read. */
typedef struct {
    ApdDocument *document; /* borrowed: of the message that the part belongs to */
    int *parts;            /* borrowed: of the whole mail */
    int depth;
    int messages; /* how deep in attached messages */
} Reading;

static void read_message(GMimeMessage *message, Reading reading);
static void read_part(GMimeObject *part, Reading reading);

void
apd_mime_init(void)
{
    g_mime_init();
    apd_charset_init();
}

/* --- one part ------------------------------------------------------------------- */

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
    for (ssize_t n;
         bytes->len < MAX_PART && (n = g_mime_stream_read(stream, buffer, sizeof buffer)) > 0;)
        g_byte_array_append(bytes, (const guint8 *) buffer, (guint) n);
    return bytes;
}

/* Returns: (transfer full): the part's bytes as they were meant. */
static GByteArray *
decoded_content(GMimePart *part)
{
    g_autoptr(GByteArray) raw = raw_content(part);
    GByteArray *out = g_byte_array_new();

    switch (g_mime_part_get_content_encoding(part)) {
    case GMIME_CONTENT_ENCODING_BASE64:
        apd_base64_decode((const char *) raw->data, raw->len, MAX_PART, out);
        return out;
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        apd_quoted_printable_decode((const char *) raw->data, raw->len, false, MAX_PART, out);
        return out;
    default:
        g_byte_array_unref(out);
        return g_steal_pointer(&raw);
    }
}

static bool
is_type(GMimeObject *part, const char *type, const char *subtype)
{
    return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

static void
read_text(GMimePart *part, Reading reading)
{
    GMimeObject *object = GMIME_OBJECT(part);
    g_autoptr(GByteArray) bytes = decoded_content(part);
    const char *used = NULL;
    g_autofree char *text =
        apd_charset_to_utf8(bytes->data, bytes->len,
                            g_mime_object_get_content_type_parameter(object, "charset"), &used);

    if (bytes->len >= MAX_PART)
        reading.document->is_truncated = true;
    if (reading.document->charset == NULL)
        reading.document->charset = g_strdup(used);
    if (is_type(object, "text", "html"))
        apd_html_read(text, strlen(text), reading.document);
    else
        apd_plain_read(text, reading.document);
}

static void
note_attachment(ApdDocument *document, const char *name)
{
    guint n = g_strv_length(document->attachments);

    if (n >= MAX_PARTS)
        return;

    document->attachments = g_renew(char *, document->attachments, n + 2);
    document->attachments[n] = apd_mime_header_text(name);
    document->attachments[n + 1] = NULL;
}

/* A message attached as a plain file, as "notice.eml". */
static void
read_attached_file(GMimePart *part, Reading reading)
{
    g_autoptr(GByteArray) bytes = decoded_content(part);
    g_autoptr(GMimeStream) stream =
        g_mime_stream_mem_new_with_buffer((const char *) bytes->data, bytes->len);
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    g_autoptr(GMimeMessage) message = g_mime_parser_construct_message(parser, NULL);

    if (message != NULL)
        read_message(message, reading);
}

static void
read_leaf(GMimePart *part, Reading reading)
{
    GMimeObject *object = GMIME_OBJECT(part);
    const char *name = g_mime_part_get_filename(part);
    g_autofree char *lower = name ? g_utf8_strdown(name, -1) : NULL;
    const char *disposition = g_mime_object_get_disposition(object);
    bool is_file = disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;

    if (lower != NULL && g_str_has_suffix(lower, ".eml") && !is_type(object, "text", "html"))
        read_attached_file(part, reading);
    else if (is_type(object, "text", "*") && !(is_file && name != NULL)
             && !is_type(object, "text", "calendar") && !is_type(object, "text", "css"))
        read_text(part, reading);
    else if (name != NULL)
        note_attachment(reading.document, name);
}

/* --- structure --------------------------------------------------------------------- */

static bool
has_text_of(GMimeObject *part, const char *subtype, int depth)
{
    if (depth > MAX_DEPTH)
        return false;
    if (!GMIME_IS_MULTIPART(part))
        return is_type(part, "text", subtype);

    int n = MIN(g_mime_multipart_get_count(GMIME_MULTIPART(part)), MAX_PARTS);
    for (int i = 0; i < n; i++)
        if (has_text_of(g_mime_multipart_get_part(GMIME_MULTIPART(part), i), subtype, depth + 1))
            return true;
    return false;
}

static guint
length_of(const ApdDocument *document)
{
    guint n = 0;

    for (guint i = 0; i < document->blocks->len; i++)
        n += (guint) strlen(g_array_index(document->blocks, ApdBlock, i).text);
    return n;
}

/* Less than this of text is a picture with a footer: the plain part then says more. */
#define FEW_BYTES 80

/* One of several forms of the same: HTML is what people are shown, and what has
 * the links; the plain text stands in where HTML has next to none. */
static void
read_alternative(GMimeMultipart *multipart, Reading reading)
{
    int n = MIN(g_mime_multipart_get_count(multipart), MAX_PARTS);
    guint before = length_of(reading.document);
    int html = -1, plain = -1;

    for (int i = n - 1; i >= 0; i--) {
        GMimeObject *part = g_mime_multipart_get_part(multipart, i);
        if (html < 0 && has_text_of(part, "html", 0))
            html = i;
        else if (plain < 0 && has_text_of(part, "plain", 0))
            plain = i;
    }
    if (html >= 0)
        read_part(g_mime_multipart_get_part(multipart, html), reading);
    if (plain >= 0 && length_of(reading.document) - before < FEW_BYTES)
        read_part(g_mime_multipart_get_part(multipart, plain), reading);
    if (html < 0 && plain < 0)
        for (int i = 0; i < n; i++)
            read_part(g_mime_multipart_get_part(multipart, i), reading);
}

static void
read_multipart(GMimeMultipart *multipart, Reading reading)
{
    if (is_type(GMIME_OBJECT(multipart), "multipart", "alternative")) {
        read_alternative(multipart, reading);
        return;
    }

    int n = MIN(g_mime_multipart_get_count(multipart), MAX_PARTS);
    for (int i = 0; i < n; i++)
        read_part(g_mime_multipart_get_part(multipart, i), reading);
}

static void
read_part(GMimeObject *part, Reading reading)
{
    reading.depth++;
    if (part == NULL)
        return;
    if (reading.depth > MAX_DEPTH || ++*reading.parts > MAX_PARTS) {
        reading.document->is_truncated = true;
        return;
    }

    if (GMIME_IS_MULTIPART(part))
        read_multipart(GMIME_MULTIPART(part), reading);
    else if (GMIME_IS_MESSAGE_PART(part))
        read_message(g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)), reading);
    else if (GMIME_IS_PART(part))
        read_leaf(GMIME_PART(part), reading);
}

/* An attached message becomes a document of its own. */
static void
read_message(GMimeMessage *message, Reading reading)
{
    ApdDocument *parent = reading.document;

    if (message == NULL || reading.messages >= MAX_ATTACHED) {
        parent->is_truncated = true;
        return;
    }

    reading.messages++;
    reading.document = apd_document_new();
    g_ptr_array_add(parent->attached, reading.document);
    apd_mime_headers_read(GMIME_OBJECT(message), reading.document);
    read_part(g_mime_message_get_mime_part(message), reading);
}

/* --- the whole ----------------------------------------------------------------------- */

/* Broken MIME gives no text: the bytes themselves may. */
static void
salvage(const char *data, gsize size, ApdDocument *document)
{
    const char *body = g_strstr_len(data, (gssize) size, "\n\n");
    const char *crlf = g_strstr_len(data, (gssize) size, "\n\r\n");

    if (crlf != NULL && (body == NULL || crlf < body))
        body = crlf;
    if (body == NULL)
        body = data;

    document->is_malformed = true;
    g_autofree char *text =
        apd_charset_to_utf8((const guint8 *) body, size - (gsize) (body - data), NULL, NULL);
    if (strchr(text, '<') != NULL && strstr(text, "</") != NULL)
        apd_html_read(text, strlen(text), document);
    else
        apd_plain_read(text, document);
}

/* Returns the size of the header block. */
static gsize
header_size(const char *data, gsize size)
{
    for (gsize i = 0; i + 1 < size; i++)
        if (data[i] == '\n'
            && (data[i + 1] == '\n'
                || (i + 2 < size && data[i + 1] == '\r' && data[i + 2] == '\n')))
            return i + 1;

    return size;
}

/* Cuts a giant header block to its first lines, which hold what is read. */
static GBytes *
with_bounded_header(const char *data, gsize size)
{
    gsize header = header_size(data, MIN(size, MAX_MESSAGE)), keep = MAX_HEADER;

    if (header <= MAX_HEADER)
        return g_bytes_new_static(data, size);
    while (keep > 0 && data[keep - 1] != '\n')
        keep--;

    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *) data, (guint) keep);
    g_byte_array_append(bytes, (const guint8 *) data + header, (guint) (size - header));
    return g_byte_array_free_to_bytes(bytes);
}

ApdDocument *
apd_mime_read(const void *data, size_t size)
{
    gsize bounded = MIN(size, MAX_MESSAGE);
    g_autoptr(GBytes) bytes = with_bounded_header(data, bounded);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(text ? text : "", length);
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    g_autoptr(GMimeMessage) message = g_mime_parser_construct_message(parser, NULL);
    ApdDocument *document = apd_document_new();
    int parts = 0;

    document->is_truncated = bounded < size || length < bounded;
    if (message != NULL) {
        apd_mime_headers_read(GMIME_OBJECT(message), document);
        read_part(g_mime_message_get_mime_part(message), (Reading){ document, &parts, 0, 0 });
    }
    if (document->blocks->len == 0 && document->attached->len == 0 && length > 0)
        salvage(text, length, document);
    return document;
}
