#include "io/config_json.h"

#include <string.h>

#include "io/config_oauth.h"
#include "io/secret.h"
#include "logic/json_item.h"
#include "logic/json_mail.h"

typedef struct {
    ApdSourceConfig *source; /* borrowed */
    void (*complain)(const ApdSourceConfig *source, const char *key, const char *text,
                     void *user_data);
    void *user_data; /* borrowed */
} Check;

static void
complain(const Check *self, const char *key, const char *text)
{
    self->complain(self->source, key, text, self->user_data);
}

static const char *
value_of(const Check *self, const char *key)
{
    return g_hash_table_lookup(self->source->keys, key);
}

static int
count(const ApdSecretConfig *secret)
{
    return (secret->file != NULL) + (secret->command != NULL) + (secret->credential != NULL);
}

bool
apd_config_json_is_safe(const char *url)
{
    g_autofree char *bare = g_strdelimit(g_strdup(url), "{}", '-');

    return apd_config_oauth_is_safe(bare);
}

static void
check_address(const Check *self)
{
    const char *url = value_of(self, "url");
    int n = count(&self->source->url) + (url != NULL);

    if (n == 0)
        complain(self, "url", "is missing (or url-file, url-command or url-credential)");
    else if (n > 1)
        complain(self, "url",
                 "more than one of url, url-file, url-command and url-credential is set");
    else if (url != NULL && !apd_config_json_is_safe(url))
        complain(self, "url",
                 "must begin with https:// and have no user or fragment in it (http:// to this "
                 "machine only; a secret goes to headers-file)");
    if (count(&self->source->headers) > 1)
        complain(self, "headers-file",
                 "more than one of headers-file, headers-command and headers-credential is set");
}

/* What turns pages must go together. */
static void
check_pages(const Check *self)
{
    const char *url = value_of(self, "url");
    const char *next = value_of(self, "next");
    bool cursor = url != NULL && strstr(url, "{cursor}") != NULL;
    bool page = url != NULL && (strstr(url, "{page}") != NULL || strstr(url, "{offset}") != NULL);

    if (cursor && next == NULL)
        complain(self, "next",
                 "is missing: where does the cursor of the next page stand? ({cursor} is in url)");
    if (page && next != NULL)
        complain(self, "next",
                 "and {page} or {offset} in url exclude each other (remove one of them)");
    if (url != NULL && !page && next == NULL
        && (value_of(self, "more") != NULL || value_of(self, "total") != NULL))
        complain(self, value_of(self, "more") ? "more" : "total",
                 "needs pages: write {page} or {offset} into url, or set next");
}

static void
check_words(const Check *self)
{
    const char *kind = value_of(self, "kind");
    ApdKind parsed;

    if (kind != NULL && (!apd_kind_parse(kind, &parsed) || parsed == APD_KIND_NONE)) {
        g_autofree char *text =
            g_strdup_printf("'%s' is not known (one of: penalty, complaint, request, warning, "
                            "decision, policy)",
                            kind);
        complain(self, "kind", text);
    }
    if (value_of(self, "categories") != NULL && value_of(self, "category") == NULL)
        complain(self, "categories", "needs category (where does the word stand in a record?)");
    if (value_of(self, "title") == NULL && value_of(self, "body") == NULL
        && value_of(self, "category") == NULL)
        complain(self, "body", "is missing (or title, or category): a record would say nothing");
    if (value_of(self, "error-text") != NULL && value_of(self, "error") == NULL)
        complain(self, "error-text", "needs error");
}

void
apd_config_json_check(ApdSourceConfig *source,
                      void (*report)(const ApdSourceConfig *source, const char *key,
                                     const char *text, void *user_data),
                      void *user_data)
{
    Check self = { source, report, user_data };
    GHashTableIter iter;
    gpointer key, value;

    check_address(&self);
    check_pages(&self);
    check_words(&self);
    g_hash_table_iter_init(&iter, source->keys);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_autofree char *text = apd_json_map_check(key, value);
        if (text != NULL)
            complain(&self, key, text);
    }
    /* Our own mails of it say what we were told of their sender. */
    g_free(source->authserv_id);
    source->authserv_id = source->vouched ? g_strdup(APD_JSON_AUTHSERV) : NULL;
}
