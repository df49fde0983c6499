#include "io/mime_headers.h"

#include <string.h>

#include "base/text.h"
#include "io/encoded_word.h"
#include "io/mail_date.h"
#include "io/mime_address.h"

/* More of a kind than this are an attack. */
#define MAX_RESULTS 20

char *
apd_mime_header_text(const char *raw)
{
    return apd_encoded_word_decode(raw);
}

static const char *
raw_value(GMimeObject *message, const char *name)
{
    GMimeHeader *header =
        g_mime_header_list_get_header(g_mime_object_get_header_list(message), name);

    return header ? g_mime_header_get_raw_value(header) : NULL;
}

/* Unfolded, blanks collapsed, not decoded: RFC 8601 has its own grammar. */
static char **
authentication_results(GMimeObject *message)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(message);
    int n = g_mime_header_list_get_count(headers);
    GPtrArray *results = g_ptr_array_new();

    for (int i = 0; i < n && results->len < MAX_RESULTS; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        if (g_ascii_strcasecmp(g_mime_header_get_name(header), "Authentication-Results") == 0)
            g_ptr_array_add(results, apd_text_line(g_mime_header_get_raw_value(header)));
    }
    g_ptr_array_add(results, NULL);
    return (char **) g_ptr_array_free(results, FALSE);
}

static char *
message_id_of(const char *raw)
{
    if (raw == NULL)
        return NULL;

    g_autofree char *line = apd_text_line(raw);
    char *open = strchr(line, '<');
    char *id = g_strstrip(open ? open + 1 : line);
    id[strcspn(id, "> ")] = '\0';
    return *id != '\0' ? apd_text_cut(id, 998) : NULL;
}

static bool
is_bulk(GMimeObject *message)
{
    const char *precedence = raw_value(message, "Precedence");
    g_autofree char *word = precedence ? apd_text_line(precedence) : NULL;

    return raw_value(message, "List-Unsubscribe") != NULL
           || (word != NULL
               && (g_ascii_strcasecmp(word, "bulk") == 0 || g_ascii_strcasecmp(word, "list") == 0));
}

static char *
text_of(GMimeObject *message, const char *name)
{
    const char *raw = raw_value(message, name);

    return raw ? apd_encoded_word_decode(raw) : NULL;
}

/* Of every address of every From:, for programs differ in which they show. */
static char **
from_domains(GMimeObject *message)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(message);
    int n = g_mime_header_list_get_count(headers);
    GPtrArray *domains = g_ptr_array_new();

    for (int i = 0; i < n; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        if (g_ascii_strcasecmp(g_mime_header_get_name(header), "From") == 0)
            apd_mime_address_domains(g_mime_header_get_raw_value(header), domains);
    }
    g_ptr_array_add(domains, NULL);
    return (char **) g_ptr_array_free(domains, FALSE);
}

void
apd_mime_headers_read(GMimeObject *message, ApdDocument *document)
{
    const char *date = raw_value(message, "Date");
    const char *from = raw_value(message, "From");

    document->message_id = message_id_of(raw_value(message, "Message-ID"));
    document->subject = text_of(message, "Subject");
    document->from_address = apd_mime_address_first(from, &document->from_name);
    document->sender_address = apd_mime_address_first(raw_value(message, "Sender"), NULL);
    document->reply_to_address = apd_mime_address_first(raw_value(message, "Reply-To"), NULL);
    document->to_address = apd_mime_address_first(raw_value(message, "To"), NULL);
    document->list_id = text_of(message, "List-Id");
    document->auto_submitted = text_of(message, "Auto-Submitted");
    g_strfreev(document->from_domains);
    document->from_domains = from_domains(message);
    g_strfreev(document->authentication_results);
    document->authentication_results = authentication_results(message);
    document->has_dkim_signature = raw_value(message, "DKIM-Signature") != NULL;
    document->is_bulk = is_bulk(message);
    if (date != NULL)
        apd_mail_date_parse(date, &document->date, &document->date_zone_known);
}
