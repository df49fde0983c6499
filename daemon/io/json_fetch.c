#include "io/json_fetch.h"

#include <string.h>

#include "base/error.h"
#include "base/json_read.h"
#include "base/text.h"
#include "io/config_json.h"
#include "io/secret.h"
#include "logic/json_pointer.h"

/* As much of what a service says of an error. */
#define MAX_SAID 200

#define MAX_RECORDS 10000u

static const char *
key_of(const ApdSourceConfig *source, const char *key)
{
    return g_hash_table_lookup(source->keys, key);
}

/* --- what it goes with -------------------------------------------------------------- */

static bool
refuse(GError **error, const char *what, const char *why)
{
    g_set_error(error, APD_ERROR, APD_ERROR_CONFIG, "%s: %s", what, why);
    return false;
}

/* curl would send a line end as it is: a header could begin a request of its own. */
static bool
read_headers(ApdJsonAccess *self, const ApdSourceConfig *source, GError **error)
{
    char *text = apd_secret_is_set(&source->headers)
                     ? apd_secret_read_lines(&source->headers, error)
                     : g_strdup("");
    if (text == NULL)
        return false;

    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
    bool good = true;
    for (char **line = lines; *line != NULL; line++) {
        if (*g_strstrip(*line) == '\0')
            continue;
        good &= g_regex_match_simple("^[A-Za-z0-9-]+:[^\\x00-\\x08\\x0a-\\x1f]*$", *line,
                                     G_REGEX_RAW, 0);
        g_strv_builder_add(kept, *line);
    }
    apd_secret_free(text);
    self->headers = g_strv_builder_end(kept);
    return good || refuse(error, "headers", "a line is no header (write it as Name: value)");
}

bool
apd_json_access_read(ApdJsonAccess *self, const ApdSourceConfig *source, GError **error)
{
    self->url = key_of(source, "url") != NULL ? g_strdup(key_of(source, "url"))
                                              : apd_secret_read(&source->url, error);
    if (self->url == NULL)
        return false;
    g_strstrip(self->url);
    if (!apd_config_json_is_safe(self->url))
        return refuse(error, "url", "what was given is no address that begins with https://");
    return read_headers(self, source, error);
}

void
apd_json_access_clear(ApdJsonAccess *self)
{
    apd_secret_free(g_steal_pointer(&self->url));
    for (char **line = self->headers; line != NULL && *line != NULL; line++)
        explicit_bzero(*line, strlen(*line));
    g_clear_pointer(&self->headers, g_strfreev);
}

/* Words of headers, and of addresses, that are no secrets: they are in every text. */
#define SHORT_WORD 4
#define SHORT_PART 12

/* Every word of @secret, a header or an address, that is longer than @most goes out of @text
 * (taken).  Returns: (transfer full). */
static char *
leave_out_words(char *text, const char *secret, size_t most)
{
    g_auto(GStrv) words = g_strsplit_set(secret, " \t,;&?=/", -1);

    for (char **word = words; *word != NULL; word++) {
        g_autofree char *before = text;
        text = apd_secret_leave_out(before, strlen(*word) > most ? *word : NULL);
        explicit_bzero(*word, strlen(*word));
    }
    return text;
}

/* What is named is no secret, be it "Bearer": the values are. */
GError *
apd_json_access_leave_out(const ApdJsonAccess *self, GError *error)
{
    if (error == NULL)
        return NULL;
    for (char **line = self->headers; line != NULL && *line != NULL; line++) {
        const char *value = strchr(*line, ':');
        error->message = leave_out_words(error->message, value ? value + 1 : "", SHORT_WORD);
    }
    const char *host = self->url ? strstr(self->url, "://") : NULL;
    const char *path = host ? strchr(host + strlen("://"), '/') : NULL;
    error->message = leave_out_words(error->message, path ? path : "", SHORT_PART);
    return error;
}

ApdJsonPaging
apd_json_paging(const ApdSourceConfig *source, const ApdJsonAccess *access)
{
    return (ApdJsonPaging){
        .url = access->url,
        .next = key_of(source, "next"),
        .more = key_of(source, "more"),
        .total = key_of(source, "total"),
        .first = source->first_page,
        .most = source->max_pages,
    };
}

static void
add_header(GStrvBuilder *headers, const char *name, const char *value)
{
    g_autofree char *line = value ? g_strdup_printf("%s: %s", name, value) : NULL;

    if (line != NULL)
        g_strv_builder_add(headers, line);
}

