#include "io/token.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "io/api_token.h"
#include "io/secret.h"
#include "io/token_file.h"

/* Refreshed so long before it expires: the network may be down for a while. */
#define MARGIN (10 * APD_MINUTE)

/* Of one that lives for days. */
#define LONG_MARGIN (2 * APD_HOUR)

/* A token of later than now was got under another clock. */
#define CLOCK_SLACK APD_MINUTE

void
apd_token_free(ApdToken *self)
{
    if (self == NULL)
        return;

    apd_secret_free(self->access);
    apd_secret_free(self->refresh);
    g_free(self->refused);
    g_free(self->user);
    g_free(self->client_id);
    g_free(self->token_url);
    g_free(self);
}

ApdToken *
apd_token_new(const ApdSourceConfig *source, const ApdToken *old, const ApdOAuthAnswer *answer,
              ApdTime now)
{
    ApdToken *self = g_new0(ApdToken, 1);
    const char *kept = old != NULL ? old->refresh : NULL;

    self->access = g_strdup(answer->access);
    self->refresh = g_strdup(answer->refresh != NULL ? answer->refresh : kept);
    self->obtained = now;
    self->expires = now + answer->life;
    self->login = old != NULL ? old->login : now;
    self->refresh_expires = answer->refresh_life > 0                 ? now + answer->refresh_life
                            : old != NULL && answer->refresh == NULL ? old->refresh_expires
                                                                     : APD_NEVER;
    /* The platform gives a login one end, which no refreshing puts off: whatever it says
     * of a refreshed one, the earlier is believed. */
    if (apd_api_token_is_for(source) && old != NULL)
        self->refresh_expires = MIN(self->refresh_expires, old->refresh_expires);
    self->user = g_strdup(source->user);
    self->client_id = g_strdup(source->oauth.client_id);
    self->token_url = g_strdup(source->oauth.token_url);
    return self;
}

/* --- as JSON --------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} texts[] = {
    { "access_token", offsetof(ApdToken, access) }, { "refresh_token", offsetof(ApdToken, refresh) },
    { "refused", offsetof(ApdToken, refused) },     { "user", offsetof(ApdToken, user) },
    { "client_id", offsetof(ApdToken, client_id) }, { "token_url", offsetof(ApdToken, token_url) },
}, times[] = {
    { "obtained", offsetof(ApdToken, obtained) },
    { "expires", offsetof(ApdToken, expires) },
    { "login", offsetof(ApdToken, login) },
    { "refresh_expires", offsetof(ApdToken, refresh_expires) },
};

#define FIELD(self, type, offset) ((type *) (void *) ((char *) (self) + (offset)))

static char *
write_json(ApdToken *self)
{
    g_autoptr(JsonObject) object = json_object_new();
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);

    json_object_set_int_member(object, "version", 1);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const char *text = *FIELD(self, char *, texts[i].offset);
        if (text != NULL)
            json_object_set_string_member(object, texts[i].name, text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        ApdTime at = *FIELD(self, ApdTime, times[i].offset);
        if (at != APD_NEVER)
            json_object_set_int_member(object, times[i].name, at / APD_SECOND);
    }
    return json_to_string(node, TRUE);
}

static bool
is_number(JsonNode *node)
{
    return node != NULL && JSON_NODE_HOLDS_VALUE(node)
           && json_node_get_value_type(node) == G_TYPE_INT64;
}

static ApdToken *
read_json(const char *text)
{
    g_autoptr(JsonNode) root = json_from_string(text, NULL);
    JsonObject *object =
        root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    g_autoptr(ApdToken) self = g_new0(ApdToken, 1);

    if (object == NULL || json_object_get_int_member_with_default(object, "version", 0) != 1)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        *FIELD(self, char *, texts[i].offset) =
            g_strdup(json_object_get_string_member_with_default(object, texts[i].name, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        JsonNode *node = json_object_get_member(object, times[i].name);
        gint64 at = is_number(node) ? json_node_get_int(node) : G_MAXINT64;
        *FIELD(self, ApdTime, times[i].offset) =
            at < 0 || at > G_MAXINT32 * INT64_C(8) ? APD_NEVER : at * APD_SECOND;
    }
    bool whole = self->access != NULL && self->user != NULL && self->client_id != NULL
                 && self->token_url != NULL && self->expires != APD_NEVER;
    return whole ? g_steal_pointer(&self) : NULL;
}

/* --- the file ---------------------------------------------------------------------------- */

static ApdToken *
refuse(const ApdSourceConfig *source, const char *why, GError **error)
{
    g_set_error(error, APD_ERROR, APD_ERROR_REFUSED, "%s (run: appealctl login %s)", why,
                source->name);
    return NULL;
}

ApdToken *
apd_token_load(const ApdSourceConfig *source, GError **error)
{
    g_autoptr(GError) why = NULL;
    char *text = apd_token_file_read(source->token_file, &why);
    g_autoptr(ApdToken) self = text != NULL ? read_json(text) : NULL;

    apd_secret_free(text);
    if (why != NULL)
        return refuse(source, why->message, error);
    if (self == NULL)
        return refuse(source, "the file that keeps its login makes no sense", error);
    if (g_strcmp0(self->user, source->user) != 0
        || g_strcmp0(self->client_id, source->oauth.client_id) != 0
        || g_strcmp0(self->token_url, source->oauth.token_url) != 0)
        return refuse(source, "its login was made for another user, client-id or token-url", error);
    return g_steal_pointer(&self);
}

bool
apd_token_store(const ApdSourceConfig *source, const ApdToken *token, GError **error)
{
    ApdToken copy = *token;
    char *text = write_json(&copy);
    bool good = apd_token_file_write(source->token_file, text, error);

    apd_secret_free(text);
    return good;
}

int
apd_token_lock(const ApdSourceConfig *source, GError **error)
{
    return apd_token_file_lock(source->token_file, error);
}

ApdTime
apd_token_refresh_at(const ApdToken *self)
{
    ApdTime life = self->expires - self->obtained;

    if (self->refresh == NULL || self->refused != NULL)
        return APD_NEVER;
    return self->expires - CLAMP(life / 4, 0, life >= APD_DAY ? LONG_MARGIN : MARGIN);
}

char *
apd_token_secret(const ApdSourceConfig *source, GError **error)
{
    if (source->token_file == NULL)
        return apd_secret_read(&source->password, error);

    g_autoptr(ApdToken) token = apd_token_load(source, error);
    ApdTime now = apd_now();
    if (token == NULL)
        return NULL;
    if (now < token->expires && token->obtained <= now + CLOCK_SLACK)
        return g_steal_pointer(&token->access);

    if (token->refused != NULL)
        g_set_error(error, APD_ERROR, APD_ERROR_REFUSED,
                    "the login was ended by the provider: %s (run: appealctl login %s)",
                    token->refused, source->name);
    else if (token->refresh == NULL)
        refuse(source, "its login has expired, and the provider gave nothing to renew it with",
               error);
    else
        g_set_error(error, APD_ERROR, APD_ERROR_TRANSIENT, "its access token is being renewed");
    return NULL;
}
