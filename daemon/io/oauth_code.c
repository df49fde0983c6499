#include "io/oauth_code.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/text.h"

#define BITS 256

#define MAX_ADDRESS 8192

/* RFC 7636 appendix A. */
static char *
base64url(const guchar *bytes, size_t n)
{
    char *text = g_base64_encode(bytes, n);

    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    text[strcspn(text, "=")] = '\0';
    return text;
}

char *
apd_oauth_random(void)
{
    guchar bytes[BITS / 8];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t) sizeof bytes)
        g_error("getrandom: %s", g_strerror(errno));
    char *text = base64url(bytes, sizeof bytes);
    explicit_bzero(bytes, sizeof bytes);
    return text;
}

char *
apd_oauth_challenge(const char *verifier)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guchar digest[32];
    gsize n = sizeof digest;

    g_checksum_update(sum, (const guchar *) verifier, (gssize) strlen(verifier));
    g_checksum_get_digest(sum, digest, &n);
    return base64url(digest, n);
}

char *
apd_oauth_auth_url(const ApdOAuthConfig *config, const char *user, const char *redirect,
                   const char *state, const char *challenge)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        { "response_type", "code" },  { "client_id", config->client_id },
        { "redirect_uri", redirect }, { "scope", config->scope },
        { "state", state },           { "code_challenge", challenge },
        { "login_hint", user },       { "code_challenge_method", "S256" },
    };
    GString *url = g_string_new(config->auth_url);

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (fields[i].value == NULL)
            continue;
        g_string_append_printf(url, "%c%s=", strchr(url->str, '?') ? '&' : '?', fields[i].name);
        g_string_append_uri_escaped(url, fields[i].value, NULL, FALSE);
    }
    return g_string_free(url, FALSE);
}

/* NULL when @address has no query that can be read. */
static GHashTable *
read_query(const char *address)
{
    const char *query = strlen(address) < MAX_ADDRESS ? strchr(address, '?') : NULL;

    if (query == NULL)
        return NULL;
    g_autofree char *text = g_strndup(query + 1, strcspn(query + 1, "# \r\n"));
    return g_uri_parse_params(text, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
}

static bool
is_same(const char *a, const char *b)
{
    unsigned differ = a == NULL || strlen(a) != strlen(b);

    for (size_t i = 0; !differ && b[i] != '\0'; i++)
        differ |= (unsigned) (a[i] ^ b[i]);
    return !differ;
}

ApdOAuthReturn
apd_oauth_read_return(const char *address, const char *state, char **ret_code, char **ret_text)
{
    g_autoptr(GHashTable) query = read_query(address);
    const char *code = query ? g_hash_table_lookup(query, "code") : NULL;
    const char *wrong = query ? g_hash_table_lookup(query, "error") : NULL;
    const char *more = query ? g_hash_table_lookup(query, "error_description") : NULL;

    if (query == NULL || !is_same(g_hash_table_lookup(query, "state"), state)
        || (code == NULL && wrong == NULL))
        return APD_OAUTH_FOREIGN;
    if (wrong == NULL) {
        *ret_code = g_strdup(code);
        return APD_OAUTH_CODE;
    }
    g_autofree char *text = g_strjoin(more ? ": " : "", wrong, more ? more : "", NULL);
    g_autofree char *line = apd_text_line(text);
    *ret_text = apd_text_cut(line, 200);
    return APD_OAUTH_NO;
}