void
apd_json_request(const ApdSourceConfig *source, const ApdJsonAccess *access, const char *url,
                 const char *etag, const char *modified, ApdHttpRequest *ret_request)
{
    g_autoptr(GStrvBuilder) headers = g_strv_builder_new();

    for (char **line = access->headers; *line != NULL; line++)
        g_strv_builder_add(headers, *line);
    add_header(headers, "Accept", "application/json");
    add_header(headers, "If-None-Match", etag);
    add_header(headers, "If-Modified-Since", modified);
    ret_request->method = g_strdup("GET");
    ret_request->url = g_strdup(url);
    ret_request->headers = g_strv_builder_end(headers);
    ret_request->ca_file = g_strdup(source->ca_file);
}

/* --- what came ------------------------------------------------------------------------ */

void
apd_json_answer_clear(ApdJsonAnswer *self)
{
    g_clear_pointer(&self->records, g_ptr_array_unref);
    g_clear_pointer(&self->root, json_node_unref);
}

/* "error": "", 0, null and false are none. */
static bool
says_error(const ApdSourceConfig *source, JsonNode *root, GError **error)
{
    const char *pointer = key_of(source, "error");
    const char *form = key_of(source, "error-text");
    g_autofree char *what = pointer ? apd_json_form_fill(root, pointer) : NULL;
    g_autofree char *text = form ? apd_json_form_fill(root, form) : NULL;

    if (what == NULL || g_str_equal(what, "0") || g_str_equal(what, "false"))
        return false;
    g_autofree char *line = g_strconcat(what, text ? ": " : "", text, NULL);
    g_autofree char *clean = apd_text_line(line);
    g_autofree char *cut = apd_text_cut(clean, MAX_SAID);
    g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "the service says: %s", cut);
    return true;
}

static bool
find_records(const ApdSourceConfig *source, ApdJsonAnswer *answer, GError **error)
{
    const char *pointer = key_of(source, "items");
    JsonNode *list = apd_json_pointer_find(answer->root, pointer ? pointer : "");

    if (list == NULL) {
        g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED,
                    "its answer has changed: nothing stands at items = %s", pointer);
        return false;
    }
    if (!JSON_NODE_HOLDS_ARRAY(list) && !JSON_NODE_HOLDS_NULL(list)
        && !JSON_NODE_HOLDS_OBJECT(list)) {
        g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED,
                    "its answer has changed: what stands at items = %s is no list",
                    pointer ? pointer : "\"\"");
        return false;
    }
    answer->records = apd_json_elements(list);
    if (answer->records->len <= MAX_RECORDS)
        return true;
    g_set_error(error, APD_ERROR, APD_ERROR_MALFORMED,
                "its answer holds %u records, more than is taken at once (ask for fewer in url)",
                answer->records->len);
    return false;
}

bool
apd_json_answer_read(const ApdSourceConfig *source, const char *text, size_t size,
                     ApdJsonAnswer *ret_answer, GError **error)
{
    g_auto(ApdJsonAnswer) answer = { .root = apd_json_parse(text, size, error) };

    if (answer.root == NULL || says_error(source, answer.root, error)
        || !find_records(source, &answer, error))
        return false;
    *ret_answer = answer;
    answer = (ApdJsonAnswer){ NULL, NULL };
    return true;
}

/* What a person can do about a status. */
/* clang-format off */
static const struct { int status; ApdErrorCode code; const char *text; } statuses[] = {
    { 400, APD_ERROR_REFUSED, "it does not understand the question (is url as its documents say?)" },
    { 401, APD_ERROR_REFUSED, "it does not take what is in headers (renew the key or token)" },
    { 403, APD_ERROR_REFUSED, "it does not allow this (may the key or token read this list?)" },
    { 404, APD_ERROR_REFUSED, "there is nothing at this address (is url right?)" },
    { 410, APD_ERROR_REFUSED, "there is nothing at this address any more (see its documents)" },
    { 429, APD_ERROR_TRANSIENT, "it wants fewer questions (raise poll)" },
};
/* clang-format on */

static bool
judge_status(int status, GError **error)
{
    if (status / 100 == 2)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++)
        if (statuses[i].status == status) {
            g_set_error(error, APD_ERROR, (int) statuses[i].code, "HTTP %d: %s", status,
                        statuses[i].text);
            return false;
        }
    if (status / 100 == 3)
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "HTTP %d: it sends us elsewhere, where we do not go (write the final address "
                    "into url)",
                    status);
    else
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "it answered HTTP %d", status);
    return false;
}

bool
apd_json_response_read(const ApdSourceConfig *source, const ApdHttpResponse *response,
                       ApdJsonAnswer *ret_answer, GError **error)
{
    return judge_status(response->status, error)
           && apd_json_answer_read(source, response->body->str, response->body->len, ret_answer,
                                   error);
}
