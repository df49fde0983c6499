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

/* Unfolded, blanks collapsed, not decoded: RFC 8601 has its own grammar. */
static char **
authentication_results(const ApdMimeFields *fields)
{
    GPtrArray *results = g_ptr_array_new();

    for (guint i = 0; i < fields->list->len && results->len < MAX_RESULTS; i++)
        if (apd_mime_fields_is(fields, i, "Authentication-Results"))
            g_ptr_array_add(results, apd_text_line(apd_mime_fields_at(fields, i)->raw));
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
is_bulk(const ApdMimeFields *fields)
{
    const char *precedence = apd_mime_fields_find(fields, "Precedence");
    g_autofree char *word = precedence ? apd_text_line(precedence) : NULL;

    return apd_mime_fields_find(fields, "List-Unsubscribe") != NULL
           || (word != NULL
               && (g_ascii_strcasecmp(word, "bulk") == 0 || g_ascii_strcasecmp(word, "list") == 0));
}

static char *
text_of(const ApdMimeFields *fields, const char *name)
{
    const char *raw = apd_mime_fields_find(fields, name);

    return raw ? apd_encoded_word_decode(raw) : NULL;
}

/* Of every address of every From:, for programs differ in which they show. */
static char **
from_domains(const ApdMimeFields *fields)
{
    GPtrArray *domains = g_ptr_array_new();

    for (guint i = 0; i < fields->list->len; i++)
        if (apd_mime_fields_is(fields, i, "From"))
            apd_mime_address_domains(apd_mime_fields_at(fields, i)->raw, domains);
    g_ptr_array_add(domains, NULL);
    return (char **) g_ptr_array_free(domains, FALSE);
}

void
apd_mime_headers_read(const ApdMimeFields *fields, ApdDocument *document)
{
    const char *date = apd_mime_fields_find(fields, "Date");
    const char *from = apd_mime_fields_find(fields, "From");

    document->message_id = message_id_of(apd_mime_fields_find(fields, "Message-ID"));
    document->subject = text_of(fields, "Subject");
    document->from_address = apd_mime_address_first(from, &document->from_name);
    document->sender_address = apd_mime_address_first(apd_mime_fields_find(fields, "Sender"), NULL);
    document->reply_to_address =
        apd_mime_address_first(apd_mime_fields_find(fields, "Reply-To"), NULL);
    document->to_address = apd_mime_address_first(apd_mime_fields_find(fields, "To"), NULL);
    document->list_id = text_of(fields, "List-Id");
    document->auto_submitted = text_of(fields, "Auto-Submitted");
    g_strfreev(document->from_domains);
    document->from_domains = from_domains(fields);
    g_strfreev(document->authentication_results);
    document->authentication_results = authentication_results(fields);
    document->has_dkim_signature = apd_mime_fields_find(fields, "DKIM-Signature") != NULL;
    document->is_bulk = is_bulk(fields);
    if (date != NULL)
        apd_mail_date_parse(date, &document->date, &document->date_zone_known);
}
