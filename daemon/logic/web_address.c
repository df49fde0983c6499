#include "logic/web_address.h"

#include <string.h>

#define MAX_HOST  255
#define MAX_INNER 8

static const char *const web_schemes[] = { "http", "https", "ftp", "ws", "wss" };
static const char *const code_schemes[] = { "javascript", "data", "vbscript", "file",
                                            "blob",       "cid",  "mhtml",    "view-source" };

static bool
is_one_of(const char *text, gsize size, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(words[i]) == size && g_ascii_strncasecmp(text, words[i], size) == 0)
            return true;

    return false;
}

/* "%2e" and its like as the bytes they stand for; what is no escape stays. */
static char *
unescape(const char *text, gsize size)
{
    GString *out = g_string_sized_new(size);

    for (gsize i = 0; i < size; i++) {
        if (text[i] == '%' && i + 2 < size && g_ascii_isxdigit(text[i + 1])
            && g_ascii_isxdigit(text[i + 2])) {
            int c = g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]);
            g_string_append_c(out, (char) (c != 0 ? c : ' '));
            i += 2;
        } else {
            g_string_append_c(out, text[i]);
        }
    }
    return g_string_free(out, FALSE);
}

static bool
is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((guchar) *text >= 0x80)
            return false;
    return true;
}

/* As IDNA maps a name (UTS 46): full width letters and dots as plain ones, what
 * cannot be seen left out. */
