#include "logic/json_pages.h"

#include <string.h>

#include "base/error.h"
#include "base/json_read.h"
#include "logic/json_pointer.h"

#define MAX_URL 4096

/* Pages with nothing new after which it goes in a circle, where more is promised. */
#define MAX_STALE 2

struct ApdJsonPages {
    ApdJsonPaging paging;
    char *url;        /* owned: of the present page */
    GHashTable *seen; /* owned: addresses asked for */
    int asked;        /* pages */
    int64_t number;   /* of the present page */
    int64_t offset;   /* records that stand before it */
    guint stale;      /* pages in a row without anything new */
    guint records;    /* that no page before had */
};

static bool
is_by(const ApdJsonPages *self, const char *what)
{
    return strstr(self->paging.url, what) != NULL;
}

bool
apd_json_pages_turn_at_all(const ApdJsonPages *self)
{
    return self->paging.next != NULL || is_by(self, "{page}") || is_by(self, "{offset}");
}

static char *
fill_url(const ApdJsonPages *self, const char *cursor)
{
    GString *url = g_string_new(self->paging.url);
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, self->number);
    g_autofree char *escaped = g_uri_escape_string(cursor, NULL, FALSE);

    g_autofree char *offset = g_strdup_printf("%" G_GINT64_FORMAT, self->offset);

    g_string_replace(url, "{page}", number, 0);
    g_string_replace(url, "{offset}", offset, 0);
    g_string_replace(url, "{cursor}", escaped, 0);
    return g_string_free(url, FALSE);
}

/* False when it was asked for before. */
static bool
go_to(ApdJsonPages *self, char *url)
{
    g_free(self->url);
    self->url = url;
    self->asked++;
    return g_hash_table_add(self->seen, g_strdup(url));
}

ApdJsonPages *
apd_json_pages_new(const ApdJsonPaging *paging)
{
    ApdJsonPages *self = g_new0(ApdJsonPages, 1);

    self->paging = *paging;
    self->number = paging->first;
    self->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    go_to(self, fill_url(self, ""));
    return self;
}

void
apd_json_pages_free(ApdJsonPages *self)
{
    if (self == NULL)
        return;

    g_hash_table_unref(self->seen);
    g_free(self->url);
    g_free(self);
}

const char *
apd_json_pages_url(const ApdJsonPages *self)
{
    return self->url;
}

/* --- how the answer says where the next is ----------------------------------------- */

/* <https://x.example/?page=2>; rel="next", <...>; rel="last" (RFC 8288).  Returns:
 * (transfer full), or NULL. */
static char *
next_of_header(const char *link)
{
    g_autoptr(GRegex) regex = g_regex_new("<([^<>]*)>((?:\\s*;\\s*[^,;<>]+)*)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(regex, link ? link : "", 0, &match);
    for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *parameters = g_match_info_fetch(match, 2);
        if (g_regex_match_simple("\\brel\\s*=\\s*\"?([^\"]*\\s)?next\\b", parameters,
                                 G_REGEX_CASELESS, 0))
            return g_match_info_fetch(match, 1);
    }
    return NULL;
}

/* Returns: (transfer full): the cursor or link that @answer names; NULL: none. */
static char *
read_next(const ApdJsonPages *self, JsonNode *answer, const char *link)
{
    char *next = g_str_equal(self->paging.next, "link-header")
                     ? next_of_header(link)
                     : apd_json_form_fill(answer, self->paging.next);

    if (next != NULL && (g_str_equal(next, "0") || g_str_equal(next, "false")))
        g_clear_pointer(&next, g_free);
    return next;
}

/* "true", a number of pages or records left, anything that is not empty. */
typedef enum { MORE_UNKNOWN, MORE_NO, MORE_YES } More;

