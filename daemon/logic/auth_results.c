#include "logic/auth_results.h"

#include <string.h>

#define MAX_HEADER  16384
#define MAX_RESULTS 64

static void
free_result(void *data)
{
    ApdAuthResult *self = data;

    g_free(self->method);
    g_free(self->result);
    g_free(self->domain);
    g_free(self);
}

/* Comments out, quoted strings bare, separators alone: tokens by one blank, ';' and '='
 * tokens of their own.  What stood in quotes cannot pass for a separator. */
static char *
flatten(const char *header)
{
    GString *flat = g_string_new(NULL);
    int comment = 0;
    bool quoted = false;

    for (const char *p = header; *p != '\0'; p++) {
        bool escaped = *p == '\\' && p[1] != '\0' && (quoted || comment > 0);
        if (escaped)
            p++;
        if (!escaped && !quoted && *p == '(')
            comment++;
        else if (!escaped && !quoted && *p == ')' && comment > 0)
            comment--;
        else if (comment > 0)
            continue;
        else if (!escaped && *p == '"')
            quoted = !quoted;
        else if (quoted)
            g_string_append_c(flat, strchr(";= \t", *p) != NULL ? '_' : *p);
        else if (*p == ';' || *p == '=')
            g_string_append(flat, *p == ';' ? " ; " : " = ");
        else
            g_string_append_c(flat, g_ascii_isspace(*p) ? ' ' : g_ascii_tolower(*p));
    }
    return g_string_free(flat, FALSE);
}

/* The domain of an address, or of what follows '@' in "@domain". */
static char *
domain_of(const char *value)
{
    const char *at = strrchr(value, '@');
    return g_ascii_strdown(at != NULL ? at + 1 : value, -1);
}

static bool
is_about(const char *method, const char *property)
{
    if (strcmp(method, "dkim") == 0)
        return strcmp(property, "header.d") == 0 || strcmp(property, "header.i") == 0;
    if (strcmp(method, "dmarc") == 0)
        return strcmp(property, "header.from") == 0;
    return strcmp(property, "smtp.mailfrom") == 0;
}

/* "dkim = pass reason = x header.d = a.example", in tokens. */
static ApdAuthResult *
parse_one(char **tokens, guint n)
{
    if (n < 3 || strcmp(tokens[1], "=") != 0)
        return NULL;

    ApdAuthResult *self = g_new0(ApdAuthResult, 1);
    self->method = g_strndup(tokens[0], strcspn(tokens[0], "/"));
    self->result = g_strdup(tokens[2]);
    for (guint i = 3; i + 2 < n + 0; i++)
        if (strcmp(tokens[i + 1], "=") == 0 && is_about(self->method, tokens[i])
            && self->domain == NULL)
            self->domain = domain_of(tokens[i + 2]);
    return self;
}

static GPtrArray *
tokens_of(const char *text)
{
    GPtrArray *tokens = g_ptr_array_new_with_free_func(g_free);

    for (const char *p = text; *(p += strspn(p, " ")) != '\0'; p += strcspn(p, " "))
        g_ptr_array_add(tokens, g_strndup(p, strcspn(p, " ")));
    return tokens;
}

GPtrArray *
apd_auth_results_parse(const char *header, const char *authserv_id)
{
    if (strlen(header) > MAX_HEADER)
        return NULL;

    g_autofree char *flat = flatten(header);
    g_auto(GStrv) parts = g_strsplit(flat, ";", MAX_RESULTS);
    if (parts[0] == NULL)
        return NULL;
    g_autoptr(GPtrArray) first = tokens_of(parts[0]);
    bool anonymous = first->len > 1 && strcmp(first->pdata[1], "=") == 0;
    const char *name = anonymous ? APD_AUTH_NOBODY : first->len > 0 ? first->pdata[0] : "";
    if (g_ascii_strcasecmp(name, authserv_id) != 0)
        return NULL;

    GPtrArray *results = g_ptr_array_new_with_free_func(free_result);
    for (guint i = anonymous ? 0 : 1; parts[i] != NULL; i++) {
        g_autoptr(GPtrArray) tokens = tokens_of(parts[i]);
        ApdAuthResult *result = parse_one((char **) tokens->pdata, tokens->len);
        if (result != NULL)
            g_ptr_array_add(results, result);
    }
    return results;
}
