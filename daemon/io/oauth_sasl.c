#include "io/oauth_sasl.h"

#include <string.h>

#include "base/text.h"

#define MAX_ERROR 4096

/* Takes @raw, which is wiped.  It is made by g_strconcat(), which knows its size
 * beforehand: printf leaves pieces behind where its buffer grew. */
static char *
encode(char *raw)
{
    char *base64 = g_base64_encode((const guchar *) raw, strlen(raw));

    explicit_bzero(raw, strlen(raw));
    g_free(raw);
    return base64;
}

char *
apd_oauth_sasl_xoauth2(const char *user, const char *token)
{
    return encode(g_strconcat("user=", user, "\001auth=Bearer ", token, "\001\001", NULL));
}

/* RFC 5801 section 4: "," and "=" of a name. */
static char *
escape_name(const char *user)
{
    GString *text = g_string_new(NULL);

    for (; *user != '\0'; user++) {
        if (*user == ',')
            g_string_append(text, "=2C");
        else if (*user == '=')
            g_string_append(text, "=3D");
        else
            g_string_append_c(text, *user);
    }
    return g_string_free(text, FALSE);
}

char *
apd_oauth_sasl_bearer(const char *user, const char *host, int port, const char *token)
{
    g_autofree char *name = escape_name(user);
    g_autofree char *number = g_strdup_printf("%d", port);

    return encode(g_strconcat("n,a=", name, ",\001host=", host, "\001port=", number,
                              "\001auth=Bearer ", token, "\001\001", NULL));
}

/* Its "status": a word, or a number of HTTP. */
char *
apd_oauth_sasl_error(const char *base64)
{
    static const char mark[] = "\"status\"";
    gsize size = 0;

    if (strlen(base64) > MAX_ERROR)
        return g_strdup("");
    g_autofree guchar *bytes = g_base64_decode(base64, &size);
    g_autofree char *text = g_strndup((const char *) bytes, size);
    const char *at = strstr(text, mark);

    if (at == NULL)
        return g_strdup("");
    at += strlen(mark);
    at += strspn(at, " \t:\"");
    g_autofree char *word = g_strndup(at, strcspn(at, "\",} \t\r\n"));
    g_autofree char *line = apd_text_line(word);
    return apd_text_cut(line, 60);
}