static More
read_more(const ApdJsonPages *self, JsonNode *answer)
{
    JsonNode *node = self->paging.more ? apd_json_pointer_find(answer, self->paging.more) : NULL;
    g_autofree char *text = apd_json_read_text(node);

    if (self->paging.more == NULL)
        return MORE_UNKNOWN;
    return text == NULL || *text == '\0' || g_str_equal(text, "false") || g_str_equal(text, "0")
               ? MORE_NO
               : MORE_YES;
}

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool
fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    *error = g_error_new_valist(APD_ERROR, APD_ERROR_MALFORMED, format, args);
    va_end(args);
    return false;
}

/* -1: it does not say. */
static int64_t
read_total(const ApdJsonPages *self, JsonNode *answer)
{
    int64_t total = -1;

    if (self->paging.total != NULL)
        apd_json_read_int(apd_json_pointer_find(answer, self->paging.total), &total);
    return total;
}

/* The last page: was that all? */
static bool
finish(const ApdJsonPages *self, JsonNode *answer, GError **error)
{
    int64_t total = read_total(self, answer);

    if (total <= (int64_t) self->records)
        return false;
    return fail(error,
                "its pages end after %u of %" G_GINT64_FORMAT
                " records (is {page} or {offset} in the address, or next, as this service wants "
                "it?)",
                self->records, total);
}

/* Secret headers go with the request: not to anybody else's server. */
static bool
is_of_same_server(const char *a, const char *b)
{
    g_autoptr(GUri) one = g_uri_parse(a, G_URI_FLAGS_ENCODED, NULL);
    g_autoptr(GUri) two = g_uri_parse(b, G_URI_FLAGS_ENCODED, NULL);

    return one != NULL && two != NULL
           && g_strcmp0(g_uri_get_scheme(one), g_uri_get_scheme(two)) == 0
           && g_uri_get_host(one) != NULL && g_uri_get_host(two) != NULL
           && g_ascii_strcasecmp(g_uri_get_host(one), g_uri_get_host(two)) == 0
           && g_uri_get_port(one) == g_uri_get_port(two) && g_uri_get_userinfo(two) == NULL;
}

static bool
follow(ApdJsonPages *self, JsonNode *answer, const char *link, GError **error)
{
    g_autofree char *next = read_next(self, answer, link);
    g_autofree char *url = NULL;

    if (next == NULL || strlen(next) > MAX_URL)
        return next ? fail(error, "the address of its next page is too long")
                    : finish(self, answer, error);
    if (is_by(self, "{cursor}"))
        url = fill_url(self, next);
    else if ((url = g_uri_resolve_relative(self->url, next, G_URI_FLAGS_ENCODED, NULL)) == NULL
             || !is_of_same_server(self->url, url))
        return fail(error, "its next page is on another server, where we do not go");
    return go_to(self, g_steal_pointer(&url))
           || fail(error, "its pages go in a circle: page %d is one that was seen before",
                   self->asked);
}

static bool
count_on(ApdJsonPages *self, JsonNode *answer, guint records, More more, GError **error)
{
    int64_t total = read_total(self, answer);

    if (records == 0 || (self->stale > 0 && more == MORE_UNKNOWN)
        || (total >= 0 && total <= (int64_t) self->records))
        return finish(self, answer, error);
    if (self->stale >= MAX_STALE)
        return fail(error, "its pages go in a circle: page %" G_GINT64_FORMAT " holds nothing new",
                    self->number);
    self->number++;
    return go_to(self, fill_url(self, ""));
}

bool
apd_json_pages_turn(ApdJsonPages *self, JsonNode *answer, const char *link, guint records,
                    guint fresh, GError **error)
{
    More more = read_more(self, answer);

    self->records += fresh;
    self->offset += records;
    self->stale = records > 0 && fresh == 0 ? self->stale + 1 : 0;
    if (!apd_json_pages_turn_at_all(self) || more == MORE_NO)
        return finish(self, answer, error);
    if (self->asked >= self->paging.most)
        return fail(error,
                    "it has more than %d pages (raise max-pages, or ask for less in the address)",
                    self->paging.most);
    return self->paging.next != NULL ? follow(self, answer, link, error)
                                     : count_on(self, answer, records, more, error);
}
