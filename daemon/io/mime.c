#include "io/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "io/charset.h"
#include "io/html.h"
#include "io/mime_guard.h"
#include "io/mime_headers.h"
#include "io/mime_simple.h"
#include "io/mime_text.h"
#include "io/plain.h"

#define MAX_MESSAGE  (2u * 1024 * 1024)
#define MAX_PARTS    200
#define MAX_DEPTH    50
#define MAX_ATTACHED 8

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

/* One message being read. */
typedef struct {
    ApdDocument *document; /* borrowed: of the message that the part belongs to */
    GPtrArray *files;      /* borrowed: attached texts of that message, not read yet */
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

/* A message attached as a plain file, as "notice.eml", or in an encoding that it must
 * not have. */
static void
read_attached_file(GMimePart *part, Reading reading)
{
    g_autoptr(GByteArray) content = apd_mime_content(part);
    g_autoptr(GBytes) bytes =
        apd_mime_guard((const char *) content->data, content->len, &reading.document->is_truncated);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(data ? data : "", size);
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    g_autoptr(GMimeMessage) message = g_mime_parser_construct_message(parser, NULL);

    if (message != NULL)
        read_message(message, reading);
}

static bool
is_message(GMimePart *part, const char *name)
{
    g_autofree char *lower = name != NULL ? g_utf8_strdown(name, -1) : NULL;

    return apd_mime_is_type(GMIME_OBJECT(part), "message", "rfc822")
           || (lower != NULL && g_str_has_suffix(lower, ".eml")
               && !apd_mime_is_type(GMIME_OBJECT(part), "text", "html"));
}

static void
read_leaf(GMimePart *part, Reading reading)
{
    GMimeObject *object = GMIME_OBJECT(part);
    const char *name = g_mime_part_get_filename(part);
    const char *disposition = g_mime_object_get_disposition(object);
    bool is_file = disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0;
    bool is_text = apd_mime_is_type(object, "text", "*")
                   && !apd_mime_is_type(object, "text", "calendar")
                   && !apd_mime_is_type(object, "text", "css");

    if (is_message(part, name)) {
        read_attached_file(part, reading);
        return;
    }
    if (is_text && !(is_file && name != NULL)) {
        apd_mime_text_read(part, reading.document);
        return;
    }
    if (is_text || apd_mime_is_html(part))
        g_ptr_array_add(reading.files, part);
    if (name != NULL)
        note_attachment(reading.document, name);
}

/* --- structure --------------------------------------------------------------------- */

static bool
has_text_of(GMimeObject *part, const char *subtype, int depth)
{
    if (depth > MAX_DEPTH)
        return false;
    if (!GMIME_IS_MULTIPART(part))
        return apd_mime_is_type(part, "text", subtype);

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

/* What some see in place of the form that is read leads where they are led. */
static void
read_links(GMimeMultipart *multipart, int shown, Reading reading)
{
    int n = MIN(g_mime_multipart_get_count(multipart), MAX_PARTS);

    for (int i = 0; i < n; i++) {
        GMimeObject *part = g_mime_multipart_get_part(multipart, i);
        if (i == shown || !GMIME_IS_PART(part) || !apd_mime_is_type(part, "text", "*"))
            continue;
        if (++*reading.parts <= MAX_PARTS)
            apd_mime_text_links(GMIME_PART(part), reading.document);
    }
}

/* One of several forms of the same: HTML is what people are shown; the plain text
 * stands in where HTML has next to none. */
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
    else if (html >= 0)
        read_links(multipart, html, reading);
    if (html < 0 && plain < 0)
        for (int i = 0; i < n; i++)
            read_part(g_mime_multipart_get_part(multipart, i), reading);
}

static void
read_multipart(GMimeMultipart *multipart, Reading reading)
{
    if (apd_mime_is_type(GMIME_OBJECT(multipart), "multipart", "alternative")) {
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

/* A text that is attached as a file is the message where there is no other; else its
 * links alone count, for it may be a form. */
static void
read_files(const GPtrArray *files, ApdDocument *document)
{
    bool only = document->blocks->len == 0;

    for (guint i = 0; i < files->len; i++) {
        if (only)
            apd_mime_text_read(files->pdata[i], document);
        else if (apd_mime_is_html(files->pdata[i]))
            apd_mime_text_links(files->pdata[i], document);
    }
}

static void
read_document(GMimeMessage *message, Reading reading)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    g_auto(ApdMimeFields) fields = { NULL };

    reading.files = files;
    apd_mime_fields_of(GMIME_OBJECT(message), &fields);
    apd_mime_headers_read(&fields, reading.document);
    read_part(g_mime_message_get_mime_part(message), reading);
    read_files(files, reading.document);
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
    read_document(message, reading);
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
        apd_charset_to_utf8((const guint8 *) body, size - (gsize) (body - data), NULL, NULL, NULL);
    if (strchr(text, '<') != NULL && strstr(text, "</") != NULL)
        apd_html_read(text, strlen(text), document);
    else
        apd_plain_read(text, document);
}

static void
read_structure(const char *text, gsize size, ApdDocument *document)
{
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(text, size);
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);
    g_autoptr(GMimeMessage) message = g_mime_parser_construct_message(parser, NULL);
    int parts = 0;

    if (message != NULL)
        read_document(message, (Reading){ document, NULL, &parts, 0, 0 });
}

ApdDocument *
apd_mime_read(const void *data, size_t size)
{
    gsize bounded = MIN(size, MAX_MESSAGE), length;
    ApdDocument *document = apd_document_new();
    g_autoptr(GBytes) bytes = apd_mime_guard(data, bounded, &document->is_truncated);
    const char *text = g_bytes_get_data(bytes, &length);

    document->is_truncated |= bounded < size;
    text = text != NULL ? text : "";
    if (!apd_mime_simple_read(text, length, document))
        read_structure(text, length, document);
    if (document->blocks->len == 0 && document->attached->len == 0 && length > 0)
        salvage(text, length, document);
    return document;
}
