#include "io/mime_simple.h"

#include <string.h>

#include "io/mime_fields.h"
#include "io/mime_headers.h"
#include "io/mime_text.h"

#define MAX_VALUE 256

/* --- Content-Type (RFC 2045 section 5.1), without comments and escapes ---------------- */

static bool
is_token_byte(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("-_.+:", c) != NULL);
}

static char *
skip_blanks(char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* Takes a token off @at.  Returns: it, which the caller must end; NULL: there is none. */
static char *
take_token(char **at)
{
    char *token = *at;

    while (is_token_byte(**at))
        (*at)++;
    return *at > token ? token : NULL;
}

/* Takes a parameter's value off @at, which is moved behind it.  Returns: it, ended; NULL: it is
 * none, or none that is simple. */
static char *
take_value(char **at)
{
    char *value, *end;

    if (**at == '"') {
        value = *at + 1;
        end = value + strcspn(value, "\"\\\r\n");
        if (*end != '"' || strstr(value, "=?") != NULL)
            return NULL;
        *at = skip_blanks(end + 1);
    } else {
        value = take_token(at);
        end = *at;
        *at = skip_blanks(end);
    }
    if (value == NULL || (**at != ';' && **at != '\0'))
        return NULL;
    *at += **at == ';';
    *end = '\0';
    return g_str_is_ascii(value) ? value : NULL;
}

/* What a text may say of itself. */
typedef struct {
    char *charset, *format, *delsp; /* borrowed from the value */
} Parameters;

/* False: this one is said twice, or it is not known that it says nothing. */
static bool
set_parameter(const char *name, char *value, Parameters *into)
{
    char **field = g_ascii_strcasecmp(name, "charset") == 0  ? &into->charset
                   : g_ascii_strcasecmp(name, "format") == 0 ? &into->format
                   : g_ascii_strcasecmp(name, "delsp") == 0  ? &into->delsp
                                                             : NULL;

    if (field == NULL || *field != NULL)
        return false;
    *field = value;
    return true;
}

/* "; name=value; name=value" */
static bool
read_parameters(char *at, Parameters *into)
{
    while (*(at = skip_blanks(at)) != '\0') {
        char *name = take_token(&at);
        if (name == NULL || *at != '=')
            return false;
        *at++ = '\0';
        char *value = take_value(&at);
        if (value == NULL || !set_parameter(name, value, into))
            return false;
    }
    return true;
}

static bool
is_flag(const char *value, const char *wanted)
{
    return value != NULL && g_ascii_strcasecmp(value, wanted) == 0;
}

/* @value, which is written into, and must outlive @form. */
static bool
read_type(char *value, ApdMimeForm *form)
{
    Parameters parameters = { NULL };
    char *at = skip_blanks(value), *type = at;

    at += strcspn(at, "; \t\r\n");
    gsize n = (gsize) (at - type);
    at = skip_blanks(at);
    if (*at != ';' && *at != '\0')
        return false;
    form->html = n == 9 && g_ascii_strncasecmp(type, "text/html", n) == 0;
    if (!form->html && !(n == 10 && g_ascii_strncasecmp(type, "text/plain", n) == 0))
        return false;
    if (!read_parameters(at + (*at == ';'), &parameters))
        return false;
    form->charset = parameters.charset;
    form->flowed = is_flag(parameters.format, "flowed");
    form->delsp = is_flag(parameters.delsp, "yes");
    return true;
}

/* --- the message ---------------------------------------------------------------------- */

static bool
read_coding(const char *raw, ApdMimeForm *form)
{
    static const struct {
        const char *name;
        ApdMimeCoding coding;
    } codings[] = {
        { "7bit", APD_MIME_PLAIN },
        { "8bit", APD_MIME_PLAIN },
        { "quoted-printable", APD_MIME_QUOTED },
        { "base64", APD_MIME_BASE64 },
    };
    const char *word = raw + strspn(raw, " \t\r\n");
    gsize n = strcspn(word, " \t\r\n");

    if (word[n + strspn(word + n, " \t\r\n")] != '\0')
        return false;
    for (gsize i = 0; i < G_N_ELEMENTS(codings); i++)
        if (n == strlen(codings[i].name) && g_ascii_strncasecmp(word, codings[i].name, n) == 0) {
            form->coding = codings[i].coding;
            return true;
        }
    return false;
}

/* @value: room for the Content-Type.  False: the form is not simple. */
static bool
read_form(const ApdMimeFields *fields, char *value, ApdMimeForm *form)
{
    const char *type = NULL, *coding = NULL;

    for (guint i = 0; i < fields->list->len; i++) {
        const ApdMimeField *field = apd_mime_fields_at(fields, i);
        if (g_ascii_strncasecmp(field->name, "Content-", 8) != 0)
            continue;
        const char **told = apd_mime_fields_is(fields, i, "Content-Type")                ? &type
                            : apd_mime_fields_is(fields, i, "Content-Transfer-Encoding") ? &coding
                                                                                         : NULL;
        if (told == NULL || *told != NULL)
            return false;
        *told = field->raw;
    }
    if (g_strlcpy(value, type != NULL ? type : "text/plain", MAX_VALUE) >= MAX_VALUE)
        return false;
    return read_type(value, form) && (coding == NULL || read_coding(coding, form));
}

bool
apd_mime_simple_read(const char *data, gsize size, ApdDocument *document)
{
    g_auto(ApdMimeFields) fields = { NULL };
    ApdMimeForm form = { APD_MIME_PLAIN };
    gsize header = apd_mime_fields_parse(data, size, &fields);
    char value[MAX_VALUE];

    if (header == 0 || !read_form(&fields, value, &form))
        return false;
    apd_mime_headers_read(&fields, document);
    apd_mime_form_read(&form, data + header, size - header, document);
    return true;
}