static char *
mapped(const char *host)
{
    g_autofree char *valid = g_utf8_make_valid(host, -1);
    g_autofree char *plain = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *lower = g_utf8_strdown(plain != NULL ? plain : valid, -1);
    GString *out = g_string_new(NULL);

    for (const char *p = lower; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == 0x3002 || c == 0xff0e || c == 0xff61)
            g_string_append_c(out, '.');
        else if (c != 0xad && c != 0x34f && !(c >= 0x180b && c <= 0x180f)
                 && !(c >= 0x200b && c <= 0x200d) && c != 0x2060 && !(c >= 0xfe00 && c <= 0xfe0f)
                 && c != 0xfeff)
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

/* "3232235777", "0xc0.168.1.1", "[::1]": what browsers take for a machine's number. */
static bool
is_number(const char *host)
{
    if (*host == '[')
        return true;
    const char *dot = strrchr(host, '.');
    const char *last = dot != NULL ? dot + 1 : host;
    size_t n = strlen(last);
    if (n == 0)
        return false;
    if (g_ascii_strncasecmp(last, "0x", 2) == 0)
        return strspn(last + 2, "0123456789abcdef") == n - 2;
    return strspn(last, "0123456789") == n;
}

/* @authority: what stands between "//" and the next slash. */
static void
read_authority(const char *authority, gsize size, ApdWebAddress *address)
{
    g_autofree char *whole = g_strndup(authority, size);
    char *at = strrchr(whole, '@');
    const char *name = at != NULL ? at + 1 : whole;
    bool escaped = strchr(name, '%') != NULL;
    g_autofree char *plain = escaped ? unescape(name, strlen(name)) : g_ascii_strdown(name, -1);
    g_autofree char *host = !escaped && is_ascii(plain) ? g_steal_pointer(&plain) : mapped(plain);

    /* A second '@' or slash may have been hidden by an escape: what stands last leads. */
    const char *inner = strrchr(host, '@');
    const char *start = inner != NULL ? inner + 1 : host;
    size_t n = *start == '[' ? strcspn(start, "]") + 1 : strcspn(start, ":/\\?#");
    n = MIN(n, strlen(start));
    while (n > 0 && start[n - 1] == '.')
        n--;
    address->disguised = at != NULL || escaped || inner != NULL;
    address->host = g_strndup(start, MIN(n, MAX_HOST));
    address->numeric = is_number(address->host);
}

static void
read_mail(const char *text, ApdWebAddress *address)
{
    gsize n = strcspn(text, "?,;");
    g_autofree char *plain = unescape(text, n);
    const char *at = strrchr(plain, '@');

    address->kind = APD_WEB_MAIL;
    if (at != NULL) {
        g_free(address->host);
        address->host = g_ascii_strdown(at + 1, -1);
        g_strdelimit(address->host, "<> \t", '\0');
    }
    address->rest = text + n;
}

static gsize
scheme_length(const char *href)
{
    gsize n = 0;

    if (!g_ascii_isalpha(*href))
        return 0;
    while (g_ascii_isalnum(href[n]) || href[n] == '+' || href[n] == '-' || href[n] == '.')
        n++;
    return href[n] == ':' ? n : 0;
}

void
apd_web_address_read(const char *href, ApdWebAddress *ret_address)
{
    gsize n = scheme_length(href);
    const char *p = n > 0 ? href + n + 1 : href;
    gsize slashes = strspn(p, "/\\");

    *ret_address = (ApdWebAddress){ .kind = APD_WEB_NOWHERE, .rest = "" };
    if (n == 6 && g_ascii_strncasecmp(href, "mailto", 6) == 0) {
        read_mail(p, ret_address);
    } else if (n > 0 && is_one_of(href, n, code_schemes, G_N_ELEMENTS(code_schemes))) {
        ret_address->kind = APD_WEB_CODE;
    } else if (n > 0 ? is_one_of(href, n, web_schemes, G_N_ELEMENTS(web_schemes)) || slashes >= 2
                     : slashes >= 2) {
        p += slashes;
        gsize size = strcspn(p, "/\\?#");
        read_authority(p, size, ret_address);
        ret_address->kind = APD_WEB_HOST;
        ret_address->rest = p + size;
    }
    if (ret_address->host == NULL)
        ret_address->host = g_strdup("");
}

void
apd_web_address_clear(ApdWebAddress *self)
{
    g_clear_pointer(&self->host, g_free);
}

static bool
may_hold_address(const char *rest)
{
    for (const char *p = rest; (p = strpbrk(p, "/\\%:")) != NULL; p++)
        if ((p > rest && (*p == '/' || *p == '\\') && (p[1] == '/' || p[1] == '\\')) || *p == ':'
            || g_ascii_strncasecmp(p, "%2f", 3) == 0 || g_ascii_strncasecmp(p, "%5c", 3) == 0
            || g_ascii_strncasecmp(p, "%3a", 3) == 0 || g_ascii_strncasecmp(p, "%25", 3) == 0)
            return true;
    return false;
}

/* Whether an address begins at @slashes: behind "http:", or behind the '=' or '/' of a
 * parameter or path that holds one without a scheme. */
static const char *
start_of_inner(const char *text, const char *slashes)
{
    const char *p = slashes;

    if (p == text)
        return NULL;
    if (p[-1] == '=')
        return p;
    if (p[-1] != ':')
        return NULL;
    p--;
    while (p > text && g_ascii_isalpha(p[-1]))
        p--;
    return p;
}

char **
apd_web_address_inner_hosts(const char *rest)
{
    if (!may_hold_address(rest))
        return NULL;

    g_autofree char *once = unescape(rest, strlen(rest));
    g_autofree char *text = unescape(once, strlen(once));
    g_autoptr(GStrvBuilder) hosts = g_strv_builder_new();
    int n = 0;

    for (const char *p = text; n < MAX_INNER && (p = strpbrk(p, "/\\")) != NULL;) {
        gsize slashes = strspn(p, "/\\");
        const char *start =
            slashes >= 2 || (p > text && p[-1] == ':') ? start_of_inner(text, p) : NULL;
        p += slashes;
        if (start == NULL)
            continue;
        g_auto(ApdWebAddress) inner = { 0 };
        g_autofree char *one = g_strndup(start, strcspn(start, "&\"'<> "));
        apd_web_address_read(one, &inner);
        if (inner.kind != APD_WEB_HOST || strchr(inner.host, '.') == NULL)
            continue;
        g_strv_builder_add(hosts, inner.host);
        n++;
    }
    return n > 0 ? g_strv_builder_end(hosts) : NULL;
}
