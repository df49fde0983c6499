#include "io/mime_headers.h"

#include <string.h>

#include "base/text.h"
#include "io/encoded_word.h"
#include "io/mail_date.h"

/* More of a kind than this are an attack. */
#define MAX_RESULTS 20
#define MAX_DOMAINS 20

#define MAX_ADDRESS 320 /* RFC 5321 section 4.5.3.1 and some room */

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

/* --- addresses ---------------------------------------------------------------------- */

/* Copies without comments; quoted strings keep their marks. */
static char *
strip_comments(const char *text)
{
    GString *out = g_string_new(NULL);
    int depth = 0;
    bool quoted = false;

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0') {
            if (depth == 0)
                g_string_append_len(out, text, 2);
            text++;
        } else if (*text == '"' && depth == 0) {
            quoted = !quoted;
            g_string_append_c(out, *text);
        } else if (*text == '(' && !quoted) {
            depth++;
        } else if (*text == ')' && !quoted && depth > 0) {
            depth--;
        } else if (depth == 0) {
            g_string_append_c(out, *text);
        }
    }
    return g_string_free(out, FALSE);
}

/* Where the first address of a list ends: at a comma outside of quotes and <>. */
static gsize
first_length(const char *text)
{
    bool quoted = false, angle = false;
    gsize i = 0;

    for (; text[i] != '\0'; i++) {
        if (text[i] == '\\' && text[i + 1] != '\0')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '<' && !quoted)
            angle = true;
        else if (text[i] == '>' && !quoted)
            angle = false;
        else if ((text[i] == ',' || text[i] == ';') && !quoted && !angle)
            break;
    }
    return i;
}

static char *
unquote(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else if (*text == '"')
            continue;
        g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* Takes one "Name <address>" apart; @ret_name may be NULL. */
static char *
address_of(const char *one, char **ret_name)
{
    const char *open = strrchr(one, '<');
    const char *close = open ? strchr(open, '>') : NULL;
    g_autofree char *address =
        open ? g_strndup(open + 1, close ? (gsize) (close - open - 1) : strlen(open + 1))
             : unquote(one);

    if (ret_name != NULL && open != NULL) {
        g_autofree char *raw = g_strndup(one, (gsize) (open - one));
        g_autofree char *name = unquote(raw);
        *ret_name = apd_encoded_word_decode(g_strstrip(name));
    }
    g_autofree char *line = apd_text_line(address);
    return apd_text_cut(line, MAX_ADDRESS);
}

static char *
first_address(const char *raw, char **ret_name)
{
    if (raw == NULL)
        return NULL;

    g_autofree char *plain = strip_comments(raw);
    g_autofree char *one = g_strndup(plain, first_length(plain));
    char *address = address_of(one, ret_name);
    if (*address != '\0')
        return address;

    g_free(address);
    return NULL;
}

static char **
domains_of(const char *raw)
{
    g_autofree char *plain = raw ? strip_comments(raw) : g_strdup("");
    GPtrArray *domains = g_ptr_array_new();

    for (const char *p = plain; *p != '\0' && domains->len < MAX_DOMAINS;) {
        gsize n = first_length(p);
        g_autofree char *one = g_strndup(p, n);
        g_autofree char *address = address_of(one, NULL);
        const char *at = strrchr(address, '@');
        if (at != NULL && at[1] != '\0')
            g_ptr_array_add(domains, g_ascii_strdown(at + 1, -1));
        p += n + (p[n] != '\0');
    }
    g_ptr_array_add(domains, NULL);
    return (char **) g_ptr_array_free(domains, FALSE);
}

/* --- the rest --------------------------------------------------------------------------- */

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

void
apd_mime_headers_read(GMimeObject *message, ApdDocument *document)
{
    const char *date = raw_value(message, "Date");
    const char *from = raw_value(message, "From");

    document->message_id = message_id_of(raw_value(message, "Message-ID"));
    document->subject = text_of(message, "Subject");
    document->from_address = first_address(from, &document->from_name);
    document->sender_address = first_address(raw_value(message, "Sender"), NULL);
    document->reply_to_address = first_address(raw_value(message, "Reply-To"), NULL);
    document->to_address = first_address(raw_value(message, "To"), NULL);
    document->list_id = text_of(message, "List-Id");
    document->auto_submitted = text_of(message, "Auto-Submitted");
    g_strfreev(document->from_domains);
    document->from_domains = domains_of(from);
    g_strfreev(document->authentication_results);
    document->authentication_results = authentication_results(message);
    document->has_dkim_signature = raw_value(message, "DKIM-Signature") != NULL;
    document->is_bulk = is_bulk(message);
    if (date != NULL)
        apd_mail_date_parse(date, &document->date, &document->date_zone_known);
}
